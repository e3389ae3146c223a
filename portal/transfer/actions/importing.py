"""Importing what has been read, record by record; one that fails does so alone."""

from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import ParamSpec
from uuid import UUID

import asyncpg

from portal.access.actions import Action, WriteDoor
from portal.access.work import Call
from portal.database.connection import Database
from portal.errors import UserError
from portal.transfer.actions import trees
from portal.transfer.actions.doors import Door, rehearsing
from portal.transfer.actions.job_posts import import_job_post
from portal.transfer.actions.people import import_person, look_for_opening
from portal.transfer.actions.results import RecordWritten, RowWritten, strongest
from portal.transfer.board import BoardImport, ImportedNode
from portal.transfer.outcomes import (
    EntityCount,
    ImportReport,
    Outcome,
    OutcomeCode,
    OutcomeKind,
    RecordWarning,
    WarningCode,
    report_of,
)
from portal.transfer.progress import Progress, no_progress
from portal.transfer.resume import ResumeImport

P = ParamSpec("P")

# What the database refuses of a record although the rules let it pass; everything else it says is a bug of ours.
_REFUSED_BY_DATABASE = (asyncpg.DataError, asyncpg.IntegrityConstraintViolationError)


@dataclass(frozen=True)
class Import:
    """Where an import goes, and in whose name. `call` says that its origin is an import."""

    database: Database
    call: Call
    is_dry_run: bool = False
    progress: Progress = no_progress

    async def board(self, board: BoardImport) -> ImportReport:
        """Write a job board. With a dry run, the report is what the import would say, and nothing is written."""
        async with self._door() as door:
            writing = _Writing(door, self.call)
            nodes = [
                *((trees.import_department, node) for node in board.departments),
                *((trees.import_location, node) for node in trees.locations_of(board)),
            ]
            total = len(nodes) + len(board.postings)
            for done, (deed, node) in enumerate(nodes, start=1):
                await writing.node(deed, node)
                self.progress(done, total)
            by_place = trees.location_ids_by_place(board)
            posts = [(opening, posting) for opening in board.openings for posting in opening.postings]
            for done, (opening, posting) in enumerate(posts, start=len(nodes) + 1):
                outcome = Outcome(
                    record=posting.record,
                    kind=OutcomeKind.CREATED,
                    external_id=posting.external_id,
                    label=posting.title,
                )
                await writing.record(outcome, import_job_post, opening=opening, posting=posting, by_place=by_place)
                self.progress(done, total)
        return self._report(board.system, board.settled, board.warnings, writing)

    async def resumes(self, resumes: ResumeImport, opening_id: UUID | None = None) -> ImportReport:
        """Write candidates, and applications for an opening if one is given. Raises NotFound when there is none."""
        async with self._door() as door:
            writing = _Writing(door, self.call)
            if opening_id is not None:
                await door.perform(self.call, look_for_opening, opening_id=opening_id)
            for done, person in enumerate(resumes.candidates, start=1):
                # No name in the report: it may end in a log, and the record's place in the file says who it is.
                outcome = Outcome(record=person.record, kind=OutcomeKind.CREATED, external_id=person.external_id)
                await writing.record(outcome, import_person, person=person, opening_id=opening_id)
                self.progress(done, len(resumes.candidates))
        return self._report(resumes.system, resumes.settled, resumes.warnings, writing)

    @asynccontextmanager
    async def _door(self) -> AsyncIterator[Door]:
        if not self.is_dry_run:
            yield WriteDoor(self.database)
            return
        async with rehearsing(self.database, self.call.actor.organization_id) as rehearsal:
            yield rehearsal

    def _report(
        self, source: str, settled: tuple[Outcome, ...], warnings: tuple[RecordWarning, ...], writing: "_Writing"
    ) -> ImportReport:
        return report_of(
            source,
            settled=settled,
            written=writing.outcomes,
            warnings=(*warnings, *writing.warnings),
            entities=writing.entities(),
            is_dry_run=self.is_dry_run,
        )


@dataclass
class _Writing:
    """One run: performs the actions and keeps count."""

    door: Door
    call: Call
    outcomes: list[Outcome] = field(default_factory=list)
    warnings: list[RecordWarning] = field(default_factory=list)
    # By kind of row and external id: several records may be about one row.
    _rows: dict[str, dict[str, OutcomeKind]] = field(default_factory=lambda: defaultdict(dict))

    async def node(self, deed: Action[..., RowWritten], node: ImportedNode) -> None:
        """Write a department or location; if it is refused, what is in it is imported without it."""
        try:
            self._count([await self.door.perform(self.call, deed, node=node)])
        except (UserError, *_REFUSED_BY_DATABASE) as problem:
            message = f"{node.name} is left out: {_sentence(problem)}"
            self.warnings.append(RecordWarning(code=WarningCode.LEFT_OUT, message=message, field=node.external_id))

    async def record(self, outcome: Outcome, deed: Action[P, RecordWritten], *args: P.args, **kwargs: P.kwargs) -> None:
        """Write a record; `outcome` names it."""
        try:
            written = await self.door.perform(self.call, deed, *args, **kwargs)
        except (UserError, *_REFUSED_BY_DATABASE) as problem:
            self.outcomes.append(_ended(outcome, OutcomeKind.FAILED, OutcomeCode.REFUSED, _sentence(problem)))
            return
        self.outcomes.append(_ended(outcome, written.kind))
        self._count(written.rows)
        self.warnings += [
            RecordWarning(code=WarningCode.INCOMPLETE, message=note, field="", record=outcome.record)
            for note in written.notes
        ]

    def entities(self) -> tuple[EntityCount, ...]:
        """How many rows of each kind were created, updated and left alone."""
        counted = {entity: Counter(rows.values()) for entity, rows in self._rows.items()}
        return tuple(_entity_count(entity, counts) for entity, counts in counted.items())

    def _count(self, rows: Iterable[RowWritten]) -> None:
        for row in rows:
            before = self._rows[row.entity].get(row.external_id, OutcomeKind.UNCHANGED)
            self._rows[row.entity][row.external_id] = strongest((before, row.kind))


def _ended(outcome: Outcome, kind: OutcomeKind, code: OutcomeCode | None = None, message: str | None = None) -> Outcome:
    return Outcome(
        record=outcome.record,
        kind=kind,
        external_id=outcome.external_id,
        label=outcome.label,
        code=code,
        message=message,
    )


def _entity_count(entity: str, counts: Mapping[OutcomeKind, int]) -> EntityCount:
    return EntityCount(
        entity=entity,
        created=counts.get(OutcomeKind.CREATED, 0),
        updated=counts.get(OutcomeKind.UPDATED, 0),
        unchanged=counts.get(OutcomeKind.UNCHANGED, 0),
    )


def _sentence(problem: Exception) -> str:
    """Why a record was refused; of the database's refusals only the constraint is told, never the values."""
    if isinstance(problem, UserError):
        return problem.message
    constraint = getattr(problem, "constraint_name", None)
    return f"The database refuses it ({constraint or type(problem).__name__})."
