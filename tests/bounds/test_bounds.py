"""Every value from outside is stored as expected or refused with a sentence."""

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import bounds
from portal.errors import InvalidInput
from tests.refusals import refused

AT = ("title",)


def test_text_is_trimmed_and_its_line_ends_are_unified() -> None:
    assert bounds.text("  one\r\ntwo\rthree ", longest=20, path="title") == "one\ntwo\nthree"


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("", "This must not be empty."),
        ("   \n", "This must not be empty."),
        ("\u200b\u200d", "This must not be empty."),
        ("x" * 11, "This is longer than 10 characters."),
        ("x" * 1_000_000, "This is longer than 10 characters."),
        ("a\x00b", "This contains a NUL character."),
        ("a\ud83d", "This contains half of a character (a lone surrogate)."),
        ("\udc00", "This contains half of a character (a lone surrogate)."),
    ],
)
def test_text_that_cannot_be_stored_is_refused(value: str, message: str) -> None:
    with refused(InvalidInput, message, path=AT):
        bounds.text(value, longest=10, path="title")


def test_length_is_counted_in_characters_as_the_tables_count() -> None:
    assert bounds.text("é" * 10, longest=10, path="title") == "é" * 10
    assert bounds.text("🙂" * 10, longest=10, path="title") == "🙂" * 10


def test_a_name_is_one_line() -> None:
    for value in ("a\nb", "a\tb", "a\x7fb", "a\u2028b"):
        with refused(InvalidInput, "This must be one line, without tabs or control characters.", path=AT):
            bounds.one_line(value, path="title")
    assert bounds.one_line(" Zoë  Ångström ", path="title") == "Zoë  Ångström"


def test_blank_and_missing_optional_texts_are_none() -> None:
    assert bounds.optional_text(None, longest=10, path="title") is None
    assert bounds.optional_text(" \u200b ", longest=10, path="title") is None
    assert bounds.optional_line(" ", path="title") is None
    assert bounds.optional_line("Ada", path="title") == "Ada"
    assert bounds.optional_text("a\nb", longest=10, path="title") == "a\nb"


@given(st.text(max_size=300))
def test_what_one_line_lets_through_it_lets_through_unchanged(value: str) -> None:
    try:
        once = bounds.one_line(value, path="title")
    except InvalidInput:
        return

    assert bounds.one_line(once, path="title") == once
    assert once.encode()
    assert 0 < len(once) <= 200


def test_lists_have_a_bound_and_an_order() -> None:
    assert bounds.items([3, 1, 2], most=3, path="ids") == (3, 1, 2)
    with refused(InvalidInput, "At most 2 are allowed here, not 3.", path=("ids",)):
        bounds.items([3, 1, 2], most=2, path="ids")
    with refused(InvalidInput, "At least 1 must be given here.", path=("ids",)):
        bounds.items([], least=1, path="ids")


def test_the_second_mention_is_pointed_at() -> None:
    with refused(InvalidInput, "The same one is listed twice.", path=("input", "ids", "2")):
        bounds.distinct([1, 2, 1], path=("input", "ids"))


def test_a_list_of_names_drops_blanks_and_repetitions() -> None:
    assert bounds.lines(["US", " ", "CA", "US"], path="remoteRegions") == ("US", "CA")
    with refused(InvalidInput, "Together these are longer than 5 characters.", path=("remoteRegions",)):
        bounds.lines(["abc", "def"], together=5, path="remoteRegions")
    with refused(InvalidInput, "This is longer than 2 characters.", path=("remoteRegions", "1")):
        bounds.lines(["US", "USA"], longest=2, path="remoteRegions")


def test_whole_numbers_have_ends_and_are_not_booleans() -> None:
    assert bounds.whole_number(5, least=5, most=5, path="count") == 5
    for value in (4, 6, True):
        with refused(InvalidInput, "This must be a whole number from 5 to 5.", path=("count",)):
            bounds.whole_number(value, least=5, most=5, path="count")


def test_r39_money_is_never_negative_and_fits_its_column() -> None:
    assert bounds.minor_units(0, path="minimumMinor") == 0
    with refused(InvalidInput, "An amount of money must not be negative.", path=("minimumMinor",)):
        bounds.minor_units(-1, path="minimumMinor")
    with refused(InvalidInput, "This amount of money is too large.", path=("minimumMinor",)):
        bounds.minor_units(10**15 + 1, path="minimumMinor")


def test_instants_become_utc() -> None:
    new_york = datetime(2026, 3, 31, 9, 30, tzinfo=timezone(-timedelta(hours=4)))

    assert bounds.instant(new_york, path="at") == datetime(2026, 3, 31, 13, 30, tzinfo=UTC)
    assert bounds.instant(new_york, path="at").tzinfo is UTC
    assert bounds.instant_of("2026-03-31T09:30:00-04:00", path="at") == new_york


def test_instants_without_an_offset_are_refused() -> None:
    with refused(InvalidInput, "A time needs its offset, such as Z or +02:00.", path=("at",)):
        bounds.instant_of("2026-03-31T09:30:00", path="at")


@pytest.mark.parametrize("value", ["10000-01-01T00:00:00Z", "yesterday", "", "2026-02-30T00:00:00Z", "\x00"])
def test_texts_that_are_no_instants_are_refused(value: str) -> None:
    with refused(InvalidInput, "This is not a time such as 2026-03-31T09:30:00Z.", path=("at",)):
        bounds.instant_of(value, path="at")


@pytest.mark.parametrize("value", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "1899-12-31T00:00:00Z"])
def test_instants_at_the_ends_of_time_are_refused_not_overflown(value: str) -> None:
    with refused(InvalidInput, "The year must be from 1900 to 2199.", path=("at",)):
        bounds.instant_of(value, path="at")


def test_days_are_bounded() -> None:
    with refused(InvalidInput, "The year must be from 1900 to 2199.", path=("on",)):
        bounds.day(date(2200, 1, 1), path="on")


def test_an_end_before_its_start_is_refused() -> None:
    bounds.in_order(date(2026, 1, 1), date(2026, 1, 1), path="endsOn")
    bounds.in_order(None, date(2026, 1, 1), path="endsOn")
    bounds.in_order(date(2026, 1, 1), None, path="endsOn")
    with refused(InvalidInput, "The end must not be before the start.", path=("endsOn",)):
        bounds.in_order(date(2026, 1, 2), date(2026, 1, 1), path="endsOn")


def test_codes_are_closed_sets() -> None:
    assert bounds.country(" us ", path="country") == "US"
    assert bounds.currency("eur", path="currency") == "EUR"
    assert bounds.timezone("America/New_York", path="timezone") == "America/New_York"
    for wrong in ("XX", "USA", "", "U" * 1_000_000, "\uff35\uff33"):
        with refused(InvalidInput, "This is not a country's two-letter code, such as US or DE.", path=("country",)):
            bounds.country(wrong, path="country")
    for wrong in ("XXX", "XAU", "usd!", "$"):
        with refused(
            InvalidInput, "This is not a currency's three-letter code, such as USD or EUR.", path=("currency",)
        ):
            bounds.currency(wrong, path="currency")
    for wrong in ("Mars/Base", "america/new_york", "Factory", "../../etc/passwd", ""):
        with refused(InvalidInput, "This is not a time zone's name, such as America/New_York.", path=("timezone",)):
            bounds.timezone(wrong, path="timezone")


@pytest.mark.parametrize(
    ("value", "tag"),
    [("en", "en"), ("EN_us", "en-US"), ("pt-br", "pt-BR"), ("zh-hant-tw", "zh-Hant-TW"), ("es-419", "es-419")],
)
def test_language_tags_get_their_usual_case(value: str, tag: str) -> None:
    assert bounds.language(value, path="language") == tag
    assert bounds.language(tag, path="language") == tag


@pytest.mark.parametrize("value", ["", "e", "english", "en-", "en-US-x", "12", "x" * 1_000])
def test_other_language_tags_are_refused(value: str) -> None:
    with refused(InvalidInput, "This is not a language tag, such as en or pt-BR.", path=("language",)):
        bounds.language(value, path="language")


def test_slugs_are_plain() -> None:
    assert bounds.slug("acme-2", path="slug") == "acme-2"
    for wrong in ("", "Acme", "-a", "a-", "a--b", "a_b", "ä", "a" * 101):
        with refused(
            InvalidInput, "Use small letters, digits and single hyphens, at most 100 characters.", path=("slug",)
        ):
            bounds.slug(wrong, path="slug")
