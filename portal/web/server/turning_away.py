"""Refusing for next to nothing: while more comes than can be done, most of the work must not go into saying so.

A request that finds a full line is answered by its connection, as soon as it is complete, with what the endpoint would
have answered: no task, no parsing of its body, no line in the log (docs/decisions/overload.md).
"""

from collections.abc import Sequence
from http import HTTPStatus

from portal.web.errors import Overloaded
from portal.web.negotiation import GRAPHQL_RESPONSE, JSON, MAX_HEADER_LENGTH, PLAIN, negotiate
from portal.web.observe import Observer
from portal.web.presenting import REQUEST_ID
from portal.web.responses import COMMON_HEADERS, Header, Responder
from portal.web.server.admission import Admission


class Turnstile:
    """Says whether requests to the endpoint are turned away now, and with which bytes."""

    def __init__(self, path: str, admission: Admission, responder: Responder, observer: Observer) -> None:
        self._path = path.encode("ascii")
        self._admission = admission
        self._observer = observer
        self._answers = {media_type: _answer(responder, media_type) for media_type in (GRAPHQL_RESPONSE, JSON)}

    def is_shut(self, url: bytes) -> bool:
        """Whether who comes now for `url`, path and query as they were sent, would only be refused."""
        return self._admission.is_crowded and (url == self._path or url.startswith(self._path + b"?"))

    def answer(self, headers: Sequence[Header], more: Sequence[Header]) -> bytes:
        """The response to a request with these headers, and the request's being counted. `more` are sent with it."""
        self._admission.turn_away()
        self._observer.turned_away()
        accept = request_id = b""
        for name, value in headers:
            if name == b"accept":
                accept = value
            elif name == b"x-request-id":
                request_id = value
        head, body = self._answers[(negotiate(accept[:MAX_HEADER_LENGTH]) or PLAIN).media_type]
        if REQUEST_ID.fullmatch(request_id):
            head += b"x-request-id: " + request_id + b"\r\n"
        return head + _lines(more) + b"\r\n" + body


def _answer(responder: Responder, media_type: str) -> tuple[bytes, bytes]:
    """A response as far as it is the same for everybody: its head, open for more, and its body."""
    response = responder.refused(Overloaded(), media_type)
    status = f"HTTP/1.1 {response.status} {HTTPStatus(response.status).phrase}\r\n".encode()
    length: Header = (b"content-length", b"%d" % len(response.body))
    return status + _lines([*COMMON_HEADERS[media_type], length, *response.headers]), response.body


def _lines(headers: Sequence[Header]) -> bytes:
    return b"".join([name + b": " + value + b"\r\n" for name, value in headers])
