"""Résumés in the database: candidates that a second import finds again, and applications on request."""

from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from portal.candidates.actions.contacts import add_contact_points
from portal.candidates.enums import ContactKind
from portal.candidates.rules.contacts import GivenContact
from portal.errors import NotFound
from portal.openings.actions.openings import OpeningDraft, create_opening
from portal.openings.actions.skills import archive_skill, create_skill
from portal.openings.actions.states import open_opening
from portal.openings.enums import EmploymentType
from portal.transfer.files import read_document
from portal.transfer.outcomes import ImportReport, OutcomeCode, OutcomeKind
from tests.transfer.importing import counts, everything, import_resumes
from tests.transfer.resumes import a_resume
from tests.world import World

DATA = Path(__file__).parents[1] / "data" / "json-resume"
REAL = sorted(path for path in DATA.iterdir() if "resume" in path.name)

CREATED, UPDATED, UNCHANGED = OutcomeKind.CREATED, OutcomeKind.UPDATED, OutcomeKind.UNCHANGED


def kinds(report: ImportReport) -> list[OutcomeKind]:
    return [outcome.kind for outcome in report.outcomes]


async def the_candidate(world: World) -> dict[str, Any]:
    (row,) = await world.rows("SELECT * FROM candidate")
    return row


async def an_open_opening(world: World) -> UUID:
    draft = OpeningDraft(title="Engineer", employment_type=EmploymentType.FULL_TIME)
    made = await world.perform(world.system, create_opening, draft=draft)
    await world.perform(world.system, open_opening, opening_id=made.opening_id)
    opening_id: UUID = made.opening_id
    return opening_id


async def test_a_resume_is_a_candidate_with_all_lists(acme: World) -> None:
    report = await import_resumes(
        acme, a_resume(phone="+1 212 555 0147", url="https://ada.example.com", location={"city": "London"})
    )

    candidate = await the_candidate(acme)
    contacts = await acme.rows("SELECT kind, value_normalised, is_primary FROM contact_point ORDER BY kind")
    (job,) = await acme.rows("SELECT company, title, started_on, ended_precision FROM employment")
    (skill,) = await acme.rows(
        "SELECT skill.name, level, keywords FROM candidate_skill JOIN skill ON skill.id = candidate_skill.skill_id"
    )
    assert kinds(report) == [CREATED]
    assert (candidate["name"], candidate["headline"], candidate["location"]) == ("Ada Lovelace", "Programmer", "London")
    assert [tuple(row.values()) for row in contacts] == [
        ("EMAIL", "ada@example.com", True),
        ("PHONE", "+12125550147", True),
    ]
    assert (job["company"], str(job["started_on"]), job["ended_precision"]) == (
        "Analytical Engines",
        "1942-10-01",
        "YEAR",
    )
    assert tuple(skill.values()) == ("Python", "Master", ["asyncio"])
    assert len(await acme.rows("SELECT id FROM education")) == 1
    assert len(await acme.rows("SELECT id FROM candidate_link")) == 1


async def test_an_imported_candidate_is_found_by_name_address_and_skill(acme: World) -> None:
    await import_resumes(acme, a_resume())

    rows = await acme.rows("SELECT term FROM candidate_term ORDER BY term")
    assert {"ada", "lovelace", "ada@example.com", "python", "asyncio"} <= {row["term"] for row in rows}


async def test_a_phone_number_without_its_country_is_kept(acme: World) -> None:
    await import_resumes(acme, a_resume(phone="555 0147"))

    (row,) = await acme.rows("SELECT value, value_normalised FROM contact_point WHERE kind = 'PHONE'")
    assert tuple(row.values()) == ("555 0147", "5550147")


async def test_a_second_import_changes_nothing_and_writes_no_event(acme: World) -> None:
    await import_resumes(acme, a_resume(), a_resume(name="Grace Hopper", email="grace@example.com"))
    before = await everything(acme)

    again = await import_resumes(acme, a_resume(), a_resume(name="Grace Hopper", email="grace@example.com"))

    assert kinds(again) == [UNCHANGED, UNCHANGED]
    assert await everything(acme) == before


async def test_a_dry_run_writes_nothing_and_says_what_the_import_will(acme: World) -> None:
    opening_id = await an_open_opening(acme)
    before = await everything(acme)
    resumes = (a_resume(), a_resume(name="Grace Hopper", email="grace@example.com"), a_resume(label="Countess"))

    rehearsed = await import_resumes(acme, *resumes, opening_id=opening_id, is_dry_run=True)
    left = await everything(acme)
    real = await import_resumes(acme, *resumes, opening_id=opening_id)

    assert left == before
    assert rehearsed.outcomes == real.outcomes
    assert rehearsed.entities == real.entities
    assert kinds(real) == [CREATED, CREATED, OutcomeKind.SKIPPED]


async def test_the_same_person_twice_is_one_candidate(acme: World) -> None:
    report = await import_resumes(acme, a_resume(), a_resume(email="ADA@example.com", label=..., phone="+12125550147"))

    assert (await the_candidate(acme))["name"] == "Ada Lovelace"
    assert kinds(report) == [CREATED, OutcomeKind.SKIPPED]
    assert len(await acme.rows("SELECT id FROM contact_point")) == 2


async def test_a_changed_resume_changes_the_candidate_and_keeps_what_people_added(acme: World) -> None:
    await import_resumes(acme, a_resume())
    candidate = await the_candidate(acme)
    by_hand = (GivenContact(ContactKind.PHONE, "+1 212 555 0199"),)
    await acme.perform(acme.system, add_contact_points, candidate_id=candidate["id"], contact_points=by_hand)
    changed = a_resume(label="Countess", url="https://ada.example.com") | {
        "work": [{"name": "Royal Society", "position": "Fellow"}],
        "skills": [{"name": "Poetry"}],
    }

    report = await import_resumes(acme, changed)

    after = await the_candidate(acme)
    numbers = await acme.rows("SELECT value_normalised FROM contact_point ORDER BY kind")
    skills = await acme.rows("SELECT skill.name FROM candidate_skill JOIN skill ON skill.id = skill_id ORDER BY 1")
    assert kinds(report) == [UPDATED]
    assert (after["id"], after["headline"]) == (candidate["id"], "Countess")
    assert [row["value_normalised"] for row in numbers] == ["ada@example.com", "+12125550199"]
    assert [row["company"] for row in await acme.rows("SELECT company FROM employment")] == ["Royal Society"]
    assert [row["name"] for row in skills] == ["Poetry", "Python"]
    assert len(await acme.rows("SELECT id FROM candidate_link")) == 1


async def test_a_resume_that_has_gained_an_address_is_the_same_person(acme: World) -> None:
    profile = [{"network": "LinkedIn", "url": "https://www.linkedin.com/in/ada-example"}]
    await import_resumes(acme, a_resume(email=..., profiles=profile))

    report = await import_resumes(acme, a_resume(profiles=profile))
    again = await import_resumes(acme, a_resume(profiles=profile))

    assert kinds(report) == [UPDATED]
    assert kinds(again) == [UNCHANGED]
    assert len(await acme.rows("SELECT id FROM candidate")) == 1


async def test_skills_are_those_of_the_organization_by_any_of_their_names(acme: World) -> None:
    python = await acme.perform(acme.system, create_skill, name="Python 3", aliases=("Python", "CPython"))
    old = await acme.perform(acme.system, create_skill, name="Punch cards")
    await acme.perform(acme.system, archive_skill, skill_id=old.skill_id)
    skills = [{"name": "python"}, {"name": "CPython"}, {"name": "punch cards"}, {"name": "Looms"}]

    await import_resumes(acme, a_resume() | {"skills": skills})

    rows = await acme.rows("SELECT skill_id, name FROM candidate_skill JOIN skill ON skill.id = skill_id ORDER BY name")
    assert [row["name"] for row in rows] == ["Looms", "Python 3"]
    assert rows[1]["skill_id"] == python.skill_id


async def test_an_application_is_submitted_once(acme: World) -> None:
    opening_id = await an_open_opening(acme)
    first = await import_resumes(acme, a_resume(), opening_id=opening_id)
    before = await everything(acme)

    second = await import_resumes(acme, a_resume(), opening_id=opening_id)

    (application,) = await acme.rows("SELECT origin, status FROM application")
    (transition,) = await acme.rows("SELECT cause FROM stage_transition")
    assert kinds(first) == [CREATED]
    assert kinds(second) == [UNCHANGED]
    assert tuple(application.values()) == ("IMPORTED", "ACTIVE")
    assert transition["cause"] == "IMPORT"
    assert await everything(acme) == before


async def test_somebody_who_is_here_already_can_still_be_imported_for_an_opening(acme: World) -> None:
    await import_resumes(acme, a_resume())

    report = await import_resumes(acme, a_resume(), opening_id=await an_open_opening(acme))

    assert kinds(report) == [UPDATED]
    assert len(await acme.rows("SELECT id FROM application")) == 1


@pytest.mark.parametrize("is_dry_run", [False, True])
async def test_an_unknown_opening_is_said_once_and_nothing_is_written(acme: World, is_dry_run: bool) -> None:
    with pytest.raises(NotFound, match="No such opening"):
        await import_resumes(acme, a_resume(), opening_id=uuid4(), is_dry_run=is_dry_run)

    assert await counts(acme) == {}


async def test_one_bad_record_fails_alone(acme: World) -> None:
    report = await import_resumes(acme, a_resume(), [1, a_resume(name="Grace", email="grace@example.com")])

    assert kinds(report) == [CREATED, OutcomeKind.FAILED, CREATED]
    assert report.outcomes[1].code is OutcomeCode.NOT_AN_OBJECT
    assert sum(report.counts.values()) == 3


@pytest.mark.parametrize("path", REAL, ids=lambda path: path.stem)
async def test_published_examples_import_and_then_change_nothing(acme: World, path: Path) -> None:
    document = read_document(path)
    first = await import_resumes(acme, document)
    before = await everything(acme)

    second = await import_resumes(acme, document)

    assert kinds(first) == [CREATED]
    assert kinds(second) == [UNCHANGED]
    assert await everything(acme) == before
