"""What became of each record of an import, and the report that its user and other programs read.

Every source record ends exactly once: created, updated, unchanged, skipped (with a code) or failed (with a code).
"""

import enum
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from portal.transfer.documents import Json


class OutcomeKind(enum.StrEnum):
    """How a source record ended."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


class OutcomeCode(enum.StrEnum):
    """Why a record was skipped (the first group) or failed (the second)."""

    DUPLICATE_RECORD = "DUPLICATE_RECORD"
    SAME_PERSON = "SAME_PERSON"

    UNUSABLE_FILE = "UNUSABLE_FILE"
    NOT_AN_OBJECT = "NOT_AN_OBJECT"
    NO_ID = "NO_ID"
    NO_TITLE = "NO_TITLE"
    NO_NAME = "NO_NAME"
    TOO_LONG = "TOO_LONG"
    TOO_DEEP = "TOO_DEEP"
    UNSTORABLE_TEXT = "UNSTORABLE_TEXT"
    REFUSED = "REFUSED"


class WarningCode(enum.StrEnum):
    """What was not taken over as it stood; the value itself is kept in `raw`."""

    UNKNOWN_VALUE = "UNKNOWN_VALUE"
    UNREADABLE_VALUE = "UNREADABLE_VALUE"
    SHORTENED = "SHORTENED"
    LEFT_OUT = "LEFT_OUT"
    NOT_UNIQUE = "NOT_UNIQUE"
    MISSING_PARENT = "MISSING_PARENT"
    CYCLE = "CYCLE"
    CONFLICT = "CONFLICT"
    INCOMPLETE = "INCOMPLETE"
    NO_IDENTITY = "NO_IDENTITY"


@dataclass(frozen=True, kw_only=True)
class RecordWarning:
    """Something in the source that somebody should look at; the import went on.

    `record` is the record's place among all records of the import, from 0, or None when the warning is about the whole.
    """

    code: WarningCode
    message: str
    field: str
    record: int | None = None

    def to_json(self) -> Json:
        return {"record": self.record, "code": self.code.value, "field": self.field, "message": self.message}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How one source record ended. `external_id` is the source's own id, or None when it has none that is usable."""

    record: int
    kind: OutcomeKind
    external_id: str | None = None
    label: str | None = None
    code: OutcomeCode | None = None
    message: str | None = None

    def __post_init__(self) -> None:
        explained = self.kind in {OutcomeKind.SKIPPED, OutcomeKind.FAILED}
        if explained != (self.code is not None):
            raise ValueError(f"{self.kind} and code {self.code} don't go together")

    def to_json(self) -> Json:
        return {
            "record": self.record,
            "outcome": self.kind.value,
            "externalId": self.external_id,
            "label": self.label,
            "code": self.code.value if self.code else None,
            "message": self.message,
        }


@dataclass(frozen=True, kw_only=True)
class EntityCount:
    """How many rows of one kind (department, opening, posting …) were created, updated and left as they were."""

    entity: str
    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def to_json(self) -> Json:
        return {
            "entity": self.entity,
            "created": self.created,
            "updated": self.updated,
            "unchanged": self.unchanged,
        }


@dataclass(frozen=True, kw_only=True)
class ImportReport:
    """The whole import: one outcome for each source record in the source's order, warnings, and rows by entity."""

    source: str
    is_dry_run: bool
    outcomes: tuple[Outcome, ...]
    warnings: tuple[RecordWarning, ...]
    entities: tuple[EntityCount, ...] = ()

    def __post_init__(self) -> None:
        if [outcome.record for outcome in self.outcomes] != list(range(len(self.outcomes))):
            raise ValueError("every source record must have exactly one outcome, in the source's order")

    @property
    def counts(self) -> dict[OutcomeKind, int]:
        """Source records by how they ended, every kind named; the sum is the number of records in the input."""
        counted = Counter(outcome.kind for outcome in self.outcomes)
        return {kind: counted[kind] for kind in OutcomeKind}

    @property
    def codes(self) -> dict[OutcomeCode, int]:
        """Skipped and failed records by code, only codes that occur, in the order of OutcomeCode."""
        counted = Counter(outcome.code for outcome in self.outcomes)
        return {code: counted[code] for code in OutcomeCode if counted[code]}

    @property
    def has_failures(self) -> bool:
        return self.counts[OutcomeKind.FAILED] > 0

    def to_json(self) -> Json:
        """For machines (`--json`): plain JSON values, keys in camelCase, every count present."""
        return {
            "source": self.source,
            "dryRun": self.is_dry_run,
            "records": len(self.outcomes),
            "counts": {kind.value: count for kind, count in self.counts.items()},
            "codes": {code.value: count for code, count in self.codes.items()},
            "entities": [entity.to_json() for entity in self.entities],
            "outcomes": [outcome.to_json() for outcome in self.outcomes],
            "warnings": [warning.to_json() for warning in self.warnings],
        }


def report_of(
    source: str,
    *,
    settled: Sequence[Outcome],
    written: Sequence[Outcome],
    warnings: Iterable[RecordWarning],
    entities: Iterable[EntityCount] = (),
    is_dry_run: bool = False,
) -> ImportReport:
    """The report from the records that ended while they were read (`settled`) and those that were written.

    Raises ValueError when a record has no outcome or two: that is a bug, never bad input.
    """
    outcomes = tuple(sorted((*settled, *written), key=lambda outcome: outcome.record))
    return ImportReport(
        source=source,
        is_dry_run=is_dry_run,
        outcomes=outcomes,
        warnings=tuple(warnings),
        entities=tuple(entities),
    )
