"""The groups behind SCIM's groups."""

from dataclasses import dataclass
from typing import Any

from portal.web.scim.reading import Page, Pages, Received, Row, ScimDoors, Where

# Members are read by pages of this many; a group has some thousands at most.
_MEMBERS = "members(first: 100) @include(if: $members) { nodes { membership { id name } } pageInfo { endCursor } }"
_FIELDS = f"id name directoryId leftDirectoryAt createdAt updatedAt version {_MEMBERS}"
_ONE = f"query($id: ID!, $members: Boolean!) {{ directoryGroup(id: $id) {{ {_FIELDS} }} }}"
_PAGE = f"""query($filter: DirectoryGroupFilter, $first: Int, $after: String, $members: Boolean!) {{
    directoryGroups(filter: $filter, first: $first, after: $after, orderBy: [{{field: CREATED_AT}}]) {{
        totalCount nodes {{ {_FIELDS} }} pageInfo {{ endCursor }}
    }}
}}"""
_MORE = """query($id: ID!, $after: String) { directoryGroup(id: $id) {
    members(first: 100, after: $after) { nodes { membership { id name } } pageInfo { endCursor } }
} }"""
_OF_MEMBER = """query($id: ID!) { membership(id: $id) { directoryGroups { directoryGroup { id } } } }"""
_A_PAGE = 100

MOST_GROUPS = 100  # a page
# A page of groups with their members is as long as an answer may reasonably be; a client asks for the next one.
MOST_GROUPS_WITH_MEMBERS = 10

Group = Row


@dataclass(frozen=True, slots=True)
class WantedGroups:
    """Which groups: by what the list is filtered by, and by id or member, of which there are few."""

    where: Where
    ids: frozenset[str] | None = None
    member_ids: frozenset[str] = frozenset()


class Groups:
    """Reads groups for whoever asks; `members` says whether with who is in them."""

    def __init__(self, doors: ScimDoors) -> None:
        self._doors = doors
        self._one, self._more, self._of_member = (doors.document(text) for text in (_ONE, _MORE, _OF_MEMBER))
        self._pages = Pages(doors, _PAGE, "directoryGroups")

    async def find(self, received: Received, id: str, *, members: bool) -> Group | None:
        """A group by public id; None where there is none to see, or the provider has deleted it."""
        group: Group | None = (await self._doors.read(received, self._one, {"id": id, "members": members}))[
            "directoryGroup"
        ]
        if group is None or group["leftDirectoryAt"] is not None:
            return None
        return await self._whole(received, group) if members else group

    async def page(self, received: Received, wanted: WantedGroups, start: int, count: int, *, members: bool) -> Page:
        """`count` groups from the one at `start`, or fewer where their members are to be read as well."""
        count = min(count, MOST_GROUPS_WITH_MEMBERS if members else MOST_GROUPS)
        ids = wanted.ids
        for member_id in wanted.member_ids:
            theirs = await self._ids_of(received, member_id)
            ids = theirs if ids is None else ids & theirs
        if ids is not None:
            return await self._few(received, wanted.where, sorted(ids), start, count, members=members)
        page = await self._pages.page(received, wanted.where, start, count, step=MOST_GROUPS, members=members)
        return Page([await self._whole(received, group) for group in page.rows], page.total) if members else page

    async def _few(
        self, received: Received, where: Where, ids: list[str], start: int, count: int, *, members: bool
    ) -> Page:
        """The groups with these ids that the list has too."""
        found = [await self.find(received, id, members=members) for id in ids]  # noqa: A001 - an id of SCIM
        groups = [group for group in found if group is not None and _matches(group, where)]
        return Page(groups[start - 1 : start - 1 + count], len(groups))

    async def _ids_of(self, received: Received, member_id: str) -> frozenset[str]:
        member = (await self._doors.read(received, self._of_member, {"id": member_id}))["membership"]
        return frozenset(row["directoryGroup"]["id"] for row in (member or {"directoryGroups": ()})["directoryGroups"])

    async def _whole(self, received: Received, group: Group) -> Group:
        """A group with all of its members."""
        last = group["members"]
        nodes = list(last["nodes"])
        while len(last["nodes"]) == _A_PAGE:
            variables = {"id": group["id"], "after": last["pageInfo"]["endCursor"]}
            # Gone meanwhile, and with it whoever was in it.
            more = (await self._doors.read(received, self._more, variables))["directoryGroup"]
            last = more["members"]
            nodes += last["nodes"]
        return group | {"members": {"nodes": nodes}}


def _matches(group: Group, where: dict[str, Any]) -> bool:
    """Whether a group satisfies the conditions of a filter, all of which are `and`ed equalities (filters.py)."""
    given = {"name": group["name"].lower(), "directoryId": group["directoryId"]}
    return all(
        given[name] == comparison["eq"]
        for condition in where.get("and", ())
        for name, comparison in condition.items()
        if name in given
    )
