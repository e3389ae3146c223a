"""The yardstick: hand-written SQL through asyncpg behind a bare ASGI handler that knows five operations.

No GraphQL, no rights but those written into the SQL, no checks of the input. The pool is the portal's own, since a
pool is not what is compared; connections, role and row-level security are the same.

A read is a transaction in three messages: BEGIN with the tenant, the statement, COMMIT. The portal's is one message
(docs/decisions/a-read-is-one-message.md), so the same handler is measured that way as well, for whoever wants to know
what the portal costs beyond its statement. No bar is set against that one.
"""

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any
from uuid import UUID

import orjson

from benchmarks.limit_move import Move, move
from benchmarks.limit_reads import BOARD, OPENINGS, PROFILE, VIEWER
from benchmarks.rows_staff import Organization
from portal.database.pool import Pool, Raw

Message = Mapping[str, Any]  # Any: ASGI's own types
_HEADERS = [(b"content-type", b"application/json; charset=utf-8"), (b"cache-control", b"no-store")]
_ROLES = ["RECRUITER_ALL"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a token stands for, and the command that enters their organization."""

    organization: UUID
    actor: UUID
    access_version: int

    @property
    def enter(self) -> str:
        return f"SELECT enter('{self.organization}', {self.access_version})"


def callers(organizations: list[Organization], access_versions: Mapping[UUID, int]) -> dict[bytes, Caller]:
    """By the Authorization header."""
    return {
        f"Bearer {each.token().text}".encode(): Caller(each.id, each.recruiter, access_versions[each.id])
        for each in organizations
    }


class Limit:
    """The ASGI application."""

    def __init__(self, pool: Pool, known: Mapping[bytes, Caller], *, one_message: bool) -> None:
        self._pool = pool
        self._known = known
        self._run = _in_one_message if one_message else _in_three_messages

    async def __call__(
        self,
        scope: Message,
        receive: Callable[[], Awaitable[Message]],
        send: Callable[[dict[str, Any]], Awaitable[None]],
    ) -> None:
        message = await receive()
        body = message["body"]
        while message["more_body"]:
            message = await receive()
            body += message["body"]
        asked = orjson.loads(body)
        caller = self._known[dict(scope["headers"])[b"authorization"]]
        answer = await self._answer(asked["operationName"], asked["variables"], caller)
        headers = [*_HEADERS, (b"content-length", b"%d" % len(answer))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": answer})

    async def _answer(self, operation: str, variables: dict[str, Any], caller: Caller) -> bytes:
        organization, actor = caller.organization, caller.actor
        match operation:
            case "board":
                row = UUID(hex=variables["id"][4:])
                return await self._read(caller, b"opening", BOARD, organization, actor, row, _first(variables, 20))
            case "openings":
                return await self._read(caller, b"openings", OPENINGS, organization, actor, _first(variables, 50))
            case "profile":
                row = UUID(hex=variables["id"][4:])
                return await self._read(caller, b"candidate", PROFILE, organization, actor, row, 20)
            case "viewer":
                return await self._read(caller, b"viewer", VIEWER, organization, actor, _ROLES)
            case _:
                return await self._move(caller, Move.of(variables["input"]))

    async def _read(self, caller: Caller, field: bytes, sql: str, *values: object) -> bytes:
        raw = await self._pool.acquire()
        try:
            answer = await self._run(raw, caller, sql, values)
        except BaseException:
            raw.terminate()
            raise
        finally:
            self._pool.release(raw)
        return b'{"data":{"' + field + b'":' + (answer or b"null") + b"}}"

    async def _move(self, caller: Caller, asked: Move) -> bytes:
        raw = await self._pool.acquire()
        try:
            await raw.execute(f"BEGIN; {caller.enter}")
            answer = await move(raw, caller.organization, caller.actor, os.urandom(16).hex(), asked)
            await raw.execute("COMMIT")
        except BaseException:
            raw.terminate()
            raise
        finally:
            self._pool.release(raw)
        return b'{"data":{"moveApplication":' + answer + b"}}"


async def _in_three_messages(raw: Raw, caller: Caller, sql: str, values: tuple[object, ...]) -> bytes | None:
    await raw.execute(f"BEGIN READ ONLY; {caller.enter}")
    answer: bytes | None = await raw.fetchval(sql, *values)
    await raw.execute("COMMIT")
    return answer


@cache
def _entering(sql: str, count: int) -> str:
    return f"SELECT ({sql}) FROM enter(${count + 1}, ${count + 2})"  # noqa: S608 - our own text


async def _in_one_message(raw: Raw, caller: Caller, sql: str, values: tuple[object, ...]) -> bytes | None:
    answer: bytes | None = await raw.fetchval(
        _entering(sql, len(values)), *values, caller.organization, caller.access_version
    )
    return answer


def _first(variables: dict[str, Any], default: int) -> int:
    first: int = variables.get("first", default)
    return first
