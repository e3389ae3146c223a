"""Boards in the database: what becomes of each job, and that a second import finds it all again."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from portal.openings.actions.pay import remove_compensation_band
from portal.openings.actions.postings import unpublish_posting
from portal.openings.actions.states import put_opening_on_hold
from portal.transfer.files import read_document
from portal.transfer.outcomes import ImportReport, OutcomeCode, OutcomeKind, WarningCode
from tests.transfer.boards import a_board, a_job, a_listing
from tests.transfer.importing import counts, everything, import_board
from tests.world import World

REAL = sorted((Path(__file__).parents[1] / "data" / "greenhouse-docs").glob("job-board__jobs*.json"))

CREATED, UPDATED, UNCHANGED = OutcomeKind.CREATED, OutcomeKind.UPDATED, OutcomeKind.UNCHANGED


def kinds(report: ImportReport) -> list[OutcomeKind]:
    return [outcome.kind for outcome in report.outcomes]


def entities(report: ImportReport) -> dict[str, tuple[int, int, int]]:
    return {count.entity: (count.created, count.updated, count.unchanged) for count in report.entities}


async def the_opening(world: World) -> dict[str, Any]:
    (row,) = await world.rows("SELECT * FROM opening")
    return row


async def the_posting(world: World) -> dict[str, Any]:
    (row,) = await world.rows("SELECT * FROM posting")
    return row


async def test_a_job_is_an_open_opening_with_a_published_posting_and_its_own_dates(acme: World) -> None:
    report = await import_board(acme, a_job())

    first_published = datetime(2025, 12, 2, 14, 49, 28, tzinfo=UTC)
    opening, posting = await the_opening(acme), await the_posting(acme)
    (seat,) = await acme.rows("SELECT * FROM seat")
    assert kinds(report) == [CREATED]
    assert (opening["title"], opening["status"]) == ("Senior Software Engineer, Backend", "OPEN")
    assert (opening["requisition_code"], opening["opened_at"]) == ("R-1", first_published)
    assert (seat["status"], seat["opened_at"]) == ("OPEN", first_published)
    assert (posting["status"], posting["first_published_at"]) == ("PUBLISHED", first_published)
    assert "<em>things</em>" in posting["body_html"]
    assert "Write <div> by hand" in posting["body_text"]


async def test_the_department_and_the_office_are_found_in_their_trees(acme: World) -> None:
    engineering = {"id": 1, "name": "Engineering", "parent_id": None, "child_ids": [2]}
    backend = {"id": 2, "name": "Backend", "parent_id": 1, "child_ids": []}

    await import_board(acme, a_listing(a_job(departments=[backend]), a_job(2, departments=[engineering])))

    rows = await acme.rows(
        "SELECT child.name, parent.name AS parent FROM department AS child"
        " LEFT JOIN department AS parent ON parent.id = child.parent_id ORDER BY child.name"
    )
    assert [(row["name"], row["parent"]) for row in rows] == [("Backend", "Engineering"), ("Engineering", None)]
    named = await acme.rows(
        "SELECT opening.requisition_code, department.name FROM opening JOIN department"
        " ON department.id = opening.department_id ORDER BY 1"
    )
    assert [tuple(row.values()) for row in named] == [("R-1", "Backend"), ("R-2", "Engineering")]


async def test_a_place_that_is_no_office_becomes_a_location(acme: World) -> None:
    await import_board(acme, a_job(location={"name": "Remote - US"}))

    rows = await acme.rows("SELECT name, workplace_type, remote_regions FROM location ORDER BY name")
    posting = await the_posting(acme)
    (main,) = await acme.rows("SELECT name FROM location WHERE id = $1", posting["location_id"])
    assert [tuple(row.values()) for row in rows] == [("Bay Area", "ONSITE", []), ("Remote - US", "REMOTE", ["US"])]
    assert main["name"] == "Remote - US"
    assert len(await acme.rows("SELECT id FROM opening_location")) == 2


async def test_posts_of_one_job_are_postings_of_one_opening(acme: World) -> None:
    board = a_listing(a_job(1, internal_job_id=7, requisition_id="R"), a_job(2, internal_job_id=7, requisition_id="R"))

    report = await import_board(acme, board)

    assert kinds(report) == [CREATED, CREATED]
    assert entities(report)["Opening"] == (1, 0, 0)
    assert entities(report)["Posting"] == (2, 0, 0)


async def test_a_second_import_changes_nothing_and_writes_no_event(acme: World) -> None:
    board = a_board(40)
    first = await import_board(acme, board)
    before = await everything(acme)

    second = await import_board(acme, board)

    assert set(kinds(first)) == {CREATED}
    assert set(kinds(second)) == {UNCHANGED}
    assert await everything(acme) == before


async def test_a_dry_run_writes_nothing_and_says_what_the_import_will(acme: World) -> None:
    board = a_board(40)

    rehearsed = await import_board(acme, board, is_dry_run=True)
    left = await counts(acme)
    real = await import_board(acme, board)

    assert left == {}
    assert rehearsed.is_dry_run
    assert rehearsed.outcomes == real.outcomes
    assert rehearsed.entities == real.entities
    assert rehearsed.warnings == real.warnings


async def test_a_dry_run_of_changes_says_what_the_import_will(acme: World) -> None:
    await import_board(acme, a_listing(a_job(1), a_job(2)))
    before = await everything(acme)
    changed = a_listing(a_job(1, title="Principal Engineer"), a_job(2), a_job(3))

    rehearsed = await import_board(acme, changed, is_dry_run=True)

    assert kinds(rehearsed) == [UPDATED, UNCHANGED, CREATED]
    assert await everything(acme) == before


async def test_events_of_an_import_say_so_and_when_it_happened(acme: World) -> None:
    await import_board(acme, a_job())

    rows = await acme.rows("SELECT type, origin, occurred_at, recorded_at FROM domain_event")
    opened = next(row for row in rows if row["type"] == "opening.opened")
    assert {row["origin"] for row in rows} == {"IMPORT"}
    assert opened["occurred_at"] == datetime(2025, 12, 2, 14, 49, 28, tzinfo=UTC)
    assert opened["recorded_at"].year == 2026


async def test_a_changed_job_changes_its_rows(acme: World) -> None:
    await import_board(acme, a_job())
    changed = a_job(
        title="Principal Engineer",
        content="&lt;p&gt;New text&lt;/p&gt;",
        location={"name": "London, UK"},
        departments=[{"id": 9, "name": "Platform", "child_ids": [], "parent_id": None}],
    )

    report = await import_board(acme, changed)

    opening, posting = await the_opening(acme), await the_posting(acme)
    assert kinds(report) == [UPDATED]
    assert (opening["title"], posting["title"], posting["body_text"]) == (
        "Principal Engineer",
        "Principal Engineer",
        "New text",
    )
    (department,) = await acme.rows("SELECT name FROM department WHERE id = $1", opening["department_id"])
    assert department["name"] == "Platform"
    hired_in = await acme.rows(
        "SELECT location.name FROM opening_location JOIN location ON location.id = location_id ORDER BY 1"
    )
    assert [row["name"] for row in hired_in] == ["Bay Area", "London, UK"]


async def test_a_renamed_and_moved_department_is_the_same_one(acme: World) -> None:
    above = {"id": 1, "name": "Product", "child_ids": [], "parent_id": None}
    await import_board(acme, a_job(departments=[{"id": 2, "name": "Backend", "child_ids": [], "parent_id": None}]))

    report = await import_board(
        acme, a_job(departments=[{"id": 2, "name": "Server", "child_ids": [], "parent_id": 1}, above])
    )

    rows = await acme.rows("SELECT name, parent_id IS NULL AS is_root FROM department ORDER BY name")
    assert entities(report)["Department"] == (1, 1, 0)
    assert [tuple(row.values()) for row in rows] == [("Product", True), ("Server", False)]


PAY = {
    "min_cents": 172_500_00,
    "max_cents": 258_700_00,
    "currency_type": "USD",
    "title": "Base salary",
    "blurb": None,
}


async def test_pay_ranges_are_public_bands_and_follow_the_source(acme: World) -> None:
    await import_board(acme, a_job(pay_input_ranges=[PAY]))
    first = await acme.rows("SELECT minimum_minor, maximum_minor, currency, visibility FROM compensation_band")

    await import_board(acme, a_job(pay_input_ranges=[PAY | {"max_cents": 260_000_00}]))

    second = await acme.rows("SELECT maximum_minor FROM compensation_band")
    assert [tuple(row.values()) for row in first] == [(172_500_00, 258_700_00, "USD", "PUBLIC")]
    assert [row["maximum_minor"] for row in second] == [260_000_00]


async def test_a_band_that_was_removed_here_stays_removed(acme: World) -> None:
    await import_board(acme, a_job(pay_input_ranges=[PAY]))
    (band,) = await acme.rows("SELECT id FROM compensation_band")
    await acme.perform(acme.system, remove_compensation_band, compensation_band_id=band["id"])

    await import_board(acme, a_job(pay_input_ranges=[PAY], title="Principal Engineer"))

    assert await acme.rows("SELECT id FROM compensation_band") == []


async def test_metadata_is_kept_as_internal_with_the_posts_id(acme: World) -> None:
    field = {"id": 5955, "name": "Cost center", "value": "R&D 7", "value_type": "single_select"}
    await import_board(acme, a_job(metadata=[field]))

    (row,) = await acme.rows("SELECT raw FROM external_id WHERE entity_type = 'Posting'")
    assert row["raw"]["metadata"] == [
        {
            "external_id": "5955",
            "name": "Cost center",
            "value_type": "single_select",
            "value": "R&D 7",
            "is_public": False,
        }
    ]


async def test_a_listing_without_content_makes_drafts_that_a_fuller_one_publishes(acme: World) -> None:
    first = await import_board(acme, a_job(content=...))
    draft = await the_posting(acme)

    second = await import_board(acme, a_job())

    assert draft["status"] == "DRAFT"
    assert [warning.code for warning in first.warnings] == [WarningCode.INCOMPLETE]
    assert kinds(second) == [UPDATED]
    assert (await the_posting(acme))["status"] == "PUBLISHED"


async def test_a_listing_without_content_leaves_offices_and_departments_as_they_are(acme: World) -> None:
    await import_board(acme, a_job())
    places = "SELECT location_id FROM opening_location ORDER BY id"
    before = (await acme.rows(places), (await the_opening(acme))["department_id"])

    report = await import_board(acme, a_job(title="Engineer", content=..., departments=..., offices=...))

    assert kinds(report) == [UPDATED]
    assert (await acme.rows(places), (await the_opening(acme))["department_id"]) == before


async def test_a_posting_whose_last_day_is_over_is_not_published(acme: World) -> None:
    report = await import_board(acme, a_job(application_deadline="2026-01-01T00:00:00Z"))

    assert (await the_posting(acme))["status"] == "DRAFT"
    assert [warning.message for warning in report.warnings] == ["Its last day is over, so it is not published."]


async def test_a_published_posting_comes_down_when_its_last_day_is_over(acme: World) -> None:
    await import_board(acme, a_job())

    report = await import_board(acme, a_job(application_deadline="2026-01-01T00:00:00Z"))

    assert kinds(report) == [UPDATED]
    assert (await the_posting(acme))["status"] == "UNPUBLISHED"


async def test_a_posting_that_was_taken_down_here_stays_down(acme: World) -> None:
    await import_board(acme, a_job())
    await acme.perform(acme.system, unpublish_posting, posting_id=(await the_posting(acme))["id"])

    report = await import_board(acme, a_job(content="&lt;p&gt;New&lt;/p&gt;"))

    posting = await the_posting(acme)
    assert kinds(report) == [UPDATED]
    assert (posting["status"], posting["body_text"]) == ("UNPUBLISHED", "New")


async def test_a_new_post_of_an_opening_on_hold_waits_as_a_draft(acme: World) -> None:
    await import_board(acme, a_job(1, internal_job_id=7))
    await acme.perform(acme.system, put_opening_on_hold, opening_id=(await the_opening(acme))["id"])

    report = await import_board(acme, a_listing(a_job(1, internal_job_id=7), a_job(2, internal_job_id=7)))

    statuses = await acme.rows("SELECT status FROM posting ORDER BY created_at, status")
    assert kinds(report)[1] is CREATED
    assert sorted(row["status"] for row in statuses) == ["DRAFT", "UNPUBLISHED"]
    assert (await the_opening(acme))["status"] == "ON_HOLD"


async def test_one_bad_record_fails_alone(acme: World) -> None:
    await import_board(acme, a_job(9, requisition_id="R-9"))
    # Its requisition id is taken by another opening here: only the database knows.
    board = a_listing(a_job(1), a_job(2, requisition_id="R-9"), a_job(3), {"id": 4})

    rehearsed = await import_board(acme, board, is_dry_run=True)
    report = await import_board(acme, board)

    assert kinds(report) == [CREATED, OutcomeKind.FAILED, CREATED, OutcomeKind.FAILED]
    assert [outcome.code for outcome in report.outcomes] == [None, OutcomeCode.REFUSED, None, OutcomeCode.NO_TITLE]
    assert report.outcomes[1].message == "Another opening has this requisition code."
    assert sum(report.counts.values()) == 4
    assert rehearsed.outcomes == report.outcomes


async def test_what_the_database_refuses_fails_alone_too(acme: World) -> None:
    # More than an external id may keep: 1,000,000 bytes.
    field = {"id": 1, "name": "Notes", "value": "x" * 1_000_001, "value_type": "long_text"}
    report = await import_board(acme, a_listing(a_job(1, metadata=[field]), a_job(2)))

    assert kinds(report) == [OutcomeKind.FAILED, CREATED]
    assert report.outcomes[0].code is OutcomeCode.REFUSED
    assert "raw" in (report.outcomes[0].message or "")


async def test_the_other_organization_imports_the_same_board_for_itself(acme: World, globex: World) -> None:
    await import_board(acme, a_job())
    before = await everything(acme)

    report = await import_board(globex, a_job(title="Other"))

    assert kinds(report) == [CREATED]
    assert await everything(acme) == before


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
async def test_greenhouses_own_examples_import_and_then_change_nothing(acme: World, path: Path) -> None:
    document = read_document(path)
    first = await import_board(acme, document)
    before = await everything(acme)

    second = await import_board(acme, document)

    assert not first.has_failures
    assert set(kinds(second)) == {UNCHANGED}
    assert await everything(acme) == before


async def test_a_changed_office_changes_its_location(acme: World) -> None:
    office = {"id": 51, "name": "Bay Area", "location": "San Francisco, CA, USA", "child_ids": [], "parent_id": None}
    await import_board(acme, a_job(offices=[office]))

    report = await import_board(acme, a_job(offices=[office | {"name": "Berlin", "location": "Berlin, Germany"}]))

    rows = await acme.rows("SELECT name, city, country FROM location WHERE name = 'Berlin'")
    assert entities(report)["Location"] == (0, 1, 1)
    assert [tuple(row.values()) for row in rows] == [("Berlin", "Berlin", "DE")]


async def test_a_tree_that_is_too_deep_is_left_out_and_its_jobs_are_imported(acme: World) -> None:
    deep: list[dict[str, Any]] = [
        {"id": level, "name": f"Level {level}", "child_ids": [], "parent_id": level - 1 or None}
        for level in range(1, 12)
    ]

    report = await import_board(acme, a_job(departments=[deep[-1], *deep[:-1]]))

    assert kinds(report) == [CREATED]
    assert [warning.message for warning in report.warnings] == ["Level 11 is left out: At most 10 levels are allowed."]
    (department,) = await acme.rows(
        "SELECT name FROM department WHERE id = $1", (await the_opening(acme))["department_id"]
    )
    assert department["name"] == "Level 1"
