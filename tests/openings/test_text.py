"""The HTML of postings is sanitised once and read as plain text."""

from hypothesis import given
from hypothesis import strategies as st

from portal.errors import InvalidInput
from portal.openings.text import RichText, Section, sanitised, sections
from tests.refusals import refused


def test_r40_html_is_kept_sanitised_and_as_plain_text() -> None:
    given_html = (
        "<h2 style='x'>About</h2><p>We &amp; you<br>go</p><ul><li>One</li><li>Two <b>bold</b></li></ul>"
        "<script>alert(1)</script><a href='javascript:x' onclick='y'>no</a><img src=x onerror=y>"
        "<a href='https://acme.example'>yes</a>"
    )

    assert sanitised(given_html) == RichText(
        html=(
            "<h2>About</h2><p>We &amp; you<br>go</p><ul><li>One</li><li>Two <b>bold</b></li></ul>"
            '<a rel="noopener noreferrer nofollow">no</a>'
            '<a href="https://acme.example" rel="noopener noreferrer nofollow">yes</a>'
        ),
        text="About\n\nWe & you\ngo\n\n• One\n• Two bold\n\nnoyes",
    )


def test_r40_nothing_is_escaped_twice() -> None:
    once = sanitised("<p>R&amp;D &lt;b&gt;</p>")

    assert once == RichText(html="<p>R&amp;D &lt;b&gt;</p>", text="R&D <b>")
    assert sanitised(once.html) == once


@given(st.text(alphabet=st.sampled_from("<>/&;abp \n\"'=!-"), max_size=80))
def test_r40_sanitising_again_changes_nothing(html: str) -> None:
    once = sanitised(html)

    assert sanitised(once.html) == once


def test_blank_html_is_two_empty_texts() -> None:
    assert sanitised(" \n ") == RichText(html="", text="")


def test_html_is_bounded_before_and_after() -> None:
    with refused(InvalidInput, "This is longer than 200000 characters.", path=("bodyHtml",)):
        sanitised("x" * 200_001)
    with refused(InvalidInput, "This is longer than 200000 characters.", path=("bodyHtml",)):
        sanitised("&" * 100_000)
    with refused(InvalidInput, "This contains a NUL character.", path=("bodyHtml",)):
        sanitised("a\x00b")


def test_sections_have_a_heading_and_a_bound() -> None:
    assert sections([(" What you do ", "<p>Build</p>")]) == (Section("What you do", "<p>Build</p>", "Build"),)
    assert sections([("A", "<p>B</p>")])[0].to_json() == {"heading": "A", "html": "<p>B</p>", "text": "B"}
    with refused(InvalidInput, "This must not be empty.", path=("sections", "0", "heading")):
        sections([("", "<p>Build</p>")])
    with refused(InvalidInput, "At most 50 are allowed here, not 51.", path=("sections",)):
        sections([("A", "B")] * 51)
    with refused(InvalidInput, "Together the sections are too long.", path=("sections",)):
        sections([("A", "x" * 100_000)] * 3)


def test_r40_html_that_nests_too_deep_is_refused_before_it_costs_anything() -> None:
    with refused(InvalidInput, "This nests deeper than 500 elements.", path=("bodyHtml",)):
        sanitised("<div>" * 501 + "x")
