"""Skills, close reasons and stages: what openings choose from, and the pipeline of each."""

from uuid import UUID

from portal.errors import AlreadyDone, Forbidden, InvalidInput, NotFound, StaleVersion
from portal.openings.actions.close_reasons import (
    archive_close_reason,
    create_close_reason,
    rename_close_reason,
    unarchive_close_reason,
)
from portal.openings.actions.seats import close_seat
from portal.openings.actions.skills import (
    WantedSkill,
    archive_skill,
    create_skill,
    set_opening_skills,
    unarchive_skill,
    update_skill,
)
from portal.openings.actions.stages import (
    StageTerms,
    add_stage,
    rename_stage,
    reorder_stages,
    set_stage_templates,
    unarchive_stage,
)
from portal.openings.enums import SkillLevel, StageKind
from portal.openings.models import Stage
from tests.openings.making import (
    a_close_reason,
    ada,
    an_open_opening,
    an_opening,
    events,
    refused_whole,
    seats_of,
    stages_of,
)
from tests.world import NOON, World


async def _a_skill(world: World, name: str, *aliases: str) -> UUID:
    return UUID(str((await world.perform(world.system, create_skill, name=name, aliases=aliases)).skill_id))


async def test_a_skill_is_found_under_one_name_only(acme: World, globex: World) -> None:
    await _a_skill(acme, "PostgreSQL", "Postgres", "postgresql")
    await _a_skill(globex, "PostgreSQL")

    assert await acme.rows("SELECT name, slug, aliases FROM skill") == [
        {"name": "PostgreSQL", "slug": "postgresql", "aliases": ["Postgres"]}
    ]
    message = "The skill PostgreSQL is already found under that name."
    async with refused_whole(acme, InvalidInput, message, path=("name",)):
        await _a_skill(acme, "postgres")
    async with refused_whole(acme, InvalidInput, "A name needs at least one letter or digit.", path=("name",)):
        await _a_skill(acme, "!!!")


async def test_a_skill_is_renamed_and_keeps_its_other_names(acme: World) -> None:
    skill_id = await _a_skill(acme, "Postgres", "PG")
    await _a_skill(acme, "Python")

    await acme.perform(acme.system, update_skill, skill_id=skill_id, name="PostgreSQL", expected_version=1)

    assert await acme.rows("SELECT name, slug, aliases FROM skill WHERE id = $1", skill_id) == [
        {"name": "PostgreSQL", "slug": "postgresql", "aliases": ["PG"]}
    ]
    async with refused_whole(acme, AlreadyDone, "The skill is like that already."):
        await acme.perform(acme.system, update_skill, skill_id=skill_id, aliases=["PG"])
    message = "The skill Python is already found under that name."
    async with refused_whole(acme, InvalidInput, message, path=("name",)):
        await acme.perform(acme.system, update_skill, skill_id=skill_id, name="python")


async def test_r33_an_archived_skill_stays_on_openings_but_is_not_chosen_again(acme: World) -> None:
    skill_id, opening_id = await _a_skill(acme, "COBOL"), await an_opening(acme)
    wanted = [WantedSkill(skill_id=skill_id, level=SkillLevel.REQUIRED)]
    await acme.perform(acme.system, set_opening_skills, opening_id=opening_id, skills=wanted)

    await acme.perform(acme.system, archive_skill, skill_id=skill_id)

    answer = await acme.read(
        await ada(acme),
        "query($id: ID!) { opening(id: $id) { skills { level skill { name archivedAt } } } }",
        id=f"opn_{opening_id.hex}",
    )
    assert answer["opening"]["skills"] == [
        {"level": "REQUIRED", "skill": {"name": "COBOL", "archivedAt": "2026-11-23T12:00:00+00:00"}}
    ]
    other = await an_opening(acme)
    message = "The skill COBOL is archived. Choose another one."
    async with refused_whole(acme, InvalidInput, message, path=("skills", "0")):
        await acme.perform(acme.system, set_opening_skills, opening_id=other, skills=wanted)
    async with refused_whole(acme, AlreadyDone, "This skill is already archived."):
        await acme.perform(acme.system, archive_skill, skill_id=skill_id)

    await acme.perform(acme.system, unarchive_skill, skill_id=skill_id)

    assert (await events(acme, about=skill_id)) == ["skill.created", "skill.archived", "skill.unarchived"]


async def test_an_openings_skills_are_set_as_required_or_nice(acme: World) -> None:
    python, sql, go = [await _a_skill(acme, name) for name in ("Python", "SQL", "Go")]
    opening_id = await an_opening(acme)
    first = [WantedSkill(skill_id=id_, level=SkillLevel.REQUIRED) for id_ in (python, sql)]
    await acme.perform(acme.system, set_opening_skills, opening_id=opening_id, skills=first)

    second = [
        WantedSkill(skill_id=sql, level=SkillLevel.NICE),
        WantedSkill(skill_id=go, level=SkillLevel.REQUIRED),
    ]
    await acme.perform(acme.system, set_opening_skills, opening_id=opening_id, skills=second)

    rows = await acme.rows("SELECT skill_id, level FROM opening_skill ORDER BY level")
    assert rows == [{"skill_id": sql, "level": "NICE"}, {"skill_id": go, "level": "REQUIRED"}]
    async with refused_whole(acme, AlreadyDone, "This opening asks for these skills already."):
        await acme.perform(acme.system, set_opening_skills, opening_id=opening_id, skills=second)
    async with refused_whole(acme, InvalidInput, "The same one is listed twice.", path=("skills", "1")):
        await acme.perform(acme.system, set_opening_skills, opening_id=opening_id, skills=[second[0]] * 2)


async def test_a_close_reason_is_made_renamed_archived_and_put_back(acme: World) -> None:
    reason = (await acme.perform(acme.system, create_close_reason, name="Budget")).close_reason_id

    await acme.perform(acme.system, rename_close_reason, close_reason_id=reason, name="No budget")
    await acme.perform(acme.system, archive_close_reason, close_reason_id=reason)
    await acme.perform(acme.system, unarchive_close_reason, close_reason_id=reason)

    assert await acme.rows("SELECT name, archived_at FROM close_reason") == [{"name": "No budget", "archived_at": None}]
    assert await events(acme, about=reason) == [
        "close_reason.created",
        "close_reason.updated",
        "close_reason.archived",
        "close_reason.unarchived",
    ]
    async with refused_whole(acme, AlreadyDone, "The close reason has that name already."):
        await acme.perform(acme.system, rename_close_reason, close_reason_id=reason, name="No budget")
    async with refused_whole(acme, AlreadyDone, "This close reason is not archived."):
        await acme.perform(acme.system, unarchive_close_reason, close_reason_id=reason)


async def test_r33_what_was_closed_with_an_archived_reason_still_shows_it(acme: World) -> None:
    opening_id, reason = await an_open_opening(acme, seats=2), await a_close_reason(acme, "Merger")
    seat = (await seats_of(acme, opening_id))[0]["id"]
    await acme.perform(acme.system, close_seat, seat_id=seat, close_reason_id=reason)

    await acme.perform(acme.system, archive_close_reason, close_reason_id=reason)

    answer = await acme.read(
        await ada(acme),
        "query($id: ID!) { node(id: $id) { ... on Seat { closeReason { name } } } }",
        id=f"seat_{seat.hex}",
    )
    assert answer == {"node": {"closeReason": {"name": "Merger"}}}


async def test_lists_are_for_administrators(acme: World) -> None:
    recruiter = await ada(acme)

    async with refused_whole(acme, Forbidden, "You may not do this."):
        await acme.perform(recruiter, create_skill, name="Python")
    async with refused_whole(acme, Forbidden, "You may not do this."):
        await acme.perform(recruiter, set_stage_templates, stages=[])


async def _stage(world: World, opening_id: UUID, name: str) -> UUID:
    rows = await world.rows("SELECT id FROM stage WHERE opening_id = $1 AND name = $2", opening_id, name)
    return UUID(str(rows[0]["id"]))


SHORT = [
    StageTerms(kind=StageKind.APPLIED, name="Applied"),
    StageTerms(kind=StageKind.INTERVIEW, name="Interview"),
    StageTerms(kind=StageKind.HIRED, name="Hired"),
]


async def test_a_stage_is_added_before_the_hired_one_and_renamed(acme: World) -> None:
    await acme.perform(acme.system, set_stage_templates, stages=SHORT)
    opening_id, recruiter = await an_opening(acme), await ada(acme)

    done = await acme.perform(
        recruiter,
        add_stage,
        opening_id=opening_id,
        stage=StageTerms(kind=StageKind.ASSESSMENT, name="Task"),
        expected_version=1,
    )
    await acme.perform(recruiter, rename_stage, stage_id=done.stage_id, name="Take-home")

    assert await stages_of(acme, opening_id) == [
        ("APPLIED", "Applied"),
        ("INTERVIEW", "Interview"),
        ("ASSESSMENT", "Take-home"),
        ("HIRED", "Hired"),
    ]
    assert await events(acme, about=done.stage_id) == ["stage.created", "stage.updated"]
    async with refused_whole(acme, AlreadyDone, "The stage has that name already."):
        await acme.perform(recruiter, rename_stage, stage_id=done.stage_id, name="Take-home")
    async with refused_whole(acme, InvalidInput, "A pipeline has at most one HIRED stage.", path=("kind",)):
        await acme.perform(
            recruiter, add_stage, opening_id=opening_id, stage=StageTerms(kind=StageKind.HIRED, name="Yes")
        )
    stale = "This was changed since you read it; it is now at version 2. Read it again, then repeat."
    async with refused_whole(acme, StaleVersion, stale, path=("expectedVersion",)):
        await acme.perform(
            recruiter,
            add_stage,
            opening_id=opening_id,
            stage=StageTerms(kind=StageKind.SCREEN, name="Call"),
            expected_version=1,
        )


async def test_stages_are_reordered_all_at_once(acme: World) -> None:
    await acme.perform(acme.system, set_stage_templates, stages=SHORT)
    opening_id = await an_opening(acme)
    applied, interview, hired = [await _stage(acme, opening_id, name) for name in ("Applied", "Interview", "Hired")]

    await acme.perform(acme.system, reorder_stages, opening_id=opening_id, stage_ids=[interview, applied, hired])

    assert [name for _, name in await stages_of(acme, opening_id)] == ["Interview", "Applied", "Hired"]
    (event,) = await acme.rows("SELECT data FROM domain_event WHERE type = 'pipeline.reordered'")
    assert event["data"] == {"stage_ids": [interview.hex, applied.hex, hired.hex]}
    async with refused_whole(acme, AlreadyDone, "The stages are in that order already."):
        await acme.perform(acme.system, reorder_stages, opening_id=opening_id, stage_ids=[interview, applied, hired])
    message = "List every stage in use exactly once."
    async with refused_whole(acme, InvalidInput, message, path=("stageIds",)):
        await acme.perform(acme.system, reorder_stages, opening_id=opening_id, stage_ids=[applied, hired])
    message = "A pipeline has at most one HIRED stage, and it is the last."
    async with refused_whole(acme, InvalidInput, message, path=("stages",)):
        await acme.perform(acme.system, reorder_stages, opening_id=opening_id, stage_ids=[hired, applied, interview])


async def test_an_archived_stage_comes_back_before_the_hired_one(acme: World) -> None:
    await acme.perform(acme.system, set_stage_templates, stages=SHORT)
    opening_id = await an_opening(acme)
    old = Stage(opening_id=opening_id, kind=StageKind.SCREEN, name="Fax", position=9, archived_at=NOON)
    await acme.plant(old)

    await acme.perform(acme.system, unarchive_stage, stage_id=old.id)

    assert [name for _, name in await stages_of(acme, opening_id)] == ["Applied", "Interview", "Fax", "Hired"]
    async with refused_whole(acme, AlreadyDone, "The stage Fax is not archived."):
        await acme.perform(acme.system, unarchive_stage, stage_id=old.id)


async def test_the_pipeline_of_new_openings_is_replaced_and_given_up(acme: World) -> None:
    before = await an_opening(acme)
    await acme.perform(acme.system, set_stage_templates, stages=SHORT)
    await acme.perform(acme.system, set_stage_templates, stages=SHORT[:1])
    await acme.perform(acme.system, set_stage_templates, stages=[*SHORT[:1], *SHORT])
    after = await an_opening(acme)

    assert len(await stages_of(acme, before)) == 7
    assert [name for _, name in await stages_of(acme, after)] == ["Applied", "Applied", "Interview", "Hired"]
    async with refused_whole(acme, AlreadyDone, "New openings start with that pipeline already."):
        await acme.perform(acme.system, set_stage_templates, stages=[*SHORT[:1], *SHORT])
    message = "A pipeline has at most one HIRED stage, and it is the last."
    async with refused_whole(acme, InvalidInput, message, path=("stages",)):
        await acme.perform(acme.system, set_stage_templates, stages=SHORT[::-1])

    await acme.perform(acme.system, set_stage_templates, stages=[])

    assert len(await stages_of(acme, await an_opening(acme))) == 7


async def test_stages_of_another_organization_are_unknown(acme: World, globex: World) -> None:
    stage_id = await _stage(acme, await an_opening(acme), "Screen")

    async with refused_whole(acme, NotFound, "No such stage."):
        await globex.perform(globex.system, rename_stage, stage_id=stage_id, name="Ours")
