"""What identity providers ask of groups. How groups are read is in groups.py."""

from collections.abc import Mapping
from uuid import UUID

from scim2_models import Context, ListResponse, NotFoundException, PatchOp, ResponseParameters, SearchRequest
from starlette.requests import Request
from starlette.responses import Response

from portal.database.ids import parse_public_id, public_id
from portal.people.actions.directory_groups import (
    add_group_from_directory,
    remove_group_from_directory,
    update_group_from_directory,
)
from portal.people.groups.reads import DIRECTORY_GROUP
from portal.web.scim.answers import (
    Handler,
    WantedPart,
    are_members_wanted,
    base_of,
    expected_version,
    json,
    nothing,
    parameters_of,
    wanted_part,
)
from portal.web.scim.filters import groups_wanted
from portal.web.scim.group_patches import GroupChanges, changes_of, member_ids, name_of, whole
from portal.web.scim.groups import MOST_GROUPS, Groups
from portal.web.scim.reading import Received, Row, ScimDoors
from portal.web.scim.resources import POLICY, Group, etag_of, group_of
from schema.mutating import NO_ID


class GroupRequests:
    """Answers requests for groups."""

    def __init__(self, groups: Groups, doors: ScimDoors) -> None:
        self._groups = groups
        self._doors = doors

    def handlers(self) -> Mapping[str, Mapping[str, Handler]]:
        """What answers which method, by path."""
        return {
            "/Groups": {"GET": self._list, "POST": self._create},
            "/Groups/.search": {"POST": self._search},
            "/Groups/{id}": {"GET": self._get, "PUT": self._replace, "PATCH": self._patch, "DELETE": self._delete},
        }

    async def _list(self, request: Request, received: Received) -> Response:
        return await self._page(request, received, wanted_part(request, MOST_GROUPS), parameters_of(request, Group))

    async def _search(self, request: Request, received: Received) -> Response:
        """The list for whoever does not want a filter in an address (RFC 7644, 3.4.3)."""
        search = SearchRequest[Group].model_validate_json(
            received.body, scim_ctx=Context.SEARCH_REQUEST, scim_policy=POLICY
        )
        count = MOST_GROUPS if search.count is None else search.count
        return await self._page(request, received, WantedPart(search.filter, search.start_index or 1, count), search)

    async def _page(
        self, request: Request, received: Received, wanted: WantedPart, parameters: ResponseParameters[Group]
    ) -> Response:
        start, count = max(1, wanted.start), max(0, wanted.count)
        members = are_members_wanted(parameters)
        page = await self._groups.page(received, groups_wanted(wanted.filter), start, count, members=members)
        listed = ListResponse[Group](
            total_results=page.total,
            start_index=start,
            items_per_page=len(page.rows),
            resources=[group_of(group, base_of(request)) for group in page.rows],
        )
        return json(listed, Context.RESOURCE_QUERY_RESPONSE, parameters=parameters)

    async def _create(self, request: Request, received: Received) -> Response:
        group = Group.model_validate_json(received.body, scim_ctx=Context.RESOURCE_CREATION_REQUEST, scim_policy=POLICY)
        ids = member_ids(group)
        done = await self._doors.perform(
            received,
            len(ids),
            add_group_from_directory,
            name=name_of(group),
            directory_id=group.external_id,
            member_ids=ids,
        )
        made = await self._found(received, public_id(DIRECTORY_GROUP.prefix, done.directory_group_id), members=True)
        return _group(request, made, Context.RESOURCE_CREATION_RESPONSE, status=201)

    async def _get(self, request: Request, received: Received) -> Response:
        group = await self._asked(request, received)
        if request.headers.get("if-none-match") == etag_of(group):
            return nothing({"etag": etag_of(group)}, status=304)
        return _group(request, group, Context.RESOURCE_QUERY_RESPONSE)

    async def _replace(self, request: Request, received: Received) -> Response:
        group = Group.model_validate_json(
            received.body, scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST, scim_policy=POLICY
        )
        await self._change(request, received, whole(group))
        return _group(request, await self._asked(request, received), Context.RESOURCE_REPLACEMENT_RESPONSE)

    async def _patch(self, request: Request, received: Received) -> Response:
        """Without a body, unless attributes are asked for: a group may have thousands of members (RFC 7644, 3.5.2)."""
        patch = PatchOp[Group].model_validate_json(
            received.body, scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY
        )
        changed = await self._change(request, received, changes_of(patch))
        if "attributes" not in request.query_params:
            return nothing({"etag": etag_of(changed)})
        return _group(request, await self._asked(request, received), Context.RESOURCE_PATCH_RESPONSE)

    async def _delete(self, request: Request, received: Received) -> Response:
        group = await self._found(received, request.path_params["id"], members=False)
        await self._doors.perform(
            received,
            1,
            remove_group_from_directory,
            directory_group_id=_row_id(group),
            expected_version=expected_version(request, group, "group"),
        )
        return nothing()

    async def _change(self, request: Request, received: Received, changes: GroupChanges) -> Row:
        """Make a change of whatever the group is by then; the group after it, without its members."""
        group = await self._found(received, request.path_params["id"], members=False)
        await self._doors.perform(
            received,
            changes.size,
            update_group_from_directory,
            directory_group_id=_row_id(group),
            name=changes.name,
            directory_id=changes.directory_id,
            members=changes.members,
            expected_version=expected_version(request, group, "group"),
        )
        return await self._found(received, group["id"], members=False)

    async def _asked(self, request: Request, received: Received) -> Row:
        """The group with what the client wants to know of it."""
        members = are_members_wanted(parameters_of(request, Group))
        return await self._found(received, request.path_params["id"], members=members)

    async def _found(self, received: Received, id: str, *, members: bool) -> Row:
        group = await self._groups.find(received, id, members=members)
        if group is None:
            raise NotFoundException(detail="No such group.")
        return group


def _row_id(group: Row) -> UUID:
    return parse_public_id(DIRECTORY_GROUP.prefix, group["id"]) or NO_ID


def _group(request: Request, group: Row, context: Context, *, status: int = 200) -> Response:
    headers = {"etag": etag_of(group)}
    if status == 201:
        headers["location"] = f"{base_of(request)}/Groups/{group['id']}"
    shown = group_of(group, base_of(request))
    return json(shown, context, status=status, headers=headers, parameters=parameters_of(request, Group))
