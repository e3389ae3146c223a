"""What writing one source record answers with."""

from collections.abc import Awaitable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from uuid import UUID

from portal.errors import AlreadyDone
from portal.transfer.outcomes import OutcomeKind

# From the least to the most that can have happened to a row.
_STRENGTH = (OutcomeKind.UNCHANGED, OutcomeKind.UPDATED, OutcomeKind.CREATED)


@dataclass(frozen=True, slots=True)
class RowWritten:
    """A row that stands for something of the source, and what the import did to it: created, updated or unchanged."""

    entity: str
    external_id: str
    row_id: UUID
    kind: OutcomeKind


@dataclass(frozen=True, slots=True)
class RecordWritten:
    """One source record: how it ended, and the rows that it is about.

    `notes` say what was not done with it, each a sentence for whoever imports.
    """

    kind: OutcomeKind
    rows: tuple[RowWritten, ...]
    notes: tuple[str, ...] = ()


def strongest(kinds: Iterable[OutcomeKind]) -> OutcomeKind:
    """The most that has happened among several; unchanged for none."""
    return max(kinds, key=_STRENGTH.index, default=OutcomeKind.UNCHANGED)


async def unless_done(deed: Awaitable[object]) -> None:
    """Do something that may be so already: an import repeats what it has said before."""
    with suppress(AlreadyDone):
        await deed
