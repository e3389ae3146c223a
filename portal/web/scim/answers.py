"""Answers of SCIM, and what of a request is read in the same way whatever it is about."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from scim2_models import (
    Context,
    Error,
    InvalidValueException,
    Message,
    PreconditionFailedException,
    Resource,
    ResponseParameters,
)
from starlette.requests import Request
from starlette.responses import Response

from portal.web.scim.reading import Received, Row
from portal.web.scim.resources import etag_of

PATH = "/scim/v2"
MEDIA_TYPE = "application/scim+json"
HEADERS = {"cache-control": "no-store", "x-content-type-options": "nosniff"}

# Any: the parameters of resources and messages are those of their extensions.
Answered = Resource[Any] | Message
ResourceT = TypeVar("ResourceT", bound=Resource[Any])
Handler = Callable[[Request, Received], Awaitable[Response]]

# As an entity tag says it; what follows the number is of the groups that a user is in.
_VERSION = re.compile(r'(?:W/)?"(\d{1,9})(?:\.[0-9a-f]{8})?"')


@dataclass(frozen=True, slots=True)
class WantedPart:
    """Part of a list: its filter, which one is first, and how many; numbers that are too small count as the least."""

    filter: str | None
    start: int
    count: int


def wanted_part(request: Request, most: int) -> WantedPart:
    """Part of a list, as the query says it."""
    start, count = _whole(request, "startIndex", 1), _whole(request, "count", most)
    return WantedPart(request.query_params.get("filter"), start, count)


def base_of(request: Request) -> str:
    """SCIM's address, as the client reached it."""
    return f"{request.url.scheme}://{request.url.netloc}{PATH}"


def parameters_of(request: Request, model: type[ResourceT]) -> ResponseParameters[ResourceT]:
    """Which attributes the client wants."""
    given = {
        name: request.query_params[name]
        for name in ("attributes", "excludedAttributes")
        if name in request.query_params
    }
    # Any: the parameter of a generic class is a value here, which mypy takes for a type.
    parameters: Any = ResponseParameters
    made: ResponseParameters[ResourceT] = parameters[model].model_validate(given)
    return made


def are_members_wanted(parameters: ResponseParameters[Any]) -> bool:
    """Whether to read who is in a group; a client that looks for a group by its name had better not ask for it."""
    wanted, unwanted = (
        {str(path).rpartition(":")[2].partition(".")[0].lower() for path in paths or ()}
        for paths in (parameters.attributes, parameters.excluded_attributes)
    )
    return "members" in wanted if wanted else "members" not in unwanted


def expected_version(request: Request, row: Row, what: str) -> int | None:
    """The version that a request is meant for; None for any. Raises PreconditionFailedException for another one."""
    wanted = request.headers.get("if-match")
    if wanted is None or wanted.strip() == "*":
        return None
    versions = [int(number) for number in _VERSION.findall(wanted)]
    if row["version"] not in versions:
        raise PreconditionFailedException(detail=f"This {what} is now at version {etag_of(row)}. Read it again.")
    version: int = row["version"]
    return version


def json(
    answer: Answered,
    context: Context,
    *,
    status: int = 200,
    headers: dict[str, str] | None = None,
    parameters: ResponseParameters[Any] | None = None,
) -> Response:
    content = answer.model_dump_json(scim_ctx=context, response_parameters=parameters)
    return Response(content, status, HEADERS | (headers or {}), MEDIA_TYPE)


def nothing(headers: dict[str, str] | None = None, *, status: int = 204) -> Response:
    """An answer without a body."""
    return Response(status_code=status, headers=HEADERS | (headers or {}))


def failure(error: Error, headers: dict[str, str] | None = None) -> Response:
    return Response(error.model_dump_json(), error.status or 500, HEADERS | (headers or {}), MEDIA_TYPE)


def _whole(request: Request, name: str, default: int) -> int:
    """A whole number of the query."""
    text = request.query_params.get(name)
    if text is None:
        return default
    if not re.fullmatch(r"-?[0-9]{1,9}", text):
        raise InvalidValueException(detail=f"{name} must be a whole number.")
    return int(text)
