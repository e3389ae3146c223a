"""Whatever the JSON: an import or UnusableFile, one outcome for each record, and the same every time."""

import contextlib
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as some

from portal.transfer.documents import Json, canonical, is_storable, strings_in
from portal.transfer.files import UnusableFile, document_from
from portal.transfer.greenhouse_board import board_of
from portal.transfer.json_resume import resumes_of
from portal.transfer.kinds import kind_of
from portal.transfer.outcomes import Outcome, OutcomeKind, report_of
from tests.transfer.boards import a_job, a_listing
from tests.transfer.resumes import a_resume

_SCALARS = (
    some.none()
    | some.booleans()
    | some.integers(-(10**20), 10**20)
    | some.floats(allow_nan=False, allow_infinity=False)
    | some.text(max_size=20)
    | some.sampled_from(
        ("\x00", "\ud800", "2014", "Present", "a@b.co", "https://x.co", "&lt;p&gt;", "<p>", "", "1e999")
    )
)
_JSON = some.recursive(
    _SCALARS,
    lambda inner: some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
_JOB_FIELDS = (*a_job(), "pay_input_ranges", "application_deadline", "questions")
_NODE_FIELDS = some.sampled_from(
    (
        "id",
        "name",
        "parent_id",
        "child_ids",
        "location",
        "value",
        "value_type",
        "title",
        "blurb",
        "min_cents",
        "max_cents",
    )
)
_NODES = some.lists(some.dictionaries(_NODE_FIELDS, _JSON, max_size=6) | _JSON, max_size=3)


def _objects(names: tuple[str, ...]) -> some.SearchStrategy[dict[str, Any]]:  # Any: JSON
    """Objects with some of the known fields, of any value."""
    return some.dictionaries(some.sampled_from(names), _JSON | _NODES, max_size=6)


_JOBS = some.builds(lambda changes: {**a_job(), **changes}, _objects(_JOB_FIELDS)) | _objects(_JOB_FIELDS) | _JSON
_BASICS = ("name", "email", "phone", "url", "label", "summary", "location", "profiles", "website", "firstName")
_SECTIONS = ("work", "education", "skills", "volunteer", "meta")
_ENTRIES = some.lists(
    _objects(
        ("name", "company", "institution", "startDate", "endDate", "highlights", "keywords", "level", "url", "location")
    ),
    max_size=3,
)
_RESUMES = (
    some.builds(
        lambda basics, sections: {**a_resume(**basics), **sections},
        _objects(_BASICS),
        some.dictionaries(some.sampled_from(_SECTIONS), _ENTRIES | _JSON, max_size=4),
    )
    | _JSON
)


def _written(records: list[int]) -> list[Outcome]:
    return [Outcome(record=record, kind=OutcomeKind.CREATED) for record in records]


def _refusal(content: bytes) -> str | None:
    try:
        document_from(content, "file")
    except UnusableFile as refusal:
        return refusal.message
    return None


def _is_storable(value: object) -> bool:
    return all(is_storable(text) for text in strings_in(canonical(value)))


@settings(deadline=None)
@given(jobs=some.lists(_JOBS, max_size=5))
def test_whatever_the_jobs_every_one_has_one_outcome(jobs: list[Json]) -> None:
    try:
        board = board_of(a_listing(*jobs))
    except UnusableFile:
        return

    written = _written([posting.record for posting in board.postings])
    report = report_of(board.system, settled=board.settled, written=written, warnings=board.warnings)
    assert sum(report.counts.values()) == len(jobs) == board.records
    assert board == board_of(a_listing(*jobs))
    assert board.fingerprint == board_of(a_listing(*jobs)).fingerprint
    assert _is_storable((board.openings, board.departments, board.offices, board.postings))
    json.dumps(report.to_json())


@settings(deadline=None)
@given(resumes=some.lists(_RESUMES, max_size=4))
def test_whatever_the_resumes_every_one_has_one_outcome(resumes: list[Json]) -> None:
    documents = [resume for resume in resumes if isinstance(resume, dict)]
    try:
        imported = resumes_of(documents)
    except UnusableFile:
        return

    written = _written([candidate.record for candidate in imported.candidates])
    report = report_of(imported.system, settled=imported.settled, written=written, warnings=imported.warnings)
    assert sum(report.counts.values()) == len(documents) == imported.records
    assert imported == resumes_of(documents)
    assert _is_storable(imported.candidates)
    ids = [one for candidate in imported.candidates for one in (candidate.external_id, *candidate.other_ids)]
    assert len(ids) == len(set(ids))


@settings(deadline=None)
@given(document=_JSON)
def test_any_document_is_of_some_kind_and_imports_or_is_refused(document: Json) -> None:
    kind_of(document)

    with contextlib.suppress(UnusableFile):
        board_of(document)
    with contextlib.suppress(UnusableFile):
        resumes_of([document])


@settings(deadline=None)
@given(content=some.binary(max_size=60) | _JSON.map(lambda value: json.dumps(value).encode()))
def test_any_bytes_are_a_document_or_one_sentence(content: bytes) -> None:
    message = _refusal(content)

    assert message is None or message.startswith("file ")
    assert message is None or message.endswith(("again.", "file.", "JSON.", "UTF-8.", "files."))
