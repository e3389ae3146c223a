"""Tags on candidates, the sources that they come through, and skills by another name."""

import asyncio
from datetime import timedelta

import pytest

from portal.access.enums import OrganizationRole
from portal.candidates.actions.making import GivenSkill
from portal.candidates.actions.profile import set_candidate_skills
from portal.candidates.actions.skills import update_skill
from portal.candidates.actions.sources import archive_source, create_source
from portal.candidates.actions.tags import create_tag, rename_tag, tag_candidate, untag_candidate
from portal.candidates.enums import SourceType
from portal.errors import AlreadyDone, Forbidden, InvalidInput, NotUnique
from tests.candidates.making import a_candidate, a_skill, ada, everything, row_of, terms_of
from tests.world import NOON, World

LATER = NOON + timedelta(hours=1)


async def test_tags_are_shown_sorted_made_once_and_found(acme: World) -> None:
    recruiter = await ada(acme)
    cora, otto = await a_candidate(acme), await a_candidate(acme, "Otto Other")

    await acme.perform(recruiter, tag_candidate, candidate_id=cora, tags=["zebra", "Node.js", "alpha"])
    await acme.perform(recruiter, tag_candidate, candidate_id=otto, tags=["node js", "Zebra"])

    assert (await row_of(acme, cora))["tags"] == ["alpha", "Node.js", "zebra"]
    assert (await row_of(acme, otto))["tags"] == ["Node.js", "zebra"]
    assert [row["slug"] for row in await acme.rows("SELECT slug FROM tag ORDER BY slug")] == [
        "alpha",
        "node-js",
        "zebra",
    ]
    assert await terms_of(acme, otto, "TAG") == ["js", "node", "zebra"]
    with pytest.raises(AlreadyDone):
        await acme.perform(recruiter, tag_candidate, candidate_id=cora, tags=["ALPHA"])

    await acme.perform(recruiter, untag_candidate, candidate_id=cora, tags=["alpha", "ZEBRA", "unknown"])

    assert (await row_of(acme, cora))["tags"] == ["Node.js"]
    assert await terms_of(acme, cora, "TAG") == ["js", "node"]
    with pytest.raises(AlreadyDone):
        await acme.perform(recruiter, untag_candidate, candidate_id=cora, tags=["alpha"])


async def test_a_candidate_has_at_most_100_tags(acme: World) -> None:
    recruiter = await ada(acme)
    cora = await a_candidate(acme, tags=tuple(f"tag {number}" for number in range(100)))
    before = await everything(acme)

    with pytest.raises(InvalidInput, match="at most 100 tags"):
        await acme.perform(recruiter, tag_candidate, candidate_id=cora, tags=["one more"])

    assert await everything(acme) == before


async def test_renaming_a_tag_renames_it_everywhere_without_touching_the_candidates(acme: World) -> None:
    olga = await acme.actor("Olga", OrganizationRole.ORG_ADMIN)
    cora = await a_candidate(acme, tags=("js", "backend"))
    otto = await a_candidate(acme, "Otto Other", tags=("backend",))
    tag = await acme.perform(acme.system, create_tag, name="other")
    (js,) = await acme.rows("SELECT id FROM tag WHERE slug = 'js'")
    before = await row_of(acme, otto)

    await acme.perform(olga, rename_tag, tag_id=js["id"], name="A-JavaScript", at=LATER)

    row = await row_of(acme, cora)
    assert row["tags"] == ["A-JavaScript", "backend"]
    assert (row["version"], row["updated_at"]) == (1, NOON)
    assert await terms_of(acme, cora, "TAG") == ["a", "backend", "javascript"]
    assert await row_of(acme, otto) == before
    (event,) = await acme.rows("SELECT data FROM domain_event WHERE type = 'tag.renamed'")
    assert event["data"] == {"candidates": 1}
    unchanged = await everything(acme)
    with pytest.raises(NotUnique):
        await acme.perform(olga, rename_tag, tag_id=js["id"], name="Other")
    with pytest.raises(AlreadyDone):
        await acme.perform(olga, rename_tag, tag_id=tag.tag_id, name="other")
    with pytest.raises(NotUnique):
        await acme.perform(olga, create_tag, name="OTHER")
    assert await everything(acme) == unchanged


async def test_only_administrators_rename_tags_and_keep_sources(acme: World) -> None:
    recruiter = await ada(acme)
    tag = await acme.perform(recruiter, create_tag, name="mine")

    with pytest.raises(Forbidden):
        await acme.perform(recruiter, rename_tag, tag_id=tag.tag_id, name="yours")
    with pytest.raises(Forbidden):
        await acme.perform(recruiter, create_source, name="Fair", type=SourceType.OTHER)


async def test_a_source_is_unique_and_archived_once(acme: World) -> None:
    olga = await acme.actor("Olga", OrganizationRole.ORG_ADMIN)
    source = await acme.perform(olga, create_source, name="Fair", type=SourceType.ATTEND_EVENTS)

    await acme.perform(olga, archive_source, source_id=source.source_id, at=LATER)

    assert await acme.rows("SELECT name, archived_at FROM source") == [{"name": "Fair", "archived_at": LATER}]
    with pytest.raises(AlreadyDone):
        await acme.perform(olga, archive_source, source_id=source.source_id)
    with pytest.raises(NotUnique):
        await acme.perform(olga, create_source, name="Fair", type=SourceType.OTHER)


async def test_a_renamed_skill_finds_candidates_by_its_new_name_as_well(acme: World) -> None:
    olga, recruiter = await acme.actor("Olga", OrganizationRole.ORG_ADMIN), await ada(acme)
    golang, other = await a_skill(acme, "Golang"), await a_skill(acme, "Rust")
    cora = await a_candidate(acme, skills=(GivenSkill(golang),))
    otto = await a_candidate(acme, "Otto Other", skills=(GivenSkill(other),))

    await acme.perform(olga, update_skill, skill_id=golang, name="Go", aliases=["Go language"])

    assert await terms_of(acme, cora, "SKILL") == ["go", "golang", "language"]
    assert await terms_of(acme, otto, "SKILL") == ["rust"]
    await acme.perform(recruiter, set_candidate_skills, candidate_id=cora, skills=[GivenSkill(golang, "expert")])
    assert await terms_of(acme, cora, "SKILL") == ["go", "language"]
    before = await everything(acme)
    with pytest.raises(Forbidden):
        await acme.perform(recruiter, update_skill, skill_id=golang, name="Gopher")
    with pytest.raises(AlreadyDone):
        await acme.perform(olga, update_skill, skill_id=golang, name="Go")
    assert await everything(acme) == before


async def test_two_who_make_the_same_tag_at_once_both_use_it(acme: World) -> None:
    recruiter = await ada(acme)
    people = [await a_candidate(acme, f"Candidate {number}") for number in range(6)]

    await asyncio.gather(
        *(acme.perform(recruiter, tag_candidate, candidate_id=one, tags=["rare", "new", "urgent"]) for one in people)
    )

    assert len(await acme.rows("SELECT id FROM tag")) == 3
    assert len(await acme.rows("SELECT id FROM domain_event WHERE type = 'tag.created'")) == 3
    assert [row["tags"] for row in await acme.rows("SELECT tags FROM candidate")] == [["new", "rare", "urgent"]] * 6


async def test_whoever_tags_while_the_tag_is_renamed_shows_its_new_name(acme: World) -> None:
    """Whichever comes first: row and terms agree with the tag in the end."""
    olga, recruiter = await acme.actor("Olga", OrganizationRole.ORG_ADMIN), await ada(acme)
    people = [await a_candidate(acme, f"Candidate {number}", tags=("old",) * (number % 2)) for number in range(6)]
    (tag,) = await acme.rows("SELECT id FROM tag")

    await asyncio.gather(
        *(acme.perform(recruiter, tag_candidate, candidate_id=one, tags=["old"]) for one in people[::2]),
        acme.perform(olga, rename_tag, tag_id=tag["id"], name="Oldest"),
    )

    shown = await acme.rows(
        "SELECT tags, (SELECT array_agg(term) FROM candidate_term WHERE candidate_id = candidate.id AND kind = 'TAG')"
        " AS terms, (SELECT array_agg(tag.name) FROM candidate_tag JOIN tag ON tag.id = tag_id"
        " WHERE candidate_id = candidate.id) AS named FROM candidate ORDER BY name"
    )
    for row in shown:
        assert row["tags"] == sorted(row["named"], key=str.lower)
        assert sorted(row["terms"]) == sorted(name.lower() for name in row["named"])
