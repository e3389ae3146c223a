"""Searches of everything at once (RFC 7644, 3.4.3): users first, then groups, in one list."""

from collections.abc import Awaitable, Mapping

from scim2_models import Context, InvalidFilterException, ListResponse, SearchRequest
from starlette.requests import Request
from starlette.responses import Response

from portal.web.scim.answers import Handler, are_members_wanted, base_of, json
from portal.web.scim.filters import groups_wanted, members_where
from portal.web.scim.groups import Groups
from portal.web.scim.members import Members
from portal.web.scim.reading import Page, Received
from portal.web.scim.resources import MOST_RESULTS, POLICY, Group, User, group_of, user_of

_NONE = Page([], 0)


class Searches:
    """Answers searches that say no type of resource."""

    def __init__(self, members: Members, groups: Groups) -> None:
        self._members = members
        self._groups = groups

    def handlers(self) -> Mapping[str, Mapping[str, Handler]]:
        """What answers which method, by path."""
        return {"/.search": {"POST": self._search}}

    async def _search(self, request: Request, received: Received) -> Response:
        """A filter that only one of the types knows finds that type's."""
        search = SearchRequest[User | Group].model_validate_json(
            received.body, scim_ctx=Context.SEARCH_REQUEST, scim_policy=POLICY
        )
        start = max(1, search.start_index or 1)
        count = MOST_RESULTS if search.count is None else min(max(0, search.count), MOST_RESULTS)
        refusals: list[InvalidFilterException] = []
        users = await _known(self._users(received, search.filter, start, count), refusals)
        with_members = are_members_wanted(search)
        rest = count - len(users.rows)
        groups = await _known(
            self._some_groups(received, search.filter, max(1, start - users.total), rest, with_members), refusals
        )
        if len(refusals) > 1:
            raise refusals[0]
        base = base_of(request)
        found: list[User | Group] = [user_of(member, base) for member in users.rows]
        found += [group_of(group, base) for group in groups.rows]
        listed = ListResponse[User | Group](
            total_results=users.total + groups.total, start_index=start, items_per_page=len(found), resources=found
        )
        return json(listed, Context.RESOURCE_QUERY_RESPONSE, parameters=search)

    async def _users(self, received: Received, filter: str | None, start: int, count: int) -> Page:
        return await self._members.page(received, members_where(filter), start, count)

    async def _some_groups(self, received: Received, filter: str | None, start: int, count: int, members: bool) -> Page:
        return await self._groups.page(received, groups_wanted(filter), start, count, members=members)


async def _known(page: Awaitable[Page], refusals: list[InvalidFilterException]) -> Page:
    """A page, which is empty where the filter is none of its type's."""
    try:
        return await page
    except InvalidFilterException as refusal:
        refusals.append(refusal)
        return _NONE
