"""Copying an opening: the plan is copied, what happened is not."""

from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.errors import Forbidden
from portal.openings.actions.copying import copy_opening
from portal.openings.actions.hiring_team import add_hiring_team_member
from portal.openings.actions.pay import create_compensation_band
from portal.openings.actions.postings import publish_posting
from portal.openings.actions.skills import WantedSkill, create_skill, set_opening_skills
from portal.openings.enums import (
    BandVisibility,
    HiringRole,
    OpeningKind,
    PayComponent,
    PayInterval,
    PostingStatus,
    SkillLevel,
)
from portal.openings.rules.pay import Band
from tests.openings.making import (
    a_location,
    a_posting,
    ada,
    an_open_opening,
    an_opening,
    events,
    hiring_for,
    olga,
    refused_whole,
    seat_statuses,
    stages_of,
    teams,
    the_opening,
)
from tests.world import NOON, World, grant


def _band(visibility: BandVisibility) -> Band:
    return Band(
        component=PayComponent.SALARY,
        visibility=visibility,
        currency="USD",
        minimum_minor=100,
        pay_interval=PayInterval.HOUR,
    )


async def test_a_copy_has_the_plan_and_no_history(acme: World) -> None:
    core, ads = await teams(acme, "Core", "Ads")
    original = await an_open_opening(
        acme, teams=hiring_for(core, ads), location_ids=[await a_location(acme)], seats=2, requisition_code="ENG-7"
    )
    hugo = await acme.member("Hugo")
    await acme.perform(
        acme.system,
        add_hiring_team_member,
        opening_id=original,
        membership_id=hugo.id,
        role=HiringRole.HIRING_MANAGER,
    )
    skill = (await acme.perform(acme.system, create_skill, name="Python")).skill_id
    wanted = [WantedSkill(skill_id=skill, level=SkillLevel.NICE)]
    await acme.perform(acme.system, set_opening_skills, opening_id=original, skills=wanted)
    posting = await a_posting(acme, original, valid_through=NOON.replace(year=2027))
    await acme.perform(acme.system, publish_posting, posting_id=posting, to=PostingStatus.PUBLISHED)

    copy = (await acme.perform(await ada(acme), copy_opening, opening_id=original, title="Staff Engineer")).opening_id

    row = await the_opening(acme, copy)
    assert (row["title"], row["status"], row["requisition_code"]) == ("Staff Engineer", "DRAFT", None)
    assert (row["opened_at"], row["copied_from_id"]) == (None, original)
    assert await seat_statuses(acme, copy) == ["DRAFT", "DRAFT"]
    assert await stages_of(acme, copy) == await stages_of(acme, original)
    assert [
        row["team_id"]
        for row in await acme.rows("SELECT team_id FROM opening_team WHERE opening_id = $1 ORDER BY priority", copy)
    ] == [core, ads]
    for table in ("opening_location", "hiring_team_member", "opening_skill"):
        assert len(await acme.rows(f"SELECT id FROM {table} WHERE opening_id = $1", copy)) == 1  # noqa: S608 - ours
    assert await acme.rows(
        "SELECT status, body_text, valid_through, published_at FROM posting WHERE opening_id = $1", copy
    ) == [{"status": "DRAFT", "body_text": "Come and build payments.", "valid_through": None, "published_at": None}]
    assert await events(acme, about=copy) == ["opening.created"]


async def test_a_copy_of_a_template_is_an_opening_like_any_other(acme: World) -> None:
    original = await an_opening(acme, kind=OpeningKind.TEMPLATE)

    copy = (await acme.perform(acme.system, copy_opening, opening_id=original)).opening_id
    template = (await acme.perform(acme.system, copy_opening, opening_id=copy, as_template=True)).opening_id

    assert (await the_opening(acme, copy))["kind"] == "STANDARD"
    assert (await the_opening(acme, template))["kind"] == "TEMPLATE"


async def test_r26_internal_pay_is_copied_only_by_those_who_may_change_it(acme: World) -> None:
    original = await an_opening(acme)
    for visibility in BandVisibility:
        await acme.perform(acme.system, create_compensation_band, opening_id=original, given=_band(visibility))

    by_recruiter = (await acme.perform(await ada(acme), copy_opening, opening_id=original)).opening_id
    by_administrator = (await acme.perform(await olga(acme), copy_opening, opening_id=original)).opening_id

    sql = "SELECT visibility FROM compensation_band WHERE opening_id = $1 ORDER BY visibility"
    assert [row["visibility"] for row in await acme.rows(sql, by_recruiter)] == ["INTERNAL", "PUBLIC"]
    assert [row["visibility"] for row in await acme.rows(sql, by_administrator)] == ["PUBLIC"]


async def test_what_may_not_be_read_is_not_copied(acme: World) -> None:
    original = await an_open_opening(acme)
    posting = await a_posting(acme, original)
    await acme.perform(acme.system, publish_posting, posting_id=posting, to=PostingStatus.PUBLISHED)
    recruiter = await acme.actor(
        "Rita", OrganizationRole.MEMBER, grant(GrantRole.RECRUITER, ScopeType.OPENING, await an_opening(acme))
    )

    async with refused_whole(acme, Forbidden, "You may see this opening, but not do this to it."):
        await acme.perform(recruiter, copy_opening, opening_id=original)
