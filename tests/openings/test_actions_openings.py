"""Openings begin, change and live: creating, updating, opening, holding, archiving."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.errors import (
    AlreadyDone,
    Forbidden,
    InvalidInput,
    NotFound,
    NotUnique,
    StaleVersion,
    WrongState,
)
from portal.openings.actions.openings import OpeningChanges, create_opening, update_opening
from portal.openings.actions.postings import publish_posting
from portal.openings.actions.stages import StageTerms, set_stage_templates
from portal.openings.actions.states import (
    archive_opening,
    open_opening,
    put_opening_on_hold,
    resume_opening,
    unarchive_opening,
)
from portal.openings.enums import EmploymentType, OpeningKind, OpeningStatus, PostingStatus, StageKind
from portal.openings.models import Opening
from portal.organizations.models import Department
from tests.applications.making import a_pipeline, an_application
from tests.openings.making import (
    a_department,
    a_draft,
    a_location,
    a_posting,
    ada,
    an_open_opening,
    an_opening,
    approvals_on,
    events,
    hiring_for,
    postings_of,
    refused_whole,
    seat_statuses,
    seats_of,
    snapshot,
    stages_of,
    teams,
    the_opening,
)
from tests.world import NOON, World, grant

NOWHERE = UUID(int=0)


async def test_a_recruiter_creates_a_draft_with_its_whole_plan(acme: World) -> None:
    recruiter = await ada(acme)
    department, office = await a_department(acme), await a_location(acme)
    core, ads = await teams(acme, "Core", "Ads")

    opening_id = await an_opening(
        acme,
        recruiter,
        title="  Backend Engineer ",
        requisition_code="ENG-7",
        department_id=department,
        seniority="Senior",
        description="Builds payments.",
        location_ids=[office],
        teams=hiring_for(ads, core),
        seats=3,
    )

    row = await the_opening(acme, opening_id)
    assert (row["title"], row["status"], row["kind"], row["version"]) == ("Backend Engineer", "DRAFT", "STANDARD", 1)
    assert (row["requisition_code"], row["department_id"], row["seniority"]) == ("ENG-7", department, "Senior")
    assert await seat_statuses(acme, opening_id) == ["DRAFT", "DRAFT", "DRAFT"]
    assert await acme.rows("SELECT team_id, priority FROM opening_team ORDER BY priority") == [
        {"team_id": ads, "priority": 1},
        {"team_id": core, "priority": 2},
    ]
    assert await acme.rows("SELECT location_id FROM opening_location") == [{"location_id": office}]
    assert await events(acme) == ["opening.created", "seat.created", "seat.created", "seat.created"]


async def test_a_new_opening_has_the_portals_own_pipeline(acme: World) -> None:
    opening_id = await an_opening(acme)

    assert await stages_of(acme, opening_id) == [
        ("LEAD", "Lead"),
        ("APPLIED", "Applied"),
        ("SCREEN", "Screen"),
        ("INTERVIEW", "Interview"),
        ("TEAM_MATCH", "Team match"),
        ("OFFER", "Offer"),
        ("HIRED", "Hired"),
    ]


async def test_a_new_opening_has_the_organizations_pipeline_where_there_is_one(acme: World) -> None:
    pipeline = [StageTerms(kind=StageKind.APPLIED, name="In"), StageTerms(kind=StageKind.HIRED, name="Yes")]
    await acme.perform(acme.system, set_stage_templates, stages=pipeline)

    opening_id = await an_opening(acme)

    assert await stages_of(acme, opening_id) == [("APPLIED", "In"), ("HIRED", "Yes")]


async def test_a_description_is_no_part_of_the_records(acme: World) -> None:
    opening_id = await an_opening(acme, description="Replaces Bob.")
    await acme.perform(
        acme.system, update_opening, opening_id=opening_id, changes=OpeningChanges(description="Replaces Eve.")
    )

    audit = await acme.rows("SELECT before, after FROM audit_event WHERE operation = 'update_opening'")
    assert audit == [{"before": {"description": "[redacted]"}, "after": {"description": "[redacted]"}}]


@pytest.mark.parametrize(
    ("more", "message", "path"),
    [
        ({"title": " "}, "This must not be empty.", ("title",)),
        ({"title": "x" * 201}, "This is longer than 200 characters.", ("title",)),
        ({"title": "a\x00b"}, "This contains a NUL character.", ("title",)),
        ({"title": "a\ud800b"}, "This contains half of a character (a lone surrogate).", ("title",)),
        ({"seniority": "x" * 101}, "This is longer than 100 characters.", ("seniority",)),
        ({"requisition_code": "x" * 101}, "This is longer than 100 characters.", ("requisitionCode",)),
        ({"description": "x" * 10_001}, "This is longer than 10000 characters.", ("description",)),
        ({"seats": 0}, "This must be a whole number from 1 to 1000.", ("seats",)),
        ({"seats": 1_001}, "This must be a whole number from 1 to 1000.", ("seats",)),
    ],
)
async def test_a_draft_out_of_its_bounds_is_refused(
    acme: World, more: dict[str, Any], message: str, path: tuple[str, ...]
) -> None:
    async with refused_whole(acme, InvalidInput, message, path=path):
        await acme.perform(acme.system, create_opening, draft=a_draft(**{"title": "Engineer", **more}))


async def test_a_requisition_code_is_unique_in_the_organization_alone(acme: World, globex: World) -> None:
    await an_opening(acme, requisition_code="ENG-7")
    await an_opening(globex, requisition_code="ENG-7")

    async with refused_whole(acme, NotUnique, "Another opening has this requisition code.", path=("requisitionCode",)):
        await an_opening(acme, requisition_code="ENG-7")


async def test_what_another_organization_has_is_unknown_here(acme: World, globex: World) -> None:
    theirs = await an_opening(globex)
    department = await a_department(globex)
    (team,) = await teams(globex, "Core")

    for draft in (a_draft(department_id=department), a_draft(teams=hiring_for(team)), a_draft(location_ids=[team])):
        before = await snapshot(acme)
        with pytest.raises(NotFound):
            await acme.perform(acme.system, create_opening, draft=draft)
        assert await snapshot(acme) == before
    async with refused_whole(acme, NotFound, "No such opening."):
        await acme.perform(acme.system, open_opening, opening_id=theirs)


async def test_r33_an_archived_department_stays_but_is_not_chosen_again(acme: World) -> None:
    department = Department(name="Fax", archived_at=NOON)
    kept = Opening(
        title="Clerk",
        status=OpeningStatus.DRAFT,
        kind=OpeningKind.STANDARD,
        is_confidential=False,
        employment_type=EmploymentType.FULL_TIME,
        department_id=department.id,
    )
    await acme.plant(department, kept)

    answer = await acme.read(
        await ada(acme), "query($id: ID!) { opening(id: $id) { department { name } } }", id=f"opn_{kept.id.hex}"
    )

    assert answer == {"opening": {"department": {"name": "Fax"}}}
    message = "The department Fax is archived. Choose another one."
    async with refused_whole(acme, InvalidInput, message, path=("departmentId",)):
        await an_opening(acme, department_id=department.id)


async def test_a_department_recruiter_creates_in_their_department_only(acme: World) -> None:
    ours, theirs = await a_department(acme), await a_department(acme, "Sales")
    recruiter = await acme.actor(
        "Rita", OrganizationRole.MEMBER, grant(GrantRole.RECRUITER, ScopeType.DEPARTMENT, ours)
    )

    opening_id = await an_opening(acme, recruiter, department_id=ours)

    assert (await the_opening(acme, opening_id))["department_id"] == ours
    for draft in ({"department_id": theirs}, {}):
        async with refused_whole(acme, Forbidden, "Your rights do not reach this opening."):
            await an_opening(acme, recruiter, **draft)
    async with refused_whole(acme, Forbidden, "Your rights do not reach this opening."):
        await acme.perform(
            recruiter, update_opening, opening_id=opening_id, changes=OpeningChanges(department_id=theirs)
        )


async def test_an_update_changes_what_is_given_and_nothing_else(acme: World) -> None:
    opening_id = await an_opening(acme, requisition_code="ENG-7", seniority="Senior")

    await acme.perform(
        acme.system,
        update_opening,
        opening_id=opening_id,
        changes=OpeningChanges(title="Staff Engineer", seniority=None),
        expected_version=1,
        at=NOON + timedelta(hours=1),
    )

    row = await the_opening(acme, opening_id)
    assert (row["title"], row["seniority"], row["requisition_code"]) == ("Staff Engineer", None, "ENG-7")
    assert (row["version"], row["updated_at"]) == (2, NOON + timedelta(hours=1))
    (event,) = await acme.rows("SELECT changes FROM domain_event WHERE type = 'opening.updated'")
    assert event["changes"] == {"title": ["Backend Engineer", "Staff Engineer"], "seniority": ["Senior", None]}


async def test_an_update_of_nothing_or_of_an_old_version_is_refused(acme: World) -> None:
    opening_id = await an_opening(acme)

    async with refused_whole(acme, AlreadyDone, "The opening is like that already."):
        await acme.perform(
            acme.system, update_opening, opening_id=opening_id, changes=OpeningChanges(title="Backend Engineer")
        )
    async with refused_whole(acme, InvalidInput, "This can't be empty.", path=("employmentType",)):
        await acme.perform(
            acme.system, update_opening, opening_id=opening_id, changes=OpeningChanges(employment_type=None)
        )
    stale = "This was changed since you read it; it is now at version 1. Read it again, then repeat."
    async with refused_whole(acme, StaleVersion, stale, path=("expectedVersion",)):
        await acme.perform(
            acme.system,
            update_opening,
            opening_id=opening_id,
            changes=OpeningChanges(title="Staff Engineer"),
            expected_version=7,
        )


async def test_a_hiring_manager_sees_an_opening_but_may_not_change_it(acme: World) -> None:
    opening_id = await an_opening(acme)
    hugo = await acme.actor(
        "Hugo", OrganizationRole.MEMBER, grant(GrantRole.HIRING_MANAGER, ScopeType.OPENING, opening_id)
    )
    iris = await acme.actor("Iris", OrganizationRole.EXECUTIVE_VIEWER)

    async with refused_whole(acme, Forbidden, "You may not do this."):
        await acme.perform(hugo, open_opening, opening_id=opening_id)
    async with refused_whole(acme, Forbidden, "You may not do this."):
        await acme.perform(iris, open_opening, opening_id=opening_id)


async def test_a_draft_opens_with_its_seats_while_no_approval_is_wanted(acme: World) -> None:
    opening_id = await an_opening(acme, seats=2)

    await acme.perform(acme.system, open_opening, opening_id=opening_id, at=NOON + timedelta(days=1))

    row = await the_opening(acme, opening_id)
    assert (row["status"], row["opened_at"]) == ("OPEN", NOON + timedelta(days=1))
    assert [(seat["status"], seat["opened_at"]) for seat in await seats_of(acme, opening_id)] == [
        ("OPEN", NOON + timedelta(days=1)),
        ("OPEN", NOON + timedelta(days=1)),
    ]
    assert (await events(acme))[-3:] == ["opening.opened", "seat.opened", "seat.opened"]
    async with refused_whole(acme, AlreadyDone, "This opening is already open."):
        await acme.perform(acme.system, open_opening, opening_id=opening_id)


async def test_a_draft_does_not_open_while_approvals_are_wanted(acme: World) -> None:
    opening_id = await an_opening(acme)
    await approvals_on(acme)

    message = "Openings of this organization are approved before they open."
    async with refused_whole(acme, WrongState, message):
        await acme.perform(acme.system, open_opening, opening_id=opening_id)


async def test_r15_what_was_approved_does_not_change_where_approvals_are_wanted(acme: World) -> None:
    opening_id = await an_open_opening(acme)
    await approvals_on(acme)

    message = "Openings of this organization are approved again before this changes."
    async with refused_whole(acme, WrongState, message):
        await acme.perform(
            acme.system, update_opening, opening_id=opening_id, changes=OpeningChanges(requisition_code="ENG-8")
        )
    await acme.perform(acme.system, update_opening, opening_id=opening_id, changes=OpeningChanges(title="Engineer"))


async def test_a_template_never_opens(acme: World) -> None:
    opening_id = await an_opening(acme, kind=OpeningKind.TEMPLATE)

    message = "A template is only copied from; copy it, then open the copy."
    async with refused_whole(acme, WrongState, message):
        await acme.perform(acme.system, open_opening, opening_id=opening_id)


async def test_r17_an_opening_on_hold_takes_its_postings_down_and_back_off_hold_they_stay_down(acme: World) -> None:
    opening_id = await an_open_opening(acme)
    published, draft = await a_posting(acme, opening_id), await a_posting(acme, opening_id)
    await acme.perform(acme.system, publish_posting, posting_id=published, to=PostingStatus.PUBLISHED)

    await acme.perform(acme.system, put_opening_on_hold, opening_id=opening_id, at=NOON + timedelta(days=1))

    row = await the_opening(acme, opening_id)
    assert (row["status"], row["held_at"]) == ("ON_HOLD", NOON + timedelta(days=1))
    assert await postings_of(acme, opening_id) == ["UNPUBLISHED", "DRAFT"]
    assert (await events(acme))[-2:] == ["opening.put_on_hold", "posting.unpublished"]

    await acme.perform(acme.system, resume_opening, opening_id=opening_id)

    row = await the_opening(acme, opening_id)
    assert (row["status"], row["held_at"]) == ("OPEN", None)
    assert await postings_of(acme, opening_id) == ["UNPUBLISHED", "DRAFT"]
    assert draft is not None


async def test_a_draft_is_put_away_and_taken_out_again(acme: World) -> None:
    opening_id = await an_opening(acme)

    await acme.perform(acme.system, archive_opening, opening_id=opening_id)

    assert (await the_opening(acme, opening_id))["status"] == "ARCHIVED"
    message = "This opening is archived. Restore it, then change it."
    async with refused_whole(acme, WrongState, message):
        await acme.perform(acme.system, update_opening, opening_id=opening_id, changes=OpeningChanges(title="X"))

    await acme.perform(acme.system, unarchive_opening, opening_id=opening_id)

    row = await the_opening(acme, opening_id)
    assert (row["status"], row["archived_at"]) == ("DRAFT", None)


async def test_an_open_opening_is_not_put_away(acme: World) -> None:
    opening_id = await an_open_opening(acme)

    async with refused_whole(acme, WrongState, "This opening is open; it can't be archived."):
        await acme.perform(acme.system, archive_opening, opening_id=opening_id)


async def test_r17_a_closed_opening_with_active_applications_is_not_put_away(acme: World) -> None:
    pipeline = await a_pipeline(acme, status=OpeningStatus.CLOSED)
    await an_application(acme, pipeline, "Screen")

    message = "1 applications of this opening are still active. End them, then archive it."
    async with refused_whole(acme, WrongState, message):
        await acme.perform(acme.system, archive_opening, opening_id=pipeline.id)


async def test_the_same_idempotency_key_creates_one_opening(acme: World) -> None:
    recruiter = await ada(acme)

    first = await acme.perform(recruiter, create_opening, draft=a_draft(), key="once")
    second = await acme.perform(recruiter, create_opening, draft=a_draft(), key="once")

    assert first == second
    assert len(await acme.rows("SELECT id FROM opening")) == 1


async def test_r37_public_ids_do_not_count(acme: World) -> None:
    ids = [await an_opening(acme) for _ in range(3)]

    assert all(row_id.version == 7 for row_id in ids)
    assert len({row_id.hex[-12:] for row_id in ids}) == 3
