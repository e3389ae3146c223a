"""Words are folded so that what people type finds what others wrote."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.errors import InvalidInput
from portal.wording import all_terms, folded, slug_of, terms_of
from tests.refusals import refused


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Ada Lovelace", ("ada", "lovelace")),
        ("Łukasz O'Brien-Ñandú", ("lukasz", "obrien", "nandu")),
        ("C, C++, C# and .NET", ("c", "c++", "c#", "and", "net")),
        ("Straße İstanbul", ("strasse", "istanbul")),
        ("山田太郎", ("山田太郎",)),
        ("हिन्दी मराठी", ("हिन्दी", "मराठी")),
        ("Søren Þór Æsir", ("soren", "thor", "aesir")),
        ("Ada ada ADA", ("ada",)),
        ("+ # -", ()),
        ("", ()),
    ],
)
def test_terms_are_small_letters_without_accents(text: str, terms: tuple[str, ...]) -> None:
    assert terms_of(text) == terms


def test_terms_are_bounded() -> None:
    assert terms_of("x" * 1_000) == ("x" * 64,)
    assert len(terms_of(" ".join(str(number) for number in range(1_000)))) == 100


def test_terms_of_several_texts_are_joined() -> None:
    assert all_terms(["Ada King", None, "", "Ada Lovelace"]) == {"ada", "king", "lovelace"}


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Node.js", "node-js"),
        ("node JS", "node-js"),
        ("C", "c"),
        ("C++", "c-plus-plus"),
        ("C#", "c-sharp"),
        (".NET", "dot-net"),
        ("ASP.NET", "asp-net"),
        ("CI/CD", "ci-cd"),
        ("プログラミング", "プログラミング"),
    ],
)
def test_slugs_keep_apart_what_is_different(name: str, slug: str) -> None:
    assert slug_of(name, path="name") == slug


def test_a_slug_needs_a_letter_or_digit() -> None:
    with refused(InvalidInput, "A name needs at least one letter or digit.", path=("name",)):
        slug_of("!?", path="name")


@given(st.text(max_size=200))
def test_folding_terms_and_slugs_are_idempotent(text: str) -> None:
    assert folded(folded(text)) == folded(text)
    assert terms_of(" ".join(terms_of(text))) == terms_of(text)
    try:
        slug = slug_of(text, path="name")
    except InvalidInput:
        return
    assert slug_of(slug, path="name") == slug
    assert len(slug) <= 100


def test_every_letter_is_folded_in_one_go() -> None:
    # The basic plane: every alphabet with capitals or accents that people type, in half a second.
    characters = [chr(point) for point in range(0x10000) if not 0xD800 <= point < 0xE000]

    assert [character for character in characters if folded(folded(character)) != folded(character)] == []


@given(st.text(max_size=50), st.text(max_size=50))
def test_searching_for_a_text_finds_the_text(before: str, typed: str) -> None:
    assert set(terms_of(typed)) <= set(terms_of(f"{before} {typed}"))
