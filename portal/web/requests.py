"""Reads a GraphQL request off an HTTP request, and refuses whatever is not one before anything else looks at it."""

from collections.abc import Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import orjson

from portal.trusted_documents.rules import document_id_of
from portal.web.errors import UNPROCESSABLE, BadRequest, ErrorCode, Overloaded, Refused
from portal.web.negotiation import check_request_type

Receive = Callable[[], Awaitable[Any]]

MAX_BODY_BYTES = 1024 * 1024
MOST_BODY_BYTES = 64 * 1024 * 1024  # of all bodies that are being read
MAX_QUERY_STRING_BYTES = 16 * 1024  # what proxies commonly pass on

# Each value costs a microsecond or two to coerce: a body of nothing but `1,1,1,…` would hold the process for a second.
MAX_VARIABLE_VALUES = 10_000
# A body shorter than this can't hold that many.
SHORT_BODY_BYTES = 2 * MAX_VARIABLE_VALUES


class Disconnected(Exception):
    """The client went away before its request was complete; there is nobody to answer."""


@dataclass(slots=True)
class GraphQLRequest:
    """What the client asks for. `operation_name` is None where it was absent, null or empty.

    The document is the one that is published under `document_id`; where that is None, `query` is its text.
    """

    query: str
    operation_name: str | None
    variables: dict[str, Any]  # Any: JSON
    extensions: dict[str, Any] | None
    document_id: str | None = None


class BodyRoom:
    """How many bytes of bodies that come piece by piece are held at once: slow senders must not fill the memory."""

    def __init__(self, most: int = MOST_BODY_BYTES) -> None:
        self._left = most

    def take(self, size: int) -> None:
        """Raises Overloaded."""
        if size > self._left:
            raise Overloaded
        self._left -= size

    def give_back(self, size: int) -> None:
        self._left += size


async def read_body(headers: Mapping[bytes, bytes], receive: Receive, max_bytes: int, room: BodyRoom) -> bytes:
    """The whole body of a POST. Stops reading at the limit, whatever Content-Length said."""
    check_request_type(headers.get(b"content-type", b""))
    declared = headers.get(b"content-length", b"")
    if declared.isdigit() and int(declared[:20]) > max_bytes:
        raise too_long(max_bytes)
    body, more = await next_piece(receive)
    if len(body) > max_bytes:
        raise too_long(max_bytes)
    return await read_on(body, receive, max_bytes, room) if more else body


async def read_on(first: bytes, receive: Receive, max_bytes: int, room: BodyRoom) -> bytes:
    """The whole of a body of several pieces."""
    pieces = [first]
    size, taken, more = len(first), 0, True
    try:
        while more:
            piece, more = await next_piece(receive)
            size += len(piece)
            if size > max_bytes:
                raise too_long(max_bytes)
            room.take(size - taken)
            taken = size
            pieces.append(piece)
    finally:
        room.give_back(taken)
    return b"".join(pieces)


async def next_piece(receive: Receive) -> tuple[bytes, bool]:
    """The next bytes of a body, and whether more follow. Raises Disconnected."""
    message = await receive()
    if message["type"] == "http.disconnect":
        raise Disconnected
    return message.get("body", b""), message.get("more_body", False)


def parse_post(body: bytes) -> GraphQLRequest:
    """The request in a POST's body."""
    try:
        members = orjson.loads(body)
    except orjson.JSONDecodeError:
        raise BadRequest("The body is not valid JSON in UTF-8.") from None
    if not isinstance(members, dict):
        raise BadRequest(
            'The body must be a JSON object like {"query": "…"}. Several requests in one are not accepted.'
        )
    request = from_members(members)
    check_variables(request.variables, body)
    return request


def too_long(max_bytes: int) -> BadRequest:
    # The connection stays: if it were closed while the client still sends, the answer would be lost on the way. The
    # protocol reads on, and ends whoever sends twice as much.
    return BadRequest(f"The body is longer than {max_bytes} bytes.", status=413)


def read_get(query_string: bytes) -> GraphQLRequest:
    """The request in a GET's parameters. An empty parameter equals an absent one."""
    if len(query_string) > MAX_QUERY_STRING_BYTES:
        raise BadRequest(f"The query string is longer than {MAX_QUERY_STRING_BYTES} bytes; use POST.", status=414)
    try:
        pairs = parse_qsl(query_string.decode("ascii"), errors="strict", max_num_fields=20)
    except ValueError:  # UnicodeDecodeError is one
        raise BadRequest("The query string can't be read.") from None
    parameters: dict[str, Any] = dict(pairs)
    if len(parameters) != len(pairs):
        raise BadRequest("Each parameter may be sent once.")
    variables_json = parameters.get("variables", "")
    for name in ("variables", "extensions"):
        if name in parameters:
            parameters[name] = json_parameter(name, parameters[name])
    request = from_members(parameters)
    check_variables(request.variables, variables_json.encode())
    return request


def json_parameter(name: str, text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        raise BadRequest(f"The parameter {name} is not valid JSON.") from None


def from_members(members: dict[str, Any]) -> GraphQLRequest:
    """Checks the types of a request's members. Null equals absent; members that we don't know are ignored."""
    query = members.get("query")
    operation_name = members.get("operationName")
    variables = members.get("variables")
    extensions = members.get("extensions")
    document_id = members.get("documentId")
    if not (isinstance(query, str) and document_id is None):
        query = check_document(query, document_id)
    if operation_name is not None and not isinstance(operation_name, str):
        raise BadRequest("operationName must be a string.", status=UNPROCESSABLE)
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest("variables must be an object.", status=UNPROCESSABLE)
    if extensions is not None and not isinstance(extensions, dict):
        raise BadRequest("extensions must be an object.", status=UNPROCESSABLE)
    return GraphQLRequest(query, operation_name or None, variables or {}, extensions, document_id)


def check_document(query: object, document_id: object) -> str:
    """The text of a request that does not have just that; refuses what says nothing, or two things."""
    if query is not None and not isinstance(query, str):
        raise BadRequest("query must be a string.", status=UNPROCESSABLE)
    if document_id is not None and not isinstance(document_id, str):
        raise BadRequest("documentId must be a string.", status=UNPROCESSABLE)
    if query is None and document_id is None:
        raise BadRequest(
            'Send a GraphQL document as "query", or the id of a published one as "documentId".', status=UNPROCESSABLE
        )
    if query is not None and document_id is not None and document_id_of(query) != document_id:
        raise BadRequest(
            "documentId is not that of query: send one of them, or both of the same document.", status=UNPROCESSABLE
        )
    return query or ""


def check_variables(variables: dict[str, Any], source: bytes) -> None:
    """Refuses variables with more values than we coerce, or with a NUL, which Postgres can't store.

    `source` is what they were read from: it tells at a glance whether a look at each value is needed at all.
    """
    if not variables:
        return
    may_hold_nul = b"\\u0000" in source  # JSON has no other way to write it
    if len(source) <= SHORT_BODY_BYTES and not may_hold_nul:
        return
    for count, text in enumerate(texts_and_values(variables)):
        if count > MAX_VARIABLE_VALUES:
            raise Refused(ErrorCode.BAD_USER_INPUT, f"The variables hold more than {MAX_VARIABLE_VALUES} values.")
        if isinstance(text, str) and "\0" in text:
            raise Refused(ErrorCode.BAD_USER_INPUT, "The variables hold a text with a NUL character.")


def texts_and_values(variables: dict[str, Any]) -> Iterator[object]:
    """Every key and value, containers included. orjson bounds the depth, the explicit stack ours."""
    stack: list[object] = [variables]
    while stack:
        value = stack.pop()
        yield value
        if isinstance(value, dict):
            yield from value.keys()
            stack.extend(value.values())
        elif isinstance(value, list):
            stack.extend(value)
