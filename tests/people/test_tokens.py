"""The text of a token."""

import re
from pathlib import Path
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.people.tokens import BASE32, BASE62, PATTERN, Token, parse_token

ACME = UUID("01936d2c-5a00-7000-8000-0000000000ac")

TOKENS = st.builds(
    Token,
    organization_id=st.uuids(),
    key_id=st.text(BASE32, min_size=12, max_size=12),
    secret=st.text(BASE62, min_size=43, max_size=43),
)


@given(TOKENS)
def test_a_token_is_read_as_it_was_written(token: Token) -> None:
    assert parse_token(token.text) == token
    assert PATTERN.fullmatch(token.text)
    assert len(token.text) == 101


def test_a_token_names_what_it_is_and_ends_with_a_checksum() -> None:
    token = Token(ACME, "abcdefgh2345", "0" * 43)

    assert token.text == "portal_live_agjw2lc2abyabaaaaaaaaaaavq_abcdefgh2345_" + "0" * 43 + "1zeijk"


@given(TOKENS, st.integers(0, 100), st.characters())
def test_a_token_with_one_other_character_is_none(token: Token, position: int, other: str) -> None:
    text = token.text
    changed = text[:position] + other + text[position + 1 :]

    assert parse_token(changed) == (token if changed == text else None)


@given(st.text())
def test_no_text_that_is_not_a_token_is_read_as_one(text: str) -> None:
    assert parse_token(text) is None


@pytest.mark.parametrize("text", ["", "portal_live_", "portal_live_" + "a" * 1_000_000, "Bearer x", "\ud800"])
def test_what_is_no_token_at_all_is_told_apart_without_a_query(text: str) -> None:
    assert parse_token(text) is None


def test_an_organization_is_named_by_one_text_only() -> None:
    token = Token.new(UUID(int=0))
    body = token.text[:-6].replace("a_", "b_", 1)  # the last digit holds two bits that belong to no byte
    padded = Token(UUID(int=0), token.key_id, token.secret)

    assert all(parse_token(body + ending) is None for ending in (token.text[-6:], padded.text[-6:]))


def test_new_tokens_differ_in_key_and_secret() -> None:
    tokens = [Token.new(ACME) for _ in range(200)]

    assert len({token.key_id for token in tokens}) == 200
    assert len({token.secret for token in tokens}) == 200


def test_a_secret_is_not_shown_where_a_token_is_logged() -> None:
    token = Token.new(ACME)

    assert token.secret not in repr(token)


def test_the_format_is_published_for_secret_scanners() -> None:
    published = Path("docs/tokens.md").read_text().partition("```regex\n")[2].partition("\n```")[0]

    assert published == PATTERN.pattern
    assert re.search(published, f"export TOKEN='{Token.new(ACME).text}'") is not None
