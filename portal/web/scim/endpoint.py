"""SCIM's endpoints: requests in, answers or errors out, with the limits of the GraphQL endpoint.

What is asked of users and groups is in user_requests.py and group_requests.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import perf_counter

from scim2_models import Error, NotFoundException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.web.execution import Presented
from portal.web.observe import Observer
from portal.web.operations import Operations
from portal.web.presenting import presented
from portal.web.presenting import request_id as request_id_of
from portal.web.requests import BodyRoom, Disconnected, next_piece, read_on, too_long
from portal.web.scim.answers import HEADERS, MEDIA_TYPE, PATH, Handler, failure
from portal.web.scim.discovery import DISCOVERY
from portal.web.scim.problems import refused_as
from portal.web.scim.reading import Received
from portal.web.server.admission import Admission
from portal.web.server.deadlines import Deadlines

MAX_BODY_BYTES = 100_000  # a user with all that connectors send is some 5 kB
MAX_GROUP_BODY_BYTES = 1_000_000  # a group of 5,000 members is some 700 kB

POINTS_OF_LOOKING_AGAIN = 1  # whether who was refused may do it by now

_NOT_A_PROVIDER = (
    "This takes a token with the scope member:provision, of a service account with the privilege PROVISIONING "
    "on the whole organization."
)
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_WITH_BODY = frozenset({"POST", "PUT", "PATCH"})


@dataclass(frozen=True, slots=True)
class ScimLimits:
    """What SCIM's requests share with all others, and how long one may take."""

    admission: Admission
    timeout_seconds: float


@dataclass(frozen=True, slots=True)
class _Path:
    """What answers which method at a path, and how long a body may be there."""

    handlers: Mapping[str, Handler]
    most_bytes: int


def _may_provision(actor: Actor) -> bool:
    return actor.reach(Permission.MEMBER_PROVISION).organization


class ScimEndpoint:
    """Answers identity providers, each for the organization that its token belongs to."""

    def __init__(
        self,
        operations: Operations,
        served: Mapping[str, Mapping[str, Handler]],
        observer: Observer,
        limits: ScimLimits,
        clock: Callable[[], datetime],
    ) -> None:
        self._operations = operations
        self._served = served
        self._observer = observer
        self._admission = limits.admission
        self._deadlines = Deadlines(limits.timeout_seconds)
        self._clock = clock
        self._body_room = BodyRoom()

    def mount(self) -> Mount:
        """The routes of SCIM, below its path."""
        served: dict[str, Mapping[str, Handler]] = {
            **{path: {"GET": _served(answer)} for path, answer in DISCOVERY.items()},
            **self._served,
            "/{path:path}": dict.fromkeys(_METHODS, _nothing),
        }
        return Mount(PATH, routes=[self._route(path, handlers) for path, handlers in served.items()])

    def _route(self, path: str, handlers: Mapping[str, Handler]) -> Route:
        most_bytes = MAX_GROUP_BODY_BYTES if path.startswith("/Groups") else MAX_BODY_BYTES

        async def endpoint(request: Request) -> Response:
            started = perf_counter()
            shown = presented(request.scope)
            request_id = request_id_of(shown.headers)
            try:
                response = await self._answer(request, _Path(handlers, most_bytes), shown, request_id)
            except Disconnected:
                return Response(status_code=400)  # nobody reads it
            response.headers["x-request-id"] = request_id
            self._observer.provisioned(
                request_id, f"{request.method} {path}", response.status_code, perf_counter() - started
            )
            return response

        return Route(path, endpoint, methods=list(_METHODS))

    async def _answer(self, request: Request, path: _Path, shown: Presented, request_id: str) -> Response:
        """The response, whatever happens. Only a client that went away has none."""
        handler = path.handlers.get("GET" if request.method == "HEAD" else request.method)
        if handler is None:
            allow = ", ".join(path.handlers)
            return failure(Error(status=405, detail=f"Use one of these: {allow}."), {"allow": allow})
        try:
            # Whole before it is let in: whoever sends slowly must not hold a place.
            body = await self._body(request, path.most_bytes) if request.method in _WITH_BODY else b""
            await self._admission.enter()
            try:
                return await self._deadlines.keep(self._handled(request, handler, shown, request_id, body))
            finally:
                self._admission.leave()
        except Disconnected:
            raise
        except Exception as problem:  # noqa: BLE001 - the last stop: a bug is logged and masked
            refused = refused_as(problem)
            if refused is None:
                self._observer.bug(request_id, problem)
                return failure(Error(status=500, detail=f"Something went wrong on our side. Request id: {request_id}"))
            return failure(*refused)

    async def _handled(
        self, request: Request, handler: Handler, shown: Presented, request_id: str, body: bytes
    ) -> Response:
        caller = await self._operations.authenticate(shown)
        now = self._clock()
        if not _may_provision(self._operations.standing(caller).actor):
            # No transaction would find out that these rights are out of date, so that a refusal would stay one.
            await self._operations.charge(caller, POINTS_OF_LOOKING_AGAIN, now)
            await self._operations.standing(caller).renew()
            if not _may_provision(self._operations.standing(caller).actor):
                return failure(Error(status=403, detail=_NOT_A_PROVIDER))
        return await handler(request, Received(caller, request_id, now, body))

    async def _body(self, request: Request, most_bytes: int) -> bytes:
        """The body, whatever media type it says: connectors send application/scim+json and application/json."""
        body, more = await next_piece(request.receive)
        if len(body) > most_bytes:
            raise too_long(most_bytes)
        return await read_on(body, request.receive, most_bytes, self._body_room) if more else body


def _served(answer: str) -> Handler:
    """What SCIM says of itself is the same for everybody."""

    async def handler(_request: Request, _received: Received) -> Response:
        return Response(answer, headers=HEADERS, media_type=MEDIA_TYPE)

    return handler


async def _nothing(_request: Request, _received: Received) -> Response:
    raise NotFoundException(
        detail="Nothing is served here. Users are at /Users and groups at /Groups; there is no bulk and no /Me."
    )
