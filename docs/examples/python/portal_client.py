"""A small typed client of the portal: pages, changes that are safe to repeat, and subscriptions that go on.

Written by hand, with httpx, websockets and pydantic: three queries are shorter than what a generator makes of the whole
schema. Take what you need of it.
"""

import asyncio
import json
import random
from collections.abc import AsyncGenerator, AsyncIterator
from types import TracebackType
from typing import Any, TypeVar
from uuid import uuid4

import httpx
from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.typing import Subprotocol

TRIES = 5
LONGEST_WAIT_SECONDS = 30.0
# Codes after which the same may be sent again, a little later.
PASSING = {"RATE_LIMITED", "OVERLOADED", "TIMEOUT", "FELL_BEHIND"}
# Close codes of a WebSocket after which it is of no use to connect again: our own mistakes, and no longer signed in.
FINAL_CLOSE_CODES = {4400, 4401, 4403, 4406, 4409, 4429}


class Values(BaseModel):
    """What the portal answers with: camelCase there, snake_case here. Fields that may be absent or hidden are None."""

    model_config = ConfigDict(alias_generator=to_camel, frozen=True)


class Stage(Values):
    id: str
    name: str


class Candidate(Values):
    name: str


class Application(Values):
    id: str
    candidate: Candidate | None
    stage: Stage | None


class PageInfo(Values):
    has_next_page: bool
    end_cursor: str | None


class Change(Values):
    """Something that happened in a pipeline. Keep `cursor`: what comes after it is told when you subscribe again."""

    cursor: str
    type: str
    application: Application | None


class PortalError(Exception):
    """What an operation could not be run for. `code` is one of docs/api/errors.md."""

    def __init__(self, error: dict[str, Any]) -> None:
        super().__init__(error["message"])
        extensions = error.get("extensions", {})
        self.code: str = extensions.get("code", "")
        self.cursor: str | None = extensions.get("cursor")


class Refused(Exception):
    """What a mutation refuses: nothing was changed. `code` is one of UserErrorCode."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


T = TypeVar("T", bound=Values)


class _Applications(Values):
    nodes: list[Application]
    page_info: PageInfo


class _Opening(Values):
    stages: list[Stage]
    applications: _Applications


class _Board(Values):
    opening: _Opening | None


class _UserError(Values):
    code: str
    message: str


class _Moved(Values):
    application: Application | None
    user_errors: list[_UserError]


class _Move(Values):
    move_application: _Moved


class _Told(Values):
    pipeline_changed: Change


class _Viewer(Values):
    roles: list[str]


class _Who(Values):
    viewer: _Viewer


APPLICATION = "fragment Parts on Application { id candidate { name } stage { id name } }"
WHO = "query Who { viewer { roles } }"
BOARD = (
    """query Board($openingId: ID!, $first: Int!, $after: String) {
        opening(id: $openingId) {
            stages { id name }
            applications(first: $first, after: $after, filter: { status: { eq: ACTIVE } }) {
                nodes { ...Parts }
                pageInfo { hasNextPage endCursor }
            } } } """
    + APPLICATION
)
MOVE = (
    """mutation Move($input: MoveApplicationInput!) {
        moveApplication(input: $input) { application { ...Parts } userErrors { code message } } } """
    + APPLICATION
)
CHANGES = (
    """subscription Changes($openingId: ID!, $after: String) {
        pipelineChanged(openingId: $openingId, after: $after) { cursor type application { ...Parts } } } """
    + APPLICATION
)


class Portal:
    """The portal, as whoever has the token sees it. Use it as an async context manager."""

    def __init__(self, url: str, token: str) -> None:
        """`url` is where the portal is, such as https://portal.example.com."""
        self._url = url.rstrip("/")
        self._authorization = f"Bearer {token}"
        self._http = httpx.AsyncClient(
            base_url=self._url,
            headers={
                "Authorization": self._authorization,
                "Accept": "application/graphql-response+json, application/json;q=0.9",
                "graphql-client-name": "python-example",
                "graphql-client-version": "1",
            },
        )

    async def __aenter__(self) -> "Portal":
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.aclose()

    async def roles(self) -> list[str]:
        """What the token's holder is here. Raises PortalError with UNAUTHENTICATED for a token that is not good."""
        return (await self._ask(WHO, _Who)).viewer.roles

    async def stages(self, opening_id: str) -> list[Stage]:
        """The stages of an opening, in order."""
        return (await self._board(opening_id, 1, None)).stages

    async def active_applications(self, opening_id: str, page_size: int = 50) -> AsyncIterator[Application]:
        """All active applications of an opening, however many pages they are."""
        after: str | None = None
        while True:
            page = (await self._board(opening_id, page_size, after)).applications
            for application in page.nodes:
                yield application
            if not page.page_info.has_next_page:
                return
            after = page.page_info.end_cursor

    async def move(self, application_id: str, from_stage_id: str, to_stage_id: str) -> Application:
        """Move an application to another stage. Raises Refused, such as for one that somebody else has moved meanwhile.

        One key for all tries: a request whose answer was lost is not done twice.
        """
        move = {
            "applicationId": application_id,
            "fromStageId": from_stage_id,
            "toStageId": to_stage_id,
            "idempotencyKey": str(uuid4()),
        }
        moved = (await self._ask(MOVE, _Move, input=move)).move_application
        if moved.application is None or moved.user_errors:
            problem = moved.user_errors[0]
            raise Refused(problem.code, problem.message)
        return moved.application

    async def pipeline_changes(self, opening_id: str, after: str | None = None) -> AsyncGenerator[Change, None]:
        """What happens in an opening's pipeline, from now on or after a cursor. Connects again after a lost connection,
        and misses nothing: each subscription goes on after the last change that came.
        """
        tries = 0
        while True:
            try:
                async for change in self._subscribe(opening_id, after):
                    yield change
                    after, tries = change.cursor, 0
            except (PortalError, InvalidHandshake, ConnectionClosed, OSError) as problem:
                if not passes(problem):
                    raise
                if isinstance(problem, PortalError):
                    after = problem.cursor or after
            tries += 1
            await asyncio.sleep(wait_seconds(tries))

    async def _board(self, opening_id: str, first: int, after: str | None) -> _Opening:
        board = await self._ask(BOARD, _Board, openingId=opening_id, first=first, after=after)
        if board.opening is None:
            raise LookupError(f"There is no opening {opening_id}, or none that you may see.")
        return board.opening

    async def _ask(self, query: str, kind: type[T], **variables: object) -> T:
        """The data of an operation. Only what is safe to repeat may be asked here: reads, and what has a key."""
        for attempt in range(1, TRIES + 1):
            try:
                response = await self._http.post("/graphql", json={"query": query, "variables": variables})
            except httpx.TransportError:
                if attempt == TRIES:
                    raise
                wait = wait_seconds(attempt)
            else:
                if response.status_code not in {429, 503} or attempt == TRIES:
                    return _data(kind, response.json())
                wait = float(response.headers.get("Retry-After", wait_seconds(attempt)))
            await asyncio.sleep(wait)
        raise AssertionError("The last try returns or raises.")

    async def _subscribe(self, opening_id: str, after: str | None) -> AsyncIterator[Change]:
        """One subscription over one connection, by graphql-transport-ws."""
        async with connect(
            f"{self._url.replace('http', 'ws', 1)}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]
        ) as socket:
            await _say(socket, type="connection_init", payload={"Authorization": self._authorization})
            await _hear(socket)  # connection_ack; a token that is not good closes the connection with 4403
            request = {"query": CHANGES, "variables": {"openingId": opening_id, "after": after}}
            await _say(socket, id="changes", type="subscribe", payload=request)
            while True:
                message = await _hear(socket)
                match message["type"]:
                    case "next":
                        yield _data(_Told, message["payload"]).pipeline_changed
                    case "error":
                        raise PortalError(message["payload"][0])
                    case "ping":
                        await _say(socket, type="pong")
                    case "complete":
                        return


def _data(kind: type[T], response: dict[str, Any]) -> T:
    """The data of a response. Raises PortalError where there is an error in it."""
    if errors := response.get("errors"):
        raise PortalError(errors[0])
    return kind.model_validate(response["data"])


def passes(problem: Exception) -> bool:
    """Whether a subscription that ended with a problem is worth another try."""
    match problem:
        case PortalError():
            return problem.code in PASSING
        case InvalidStatus():
            return problem.response.status_code in {429, 502, 503, 504}
        case ConnectionClosed():
            return problem.rcvd is None or problem.rcvd.code not in FINAL_CLOSE_CODES
        case _:
            return True


def wait_seconds(tries: int) -> float:
    """How long to wait after so many tries: twice as long each time, and not all clients at once."""
    return min(LONGEST_WAIT_SECONDS, 0.2 * 2.0**tries) * random.uniform(0.5, 1)


async def _say(socket: ClientConnection, **message: object) -> None:
    await socket.send(json.dumps(message))


async def _hear(socket: ClientConnection) -> dict[str, Any]:
    message: dict[str, Any] = json.loads(await socket.recv())
    return message
