"""SCIM's endpoints: requests in, resources or errors out. How members are read and changed is in members.py."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from scim2_models import (
    Context,
    Error,
    InvalidValueException,
    ListResponse,
    Message,
    NotFoundException,
    PatchOp,
    PreconditionFailedException,
    Resource,
    ResponseParameters,
    SearchRequest,
)
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route

from portal.access.permissions import Permission
from portal.database.ids import parse_public_id
from portal.errors import StaleVersion
from portal.people.actions.provisioning import add_from_directory, remove_from_directory, update_from_directory
from portal.people.reads import MEMBERSHIP
from portal.web.errors import Unauthenticated
from portal.web.graphql import presented
from portal.web.graphql import request_id as request_id_of
from portal.web.observe import Observer
from portal.web.operations import Operations
from portal.web.requests import BodyRoom, Disconnected, next_piece, read_on, too_long
from portal.web.scim.discovery import DISCOVERY
from portal.web.scim.filters import members_where
from portal.web.scim.members import Asking, Member, Members
from portal.web.scim.problems import refused_as
from portal.web.scim.resources import MOST_RESULTS, POLICY, User, etag_of, person_of, user_of
from schema.mutating import NO_ID

PATH = "/scim/v2"
MEDIA_TYPE = "application/scim+json"
MAX_BODY_BYTES = 100_000  # a user with all that connectors send is some 5 kB

# Somebody else may change a member between our look and our change: then we look again.
MOST_TRIES = 3

_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
_VERSION = re.compile(r'(?:W/)?"(\d{1,9})"')
_HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}
# Any: the parameters of resources and messages are those of their extensions.
Answered = Resource[Any] | Message
Handler = Callable[[Request, Asking], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Wanted:
    """Part of a list: its filter, which one is first, and how many; numbers that are too small count as the least."""

    filter: str | None
    start: int
    count: int


class ScimEndpoint:
    """Answers identity providers, each for the organization that its token belongs to."""

    def __init__(
        self, operations: Operations, members: Members, observer: Observer, clock: Callable[[], datetime]
    ) -> None:
        self._operations = operations
        self._members = members
        self._observer = observer
        self._clock = clock
        self._body_room = BodyRoom()

    def mount(self) -> Mount:
        """The routes of SCIM, below its path."""
        listed = {"GET": self._list, "POST": self._create}
        one = {"GET": self._get, "PUT": self._replace, "PATCH": self._patch, "DELETE": self._delete}
        served: dict[str, Mapping[str, Handler]] = {
            **{path: {"GET": _served(answer)} for path, answer in DISCOVERY.items()},
            "/Users": listed,
            "/.search": {"POST": self._search},
            "/Users/.search": {"POST": self._search},
            "/Users/{id}": one,
            "/{path:path}": dict.fromkeys(_METHODS, self._nothing),
        }
        return Mount(PATH, routes=[self._route(path, handlers) for path, handlers in served.items()])

    def _route(self, path: str, handlers: Mapping[str, Handler]) -> Route:
        async def endpoint(request: Request) -> Response:
            handler = handlers.get("GET" if request.method == "HEAD" else request.method)
            if handler is None:
                allow = ", ".join(handlers)
                return _error(Error(status=405, detail=f"Use one of these: {allow}."), {"allow": allow})
            return await self._answer(request, handler)

        return Route(path, endpoint, methods=list(_METHODS))

    async def _answer(self, request: Request, handler: Handler) -> Response:
        """The response, whatever happens."""
        shown = presented(request.scope)
        request_id = request_id_of(shown.headers)
        try:
            caller = await self._operations.authenticate(shown)
            if caller.actor is None:
                raise Unauthenticated  # noqa: TRY301 - one place turns refusals into responses
            if not caller.actor.reach(Permission.MEMBER_PROVISION).organization:
                return _error(Error(status=403, detail="This takes a token with member:provision."))
            return await handler(request, Asking(caller, request_id, self._clock()))
        except Disconnected:
            return Response(status_code=400)  # nobody reads it
        except Exception as problem:  # noqa: BLE001 - the last stop: a bug is logged and masked
            refused = refused_as(problem)
            if refused is None:
                self._observer.bug(request_id, problem)
                return _error(Error(status=500, detail=f"Something went wrong on our side. Request id: {request_id}"))
            return _error(*refused)

    async def _body(self, request: Request) -> bytes:
        """The body, whatever media type it says: connectors send application/scim+json and application/json."""
        body, more = await next_piece(request.receive)
        if len(body) > MAX_BODY_BYTES:
            raise too_long(MAX_BODY_BYTES)
        return await read_on(body, request.receive, MAX_BODY_BYTES, self._body_room) if more else body

    async def _list(self, request: Request, asking: Asking) -> Response:
        start, count = _whole(request, "startIndex", 1), _whole(request, "count", MOST_RESULTS)
        return await self._page(request, asking, _Wanted(request.query_params.get("filter"), start, count))

    async def _search(self, request: Request, asking: Asking) -> Response:
        """The list for whoever does not want a filter in an address (RFC 7644, 3.4.3)."""
        search = SearchRequest[User].model_validate_json(
            await self._body(request), scim_ctx=Context.SEARCH_REQUEST, scim_policy=POLICY
        )
        count = MOST_RESULTS if search.count is None else search.count
        return await self._page(request, asking, _Wanted(search.filter, search.start_index or 1, count), search)

    async def _page(
        self, request: Request, asking: Asking, wanted: "_Wanted", parameters: ResponseParameters[User] | None = None
    ) -> Response:
        where, start = members_where(wanted.filter), max(1, wanted.start)
        page = await self._members.page(asking, where, start, min(max(0, wanted.count), MOST_RESULTS))
        base = _base(request)
        listed = ListResponse[User](
            total_results=page.total,
            start_index=start,
            items_per_page=len(page.members),
            resources=[user_of(member, base) for member in page.members],
        )
        return _json(listed, Context.RESOURCE_QUERY_RESPONSE, parameters=parameters or _parameters(request))

    async def _create(self, request: Request, asking: Asking) -> Response:
        user = User.model_validate_json(
            await self._body(request), scim_ctx=Context.RESOURCE_CREATION_REQUEST, scim_policy=POLICY
        )
        done = await self._members.perform(asking, add_from_directory, person=person_of(user))
        member = await self._members.again(asking, done.membership_id)
        return _user(request, member, Context.RESOURCE_CREATION_RESPONSE, status=201)

    async def _get(self, request: Request, asking: Asking) -> Response:
        member = await self._found(request, asking)
        if request.headers.get("if-none-match") == etag_of(member):
            return Response(status_code=304, headers=_HEADERS | {"etag": etag_of(member)})
        return _user(request, member, Context.RESOURCE_QUERY_RESPONSE)

    async def _replace(self, request: Request, asking: Asking) -> Response:
        user = User.model_validate_json(
            await self._body(request), scim_ctx=Context.RESOURCE_REPLACEMENT_REQUEST, scim_policy=POLICY
        )
        member = await self._changed(request, asking, lambda _before: user)
        return _user(request, member, Context.RESOURCE_REPLACEMENT_RESPONSE)

    async def _patch(self, request: Request, asking: Asking) -> Response:
        patch = PatchOp[User].model_validate_json(
            await self._body(request), scim_ctx=Context.RESOURCE_PATCH_REQUEST, scim_policy=POLICY
        )

        def patched(before: User) -> User:
            user = before.model_copy(deep=True)
            patch.patch(user, POLICY)
            return user

        member = await self._changed(request, asking, patched)
        return _user(request, member, Context.RESOURCE_PATCH_RESPONSE)

    async def _delete(self, request: Request, asking: Asking) -> Response:
        member = await self._found(request, asking)
        await self._members.perform(
            asking,
            remove_from_directory,
            membership_id=_row_id(member),
            expected_version=_expected(request, member),
        )
        return Response(status_code=204, headers=_HEADERS)

    async def _changed(self, request: Request, asking: Asking, change: Callable[[User], User]) -> Member:
        """The member after a change of what they were when it was made; looked at again where that was different."""
        for attempt in range(1, MOST_TRIES + 1):
            member = await self._found(request, asking)
            wanted = _expected(request, member)
            before = user_of(member, _base(request))
            person = person_of(change(before), before)
            version = member["version"]
            try:
                done = await self._members.perform(
                    asking,
                    update_from_directory,
                    membership_id=_row_id(member),
                    person=person,
                    expected_version=version,
                )
            except StaleVersion:
                if wanted is not None or attempt == MOST_TRIES:
                    raise
            else:
                return await self._members.again(asking, done.membership_id)
        raise AssertionError("The last attempt returns or raises.")

    async def _found(self, request: Request, asking: Asking) -> Member:
        member = await self._members.find(asking, request.path_params["id"])
        if member is None:
            raise NotFoundException(detail="No such user.")
        return member

    async def _nothing(self, _request: Request, _asking: Asking) -> Response:
        raise NotFoundException(
            detail="Nothing is served here. Users are at /Users; there are no groups, no bulk and no /Me."
        )


def _served(answer: str) -> Handler:
    """What SCIM says of itself is the same for everybody."""

    async def handler(_request: Request, _asking: Asking) -> Response:
        return Response(answer, headers=_HEADERS, media_type=MEDIA_TYPE)

    return handler


def _row_id(member: Member) -> Any:
    return parse_public_id(MEMBERSHIP.prefix, member["id"]) or NO_ID


def _expected(request: Request, member: Member) -> int | None:
    """The version that a request is meant for; None for any. Raises PreconditionFailedException for another one."""
    wanted = request.headers.get("if-match")
    if wanted is None or wanted.strip() == "*":
        return None
    versions = [int(number) for number in _VERSION.findall(wanted)]
    if member["version"] not in versions:
        raise PreconditionFailedException(detail=f"This user is now at version {etag_of(member)}. Read it again.")
    version: int = member["version"]
    return version


def _base(request: Request) -> str:
    return f"{request.url.scheme}://{request.url.netloc}{PATH}"


def _whole(request: Request, name: str, default: int) -> int:
    """A whole number of the query."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise InvalidValueException(detail=f"{name} must be a whole number.")
    return int(text)


def _parameters(request: Request) -> ResponseParameters[User]:
    given = {
        name: request.query_params[name]
        for name in ("attributes", "excludedAttributes")
        if name in request.query_params
    }
    return ResponseParameters[User].model_validate(given)


def _user(request: Request, member: Member, context: Context, *, status: int = 200) -> Response:
    user = user_of(member, _base(request))
    headers = {"etag": etag_of(member)}
    if status == 201:
        headers["location"] = f"{_base(request)}/Users/{member['id']}"
    return _json(user, context, status=status, headers=headers, parameters=_parameters(request))


def _json(
    answer: Answered,
    context: Context,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    parameters: ResponseParameters[User] | None = None,
) -> Response:
    content = answer.model_dump_json(scim_ctx=context, response_parameters=parameters)
    return Response(content, status, _HEADERS | (headers or {}), MEDIA_TYPE)


def _error(error: Error, headers: dict[str, str] | None = None) -> Response:
    return Response(error.model_dump_json(), error.status or 500, _HEADERS | (headers or {}), MEDIA_TYPE)
