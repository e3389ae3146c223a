"""The members behind SCIM's users: read by the read door and changed by actions, as everywhere else.

Reads are GraphQL operations of our own, so that what a token may see is decided in the one place that decides it.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from portal.access.actions import Action, P, R, WriteDoor
from portal.access.actor import Actor
from portal.access.work import Call
from portal.database.ids import public_id
from portal.people.reads import MEMBERSHIP
from portal.recent import Recent
from portal.web.callers import SignedIn
from portal.web.documents import Document, DocumentStore
from portal.web.execution import RequestFacts
from portal.web.operations import Operations
from portal.web.scim.resources import MEMBER_FIELDS, MOST_RESULTS

_ONE = f"query($id: ID!) {{ membership(id: $id) {{ {MEMBER_FIELDS} }} }}"
_PAGE = f"""query($filter: MembershipFilter, $first: Int, $after: String) {{
    memberships(filter: $filter, first: $first, after: $after, orderBy: [{{field: CREATED_AT}}]) {{
        totalCount nodes {{ {MEMBER_FIELDS} }} pageInfo {{ endCursor }}
    }}
}}"""
# Where pages end, so that a provider that reads them one after the other costs one statement each.
MOST_ENDS = 1_000

Member = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Page:
    """Members of one page, and how many there are in all."""

    members: list[Member]
    total: int


@dataclass(frozen=True, slots=True)
class Asking:
    """One request: by whom, when, and under which id."""

    caller: SignedIn
    request_id: str
    now: datetime


class Members:
    """Reads and changes members for whoever asks."""

    def __init__(self, operations: Operations, store: DocumentStore, writes: WriteDoor) -> None:
        self._operations = operations
        self._writes = writes
        self._one, self._page = _document(store, _ONE), _document(store, _PAGE)
        self._ends: Recent[tuple[object, ...], str] = Recent(MOST_ENDS)

    async def find(self, asking: Asking, id: str) -> Member | None:
        """A member by public id; None where there is none to see, or the provider has deleted them."""
        member: Member | None = (await self._read(asking, self._one, {"id": id}))["membership"]
        return None if member is None or member["leftDirectoryAt"] is not None else member

    async def page(self, asking: Asking, where: dict[str, Any], start: int, count: int) -> Page:
        """`count` members from the one at `start`, which is 1 for the first."""
        position, after = self._nearest(asking, where, start)
        while position < start:
            step = min(MOST_RESULTS, start - position)
            found = await self._some(asking, where, step, after)
            if len(found["nodes"]) < step:
                return Page([], found["totalCount"])
            position, after = position + step, self._keep(asking, where, position + step, found)
        found = await self._some(asking, where, count, after)
        if found["nodes"]:
            self._keep(asking, where, position + len(found["nodes"]), found)
        return Page(found["nodes"], found["totalCount"])

    async def perform(self, asking: Asking, action: Action[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Perform an action for whoever asks."""

        async def run(actor: Actor) -> R:
            call = Call(actor, asking.now, asking.request_id)
            return await self._writes.perform(call, action, *args, **kwargs)

        return await self._operations.standing(asking.caller).use(run)

    async def again(self, asking: Asking, id: UUID) -> Member:
        """A member that was just changed."""
        member: Member = (await self._read(asking, self._one, {"id": public_id(MEMBERSHIP.prefix, id)}))["membership"]
        return member

    def _nearest(self, asking: Asking, where: dict[str, Any], start: int) -> tuple[int, str | None]:
        after = self._ends.get(_key(asking, where, start))
        return (start, after) if after is not None else (1, None)

    def _keep(self, asking: Asking, where: dict[str, Any], position: int, found: dict[str, Any]) -> str:
        return self._ends.put(_key(asking, where, position), found["pageInfo"]["endCursor"])

    async def _some(
        self, asking: Asking, where: dict[str, Any], count: int, after: str | None
    ) -> dict[str, Any]:  # Any: JSON
        found: dict[str, Any] = (
            await self._read(asking, self._page, {"filter": where, "first": count, "after": after})
        )["memberships"]
        return found

    async def _read(self, asking: Asking, document: Document, variables: dict[str, Any]) -> dict[str, Any]:
        (operation,) = document.operations.values()
        facts = RequestFacts(asking.request_id, asking.now, "POST", None)
        answer = await self._operations.execute(document, operation, variables, asking.caller, facts)
        if answer.errors or answer.data_json is None:
            raise RuntimeError(f"A read of our own failed: {answer.errors}")
        data: dict[str, Any] = orjson.loads(answer.data_json)
        return data


def _key(asking: Asking, where: dict[str, Any], position: int) -> tuple[object, ...]:
    actor = asking.caller.actor
    return (actor and (actor.organization_id, actor.id), orjson.dumps(where), position)


def _document(store: DocumentStore, text: str) -> Document:
    document = store.get(text)
    if not isinstance(document, Document):
        raise TypeError(f"A document of our own is not valid: {document.errors}")
    return document
