"""A posting's text: decoded as often as it was escaped, clean, and readable."""

import contextlib
import html
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from portal.openings.plain_text import plain_text
from portal.openings.text import sanitised
from portal.transfer.content import content_of, decoded_content, has_markup
from portal.transfer.fields import BadRecord
from portal.transfer.outcomes import OutcomeCode
from tests.transfer.boards import CONTENT

_PIECES = some.sampled_from(
    (
        "<p>",
        "</p>",
        "<ul><li>",
        "</li></ul>",
        "<br>",
        "<code>",
        "</code>",
        "&lt;",
        "&amp;",
        "&nbsp;",
        "&#39;",
        "R&D",
        "<",
    )
)
_HTML = some.lists(_PIECES | some.text(max_size=8), max_size=12).map("".join)


@settings(deadline=None)
@given(source=_HTML, times=some.integers(0, 3))
def test_escaping_up_to_three_times_changes_nothing(source: str, times: int) -> None:
    escaped = source
    for _ in range(times):
        escaped = html.escape(escaped)

    assert decoded_content(escaped) == decoded_content(source)


@settings(deadline=None)
@given(source=_HTML)
def test_html_with_markup_is_decoded_exactly_to_what_it_was(source: str) -> None:
    written = f"<p>{source}</p>"

    assert decoded_content(html.escape(html.escape(written))) == written


@settings(deadline=None)
@given(source=_HTML)
def test_content_is_what_the_openings_door_would_store(source: str) -> None:
    content = content_of(source)

    assert sanitised(content.html).html == content.html


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("&lt;p&gt;Use &amp;lt;b&amp;gt; here&lt;/p&gt;", "<p>Use &lt;b&gt; here</p>"),
        ("&amp;lt;p&amp;gt;twice&amp;lt;/p&amp;gt;", "<p>twice</p>"),
        ("<p>never &lt;p&gt;</p>", "<p>never &lt;p&gt;</p>"),
        ("Intro &lt;strong&gt;bold&lt;/strong&gt;", "Intro <strong>bold</strong>"),
        ("R&amp;D, 2 &lt; 3", "<p>R&amp;D, 2 &lt; 3</p>"),
        ("one\ntwo\n\nthree", "<p>one<br>two</p><p>three</p>"),
        ("Mention of <b> alone", "<p>Mention of &lt;b&gt; alone</p>"),
        ("", ""),
        ("&lt;p&gt;&amp;nbsp;&lt;/p&gt;", ""),
    ],
)
def test_content_is_decoded_until_its_markup_shows(source: str, expected: str) -> None:
    assert content_of(source).html == expected


def test_an_entity_without_its_semicolon_is_not_one() -> None:
    assert decoded_content("https://example.com/?a=1&copy=2") == "https://example.com/?a=1&copy=2"


def test_scripts_handlers_and_odd_addresses_are_gone_and_links_are_held_off() -> None:
    content = content_of(
        "<p onclick='x()'>Hi<script>alert(1)</script><a href='javascript:alert(1)'>a</a>"
        "<a href='https://example.com' target='_blank'>b</a><img src=x onerror=y><iframe src='//z'></iframe></p>"
    )

    assert content.html == (
        '<p>Hi<a rel="noopener noreferrer nofollow">a</a>'
        '<a href="https://example.com" rel="noopener noreferrer nofollow">b</a></p>'
    )


def test_plain_text_reads_like_the_page() -> None:
    assert content_of(html.escape(CONTENT)).text == (
        "About us:\n\nWe build R&D tools — 2 < 3.\n\nWhat you\u2019ll do\n\n• Ship things\n• Write <div> by hand\n\n"
        "Apply at our page. 🎉\n\n$178,000—$258,000 USD"
    )


def test_plain_text_numbers_and_indents_lists_and_keeps_code_in_shape() -> None:
    source = (
        "<ul><li><p>one</p></li><li>two<ol><li>first</li><li>second</li></ol></li><li></li></ul><p>a<br><br>b</p>"
        "<pre>x = 1\n\n  y</pre><table><tr><td>k</td><td>v</td></tr></table>"
    )

    assert plain_text(source) == "• one\n• two\n  1. first\n  2. second\n\na\n\nb\n\nx = 1\n\n  y\n\nk v"


@settings(deadline=None)
@given(source=_HTML)
def test_plain_text_has_no_blank_lines_in_a_row_and_no_space_at_its_ends(source: str) -> None:
    text = content_of(source).text

    assert "\n\n\n" not in text
    assert text == text.strip()


def test_content_of_two_hundred_thousand_characters_is_kept_whole() -> None:
    content = content_of(f"<p>{'w' * 199_993}</p>")

    assert len(content.html) == 200_000


def test_content_above_the_limit_fails_its_record() -> None:
    with pytest.raises(BadRecord) as refusal:
        content_of(f"<p>{'w' * 200_000}</p>")

    assert refusal.value.code is OutcomeCode.TOO_LONG
    assert refusal.value.message == "The content is longer than 200,000 characters."


def test_a_pasted_image_does_not_count_as_text() -> None:
    content = content_of(f"<p style=\"color:red\">Hi</p><img src='data:image/png;base64,{'A' * 3_000_000}'>")

    assert content.html == "<p>Hi</p>"


@pytest.mark.parametrize("source", ["<div>" * 39_000, "&" + "amp;" * 1_900_000, "<" * 190_000, "<p><" + "a" * 190_000])
def test_hostile_content_costs_little_time(source: str) -> None:
    started = time.monotonic()

    with contextlib.suppress(BadRecord):
        content_of(source)

    # Without a bound on nesting the first takes 18 s.
    assert time.monotonic() - started < 10


def test_a_stray_bracket_is_not_markup() -> None:
    assert not has_markup("a < b, x <3, <b> and List<String>")
