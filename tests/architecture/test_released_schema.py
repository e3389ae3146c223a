"""Nothing breaks clients of the last release unless the changelog says so, with a reason; and it says what is new."""

import pytest
from graphql import build_schema

from schema.released import CHANGELOG, RELEASED, unlisted_additions, unlisted_breaking_changes

OLD = "type Query { opening(id: ID): String, title: String } enum Status { OPEN CLOSED }"
REMOVED = "Field Query.title was removed."


def test_the_schema_breaks_no_client_of_the_last_release() -> None:
    """Deprecate instead, or list the change in docs/api/changelog.md."""
    assert unlisted_breaking_changes(RELEASED.read_text(), CHANGELOG.read_text()) == []


@pytest.mark.parametrize(
    ("new", "changes"),
    [
        (OLD, []),
        (OLD.replace("title: String }", "title: String, more: Int }"), []),
        (OLD.replace(", title: String", ""), [REMOVED]),
        (OLD.replace("title: String", "title: Int"), ["Field Query.title changed type from String to Int."]),
        (OLD.replace("id: ID", "id: ID!"), ["Argument Query.opening(id:) has changed type from ID to ID!."]),
        (OLD.replace("CLOSED", ""), ["Enum value Status.CLOSED was removed."]),
    ],
)
def test_what_breaks_clients_is_found(new: str, changes: list[str]) -> None:
    assert unlisted_breaking_changes(OLD, "", build_schema(new)) == changes


@pytest.mark.parametrize(
    ("changelog", "left"),
    [
        (f"## Unreleased\n\n- `{REMOVED}` Nobody has used it since 2026.\n", []),
        (f"- `{REMOVED}`\n", [REMOVED]),  # no reason
        ("- `Field Query.opening was removed.` Another one.\n", [REMOVED]),
    ],
)
def test_a_break_is_allowed_where_the_changelog_gives_its_reason(changelog: str, left: list[str]) -> None:
    new = build_schema(OLD.replace(", title: String", ""))

    assert unlisted_breaking_changes(OLD, changelog, new) == left


def test_the_changelog_names_what_is_new() -> None:
    assert unlisted_additions(RELEASED.read_text(), CHANGELOG.read_text()) == []


@pytest.mark.parametrize(
    ("new", "addition", "name"),
    [
        (OLD.replace("title: String", "title: String, more: More") + " type More { most: Int }", "Query.more", "more"),
        (OLD.replace("id: ID", "id: ID, slug: String"), "Query.opening(slug:)", "slug"),
        (OLD.replace("CLOSED", "CLOSED DRAFT"), "Status.DRAFT", "DRAFT"),
        (OLD + " directive @cost on FIELD_DEFINITION", "@cost", "cost"),
        (OLD + " type Subscription { changed(id: ID): Int }", "Subscription.changed", "changed"),
    ],
)
def test_what_is_new_is_found_until_the_changelog_names_it(new: str, addition: str, name: str) -> None:
    schema = build_schema(new)

    assert unlisted_additions(OLD, "## Unreleased\n\nNothing.\n", schema) == [addition]
    assert unlisted_additions(OLD, f"## Unreleased\n\nNothing.\n\n## 0.1.0\n\n- `{name}`\n", schema) == [addition]
    assert unlisted_additions(OLD, f"## Unreleased\n\n- `{name}`\n", schema) == []
