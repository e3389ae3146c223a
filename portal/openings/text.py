"""The HTML of postings: sanitised once when it comes in, stored with its plain text, and never escaped again (R40)."""

import re
from dataclasses import dataclass
from typing import Any

import nh3
import orjson

from portal import bounds
from portal.bounds import Path, as_path
from portal.errors import InvalidInput
from portal.openings.plain_text import plain_text

_BLOCKS = frozenset(
    {"p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "li", "blockquote", "pre", "table", "tr", "hr"}
    | {"dl", "dt", "dd"}
)
_TAGS = _BLOCKS | {
    *("a", "b", "strong", "i", "em", "u", "s", "sub", "sup", "small", "br", "span", "code"),
    *("thead", "tbody", "th", "td"),
}
_ATTRIBUTES = {"a": {"href", "title"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
_SCHEMES = {"http", "https", "mailto", "tel"}

# Elements inside elements. Sanitising takes time by the square of them; real postings nest a dozen.
MAX_NESTING = 500

_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]*+)[^<>]*+>")

# Elements that need no end tag: HTML closes them by itself, so they don't nest however many there are.
_VOID = {"area", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
_SELF_CLOSING = frozenset(_VOID | {"p", "li", "dt", "dd", "tr", "td", "th", "option"})

MOST_SECTIONS = 50
_SECTIONS_LENGTH = 500_000  # bytes as JSON, as the table's check counts them


@dataclass(frozen=True, slots=True)
class RichText:
    """Sanitised HTML, and what of it can be read aloud."""

    html: str
    text: str


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a posting under its own heading."""

    heading: str
    html: str
    text: str

    def to_json(self) -> dict[str, Any]:  # Any: the shape of a JSON column
        return {"heading": self.heading, "html": self.html, "text": self.text}


def sanitised(html: str, *, path: Path = "bodyHtml") -> RichText:
    """The HTML without scripts, styles, forms, images and odd addresses, and the same as plain text.

    Sanitising again changes nothing. Blank HTML gives two empty texts.
    """
    given = bounds.optional_text(html, longest=bounds.HTML_LENGTH, path=path)
    if given is None:
        return RichText(html="", text="")
    if nesting_of(given) > MAX_NESTING:
        raise InvalidInput(f"This nests deeper than {MAX_NESTING} elements.", path=as_path(path))
    cleaned = nh3.clean(
        given, tags=set(_TAGS), attributes=_ATTRIBUTES, url_schemes=_SCHEMES, link_rel="noopener noreferrer nofollow"
    ).strip()
    if len(cleaned) > bounds.HTML_LENGTH:
        raise InvalidInput(f"This is longer than {bounds.HTML_LENGTH} characters.", path=as_path(path))
    return RichText(html=cleaned, text=plain_text(cleaned))


def sections(given: list[tuple[str, str]], *, path: Path = "sections") -> tuple[Section, ...]:
    """The sections of a posting from (heading, HTML), in reading order."""
    kept = bounds.items(given, most=MOST_SECTIONS, path=path)
    made = []
    for at, (heading, html) in enumerate(kept):
        body = sanitised(html, path=(*as_path(path), str(at), "html"))
        title = bounds.one_line(heading, path=(*as_path(path), str(at), "heading"))
        made.append(Section(title, body.html, body.text))
    if len(orjson.dumps([section.to_json() for section in made])) > _SECTIONS_LENGTH - 10 * MOST_SECTIONS:
        raise InvalidInput("Together the sections are too long.", path=as_path(path))
    return tuple(made)


def nesting_of(html: str) -> int:
    """How deep elements nest, counted from tags alone; elements that HTML closes by itself don't count."""
    depth = deepest = 0
    for tag in _TAG.finditer(html):
        closes, name = tag.groups()
        if name.lower() in _SELF_CLOSING:
            continue
        depth = max(0, depth - 1) if closes else depth + 1
        deepest = max(deepest, depth)
    return deepest
