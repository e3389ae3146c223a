"""Archiving instead of deleting.

An archived row stays readable wherever history names it (R33), but nobody can choose it any more.
"""

from datetime import datetime

from portal.bounds import Path, as_path
from portal.errors import AlreadyDone, InvalidInput


def check_archive(what: str, archived_at: datetime | None) -> None:
    """Refuses to archive again. `what` is the entity in words: "department"."""
    if archived_at is not None:
        raise AlreadyDone(f"This {what} is already archived.")


def check_restore(what: str, archived_at: datetime | None) -> None:
    """Refuses to restore what is in use."""
    if archived_at is None:
        raise AlreadyDone(f"This {what} is not archived.")


def check_choosable(what: str, name: str, archived_at: datetime | None, *, path: Path) -> None:
    """Refuses an archived row as a new choice; rows that already name it keep it (R33)."""
    if archived_at is not None:
        raise InvalidInput(f"The {what} {name} is archived. Choose another one.", path=as_path(path))
