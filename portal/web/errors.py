"""Every code a GraphQL client of ours can meet in `errors[].extensions.code`, and the exceptions that carry one.

    Refused                    code, message, HTTP status, extra headers and members of `extensions`
    ├── BadRequest             the HTTP request is not a well-formed GraphQL request
    ├── Unauthenticated        no credential, or one that is not (or no longer) valid
    ├── RateLimited            the credential or its organization has spent its points
    ├── Overloaded             the server has as much to do as it may take on
    └── TimedOut               the operation took longer than it may

A Refused may be raised anywhere behind the edge. Any other exception is a bug: the client sees INTERNAL_SERVER_ERROR
and the request id, the log the rest.
"""

import enum
from collections.abc import Iterable, Sequence
from typing import Any

from graphql import GraphQLError

from portal.errors import Forbidden, UserError


class ErrorCode(enum.StrEnum):
    """What a client can program against. What a mutation may expect is not here but in its payload's `userErrors`."""

    # Apollo's names where it has one, so that its clients understand them.
    BAD_REQUEST = "BAD_REQUEST"
    """The HTTP request is not a GraphQL request: media type, JSON, or a member of the wrong type."""
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    """The document is not GraphQL, or longer than we read."""
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    """The document does not fit the schema, or is larger than one document may be."""
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    """Which operation of the document to run is not clear, or it can't run over this transport."""
    BAD_USER_INPUT = "BAD_USER_INPUT"
    """A variable or an argument has a value that it can't have."""
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    """No document is published under this id, or its release is retired. Where you may, send the document itself."""
    PERSISTED_QUERY_NOT_SUPPORTED = "PERSISTED_QUERY_NOT_SUPPORTED"
    """The credential may not send a `documentId`: send the document itself."""
    PERSISTED_QUERY_ID_REQUIRED = "PERSISTED_QUERY_ID_REQUIRED"
    """The credential may run published documents only: send the `documentId` of one."""
    INTERNAL_SERVER_ERROR = "INTERNAL_SERVER_ERROR"
    """A fault of ours. Quote `extensions.requestId` when you report it."""

    UNAUTHENTICATED = "UNAUTHENTICATED"
    """Send a valid token: `Authorization: Bearer …`."""
    FORBIDDEN = "FORBIDDEN"
    """The caller may see this, but not do that with it."""
    MAX_COST_EXCEEDED = "MAX_COST_EXCEEDED"
    """The operation costs too many points, or has too many `@part`s. `extensions` say how many, and how many may be."""
    RATE_LIMITED = "RATE_LIMITED"
    """The budget is spent. Try again after `Retry-After` seconds."""
    NOT_FOUND = "NOT_FOUND"
    """What was to be subscribed to is unknown or not visible, or no longer is."""
    FELL_BEHIND = "FELL_BEHIND"
    """Events came faster than they were read. Subscribe again with `extensions.cursor` as `after`."""
    TIMEOUT = "TIMEOUT"
    """The operation took longer than it may. Repeat a mutation with its idempotency key to learn what became of it."""
    OVERLOADED = "OVERLOADED"
    """The server is busy. Try again after `Retry-After` seconds."""


# Readable, but nothing that can be run. An operator chooses whether clients see 422 or 400 (responses.Statuses).
UNPROCESSABLE = 422

# What a refusal means in HTTP. Codes that are not listed are the client's mistake: 400.
HTTP_STATUS: dict[str, int] = {
    ErrorCode.GRAPHQL_VALIDATION_FAILED: UNPROCESSABLE,
    ErrorCode.OPERATION_RESOLUTION_FAILURE: UNPROCESSABLE,
    ErrorCode.BAD_USER_INPUT: UNPROCESSABLE,
    ErrorCode.UNAUTHENTICATED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.RATE_LIMITED: 429,
    ErrorCode.INTERNAL_SERVER_ERROR: 500,
    ErrorCode.OVERLOADED: 503,
    ErrorCode.TIMEOUT: 504,
}

# A message may quote what the client sent; a token can be as long as the document.
MAX_MESSAGE_LENGTH = 400  # characters


class Refused(Exception):
    """The request is answered with this instead of with data."""

    def __init__(
        self,
        code: ErrorCode,
        message: str,
        *,
        status: int | None = None,
        headers: Sequence[tuple[bytes, bytes]] = (),
        extensions: dict[str, Any] | None = None,  # JSON values beside `code`
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status if status is not None else HTTP_STATUS.get(code, 400)
        self.headers = headers
        self.extensions = extensions

    def as_error(self) -> dict[str, Any]:
        """The error as the response carries it."""
        return {"message": self.message, "extensions": {"code": self.code, **(self.extensions or {})}}


class BadRequest(Refused):
    """`status` says which HTTP rule was broken (405, 406, 413, 414, 415); 422 for JSON that is no request, or 400."""

    def __init__(self, message: str, *, status: int = 400, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(ErrorCode.BAD_REQUEST, message, status=status, headers=headers)


class Unauthenticated(Refused):
    def __init__(self, message: str = "Sign in: send a valid token as Authorization: Bearer <token>.") -> None:
        super().__init__(ErrorCode.UNAUTHENTICATED, message, headers=((b"www-authenticate", b"Bearer"),))


class Overloaded(Refused):
    def __init__(self, retry_after_seconds: int = 1) -> None:
        super().__init__(
            ErrorCode.OVERLOADED,
            f"The server is busy. Try again in {retry_after_seconds} s.",
            headers=((b"retry-after", b"%d" % retry_after_seconds),),
        )


class RateLimited(Refused):
    def __init__(
        self, budget: str, limit: int, retry_after_seconds: int, headers: Sequence[tuple[bytes, bytes]]
    ) -> None:
        super().__init__(
            ErrorCode.RATE_LIMITED,
            f"The {budget}'s {limit} points a minute are spent. Try again in {retry_after_seconds} s.",
            headers=((b"retry-after", b"%d" % retry_after_seconds), *headers),
            extensions={"budget": budget, "limit": limit, "retryAfter": retry_after_seconds},
        )


class TimedOut(Refused):
    def __init__(self, limit_seconds: float) -> None:
        super().__init__(
            ErrorCode.TIMEOUT, f"The operation took longer than {limit_seconds:g} s. Ask for less at once."
        )


def shown(error: GraphQLError, code: ErrorCode) -> dict[str, Any]:
    """A GraphQL error as the response carries it, with its code; a long message is cut."""
    formatted = dict(error.formatted)
    message = error.message
    formatted["message"] = message if len(message) <= MAX_MESSAGE_LENGTH else message[: MAX_MESSAGE_LENGTH - 1] + "…"
    formatted["extensions"] = {"code": code}
    return formatted


def masked(request_id: str, error: GraphQLError | None = None) -> dict[str, Any]:
    """What the client may know of a bug: that there was one, where in the answer it left a hole, and the request id."""
    answer: dict[str, Any] = {"message": "Something went wrong on our side."}
    if error is not None:
        answer |= {key: value for key, value in error.formatted.items() if key in ("locations", "path")}
    answer["extensions"] = {"code": ErrorCode.INTERNAL_SERVER_ERROR, "requestId": request_id}
    return answer


def public_errors(errors: Iterable[GraphQLError], request_id: str) -> tuple[list[dict[str, Any]], list[Exception]]:
    """An execution's errors as the client may see them, and the bugs among them, for the caller to log."""
    answers: list[dict[str, Any]] = []
    bugs: list[Exception] = []
    for error in errors:
        match error.original_error:
            case Refused() as refused:
                answers.append(dict(error.formatted) | refused.as_error())
            case Forbidden():
                answers.append(shown(error, ErrorCode.FORBIDDEN))
            case UserError() | GraphQLError() | None:
                answers.append(shown(error, ErrorCode.BAD_USER_INPUT))
            case bug:
                bugs.append(bug)
                answers.append(masked(request_id, error))
    return answers, bugs
