"""The members behind SCIM's users."""

from uuid import UUID

from portal.access.actions import Action, P, R
from portal.database.ids import public_id
from portal.people.reads import MEMBERSHIP
from portal.web.scim.reading import Page, Pages, Received, Row, ScimDoors, Where
from portal.web.scim.resources import MEMBER_FIELDS, MOST_RESULTS

_ONE = f"query($id: ID!) {{ membership(id: $id) {{ {MEMBER_FIELDS} }} }}"
_PAGE = f"""query($filter: MembershipFilter, $first: Int, $after: String) {{
    memberships(filter: $filter, first: $first, after: $after, orderBy: [{{field: CREATED_AT}}]) {{
        totalCount nodes {{ {MEMBER_FIELDS} }} pageInfo {{ endCursor }}
    }}
}}"""

Member = Row


class Members:
    """Reads and changes members for whoever asks."""

    def __init__(self, doors: ScimDoors) -> None:
        self._doors = doors
        self._one, self._pages = doors.document(_ONE), Pages(doors, _PAGE, "memberships")

    async def find(self, received: Received, id: str) -> Member | None:
        """A member by public id; None where there is none to see, or the provider has deleted them."""
        member: Member | None = (await self._doors.read(received, self._one, {"id": id}))["membership"]
        return None if member is None or member["leftDirectoryAt"] is not None else member

    async def page(self, received: Received, where: Where, start: int, count: int) -> Page:
        """`count` members from the one at `start`, which is 1 for the first."""
        return await self._pages.page(received, where, start, count, step=MOST_RESULTS)

    async def perform(self, received: Received, action: Action[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Perform an action on a member."""
        return await self._doors.perform(received, 1, action, *args, **kwargs)

    async def again(self, received: Received, id: UUID) -> Member:
        """A member that was just changed."""
        variables = {"id": public_id(MEMBERSHIP.prefix, id)}
        member: Member = (await self._doors.read(received, self._one, variables))["membership"]
        return member
