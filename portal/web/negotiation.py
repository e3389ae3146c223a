"""Which media type a request is in, and which one its answer should be in: a single response, or a stream of events."""

from functools import lru_cache
from typing import NamedTuple

from portal.web.errors import BadRequest

GRAPHQL_RESPONSE = "application/graphql-response+json"
JSON = "application/json"
EVENT_STREAM = "text/event-stream"

# The rest is cut off: no client needs more, and the headers are cache keys.
MAX_HEADER_LENGTH = 500  # bytes

# How closely a range of Accept names one of our types.
PRECISION = {"*/*": 0, "application/*": 1}
EXACT = 2


class Preference(NamedTuple):
    """What Accept says about one type. They compare as they are preferred."""

    quality: float
    precision: int
    named_at: int  # the negated place in the list: of two that are equal otherwise, the first
    is_json: bool  # for wildcards, the type that older clients understand


class Wanted(NamedTuple):
    """How a client wants to be answered.

    `media_type` is that of a single response, also of an error before a stream begins. A subscription is answered with
    a stream wherever the client names that type; everything else only where the client likes it best.
    """

    media_type: str
    may_stream: bool = False
    prefers_stream: bool = False


PLAIN = Wanted(JSON)


def wanted(accept: bytes) -> Wanted:
    """How to answer, by the q-values of Accept.

    Without the header, and for wildcards, it is application/json: old clients expect that.
    Raises BadRequest (406) if none of our types is acceptable.
    """
    chosen = negotiate(accept[:MAX_HEADER_LENGTH])
    if chosen is None:
        raise BadRequest(f"Accept must allow {GRAPHQL_RESPONSE}, {JSON} or {EVENT_STREAM}.", status=406)
    return chosen


@lru_cache(maxsize=256)
def negotiate(accept: bytes) -> Wanted | None:
    if not accept.strip():
        return PLAIN
    ranges = [parse_range(item) for item in accept.decode("latin-1").lower().split(",")]
    single = {offered: preference(offered, ranges) for offered in (GRAPHQL_RESPONSE, JSON)}
    best = max(single, key=lambda offered: single[offered])
    quality = single[best].quality
    # Only by its name: whoever accepts everything expects one response.
    stream = next((given for name, given in ranges if name == EVENT_STREAM), 0.0)
    if quality <= 0 and stream <= 0:
        return None
    return Wanted(best if quality > 0 else GRAPHQL_RESPONSE, stream > 0, stream > quality)


def preference(offered: str, ranges: list[tuple[str, float]]) -> Preference:
    """The most precise range that covers a type decides, as in RFC 9110."""
    matches = [
        (EXACT if name == offered else PRECISION[name], -place, quality)
        for place, (name, quality) in enumerate(ranges)
        if name == offered or name in PRECISION
    ]
    precision, named_at, quality = max(matches, default=(0, 0, 0.0))
    return Preference(quality, precision, named_at, offered == JSON)


def parse_range(item: str) -> tuple[str, float]:
    """One member of Accept: its type and q-value. A q-value that is not a number from 0 to 1 rules the type out."""
    name, *parameters = (part.strip() for part in item.split(";"))
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip() == "q":
            try:
                quality = float(value)
            except ValueError:
                return name, 0.0
            return name, quality if 0 <= quality <= 1 else 0.0
    return name, 1.0


def check_request_type(content_type: bytes) -> None:
    """Raises BadRequest (415) unless the body is JSON in UTF-8.

    Forms and plain text are what a foreign web page can send without asking, so their refusal is also a protection.
    """
    if not is_json(content_type[:MAX_HEADER_LENGTH]):
        raise BadRequest(
            f"The body must be JSON in UTF-8, sent with Content-Type: {JSON}.",
            status=415,
            headers=((b"accept-post", JSON.encode()),),
        )


@lru_cache(maxsize=256)
def is_json(content_type: bytes) -> bool:
    name, *parameters = (part.strip() for part in content_type.decode("latin-1").lower().split(";"))
    if name != JSON:
        return False
    charsets = [
        value.strip(' "') for key, _, value in (p.partition("=") for p in parameters) if key.strip() == "charset"
    ]
    return all(charset in ("utf-8", "utf8", "us-ascii") for charset in charsets)
