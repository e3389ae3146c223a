"""The HTML of postings: sanitised once when it comes in, stored with its plain text, and never escaped again (R40)."""

import re
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

import nh3
import orjson
from typing_extensions import override  # in typing from Python 3.12

from portal import bounds
from portal.bounds import Path, as_path
from portal.errors import InvalidInput

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


def plain_text(html: str) -> str:
    """The words of the HTML: a line for each block, list items marked, entities decoded once."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (re.sub(r"[ \t\u00a0]+", " ", line).strip() for line in "".join(reader.pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Collects the text of sanitised HTML, with line breaks where blocks begin and end."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "li":
            self.pieces.append("\n• ")
        elif tag == "br" or tag in _BLOCKS:
            self.pieces.append("\n")

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS - {"li", "tr", "dt", "dd"}:
            self.pieces.append("\n")

    @override
    def handle_data(self, data: str) -> None:
        self.pieces.append(data.replace("\n", " "))
