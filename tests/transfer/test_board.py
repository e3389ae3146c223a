"""Job boards: jobs become openings with postings, whatever shape they come in."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from portal.openings.enums import EmploymentType, OpeningKind
from portal.organizations.enums import WorkplaceType
from portal.transfer.board import BoardImport
from portal.transfer.files import UnusableFile
from portal.transfer.greenhouse_board import board_of, read_board_file
from portal.transfer.outcomes import OutcomeCode, OutcomeKind, WarningCode
from portal.transfer.places import Place
from tests.transfer.boards import a_board, a_job, a_listing

DOCS = Path(__file__).parent.parent / "data" / "greenhouse-docs"


def _warned(board: BoardImport) -> list[tuple[WarningCode, str, int | None]]:
    return [(warning.code, warning.field, warning.record) for warning in board.warnings]


def test_the_documented_listing_with_content_is_imported() -> None:
    board = read_board_file(DOCS / "job-board__jobs__02_list_jobs.json")

    (opening,) = board.openings
    (posting,) = opening.postings
    assert (opening.external_id, opening.title, opening.requisition_code) == ("job:144381", "Vault Designer", "50")
    assert (opening.departments, opening.offices) == (("13583",), ("8304", "8787"))
    assert posting.external_id == "127817"
    assert posting.source_updated_at == datetime(2016, 1, 14, 15, 55, 28, tzinfo=UTC)
    assert posting.content is not None
    assert posting.content.text == (
        "This is the job description.\n\nAny HTML included through the hosted job application editor will be "
        "automatically converted into corresponding HTML entities."
    )
    assert (board.records, board.settled, board.warnings) == (1, (), ())


def test_the_documented_listing_without_content_says_nothing_about_it() -> None:
    (opening,) = read_board_file(DOCS / "job-board__jobs__01_list_jobs.json").openings

    assert opening.postings[0].content is None
    assert (opening.departments, opening.offices, opening.public_bands) == (None, None, None)


def test_a_single_job_is_a_board_of_one() -> None:
    assert board_of(a_job()).fingerprint == board_of(a_listing(a_job())).fingerprint == board_of([a_job()]).fingerprint


def test_a_full_job_is_read_into_every_field() -> None:
    job = a_job(location={"name": "Remote - US"}, application_deadline="2027-01-31", absolute_url="https://x.example/1")

    (opening,) = board_of(job).openings

    (posting,) = opening.postings
    assert (opening.kind, opening.employment_type) == (OpeningKind.STANDARD, EmploymentType.FULL_TIME)
    assert posting.places == (Place(name="Remote - US", workplace_type=WorkplaceType.REMOTE, remote_regions=("US",)),)
    assert posting.first_published_at == datetime(2025, 12, 2, 14, 49, 28, tzinfo=UTC)
    assert posting.valid_through == datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC)
    assert (posting.url, posting.language, posting.location_name) == ("https://x.example/1", "en", "Remote - US")
    assert posting.raw == {"data_compliance": job["data_compliance"], "company_name": "Acme"}


def test_posts_of_one_job_are_one_opening_that_the_oldest_speaks_for() -> None:
    board = board_of(
        a_listing(
            a_job(2, internal_job_id=9, title="Engineer, Berlin", requisition_id=None),
            a_job(10, internal_job_id="9", title="Engineer, Paris", requisition_id="R-9"),
            a_job(1, internal_job_id=9.0, title="Engineer", requisition_id="", metadata=None),
        )
    )

    (opening,) = board.openings
    assert (opening.external_id, opening.title, opening.requisition_code) == ("job:9", "Engineer", "R-9")
    assert [posting.title for posting in opening.postings] == ["Engineer", "Engineer, Berlin", "Engineer, Paris"]


def test_a_post_without_a_job_is_an_evergreen_opening_of_its_own() -> None:
    board = board_of(a_listing(a_job(1, internal_job_id=None), a_job(2, internal_job_id=None)))

    assert [(opening.external_id, opening.kind) for opening in board.openings] == [
        ("post:7000001", OpeningKind.EVERGREEN),
        ("post:7000002", OpeningKind.EVERGREEN),
    ]


def test_a_requisition_id_that_several_jobs_share_is_nobodys_code() -> None:
    board = board_of(
        a_listing(*(a_job(n, requisition_id="See Opening ID") for n in (1, 2)), a_job(3, requisition_id=50))
    )

    assert [opening.requisition_code for opening in board.openings] == [None, None, "50"]
    assert board.openings[0].raw == {"requisition_id": "See Opening ID"}
    assert [warning.message for warning in board.warnings] == [
        "2 jobs share the requisition id See Opening ID; it is kept as raw data, not as their code."
    ]


@pytest.mark.parametrize(
    ("changes", "code", "message"),
    [
        ({"title": "x" * 201}, OutcomeCode.TOO_LONG, "The title is longer than 200 characters."),
        ({"title": "  \u200b "}, OutcomeCode.NO_TITLE, "The job has no title."),
        ({"title": {"a": 1}}, OutcomeCode.NO_TITLE, "The job has no title."),
        ({"id": None}, OutcomeCode.NO_ID, "The job has no id, so a second import could not find it again."),
        ({"id": True}, OutcomeCode.NO_ID, "The job has no id, so a second import could not find it again."),
        ({"content": "x" * 200_000}, OutcomeCode.TOO_LONG, "The content is longer than 200,000 characters."),
        ({"content": "<div>" * 600}, OutcomeCode.TOO_DEEP, "The content nests deeper than 500 elements."),
        (
            {"title": "a\x00b"},
            OutcomeCode.UNSTORABLE_TEXT,
            "The record's text contains a NUL character or half of a character (a lone surrogate).",
        ),
        (
            {"departments": [{"id": 1, "name": "\ud800"}]},
            OutcomeCode.UNSTORABLE_TEXT,
            "The record's text contains a NUL character or half of a character (a lone surrogate).",
        ),
    ],
)
def test_one_bad_job_fails_alone(changes: dict[str, object], code: OutcomeCode, message: str) -> None:
    board = board_of(a_listing(a_job(1), a_job(2, **changes), a_job(3)))

    (failed,) = board.settled
    assert (failed.record, failed.kind, failed.code, failed.message) == (1, OutcomeKind.FAILED, code, message)
    assert [posting.record for posting in board.postings] == [0, 2]


def test_a_job_that_fails_leaves_no_department_and_no_warning_behind() -> None:
    bad = a_job(departments=[{"id": 5, "name": "Ghosts", "parent_id": 9}], title="", language="??")

    board = board_of(a_listing(bad))

    assert (board.departments, board.warnings) == ((), ())


def test_what_is_no_object_fails_alone() -> None:
    board = board_of(a_listing(None, "job", a_job(), [a_job()]))

    assert [(outcome.record, outcome.code) for outcome in board.settled] == [
        (0, OutcomeCode.NOT_AN_OBJECT),
        (1, OutcomeCode.NOT_AN_OBJECT),
        (3, OutcomeCode.NOT_AN_OBJECT),
    ]


def test_a_post_that_is_listed_twice_is_skipped_the_second_time() -> None:
    board = board_of(a_listing(a_job(1), a_job(1, title="Other"), a_job(1, id="7000001")))

    assert [posting.title for posting in board.postings] == ["Senior Software Engineer, Backend"]
    assert [(outcome.record, outcome.kind, outcome.code, outcome.external_id) for outcome in board.settled] == [
        (1, OutcomeKind.SKIPPED, OutcomeCode.DUPLICATE_RECORD, "7000001"),
        (2, OutcomeKind.SKIPPED, OutcomeCode.DUPLICATE_RECORD, "7000001"),
    ]


def test_what_is_not_understood_is_kept_with_a_warning() -> None:
    odd = a_job(language="Klingon!", first_published="yesterday", absolute_url="javascript:x", location=[1], content=5)

    board = board_of(odd)

    (posting,) = board.postings
    assert {
        name: posting.raw[name] for name in ("language", "first_published", "absolute_url", "location", "content")
    } == {
        "language": "Klingon!",
        "first_published": "yesterday",
        "absolute_url": "javascript:x",
        "location": [1],
        "content": 5,
    }
    assert posting.language == "en"
    assert sorted(_warned(board)) == [
        (WarningCode.UNKNOWN_VALUE, "language", 0),
        (WarningCode.UNREADABLE_VALUE, "absolute_url", 0),
        (WarningCode.UNREADABLE_VALUE, "content", 0),
        (WarningCode.UNREADABLE_VALUE, "first_published", 0),
        (WarningCode.UNREADABLE_VALUE, "location", 0),
    ]


@pytest.mark.parametrize(
    "time", ["2026-01-09T14:59:55-05:00", "2026-01-09T19:59:55Z", "2026-01-10T01:29:55+05:30", "2026-01-09T19:59:55"]
)
def test_offsets_are_the_same_instant(time: str) -> None:
    (posting,) = board_of(a_job(first_published=time)).postings

    assert posting.first_published_at == datetime(2026, 1, 9, 19, 59, 55, tzinfo=UTC)


@pytest.mark.parametrize("time", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00", "10000-01-01", 1704067200])
def test_times_outside_the_calendar_of_hiring_stay_raw(time: object) -> None:
    (posting,) = board_of(a_job(first_published=time)).postings

    assert posting.first_published_at is None
    assert posting.raw["first_published"] == time


def test_a_long_location_is_cut_and_kept_whole_in_raw() -> None:
    name = "; ".join(f"City {number}, CA" for number in range(30))

    board = board_of(a_job(location={"name": name}))

    (posting,) = board.postings
    assert posting.location_name is not None
    assert len(posting.location_name) <= 200
    assert posting.raw["location"] == {"name": name}
    assert _warned(board) == [(WarningCode.SHORTENED, "location.name", 0)]


def test_a_touch_is_no_change_but_an_unknown_field_is() -> None:
    first, touched, changed = (
        board_of(a_job()),
        board_of(a_job(updated_at="2026-02-02T00:00:00Z")),
        board_of(a_job(new_field=1)),
    )

    assert first.fingerprint == touched.fingerprint
    assert first.postings[0].fingerprint != changed.postings[0].fingerprint
    assert first.openings[0].fingerprint == changed.openings[0].fingerprint


def test_a_listing_that_was_cut_is_noticed() -> None:
    board = board_of({"jobs": [a_job()], "meta": {"total": 519}})

    assert [warning.message for warning in board.warnings] == [
        "The file says that the board has 519 jobs, but it holds 1."
    ]


def test_raw_data_that_is_too_large_is_left_out_with_a_warning() -> None:
    board = board_of(a_job(questions=["x" * 1000] * 300))

    assert "questions" not in board.postings[0].raw
    assert _warned(board) == [(WarningCode.LEFT_OUT, "questions", 0)]


def test_a_board_with_too_many_jobs_is_refused() -> None:
    with pytest.raises(UnusableFile) as refusal:
        board_of({"jobs": [None] * 20_001}, name="big.json")

    assert refusal.value.message == "big.json holds 20,001 jobs, more than any board; split it into smaller files."


@pytest.mark.parametrize("posts", [26, 519])
def test_boards_of_real_size_are_read_whole_and_always_alike(posts: int) -> None:
    board, again = board_of(a_board(posts)), board_of(a_board(posts))

    assert board == again
    assert board.fingerprint == again.fingerprint
    assert board.records == posts == len(board.postings) + len(board.settled)
    assert board.settled == ()
    assert len({opening.external_id for opening in board.openings}) == len(board.openings) < posts


def test_the_order_of_jobs_does_not_change_their_content() -> None:
    listing = a_board(60)
    turned = {**listing, "jobs": listing["jobs"][::-1]}

    assert {p.fingerprint for p in board_of(listing).postings} == {p.fingerprint for p in board_of(turned).postings}
    assert {o.fingerprint for o in board_of(listing).openings} == {o.fingerprint for o in board_of(turned).openings}


def test_nulls_everywhere_are_no_trouble() -> None:
    board = board_of(a_listing({**dict.fromkeys(a_job()), "id": 1, "title": "Engineer", "pay_input_ranges": None}))

    (posting,) = board.postings
    assert (posting.places, posting.url, posting.raw, board.warnings) == ((), None, {}, ())


def test_progress_is_told_after_each_job() -> None:
    told: list[tuple[int, int]] = []

    board_of(a_listing(a_job(1), None), progress=lambda done, total: told.append((done, total)))

    assert told == [(1, 2), (2, 2)]
