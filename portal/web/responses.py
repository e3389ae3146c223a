"""Turns answers and refusals into status, headers and body, by the rules of GraphQL over HTTP for each media type."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from portal.web.errors import HTTP_STATUS, UNPROCESSABLE, ErrorCode, Refused
from portal.web.execution import Answer
from portal.web.negotiation import GRAPHQL_RESPONSE, JSON

Header = tuple[bytes, bytes]

# A well-formed request that fails with one of these is a 200 under application/json, which has no request errors.
REQUEST_ERRORS = frozenset(
    {
        ErrorCode.GRAPHQL_PARSE_FAILED,
        ErrorCode.GRAPHQL_VALIDATION_FAILED,
        ErrorCode.OPERATION_RESOLUTION_FAILURE,
        ErrorCode.BAD_USER_INPUT,
    }
)

COMMON_HEADERS: dict[str, list[Header]] = {
    media_type: [
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"vary", b"Accept"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
    ]
    for media_type in (GRAPHQL_RESPONSE, JSON)
}


@dataclass(frozen=True, slots=True)
class Statuses:
    """Where the draft of GraphQL over HTTP has changed its mind: what application/graphql-response+json is sent with.

    Under application/json both are 200; JSON that is no GraphQL request is 400 there.
    """

    request_error: int = 400  # or 422: the request could be read, but not run
    partial_success: int = 294  # or 200: "data" and "errors" side by side


@dataclass(slots=True)
class Response:
    """What goes out, and in one word what it means for the metrics: ok, partial or an error code."""

    status: int
    body: bytes
    outcome: str
    headers: Sequence[Header] = ()


class Responder:
    """Makes responses, with the statuses that the operator chose."""

    def __init__(self, statuses: Statuses) -> None:
        self._statuses = statuses

    def answered(self, answer: Answer, media_type: str) -> Response:
        """The response of an operation that ran, or that the executor would not run."""
        if answer.errors:
            return self._with_errors(answer, answer.errors, media_type)
        body = b'{"data":' + (answer.data_json or b"null")
        if answer.extensions:
            body += b',"extensions":' + orjson.dumps(answer.extensions)
        return Response(200, body + b"}", "ok", answer.headers)

    def refused(self, refusal: Refused, media_type: str) -> Response:
        """The response to a request that is answered with nothing but an error."""
        body = b'{"errors":[' + orjson.dumps(refusal.as_error()) + b"]}"
        status = self._status_of(refusal.code, refusal.status, media_type)
        return Response(status, body, refusal.code, refusal.headers)

    def _with_errors(self, answer: Answer, errors: list[dict[str, Any]], media_type: str) -> Response:
        # The specification wants errors first, where a reader of the raw response sees them.
        body = b'{"errors":' + orjson.dumps(errors)
        if answer.data_json is not None:
            body += b',"data":' + answer.data_json
        if answer.extensions:
            body += b',"extensions":' + orjson.dumps(answer.extensions)
        code = code_of(errors[0])
        if answer.data_json is None:
            status = self._status_of(code, HTTP_STATUS.get(code, 400), media_type)
            return Response(status, body + b"}", code, answer.headers)
        if media_type == JSON:
            status = 200
        elif answer.data_json == b"null":
            # A non-null root field failed: nothing succeeded, so this is not a partial success.
            status = self._status_of(code, HTTP_STATUS.get(code, 400), media_type)
        else:
            status = self._statuses.partial_success
        return Response(status, body + b"}", code if answer.data_json == b"null" else "partial", answer.headers)

    def _status_of(self, code: str, status: int, media_type: str) -> int:
        if media_type == JSON and status in {400, UNPROCESSABLE}:
            return 200 if code in REQUEST_ERRORS else 400
        return self._statuses.request_error if status == UNPROCESSABLE else status


def code_of(error: dict[str, Any]) -> str:
    """The error's code; what is not one of ours is a bug's, so that the metrics' labels stay a closed set."""
    code: object = (error.get("extensions") or {}).get("code")
    return code if isinstance(code, str) and code in ErrorCode.__members__ else ErrorCode.INTERNAL_SERVER_ERROR
