"""HTML as text to read: paragraphs apart, bullets before list items, no runs of spaces or blank lines."""

import re
from html.parser import HTMLParser

from typing_extensions import override  # in typing from Python 3.12

_PARAGRAPHS = frozenset(("p", "div", "h1", "h2", "h3", "h4", "h5", "h6", "blockquote", "pre", "table", "dl", "hr"))
_LISTS = frozenset(("ul", "ol"))
_LINES = frozenset(("tr", "dt", "dd"))
_SPACES = re.compile(r"[ \t\n\r\f\v\u00a0]+")

# Spaces of indentation for each list inside a list; deeper lists than four are not indented further.
_INDENT = "  "
_DEEPEST_INDENT = 4


def plain_text(source: str) -> str:
    """The text of sanitised HTML. Lines end in \\n, paragraphs are one blank line apart, nothing is trailing."""
    reader = _Reader()
    reader.feed(source)
    reader.close()
    return reader.text()


class _Reader(HTMLParser):
    """Gathers finished lines; `_gap` says that the next one begins a paragraph, `_bullet` what stands before it."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._lines: list[str] = []
        self._line: list[str] = []
        self._gap = False
        self._bullet = ""
        # One entry for each open list: the next item's number, or None in a list of bullets.
        self._lists: list[int | None] = []
        self._preformatted = 0

    @override
    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "br":
            self._finish_line(is_break=True)
        elif tag in {"td", "th"}:
            self._line.append(" ")
        elif tag == "li":
            self._finish_line()
            self._bullet = self._next_bullet()
        else:
            self._block(tag)
        if tag in _LISTS:
            self._lists.append(1 if tag == "ol" else None)
        elif tag == "pre":
            self._preformatted += 1

    @override
    def handle_endtag(self, tag: str) -> None:
        if tag == "li":
            self._finish_line()
            self._bullet = ""
        self._block(tag)
        if tag in _LISTS and self._lists:
            self._lists.pop()
            self._gap = self._gap or not self._lists
        elif tag == "pre":
            self._preformatted = max(0, self._preformatted - 1)

    @override
    def handle_data(self, data: str) -> None:
        if not self._preformatted:
            self._line.append(data)
            return
        *finished, last = data.split("\n")
        for line in finished:
            self._line.append(line)
            self._finish_line(is_break=True)
        self._line.append(last)

    def text(self) -> str:
        self._finish_line()
        return "\n".join(self._lines).strip()

    def _block(self, tag: str) -> None:
        """Ends the line at a block's border; outside of lists a paragraph's border is a blank line too."""
        if tag in _PARAGRAPHS or tag in _LISTS:
            self._finish_line()
            self._gap = self._gap or not self._lists
        elif tag in _LINES:
            self._finish_line()

    def _finish_line(self, *, is_break: bool = False) -> None:
        line = "".join(self._line)
        self._line.clear()
        text = line.rstrip() if self._preformatted else _SPACES.sub(" ", line).strip(" ")
        if not text.strip():
            # Two breaks in a row are how many editors write a new paragraph.
            self._gap = self._gap or (is_break and not self._bullet)
            return
        if self._gap and self._lines:
            self._lines.append("")
        self._lines.append(self._bullet + text)
        self._gap, self._bullet = False, ""

    def _next_bullet(self) -> str:
        indent = _INDENT * min(max(len(self._lists) - 1, 0), _DEEPEST_INDENT)
        number = self._lists[-1] if self._lists else None
        if number is None:
            return f"{indent}• "
        self._lists[-1] = number + 1
        return f"{indent}{number}. "
