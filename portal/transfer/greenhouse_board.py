"""Greenhouse's Job Board API: a listing or one of its jobs, with or without content, departments, offices and pay.

Pure: a document in, a frozen BoardImport out. The same document always gives the same result, bit for bit.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from portal.openings.enums import EmploymentType, OpeningKind
from portal.transfer.board import BoardImport, ImportedOpening
from portal.transfer.documents import Json
from portal.transfer.fields import BadRecord, Fields, Notes, checked_record, identifier, one_line
from portal.transfer.files import UnusableFile, read_document, shown
from portal.transfer.greenhouse_metadata import PUBLIC_NAMES
from portal.transfer.greenhouse_posts import Post, PostReader
from portal.transfer.greenhouse_trees import TreeReader
from portal.transfer.kinds import Kind, expect
from portal.transfer.outcomes import Outcome, OutcomeCode, OutcomeKind, RecordWarning, WarningCode
from portal.transfer.progress import Progress, no_progress

# The largest boards have some 2,000 posts; a file with ten times as many is not a board.
MAX_JOBS = 20_000

T = TypeVar("T")


def read_board_file(
    path: Path, *, public_metadata: Collection[str] = (), progress: Progress = no_progress
) -> BoardImport:
    """The board in a file. Raises UnusableFile when the file as a whole can't be imported."""
    return board_of(read_document(path), name=shown(path), public_metadata=public_metadata, progress=progress)


def board_of(
    document: Json,
    *,
    name: str = "The file",
    public_metadata: Collection[str] = (),
    progress: Progress = no_progress,
) -> BoardImport:
    """The board in a document: `{"jobs": […]}`, a list of jobs, or one job.

    `public_metadata` names custom fields that are known to be public, beside those that always are (PUBLIC_NAMES).
    Raises UnusableFile when the document is of another kind; a bad record only fails itself.
    """
    expect(document, Kind.GREENHOUSE_BOARD, name)
    jobs = _jobs_in(document)
    if len(jobs) > MAX_JOBS:
        raise UnusableFile(f"{name} holds {len(jobs):,} jobs, more than any board; split it into smaller files.")
    board = _Board(PUBLIC_NAMES | {one_line(field).casefold() for field in public_metadata})
    for record, job in enumerate(jobs):
        board.add(record, job)
        progress(record + 1, len(jobs))
    board.check_total(document, len(jobs))
    return board.result(len(jobs))


def _jobs_in(document: Json) -> list[Json]:
    if isinstance(document, Mapping):
        listed = document.get("jobs")
        return list(listed) if isinstance(listed, (list, tuple)) else [document]
    return list(document) if isinstance(document, (list, tuple)) else []


class _Board:
    """Takes one job after the other, then puts posts of one job together."""

    def __init__(self, public_names: Collection[str]) -> None:
        self._notes = Notes()
        self._reader = PostReader(
            TreeReader("department", self._notes), TreeReader("office", self._notes), public_names
        )
        self._posts: dict[str, Post] = {}
        self._settled: list[Outcome] = []
        self._warnings: list[RecordWarning] = []

    def add(self, record: int, job: Json) -> None:
        """One record: a posting, or an outcome that says why not."""
        post_id = identifier(job.get("id")) if isinstance(job, Mapping) else None
        if post_id is not None and post_id in self._posts:
            message = f"The file lists job post {post_id} more than once; the first is imported."
            self._settle(record, OutcomeKind.SKIPPED, post_id, OutcomeCode.DUPLICATE_RECORD, message)
            return
        notes = Notes(record)
        try:
            post = self._reader.post(record, Fields(checked_record(job), notes))
        except BadRecord as error:
            self._settle(record, OutcomeKind.FAILED, post_id, error.code, error.message)
            return
        self._posts[post.posting.external_id] = post
        self._warnings += notes.warnings

    def check_total(self, document: Json, found: int) -> None:
        """A listing says how many jobs it has; another number means that the file was cut or edited."""
        meta = document.get("meta") if isinstance(document, Mapping) else None
        total = meta.get("total") if isinstance(meta, Mapping) else None
        if isinstance(total, int) and not isinstance(total, bool) and total != found:
            message = f"The file says that the board has {total} jobs, but it holds {found}."
            self._notes.warn(WarningCode.INCOMPLETE, "meta.total", message)

    def result(self, records: int) -> BoardImport:
        departments, offices = self._reader.departments.tree(), self._reader.offices.tree()
        openings = self._openings()
        return BoardImport(
            records=records,
            departments=departments,
            offices=offices,
            openings=openings,
            settled=tuple(self._settled),
            warnings=(*self._notes.warnings, *self._warnings),
        )

    def _settle(self, record: int, kind: OutcomeKind, post_id: str | None, code: OutcomeCode, message: str) -> None:
        self._settled.append(Outcome(record=record, kind=kind, external_id=post_id, code=code, message=message))

    def _openings(self) -> tuple[ImportedOpening, ...]:
        """Posts with one internal_job_id are one opening; a post without is one of its own."""
        grouped: dict[str, list[Post]] = defaultdict(list)
        for post_id, post in self._posts.items():
            grouped[f"job:{post.job_id}" if post.job_id else f"post:{post_id}"].append(post)
        return self._with_unique_codes([_opening(external_id, posts) for external_id, posts in grouped.items()])

    def _with_unique_codes(self, openings: Sequence[ImportedOpening]) -> tuple[ImportedOpening, ...]:
        """A requisition id that several openings share ("See Opening ID") names none: it becomes nobody's code."""
        uses = Counter(opening.source_requisition or "" for opening in openings)
        for code, times in uses.items():
            if code and times > 1:
                message = f"{times} jobs share the requisition id {code}; it is kept as raw data, not as their code."
                self._notes.warn(WarningCode.NOT_UNIQUE, "requisition_id", message)
        return tuple(
            replace(opening, requisition_code=None) if uses[opening.source_requisition or ""] > 1 else opening
            for opening in openings
        )


def _opening(external_id: str, posts: Sequence[Post]) -> ImportedOpening:
    """The opening behind posts of one job. The oldest post (lowest id) speaks for it, others add what it leaves out."""
    ordered = sorted(posts, key=lambda post: (len(post.posting.external_id), post.posting.external_id))
    requisition = next((post.requisition for post in ordered if post.requisition), None)
    types = (post.employment_type for post in ordered if post.employment_type)
    return ImportedOpening(
        external_id=external_id,
        title=ordered[0].posting.title,
        # A post without a job collects people for whatever comes: it has no headcount that could be filled.
        kind=OpeningKind.STANDARD if ordered[0].job_id else OpeningKind.EVERGREEN,
        requisition_code=requisition,
        source_requisition=requisition,
        employment_type=next(types, EmploymentType.FULL_TIME),
        departments=_united([post.departments for post in ordered]),
        offices=_united([post.offices for post in ordered]),
        public_bands=_united([post.public_bands for post in ordered]),
        internal_bands=_united([post.internal_bands for post in ordered]),
        postings=tuple(post.posting for post in ordered),
    )


def _united(lists: Sequence[tuple[T, ...] | None]) -> tuple[T, ...] | None:
    """Each member of any list once, in order; None when no list is given at all."""
    given = [members for members in lists if members is not None]
    return tuple(dict.fromkeys(member for members in given for member in members)) if given else None
