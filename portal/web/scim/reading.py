"""How SCIM reads and changes what is behind it: by the read door and by actions, as everything else.

Reads are GraphQL operations of our own, so that what a token may see is decided in the one place that decides it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from portal.access.actions import Action, P, R, WriteDoor
from portal.access.actor import Actor
from portal.access.work import Call
from portal.recent import Recent
from portal.web.callers import SignedIn
from portal.web.documents.document import Document
from portal.web.documents.store import DocumentStore
from portal.web.execution import RequestFacts
from portal.web.operations import Operations

# Where pages end, so that a provider that reads them one after the other costs one statement each.
MOST_ENDS = 1_000
# What a change takes from its caller's budget, beside what is read for it: in points, of about one row each.
POINTS_OF_CHANGE = 10

Row = dict[str, Any]  # Any: JSON
Where = dict[str, Any]  # Any: the filter of a list, as a variable


@dataclass(frozen=True, slots=True)
class Received:
    """One request: by whom, when, under which id, and with which body."""

    caller: SignedIn
    request_id: str
    now: datetime
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows of one page, and how many there are in all."""

    rows: list[Row]
    total: int


class ScimDoors:
    """Reads and changes for whoever asks."""

    def __init__(self, operations: Operations, store: DocumentStore, writes: WriteDoor) -> None:
        self._operations = operations
        self._store = store
        self._writes = writes

    def document(self, text: str) -> Document:
        """A document of our own, ready to be read by."""
        document = self._store.get(text)
        if not isinstance(document, Document):
            raise TypeError(f"A document of our own is not valid: {document.errors}")
        return document

    async def read(self, received: Received, document: Document, variables: dict[str, Any]) -> Row:
        """The data of an operation. Raises Refused."""
        (operation,) = document.operations.values()
        facts = RequestFacts(received.request_id, received.now, "POST", None)
        answer = await self._operations.execute(document, operation, variables, received.caller, facts)
        if answer.errors or answer.data_json is None:
            raise RuntimeError(f"A read of our own failed: {answer.errors}")
        data: Row = orjson.loads(answer.data_json)
        return data

    async def perform(
        self, received: Received, rows: int, action: Action[P, R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Perform an action for whoever asks, which may change this many rows. Raises RateLimited."""
        await self._operations.charge(received.caller, POINTS_OF_CHANGE + rows, received.now)

        async def run(actor: Actor) -> R:
            call = Call(actor, received.now, received.request_id)
            return await self._writes.perform(call, action, *args, **kwargs)

        return await self._operations.standing(received.caller).use(run)


class Pages:
    """The pages of one list. SCIM's begin at a number, ours at a cursor: those at which pages end are remembered."""

    def __init__(self, doors: ScimDoors, text: str, root: str) -> None:
        self._doors = doors
        self._document = doors.document(text)
        self._root = root
        self._ends: Recent[tuple[object, ...], str] = Recent(MOST_ENDS)

    async def page(
        self, received: Received, where: Where, start: int, count: int, *, step: int, **more: object
    ) -> Page:
        """`count` rows from the one at `start`, which is 1 for the first; at most `step` are read at once."""
        position, after = self._nearest(received, where, start)
        while position < start:
            size = min(step, start - position)
            found = await self._some(received, where, size, after, more)
            if len(found["nodes"]) < size:
                return Page([], found["totalCount"])
            position, after = position + size, self._keep(received, where, position + size, found)
        found = await self._some(received, where, count, after, more)
        if found["nodes"]:
            self._keep(received, where, position + len(found["nodes"]), found)
        return Page(found["nodes"], found["totalCount"])

    def _nearest(self, received: Received, where: Where, start: int) -> tuple[int, str | None]:
        after = self._ends.get(_key(received, where, start))
        return (start, after) if after is not None else (1, None)

    def _keep(self, received: Received, where: Where, position: int, found: Row) -> str:
        return self._ends.put(_key(received, where, position), found["pageInfo"]["endCursor"])

    async def _some(
        self, received: Received, where: Where, count: int, after: str | None, more: dict[str, object]
    ) -> Row:
        variables = {"filter": where, "first": count, "after": after, **more}
        found: Row = (await self._doors.read(received, self._document, variables))[self._root]
        return found


def _key(received: Received, where: Where, position: int) -> tuple[object, ...]:
    actor = received.caller.actor
    return (actor and (actor.organization_id, actor.id), orjson.dumps(where), position)
