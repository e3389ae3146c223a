"""Actions on candidates: what they write, what they say about it, and that a refused one changes nothing."""

from datetime import date, timedelta
from uuid import UUID

import pytest

from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.candidates.actions.contacts import (
    add_contact_points,
    remove_contact_point,
    set_candidate_links,
    set_contact_points,
)
from portal.candidates.actions.create import NewCandidate, create_candidate
from portal.candidates.actions.making import GivenLink, GivenSkill
from portal.candidates.actions.profile import (
    CandidateChanges,
    set_candidate_skills,
    set_educations,
    set_employments,
    update_candidate,
)
from portal.candidates.actions.sources import archive_source, create_source
from portal.candidates.actions.tags import create_tag, rename_tag, tag_candidate, untag_candidate
from portal.candidates.enums import DatePrecision, SourceType
from portal.candidates.rules.profiles import Education, Employment, Names, PartialDate
from portal.database.ids import new_id
from portal.errors import AlreadyDone, Forbidden, InvalidInput, NotFound, StaleVersion
from portal.openings.models import Skill
from tests.candidates.making import a_candidate, a_skill, ada, email, everything, phone, row_of, sol, terms_of
from tests.world import NOON, World, grant

LATER = NOON + timedelta(hours=1)


async def test_a_candidate_is_added_with_everything_that_is_known(acme: World) -> None:
    recruiter = await ada(acme)
    python = await a_skill(acme, "Python", "CPython")
    source = await acme.perform(acme.system, create_source, name="Referrals", type=SourceType.REFERRALS)
    new = NewCandidate(
        names=Names("", "Łucja", "O'Brien", "Lu"),
        headline="Backend engineer",
        timezone="Europe/Warsaw",
        source_id=source.source_id,
        contact_points=(email("Lu@Example.com"), phone("(415) 555-2671")),
        country="US",
        links=(GivenLink("https://www.linkedin.com/in/Lucja/"),),
        employments=(Employment(company="Acme", started=PartialDate(date(2019, 1, 1), DatePrecision.YEAR)),),
        educations=(Education(institution="AGH", degree="BSc"),),
        skills=(GivenSkill(python, "expert", ("Flask",)),),
        tags=("Rare find", "backend"),
    )

    done = await acme.perform(recruiter, create_candidate, candidate=new)

    row = await row_of(acme, done.candidate_id)
    assert (row["name"], row["preferred_name"], row["timezone"]) == ("Łucja O'Brien", "Lu", "Europe/Warsaw")
    assert (row["tags"], row["is_private"], row["can_email"]) == (["backend", "Rare find"], False, True)
    assert row["source_id"] == source.source_id
    contacts = await acme.rows("SELECT kind, value_normalised, is_primary FROM contact_point ORDER BY kind")
    assert [tuple(contact.values()) for contact in contacts] == [
        ("EMAIL", "lu@example.com", True),
        ("PHONE", "+14155552671", True),
    ]
    assert await acme.rows("SELECT kind, url_normalised FROM candidate_link") == [
        {"kind": "LINKEDIN", "url_normalised": "linkedin.com/in/lucja"}
    ]
    assert await acme.rows("SELECT company, started_on, started_precision, position FROM employment") == [
        {"company": "Acme", "started_on": date(2019, 1, 1), "started_precision": "YEAR", "position": 0}
    ]
    assert await acme.rows("SELECT institution, degree FROM education") == [{"institution": "AGH", "degree": "BSc"}]
    assert await terms_of(acme, done.candidate_id, "NAME") == ["lu", "lucja", "obrien"]
    assert await terms_of(acme, done.candidate_id, "EMAIL") == ["com", "example", "lu", "lu@example.com"]
    assert await terms_of(acme, done.candidate_id, "SKILL") == ["cpython", "flask", "python"]
    assert await terms_of(acme, done.candidate_id, "TAG") == ["backend", "find", "rare"]


async def test_records_of_a_candidate_hold_no_personal_data(acme: World) -> None:
    recruiter = await ada(acme)
    new = NewCandidate(names=Names("Cora Candidate"), contact_points=(email("cora@example.com"),), tags=("rare",))
    done = await acme.perform(recruiter, create_candidate, candidate=new)
    changes = CandidateChanges(first_name="Corazon", headline="Cora's headline", location="Corashire")

    await acme.perform(recruiter, update_candidate, candidate_id=done.candidate_id, changes=changes)
    points = [email("corazon@example.com")]
    await acme.perform(recruiter, set_contact_points, candidate_id=done.candidate_id, contact_points=points)
    await acme.perform(recruiter, untag_candidate, candidate_id=done.candidate_id, tags=["rare"])

    events = await acme.rows("SELECT type, changes FROM domain_event WHERE subject_type = 'Candidate' ORDER BY id")
    assert [event["type"] for event in events] == ["candidate.created"] + ["candidate.updated"] * 3
    assert [set(event["changes"]) for event in events] == [
        set(),
        {"first_name", "headline", "location"},
        {"contact_points"},
        {"tags"},
    ]
    everything_written = str(await acme.rows("SELECT before, after FROM audit_event")) + str(
        await acme.rows("SELECT changes, data FROM domain_event")
    )
    assert "cora" not in everything_written.lower()
    assert "rare" not in everything_written.lower()


async def test_the_same_key_adds_the_same_candidate_once(acme: World) -> None:
    recruiter = await ada(acme)
    new = NewCandidate(names=Names("Cora Candidate"), contact_points=(email("cora@example.com"),))

    first = await acme.perform(recruiter, create_candidate, candidate=new, key="k1")
    second = await acme.perform(recruiter, create_candidate, candidate=new, key="k1")

    assert first == second
    assert len(await acme.rows("SELECT id FROM candidate")) == 1


@pytest.mark.parametrize(
    ("new", "problem"),
    [
        (NewCandidate(names=Names("  ")), InvalidInput),
        (NewCandidate(names=Names("C\x00")), InvalidInput),
        (NewCandidate(names=Names("Cora"), timezone="Mars/Olympus"), InvalidInput),
        (NewCandidate(names=Names("Cora"), contact_points=(email("nonsense"),)), InvalidInput),
        (NewCandidate(names=Names("Cora"), contact_points=(email("a@b.example"), email("A@B.example"))), InvalidInput),
        (NewCandidate(names=Names("Cora"), contact_points=(phone("030 123456"),)), InvalidInput),
        (NewCandidate(names=Names("Cora"), country="Nowhere"), InvalidInput),
        (NewCandidate(names=Names("Cora"), links=(GivenLink("javascript:alert(1)"),)), InvalidInput),
        (NewCandidate(names=Names("Cora"), tags=("!!!",)), InvalidInput),
        (NewCandidate(names=Names("Cora"), tags=("rare",), source_id=new_id()), NotFound),
        (NewCandidate(names=Names("Cora"), tags=("rare",), skills=(GivenSkill(new_id()),)), NotFound),
    ],
)
async def test_a_refused_candidate_leaves_nothing(acme: World, new: NewCandidate, problem: type[Exception]) -> None:
    recruiter = await ada(acme)
    before = await everything(acme)

    with pytest.raises(problem):
        await acme.perform(recruiter, create_candidate, candidate=new, key="k1")

    assert await everything(acme) == before


async def test_an_interviewer_adds_nobody(acme: World) -> None:
    iris = await acme.actor("Iris", OrganizationRole.MEMBER, grant(GrantRole.INTERVIEWER))

    with pytest.raises(Forbidden):
        await acme.perform(iris, create_candidate, candidate=NewCandidate(names=Names("Cora")))


async def test_an_archived_source_or_skill_can_not_be_chosen_but_stays_r33(acme: World) -> None:
    recruiter = await ada(acme)
    source = await acme.perform(acme.system, create_source, name="Fair", type=SourceType.ATTEND_EVENTS)
    cobol = await a_skill(acme, "COBOL")
    cora = await a_candidate(acme, source_id=source.source_id, skills=(GivenSkill(cobol),))
    other = await a_candidate(acme, "Otto Other")
    await acme.perform(acme.system, archive_source, source_id=source.source_id)
    await acme.plant(Skill(name="Gone", slug="gone", archived_at=NOON))
    ((gone,),) = [row.values() for row in await acme.rows("SELECT id FROM skill WHERE slug = 'gone'")]

    with pytest.raises(InvalidInput, match="The source Fair is archived"):
        await acme.perform(
            recruiter, update_candidate, candidate_id=other, changes=CandidateChanges(source_id=source.source_id)
        )
    with pytest.raises(InvalidInput, match="The skill Gone is archived"):
        await acme.perform(recruiter, set_candidate_skills, candidate_id=cora, skills=[GivenSkill(gone)])
    await acme.perform(recruiter, update_candidate, candidate_id=cora, changes=CandidateChanges(headline="Senior"))

    assert (await row_of(acme, cora))["source_id"] == source.source_id


async def test_updating_changes_what_is_given_and_nothing_else(acme: World) -> None:
    recruiter = await ada(acme)
    cora = await a_candidate(acme, "Cora Candidate", headline="Engineer", location="Oslo")
    changes = CandidateChanges(headline=None, preferred_name="Coco", can_email=False)

    await acme.perform(recruiter, update_candidate, candidate_id=cora, changes=changes, at=LATER)

    row = await row_of(acme, cora)
    assert (row["name"], row["headline"], row["location"], row["can_email"]) == ("Cora Candidate", None, "Oslo", False)
    assert (row["version"], row["updated_at"]) == (2, LATER)
    assert await terms_of(acme, cora, "NAME") == ["candidate", "coco", "cora"]


async def test_a_name_that_is_taken_away_becomes_first_and_last_name(acme: World) -> None:
    recruiter = await ada(acme)
    cora = await a_candidate(acme, "CC")
    changes = CandidateChanges(name=None, first_name="Cora", last_name="Candidate")

    await acme.perform(recruiter, update_candidate, candidate_id=cora, changes=changes)

    assert (await row_of(acme, cora))["name"] == "Cora Candidate"
    nameless = CandidateChanges(name=None, first_name=None, last_name=None)
    with pytest.raises(InvalidInput):
        await acme.perform(recruiter, update_candidate, candidate_id=cora, changes=nameless)


async def test_an_update_that_changes_nothing_or_comes_late_is_refused(acme: World) -> None:
    recruiter = await ada(acme)
    cora = await a_candidate(acme, headline="Engineer")
    before = await everything(acme)
    same, other = CandidateChanges(headline=" Engineer "), CandidateChanges(headline="Manager")

    with pytest.raises(AlreadyDone):
        await acme.perform(recruiter, update_candidate, candidate_id=cora, changes=same)
    with pytest.raises(StaleVersion):
        await acme.perform(recruiter, update_candidate, candidate_id=cora, changes=other, expected_version=7)
    with pytest.raises(NotFound):
        await acme.perform(recruiter, update_candidate, candidate_id=new_id(), changes=other)

    assert await everything(acme) == before


async def test_lists_keep_the_rows_that_stay_the_same(acme: World) -> None:
    recruiter = await ada(acme)
    cora = await a_candidate(
        acme, employments=(Employment(company="Acme"), Employment(company="Globex", title="Engineer"))
    )
    ids = {row["company"]: row["id"] for row in await acme.rows("SELECT id, company FROM employment")}
    wanted = [Employment(company="Initech"), Employment(company="Globex", title="Engineer", summary="Built it.")]

    await acme.perform(recruiter, set_employments, candidate_id=cora, employments=wanted, at=LATER)

    rows = await acme.rows("SELECT id, company, summary, position FROM employment ORDER BY position")
    assert [(row["company"], row["summary"], row["position"]) for row in rows] == [
        ("Initech", None, 0),
        ("Globex", "Built it.", 1),
    ]
    assert rows[1]["id"] == ids["Globex"]
    assert (await row_of(acme, cora))["version"] == 2
    before = await everything(acme)
    with pytest.raises(AlreadyDone):
        await acme.perform(recruiter, set_employments, candidate_id=cora, employments=wanted)
    assert await everything(acme) == before


async def test_educations_and_skills_are_replaced(acme: World) -> None:
    recruiter = await ada(acme)
    python, rust = await a_skill(acme, "Python"), await a_skill(acme, "Rust", "rustlang")
    cora = await a_candidate(acme, skills=(GivenSkill(python),), educations=(Education(institution="AGH"),))

    await acme.perform(recruiter, set_educations, candidate_id=cora, educations=[])
    await acme.perform(
        recruiter, set_candidate_skills, candidate_id=cora, skills=[GivenSkill(rust, keywords=("Tokio", "async io"))]
    )

    assert await acme.rows("SELECT id FROM education") == []
    assert await acme.rows("SELECT skill_id, keywords FROM candidate_skill") == [
        {"skill_id": rust, "keywords": ["Tokio", "async io"]}
    ]
    assert await terms_of(acme, cora, "SKILL") == ["async", "io", "rust", "rustlang", "tokio"]
    with pytest.raises(InvalidInput, match="listed twice"):
        await acme.perform(
            recruiter, set_candidate_skills, candidate_id=cora, skills=[GivenSkill(rust), GivenSkill(rust)]
        )


async def test_an_employment_that_ends_before_it_starts_is_refused(acme: World) -> None:
    recruiter = await ada(acme)
    cora = await a_candidate(acme)
    before = await everything(acme)
    wrong = Employment(
        company="Acme",
        started=PartialDate(date(2020, 1, 1), DatePrecision.YEAR),
        ended=PartialDate(date(2019, 6, 1), DatePrecision.MONTH),
    )

    with pytest.raises(InvalidInput) as refused:
        await acme.perform(recruiter, set_employments, candidate_id=cora, employments=[wrong])

    assert refused.value.path == ("employments", "0", "endedOn")
    assert await everything(acme) == before


async def test_contact_points_are_replaced_and_found_again(acme: World) -> None:
    recruiter = await ada(acme)
    cora = await a_candidate(acme, contact_points=(email("cora@example.com"), email("old@example.com")))
    (kept,) = await acme.rows("SELECT id FROM contact_point WHERE value_normalised = 'cora@example.com'")
    wanted = [email("new@example.com", primary=True), email("CORA@example.com")]

    await acme.perform(recruiter, set_contact_points, candidate_id=cora, contact_points=wanted)

    rows = await acme.rows("SELECT id, value, is_primary FROM contact_point ORDER BY value_normalised")
    assert [(row["value"], row["is_primary"]) for row in rows] == [
        ("CORA@example.com", False),
        ("new@example.com", True),
    ]
    assert rows[0]["id"] == kept["id"]
    assert "old@example.com" not in await terms_of(acme, cora, "EMAIL")
    assert "new@example.com" in await terms_of(acme, cora, "EMAIL")


async def test_a_contact_point_is_added_and_removed_and_one_stays_primary(acme: World) -> None:
    recruiter = await ada(acme)
    cora = await a_candidate(acme, contact_points=(email("one@example.com"), phone("+14155552671")))

    await acme.perform(recruiter, add_contact_points, candidate_id=cora, contact_points=[email("two@example.com")])
    await acme.perform(
        recruiter, add_contact_points, candidate_id=cora, contact_points=[email("three@example.com", primary=True)]
    )

    points = "SELECT value, is_primary FROM contact_point WHERE kind = 'EMAIL' ORDER BY id"
    assert [tuple(row.values()) for row in await acme.rows(points)] == [
        ("one@example.com", False),
        ("two@example.com", False),
        ("three@example.com", True),
    ]
    (three,) = await acme.rows("SELECT id FROM contact_point WHERE value = 'three@example.com'")
    await acme.perform(recruiter, remove_contact_point, candidate_id=cora, contact_point_id=three["id"])
    assert [tuple(row.values()) for row in await acme.rows(points)] == [
        ("one@example.com", True),
        ("two@example.com", False),
    ]
    with pytest.raises(NotFound):
        await acme.perform(recruiter, remove_contact_point, candidate_id=cora, contact_point_id=three["id"])
    with pytest.raises(AlreadyDone):
        await acme.perform(recruiter, add_contact_points, candidate_id=cora, contact_points=[email("ONE@example.com")])
    many = [email(f"e{number}@example.com") for number in range(18)]
    with pytest.raises(InvalidInput, match="at most 20 contact points"):
        await acme.perform(recruiter, add_contact_points, candidate_id=cora, contact_points=many)


async def test_links_are_replaced(acme: World) -> None:
    recruiter = await ada(acme)
    cora = await a_candidate(acme, "Cora", "https://github.com/cora", "https://cora.example")

    links = [GivenLink("http://www.github.com/Cora?tab=repositories"), GivenLink("cora.example/blog")]
    await acme.perform(recruiter, set_candidate_links, candidate_id=cora, links=links)

    assert await acme.rows("SELECT kind, url_normalised FROM candidate_link ORDER BY url_normalised") == [
        {"kind": "OTHER", "url_normalised": "cora.example/blog"},
        {"kind": "GITHUB", "url_normalised": "github.com/cora"},
    ]


async def test_contact_details_take_the_right_to_read_them(acme: World) -> None:
    """A token without `candidate:contact` changes no address, though it may change the profile."""
    recruiter = await ada(acme)
    scopes = frozenset(recruiter.reaches) - {"candidate:contact"}
    narrowed = acme.acting(recruiter.id, OrganizationRole.RECRUITER_ALL, scopes=scopes)  # type: ignore[arg-type] # a member's id
    cora = await a_candidate(acme)
    before = await everything(acme)

    with pytest.raises(Forbidden):
        await acme.perform(narrowed, set_contact_points, candidate_id=cora, contact_points=[email("x@example.com")])
    with pytest.raises(Forbidden):
        await acme.perform(narrowed, set_candidate_links, candidate_id=cora, links=[GivenLink("x.example")])

    assert await everything(acme) == before


async def test_another_organizations_candidate_tag_or_skill_is_not_there(acme: World, globex: World) -> None:
    recruiter, admin = await ada(acme), await acme.actor("Olga", OrganizationRole.ORG_ADMIN)
    cora = await a_candidate(acme)
    theirs = await a_candidate(globex)
    their_skill = await a_skill(globex, "Python")
    their_tag = await globex.perform(globex.system, create_tag, name="rare")
    before, theirs_before = await everything(acme), await everything(globex)

    with pytest.raises(NotFound):
        await acme.perform(recruiter, tag_candidate, candidate_id=theirs, tags=["rare"])
    with pytest.raises(NotFound):
        await acme.perform(recruiter, set_candidate_skills, candidate_id=cora, skills=[GivenSkill(their_skill)])
    with pytest.raises(NotFound):
        await acme.perform(admin, rename_tag, tag_id=their_tag.tag_id, name="mine")

    assert await everything(acme) == before
    assert await everything(globex) == theirs_before


async def test_a_sourcer_adds_candidates_but_does_not_edit_those_of_others(acme: World) -> None:
    sourcer = await sol(acme)
    cora = await a_candidate(acme)

    done = await acme.perform(sourcer, create_candidate, candidate=NewCandidate(names=Names("Nora New")))

    assert isinstance(done.candidate_id, UUID)
    with pytest.raises(Forbidden):
        await acme.perform(sourcer, tag_candidate, candidate_id=cora, tags=["rare"])


async def test_a_recruiter_of_one_opening_does_not_edit_somebody_who_did_not_apply_there(acme: World) -> None:
    reach = grant(GrantRole.RECRUITER, ScopeType.OPENING, new_id())
    scoped = await acme.actor("Rob", OrganizationRole.MEMBER, reach)
    cora = await a_candidate(acme)
    before = await everything(acme)

    with pytest.raises(NotFound):
        await acme.perform(scoped, tag_candidate, candidate_id=cora, tags=["rare"])

    assert await everything(acme) == before
