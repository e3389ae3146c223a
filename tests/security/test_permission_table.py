"""The permission table as a document is what the table in code says, and says everything of it."""

from pathlib import Path

from portal.access.permissions import GRANT_ROLES, ORGANIZATION_ROLES, PERMISSION_MEANING, PRIVILEGES, Permission
from portal.access.table import permission_table

DOCUMENT = Path(__file__).parents[2] / "docs" / "permissions.md"


def test_the_document_is_up_to_date() -> None:
    """Run: portal export-permissions."""
    assert DOCUMENT.read_text() == permission_table()


def test_every_permission_has_a_meaning_and_somebody_who_holds_it() -> None:
    held = {
        permission
        for table in (ORGANIZATION_ROLES, GRANT_ROLES, PRIVILEGES)
        for holdings in table.values()
        for permission, _ in holdings
    }

    assert held == set(Permission) == PERMISSION_MEANING.keys()


def test_every_permission_is_a_row_of_the_document() -> None:
    assert all(
        f"| `{permission}` | {meaning} |" in permission_table() for permission, meaning in PERMISSION_MEANING.items()
    )
