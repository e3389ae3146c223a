"""A posting's text: decoded exactly as many times as it was escaped, sanitised, kept as HTML and as plain text.

Job boards escape HTML once, some exports twice, some not at all, and nothing in the file says which. The rule: the
first decoding in which markup shows is the HTML; what is still escaped there is text that the author wanted to be read,
such as `&lt;` in code. Content without markup in any decoding is plain text.
"""

import functools
import html
import re
from dataclasses import dataclass

from portal.bounds import HTML_LENGTH
from portal.errors import InvalidInput
from portal.openings.plain_text import plain_text
from portal.openings.text import MAX_NESTING, nesting_of, sanitised
from portal.transfer.fields import BadRecord, paragraphs
from portal.transfer.outcomes import OutcomeCode

# Nobody escapes more often; the bound keeps `&amp;amp;amp;…` from costing time.
MAX_ESCAPES = 10

# Characters before sanitising: an image that was pasted into a posting stands in it as some megabytes of text.
MAX_SOURCE_LENGTH = 8_000_000

# Said in one of these, a word is markup even without its end tag.
_BLOCKS = (
    "p|div|ul|ol|li|h[1-6]|br|hr|table|tbody|thead|tfoot|tr|td|th|blockquote|section|article|header|footer|pre|dl|dt|dd"
)
_OPENED_BLOCK = re.compile(rf"<(?:{_BLOCKS})(?=[\s/>])[^<>]*+>|</(?:{_BLOCKS})\s*+>", re.IGNORECASE)

# Any other element shows by its end tag (no prose contains `</em>`), an image or frame by its attribute.
_CLOSED_INLINE = re.compile(
    r"</[a-z][a-z0-9]*+\s*+>|<(?:img|iframe|a|span|font)\s++[a-z-]++\s*+=[^<>]*+>", re.IGNORECASE
)

_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")

# Never kept by the sanitiser, and what makes pasted text long.
_BULK = re.compile(r"<img\b[^<>]*+>|\s(?:style|class|id)\s*+=\s*+\"[^\"<>]*+\"", re.IGNORECASE)


@dataclass(frozen=True)
class Content:
    """One text twice: sanitised HTML and readable plain text. Both are empty when the source's text is."""

    html: str
    text: str


def content_of(source: str) -> Content:
    """The posting text behind a source's `content`. Raises BadRecord when it is too long or nests too deep."""
    if len(source) > MAX_SOURCE_LENGTH:
        raise _too_long()
    decoded = paragraphs(decoded_content(source))
    if not has_markup(decoded):
        decoded = _as_paragraphs(decoded)
    if len(decoded) > HTML_LENGTH:
        decoded = _BULK.sub("", decoded)
    if len(decoded) > HTML_LENGTH:
        raise _too_long()
    if nesting_of(decoded) > MAX_NESTING:
        raise BadRecord(OutcomeCode.TOO_DEEP, f"The content nests deeper than {MAX_NESTING} elements.")
    try:
        body = sanitised(decoded).html
    except InvalidInput:
        # Sanitising may add to a text of nearly the longest length: each link gets its `rel`.
        raise _too_long() from None
    text = plain_text(body)
    return Content(html=body if text else "", text=text)


def decoded_content(source: str) -> str:
    """The source without the escapes that were put around it: HTML, or plain text when it has no markup."""
    text = source
    for _ in range(MAX_ESCAPES):
        if has_markup(text):
            return text
        decoded = _unescaped(text)
        if decoded == text:
            return text
        text = decoded
    return text


def has_markup(text: str) -> bool:
    """Whether the text contains HTML elements, rather than at most a stray `<` or a mention such as `<b>`."""
    return bool(_OPENED_BLOCK.search(text) or _CLOSED_INLINE.search(text))


def _unescaped(text: str) -> str:
    """Decoded once. Only entities with their semicolon: `&copy=1` in an address is not a copyright sign."""
    return _ENTITY.sub(lambda entity: _character(entity.group()), text)


@functools.lru_cache(maxsize=1024)
def _character(entity: str) -> str:
    """Escaped HTML is mostly the same five entities, thousands of times."""
    return html.unescape(entity)


def _as_paragraphs(text: str) -> str:
    """Plain text as HTML: blank lines separate paragraphs, other line ends are breaks."""
    parts = re.split(r"\n\s*\n", text)
    return "".join(f"<p>{html.escape(part, quote=False).replace(chr(10), '<br>')}</p>" for part in parts if part)


def _too_long() -> BadRecord:
    return BadRecord(OutcomeCode.TOO_LONG, f"The content is longer than {HTML_LENGTH:,} characters.")
