"""Nothing breaks clients of the last release unless the changelog says so, with a reason."""

import pytest
from graphql import build_schema

from schema.released import CHANGELOG, RELEASED, unlisted_breaking_changes

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
