"""What a search and the other filters find, and that they never tell what a field hides."""

from collections.abc import Sequence
from uuid import UUID

import pytest

from portal.access.actor import Actor
from portal.access.enums import GrantRole
from portal.candidates.actions.making import GivenSkill
from portal.candidates.search import after_prefix
from portal.database.ids import public_id
from tests.applications.making import a_pipeline, an_application
from tests.candidates.looking import FIND, credited, found, profile
from tests.candidates.making import a_candidate, a_skill, ada, email, paula, phone, sol
from tests.world import World


@pytest.mark.parametrize(
    ("search", "names"),
    [
        ("lucja", ["Łucja Nowak"]),
        ("ŁUC now", ["Łucja Nowak"]),
        ("nowak", ["Jan Nowak", "Łucja Nowak"]),
        ("owak", []),
        ("nowak zzz", []),
        ("flask", ["Jan Nowak"]),
        ("postgres", ["Łucja Nowak"]),
        ("c++", ["Jan Nowak"]),
        ("rare jan", ["Jan Nowak"]),
        ("jan@example.com", ["Jan Nowak"]),
        ("JAN@exam", ["Jan Nowak"]),
        ("example", ["Jan Nowak", "Łucja Nowak"]),
        ("_a%", []),
        ("nowak' OR 1=1 --", []),
    ],
)
async def test_a_search_finds_whoever_has_every_word(acme: World, search: str, names: list[str]) -> None:
    recruiter = await ada(acme)
    python, cpp = await a_skill(acme, "Python"), await a_skill(acme, "C++")
    postgres = await a_skill(acme, "PostgreSQL", "Postgres")
    await a_candidate(acme, "Łucja Nowak", skills=(GivenSkill(postgres),), contact_points=(email("lu@example.com"),))
    await a_candidate(
        acme,
        "Jan Nowak",
        skills=(GivenSkill(python, keywords=("Flask",)), GivenSkill(cpp)),
        tags=("rare find",),
        contact_points=(email("jan@example.com"),),
    )
    await a_candidate(acme, "Zoe Zimmer")

    assert await found(acme, recruiter, search=search) == names


async def test_one_plan_serves_searches_of_any_number_of_words(acme: World) -> None:
    """The words are bound, not written into the statement, so a second search is answered by the first one's plan."""
    recruiter = await ada(acme)
    await a_candidate(acme, "Ann Bee Cee")

    assert await found(acme, recruiter, search="ann") == ["Ann Bee Cee"]
    assert await found(acme, recruiter, search="ann bee cee") == ["Ann Bee Cee"]
    assert await found(acme, recruiter, search="ann bee dee") == []


@pytest.mark.parametrize("search", ["", "  ", "!!!", "a b c d e f g h i", "x" * 201, "a\x00"])
async def test_a_search_for_nothing_or_too_much_is_bad_input(acme: World, search: str) -> None:
    answer = await acme.ask(await ada(acme), FIND, filter={"search": search})

    assert [error["extensions"]["code"] for error in answer["errors"]] == ["BAD_USER_INPUT"]


def test_the_end_of_a_prefix_is_the_next_text_by_code_points() -> None:
    assert after_prefix("ab") == "ac"
    assert after_prefix("\ud7ff") == "\ue000"
    assert after_prefix("a\U0010ffff") == "b"
    assert after_prefix("\U0010ffff") is None


async def test_filters_by_email_skill_and_tag(acme: World) -> None:
    recruiter = await ada(acme)
    python, rust = await a_skill(acme, "Python"), await a_skill(acme, "Rust")
    await a_candidate(acme, "Ann", skills=(GivenSkill(python),), contact_points=(email("ann@example.com"),))
    await a_candidate(acme, "Bob", skills=(GivenSkill(rust),), tags=("rare",))
    await a_candidate(acme, "Cleo")
    (tag,) = await acme.rows("SELECT id FROM tag")
    skills = [public_id("skl", python), public_id("skl", rust)]

    assert await found(acme, recruiter, email="ANN@Example.com") == ["Ann"]
    assert await found(acme, recruiter, email="ann@example.co") == []
    assert await found(acme, recruiter, email="no address") == []
    assert await found(acme, recruiter, skill={"eq": skills[0]}) == ["Ann"]
    assert await found(acme, recruiter, skill={"in": skills}) == ["Ann", "Bob"]
    assert await found(acme, recruiter, skill={"isNull": True}) == ["Cleo"]
    assert await found(acme, recruiter, skill={"eq": public_id("cnd", python)}) == []
    assert await found(acme, recruiter, tag={"eq": public_id("tag", tag["id"])}) == ["Bob"]
    assert await found(acme, recruiter, tag={"isNull": False}) == ["Bob"]
    assert await found(acme, recruiter, **{"not": {"skill": {"eq": skills[0]}}}) == ["Bob", "Cleo"]
    assert await found(acme, recruiter, **{"or": [{"search": "ann"}, {"tag": {"isNull": False}}]}) == ["Ann", "Bob"]


async def test_a_search_finds_nobody_of_another_organization(acme: World, globex: World) -> None:
    recruiter = await ada(acme)
    theirs = await a_candidate(globex, "Gus Globex", contact_points=(email("gus@example.com"),), tags=("rare",))
    await a_candidate(acme, "Ann Acme", contact_points=(email("ann@example.com"),))
    (tag,) = await globex.rows("SELECT id FROM tag")

    for given in ({"search": "gus"}, {"email": "gus@example.com"}, {"tag": {"eq": public_id("tag", tag["id"])}}):
        assert await found(acme, recruiter, **given) == []
    assert await found(acme, recruiter, search="example") == ["Ann Acme"]
    assert await profile(acme, recruiter, theirs) is None


async def test_a_search_finds_no_hidden_candidate(acme: World) -> None:
    recruiter, privileged = await ada(acme), await paula(acme)
    await a_candidate(acme, "Priva Te", is_private=True, tags=("rare",), contact_points=(email("p@example.com"),))

    for given in ({"search": "priva"}, {"search": "rare"}, {"email": "p@example.com"}, {"tag": {"isNull": False}}):
        assert await found(acme, recruiter, **given) == []
        assert await found(acme, privileged, **given) == ["Priva Te"]


async def test_addresses_are_found_only_by_who_may_read_them(acme: World) -> None:
    """The sourcer searches everybody, but reads contact details of those credited to them only."""
    sourcer = await sol(acme)
    pipeline = await a_pipeline(acme)
    theirs = await a_candidate(acme, "Theo Theirs", contact_points=(email("theo@example.com"),), tags=("rare",))
    mine = await a_candidate(acme, "Mina Mine", contact_points=(email("mina@example.com"),))
    await an_application(acme, pipeline, candidate_id=mine, credited_to=sourcer.id)

    assert await found(acme, sourcer, search="theo") == ["Theo Theirs"]
    assert await found(acme, sourcer, search="rare") == ["Theo Theirs"]
    assert await found(acme, sourcer, search="theo@example.com") == []
    assert await found(acme, sourcer, email="theo@example.com") == []
    assert await found(acme, sourcer, search="example") == ["Mina Mine"]
    assert await found(acme, sourcer, search="mina@example.com") == ["Mina Mine"]
    assert await found(acme, sourcer, email="mina@example.com") == ["Mina Mine"]
    assert (await profile(acme, sourcer, theirs) or {})["contactPoints"] == []


async def test_without_the_profile_skills_and_tags_find_nobody(acme: World) -> None:
    """A referrer sees whom they referred by name only; an agency reads addresses too, but no profile."""
    emma, agnes = await credited(acme, "Emma"), await credited(acme, "Agnes", GrantRole.AGENCY)
    pipeline = await a_pipeline(acme)
    skill = await a_skill(acme, "Python")
    for viewer, name in ((emma, "Rita Referred"), (agnes, "Ally Agency")):
        points = (email(f"{name.split()[0].lower()}@example.com"),)
        cora = await a_candidate(
            acme, name, tags=("rare",), skills=(GivenSkill(skill),), contact_points=points, employments=()
        )
        await an_application(acme, pipeline, candidate_id=cora, credited_to=viewer.id)

    for viewer in (emma, agnes):
        for given in (
            {"search": "rare"},
            {"search": "python"},
            {"skill": {"eq": public_id("skl", skill)}},
            {"tag": {"isNull": False}},
        ):
            assert await found(acme, viewer, **given) == []
    assert await found(acme, emma, search="rita") == ["Rita Referred"]
    assert await found(acme, emma, search="rita@example.com") == []
    assert await found(acme, agnes, search="ally@example.com") == ["Ally Agency"]


async def test_a_negated_search_tells_nothing_either(acme: World) -> None:
    sourcer = await sol(acme)
    await a_candidate(acme, "Ann", contact_points=(email("ann@example.com"),))
    await a_candidate(acme, "Bob", contact_points=(email("bob@example.com"),))

    assert await found(acme, sourcer, **{"not": {"email": "ann@example.com"}}) == ["Ann", "Bob"]
    assert await found(acme, sourcer, **{"not": {"search": "ann@example.com"}}) == ["Ann", "Bob"]


async def test_duplicates_share_an_address_a_number_or_a_profile(acme: World) -> None:
    recruiter = await ada(acme)
    cora = await a_candidate(
        acme,
        "Cora",
        "https://uk.linkedin.com/in/Cora/?trk=x",
        "https://acme.example/careers",
        contact_points=(email("Cora@Example.com"), phone("+1 415 555 2671")),
    )
    await a_candidate(acme, "By address", contact_points=(email("cora@EXAMPLE.com"),))
    await a_candidate(acme, "By number", contact_points=(phone("+14155552671"),))
    await a_candidate(acme, "By profile", "http://www.linkedin.com/in/cora")
    await a_candidate(acme, "By employer only", "https://acme.example/careers")
    await a_candidate(acme, "By host only", "https://linkedin.com")

    duplicates = ((await profile(acme, recruiter, cora)) or {})["possibleDuplicates"]

    assert [duplicate["name"] for duplicate in duplicates] == ["By profile", "By number", "By address"]


async def test_duplicates_are_shown_only_where_contact_details_of_both_may_be_read(acme: World, globex: World) -> None:
    recruiter, privileged, sourcer = await ada(acme), await paula(acme), await sol(acme)
    pipeline = await a_pipeline(acme)
    same = (email("same@example.com"),)
    mine = await a_candidate(acme, "Mina Mine", contact_points=same)
    await an_application(acme, pipeline, candidate_id=mine, credited_to=sourcer.id)
    other = await a_candidate(acme, "Otto Other", contact_points=same)
    await a_candidate(acme, "Priva Te", contact_points=same, is_private=True)
    await a_candidate(globex, "Gus Globex", contact_points=same)

    async def duplicates(viewer: Actor, candidate_id: UUID) -> Sequence[str]:
        shown = await profile(acme, viewer, candidate_id)
        assert shown is not None
        return sorted(duplicate["name"] for duplicate in shown["possibleDuplicates"])

    assert await duplicates(recruiter, mine) == ["Otto Other"]
    assert await duplicates(privileged, mine) == ["Otto Other", "Priva Te"]
    assert await duplicates(sourcer, mine) == []
    assert await duplicates(sourcer, other) == []
