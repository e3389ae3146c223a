"""Routes beside GraphQL that take and give JSON, called by pages of ours. Refusals read as GraphQL's errors do."""

from collections.abc import Awaitable, Callable
from typing import Any

import asyncpg
import orjson
from starlette.requests import Request
from starlette.responses import Response

from portal.database.pool import NoConnection
from portal.database.roles import STATEMENT_TIMEOUT_SECONDS
from portal.errors import Forbidden, TooManyAttempts, UserError
from portal.web.errors import BadRequest, ErrorCode, Overloaded, Refused, TimedOut
from portal.web.presenting import presented
from portal.web.requests import BodyRoom, Disconnected, read_body

MAX_BODY_BYTES = 16 * 1024
NOT_KEPT = {"cache-control": "no-store"}

Handler = Callable[[Request], Awaitable[Response]]


class JsonBodies:
    """Reads the bodies of requests; together they take a bounded room."""

    def __init__(self) -> None:
        self._room = BodyRoom(4 * 1024 * 1024)

    async def texts(self, request: Request, *needed: str, optional: tuple[str, ...] = ()) -> dict[str, str]:
        """The members of a request's JSON object, which are all texts. Raises Refused, without what was sent."""
        body = await read_body(presented(request.scope).headers, request.receive, MAX_BODY_BYTES, self._room)
        try:
            members = orjson.loads(body)
        except orjson.JSONDecodeError:
            raise BadRequest("The body is not valid JSON in UTF-8.") from None
        sent: dict[str, Any] = members if isinstance(members, dict) else {}
        texts = {name: sent[name] for name in (*needed, *optional) if isinstance(sent.get(name), str)}
        missing = [name for name in needed if not texts.get(name)]
        if missing or any("\0" in text for text in texts.values()):
            raise BadRequest(f"Send a JSON object with the texts {', '.join(needed)}.")
        return texts


def json_route(handle: Handler) -> Handler:
    """A handler whose refusals become JSON; whoever went away is answered nothing."""

    async def answered(request: Request) -> Response:
        try:
            return await handle(request)
        except Disconnected:
            return Response(status_code=499)
        except (Refused, UserError, NoConnection, asyncpg.QueryCanceledError) as problem:
            refusal = _refused(problem)
            headers = {name.decode(): value.decode() for name, value in refusal.headers} | {"cache-control": "no-store"}
            content = orjson.dumps({"errors": [refusal.as_error()]})
            return Response(content, refusal.status, headers, media_type="application/json")

    return answered


def _refused(problem: Exception) -> Refused:
    match problem:
        case Refused():
            return problem
        case NoConnection():
            return Overloaded()
        case TooManyAttempts():
            seconds = problem.retry_after_seconds
            return Refused(
                ErrorCode.RATE_LIMITED,
                problem.message,
                headers=((b"retry-after", b"%d" % seconds),),
                extensions={"retryAfter": seconds},
            )
        case Forbidden():
            return Refused(ErrorCode.FORBIDDEN, problem.message)
        case UserError():
            return Refused(ErrorCode.BAD_USER_INPUT, problem.message)
        case _:
            return TimedOut(STATEMENT_TIMEOUT_SECONDS)
