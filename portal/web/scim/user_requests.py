"""What identity providers ask of users. How members are read and changed is in members.py."""

from collections.abc import Callable, Mapping
from uuid import UUID

from scim2_models import (
    Context,
    ListResponse,
    NotFoundException,
    PatchOp,
    ResponseParameters,
    SearchRequest,
)
from starlette.requests import Request
from starlette.responses import Response

from portal.database.ids import parse_public_id
from portal.errors import StaleVersion
from portal.people.actions.provisioning import add_from_directory, remove_from_directory, update_from_directory
from portal.people.reads import MEMBERSHIP
from portal.web.scim.answers import (
    Handler,
    WantedPart,
    base_of,
    expected_version,
    json,
    nothing,
    parameters_of,
    wanted_part,
)
from portal.web.scim.filters import members_where
from portal.web.scim.members import Member, Members
from portal.web.scim.reading import Received
from portal.web.scim.resources import MOST_RESULTS, POLICY, User, etag_of, person_of, user_of
from schema.mutating import NO_ID

# Somebody else may change a member between our look and our change: then we look again.
MOST_TRIES = 3


class UserRequests:
    """Answers requests for users."""

    def __init__(self, members: Members) -> None:
        self._members = members

    def handlers(self) -> Mapping[str, Mapping[str, Handler]]:
        """What answers which method, by path."""
        return {
            "/Users": {"GET": self._list, "POST": self._create},
            "/Users/.search": {"POST": self._search},
            "/Users/{id}": {"GET": self._get, "PUT": self._replace, "PATCH": self._patch, "DELETE": self._delete},
        }

    async def _list(self, request: Request, received: Received) -> Response:
        return await self._page(request, received, wanted_part(request, MOST_RESULTS))

    async def _search(self, request: Request, received: Received) -> Response:
        """The list for whoever does not want a filter in an address (RFC 7644, 3.4.3)."""
        search = SearchRequest[User].model_validate_json(
            received.body, scim_ctx=Context.SEARCH_REQUEST, scim_policy=POLICY
        )
        count = MOST_RESULTS if search.count is None else search.count
        return await self._page(request, received, WantedPart(search.filter, search.start_index or 1, count), search)

    async def _page(
        self,
        request: Request,
        received: Received,
        wanted: WantedPart,
        parameters: ResponseParameters[User] | None = None,
    ) -> Response:
        where, start = members_where(wanted.filter), max(1, wanted.start)
        page = await self._members.page(received, where, start, min(max(0, wanted.count), MOST_RESULTS))
        base = base_of(request)
        listed = ListResponse[User](
            total_results=page.total,
            start_index=start,
            items_per_page=len(page.rows),
            resources=[user_of(member, base) for member in page.rows],
        )
        return json(listed, Context.RESOURCE_QUERY_RESPONSE, parameters=parameters or parameters_of(request, User))

    async def _create(self, request: Request, received: Received) -> Response:
        user = User.model_validate_json(received.body, scim_ctx=Context.RESOURCE_CREATION_REQUEST, scim_policy=POLICY)
        done = await self._members.perform(received, add_from_directory, person=person_of(user))
        member = await self._members.again(received, done.membership_id)
        return _user(request, member, Context.RESOURCE_CREATION_RESPONSE, status=201)

    async def _get(self, request: Request, received: Received) -> Response:
        member = await self._found(request, received)
        if request.headers.get("if-none-match") == etag_of(member):
            return nothing({"etag": etag_of(member)}, status=304)
        return _user(request, member, Context.RESOURCE_QUERY_RESPONSE)

    async def _replace(self, request: Request, received: Received) -> Response:
        user = User.model_validate_json(
            received.body, scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST, scim_policy=POLICY
        )
        member = await self._changed(request, received, lambda _before: user)
        return _user(request, member, Context.RESOURCE_REPLACEMENT_RESPONSE)

    async def _patch(self, request: Request, received: Received) -> Response:
        patch = PatchOp[User].model_validate_json(
            received.body, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY
        )

        def patched(before: User) -> User:
            user = before.model_copy(deep=True)
            patch.patch(user, POLICY)
            return user

        member = await self._changed(request, received, patched)
        return _user(request, member, Context.RESOURCE_PATCH_RESPONSE)

    async def _delete(self, request: Request, received: Received) -> Response:
        member = await self._found(request, received)
        await self._members.perform(
            received,
            remove_from_directory,
            membership_id=_row_id(member),
            expected_version=expected_version(request, member, "user"),
        )
        return nothing()

    async def _changed(self, request: Request, received: Received, change: Callable[[User], User]) -> Member:
        """The member after a change of what they were when it was made; looked at again where that was different."""
        for attempt in range(1, MOST_TRIES + 1):
            member = await self._found(request, received)
            wanted = expected_version(request, member, "user")
            before = user_of(member, base_of(request))
            person = person_of(change(before), before)
            version = member["version"]
            try:
                done = await self._members.perform(
                    received,
                    update_from_directory,
                    membership_id=_row_id(member),
                    person=person,
                    expected_version=version,
                )
            except StaleVersion:
                if wanted is not None or attempt == MOST_TRIES:
                    raise
            else:
                return await self._members.again(received, done.membership_id)
        raise AssertionError("The last attempt returns or raises.")

    async def _found(self, request: Request, received: Received) -> Member:
        member = await self._members.find(received, request.path_params["id"])
        if member is None:
            raise NotFoundException(detail="No such user.")
        return member


def _row_id(member: Member) -> UUID:
    return parse_public_id(MEMBERSHIP.prefix, member["id"]) or NO_ID


def _user(request: Request, member: Member, context: Context, *, status: int = 200) -> Response:
    user = user_of(member, base_of(request))
    headers = {"etag": etag_of(member)}
    if status == 201:
        headers["location"] = f"{base_of(request)}/Users/{member['id']}"
    return json(user, context, status=status, headers=headers, parameters=parameters_of(request, User))
