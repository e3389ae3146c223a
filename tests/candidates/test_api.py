"""Candidates through GraphQL: each mutation once as it should be, and refusals as user errors."""

from typing import Any

import pytest

from portal.access.actor import Actor
from portal.access.enums import GrantRole, OrganizationRole
from portal.database.ids import public_id
from tests.candidates.making import a_candidate, a_skill, ada, email, everything, paula, row_of
from tests.world import World, grant

ERRORS = "userErrors { code message path }"


async def call(world: World, actor: Actor, mutation: str, shown: str, **given: object) -> dict[str, Any]:
    """One mutation's payload."""
    input_type = f"{mutation[0].upper()}{mutation[1:]}Input"
    query = f"mutation ($input: {input_type}!) {{ {mutation}(input: $input) {{ {ERRORS} {shown} }} }}"
    payload: dict[str, Any] = (await world.read(actor, query, input=given))[mutation]
    return payload


async def test_a_candidate_is_added_and_answered_whole(acme: World) -> None:
    recruiter = await ada(acme)
    python = await a_skill(acme, "Python")
    given = {
        "firstName": "Cora",
        "lastName": "Candidate",
        "headline": "Engineer",
        "contactPoints": [{"kind": "EMAIL", "value": "Cora@Example.com", "label": "home"}],
        "links": [{"url": "github.com/cora"}],
        "employments": [
            {"company": "Acme", "started": {"on": "2019-01-01", "precision": "YEAR"}, "highlights": ["Built it."]}
        ],
        "educations": [{"institution": "AGH", "courses": ["Logic"]}],
        "skills": [{"skillId": public_id("skl", python), "keywords": ["Flask"]}],
        "tags": ["rare", "Backend"],
    }
    shown = """candidate {
        name headline tags isPrivate canEmail version
        contactPoints { kind value label isPrimary } links { kind url }
        employments { company startedOn startedPrecision endedOn highlights isCurrent }
        educations { institution courses } skills { level keywords skill { name } }
    }"""

    payload = await call(acme, recruiter, "createCandidate", shown, candidate=given, idempotencyKey="k1")

    assert payload == {
        "userErrors": [],
        "candidate": {
            "name": "Cora Candidate",
            "headline": "Engineer",
            "tags": ["Backend", "rare"],
            "isPrivate": False,
            "canEmail": True,
            "version": 1,
            "contactPoints": [{"kind": "EMAIL", "value": "Cora@example.com", "label": "home", "isPrimary": True}],
            "links": [{"kind": "GITHUB", "url": "https://github.com/cora"}],
            "employments": [
                {
                    "company": "Acme",
                    "startedOn": "2019-01-01",
                    "startedPrecision": "YEAR",
                    "endedOn": None,
                    "highlights": ["Built it."],
                    "isCurrent": False,
                }
            ],
            "educations": [{"institution": "AGH", "courses": ["Logic"]}],
            "skills": [{"level": None, "keywords": ["Flask"], "skill": {"name": "Python"}}],
        },
    }
    again = await call(acme, recruiter, "createCandidate", shown, candidate=given, idempotencyKey="k1")
    assert again == payload
    assert len(await acme.rows("SELECT id FROM candidate")) == 1


async def test_an_agency_adds_somebody_whom_it_does_not_see_until_it_submits_them(acme: World) -> None:
    agnes = await acme.actor("Agnes", OrganizationRole.AGENCY, grant(GrantRole.AGENCY))

    payload = await call(acme, agnes, "createCandidate", "candidate { id }", candidate={"name": "Ally"})

    assert payload == {"userErrors": [], "candidate": None}
    assert [row["name"] for row in await acme.rows("SELECT name FROM candidate")] == ["Ally"]


async def test_a_refused_mutation_says_why_and_where(acme: World) -> None:
    recruiter = await ada(acme)
    before = await everything(acme)
    given = {"name": "Cora", "employments": [{"company": "Acme", "isCurrent": True, "ended": {"on": "2020-01-01"}}]}

    payload = await call(acme, recruiter, "createCandidate", "candidate { id }", candidate=given)

    assert payload == {
        "candidate": None,
        "userErrors": [
            {
                "code": "INVALID_INPUT",
                "message": "A current employment has no end.",
                "path": ["employments", "0", "endedOn"],
            }
        ],
    }
    assert await everything(acme) == before


@pytest.mark.parametrize(
    "id", ["cnd_0193" + "a" * 28, "app_0193" + "a" * 28, "cnd_x", "", "🙂", "cnd_" + "0" * 32, "x" * 5_000]
)
async def test_ids_that_name_no_candidate_all_look_the_same(acme: World, globex: World, id: str) -> None:
    recruiter = await ada(acme)
    theirs = public_id("cnd", await a_candidate(globex))
    before = await everything(acme)

    answers = [
        await call(acme, recruiter, "updateCandidate", "candidate { id }", candidateId=wanted, headline="x")
        for wanted in (id, theirs)
    ]

    refusal = {"code": "NOT_FOUND", "message": "No such candidate.", "path": None}
    assert answers == [{"userErrors": [refusal], "candidate": None}] * 2
    assert await everything(acme) == before


async def test_in_an_update_null_empties_and_absent_leaves(acme: World) -> None:
    recruiter = await ada(acme)
    cora = await a_candidate(acme, headline="Engineer", location="Oslo", can_email=True)
    given = {"candidateId": public_id("cnd", cora), "headline": None, "canEmail": False, "expectedVersion": 1}

    payload = await call(acme, recruiter, "updateCandidate", "candidate { headline location canEmail }", **given)

    assert payload["candidate"] == {"headline": None, "location": "Oslo", "canEmail": False}
    stale = await call(acme, recruiter, "updateCandidate", "candidate { id }", **given)
    assert stale["userErrors"][0]["code"] == "STALE_VERSION"


async def test_every_list_is_set_through_its_mutation(acme: World) -> None:
    recruiter = await ada(acme)
    rust = await a_skill(acme, "Rust")
    cora = public_id("cnd", await a_candidate(acme, contact_points=(email("old@example.com"),)))

    async def done(mutation: str, shown: str, **given: object) -> Any:
        payload = await call(acme, recruiter, mutation, f"candidate {{ {shown} }}", candidateId=cora, **given)
        assert payload["userErrors"] == []
        return payload["candidate"]

    numbers = [{"kind": "PHONE", "value": "(415) 555-2671"}]
    points = "contactPoints { id value isPrimary }"
    set_ = await done("setContactPoints", points, contactPoints=numbers, country="US")
    assert [point["value"] for point in set_["contactPoints"]] == ["(415) 555-2671"]
    more = await done("addContactPoints", points, contactPoints=[{"kind": "EMAIL", "value": "c@example.com"}])
    assert [point["value"] for point in more["contactPoints"]] == ["c@example.com", "(415) 555-2671"]
    fewer = await done("removeContactPoint", points, contactPointId=more["contactPoints"][0]["id"])
    assert [point["value"] for point in fewer["contactPoints"]] == ["(415) 555-2671"]
    links = await done("setCandidateLinks", "links { url kind }", links=[{"url": "x.example", "kind": "PORTFOLIO"}])
    assert links == {"links": [{"url": "https://x.example", "kind": "PORTFOLIO"}]}
    jobs = await done("setEmployments", "employments { company }", employments=[{"company": "Acme"}])
    assert jobs == {"employments": [{"company": "Acme"}]}
    schools = await done("setEducations", "educations { institution }", educations=[{"institution": "AGH"}])
    assert schools == {"educations": [{"institution": "AGH"}]}
    skills = await done("setCandidateSkills", "skills { skill { name } }", skills=[{"skillId": public_id("skl", rust)}])
    assert skills == {"skills": [{"skill": {"name": "Rust"}}]}
    assert await done("tagCandidate", "tags", tags=["rare", "Backend"]) == {"tags": ["Backend", "rare"]}
    assert await done("untagCandidate", "tags version", tags=["RARE"]) == {"tags": ["Backend"], "version": 10}


async def test_privacy_and_links_through_their_mutations(acme: World) -> None:
    privileged, olga = await paula(acme), await acme.member("Olga")
    cora = await a_candidate(acme)
    named: dict[str, Any] = {"candidateId": public_id("cnd", cora)}

    private = await call(acme, privileged, "setCandidatePrivacy", "candidate { isPrivate }", **named, isPrivate=True)
    member = public_id("mem", olga.id)
    shown = "candidate { linkedMembership { name } }"
    linked = await call(acme, privileged, "linkCandidateToMember", shown, **named, membershipId=member)
    unlinked = await call(acme, privileged, "unlinkCandidate", shown, **named)

    assert private == {"userErrors": [], "candidate": {"isPrivate": True}}
    assert linked == {"userErrors": [], "candidate": {"linkedMembership": {"name": "Olga"}}}
    assert unlinked == {"userErrors": [], "candidate": {"linkedMembership": None}}
    assert (await row_of(acme, cora))["version"] == 4


async def test_tags_and_sources_through_their_mutations(acme: World) -> None:
    olga = await acme.actor("Olga", OrganizationRole.ORG_ADMIN)

    tag = (await call(acme, olga, "createTag", "tag { id name slug }", name="Node.js"))["tag"]
    renamed = await call(acme, olga, "renameTag", "tag { name }", tagId=tag["id"], name="Deno", expectedVersion=1)
    source = (await call(acme, olga, "createSource", "source { id type }", name="Fair", type="ATTEND_EVENTS"))["source"]
    archived = await call(acme, olga, "archiveSource", "source { archivedAt }", sourceId=source["id"])
    taken = await call(acme, olga, "createSource", "source { id }", name="Fair", type="OTHER")

    assert (tag["name"], tag["slug"]) == ("Node.js", "node-js")
    assert renamed == {"userErrors": [], "tag": {"name": "Deno"}}
    assert source["type"] == "ATTEND_EVENTS"
    assert archived["source"]["archivedAt"] == "2026-11-23T12:00:00+00:00"
    assert [error["code"] for error in taken["userErrors"]] == ["NOT_UNIQUE"]
    lists = """{
        tags(filter: {slug: {eq: "deno"}}) { nodes { name } }
        sources(filter: {type: {eq: ATTEND_EVENTS}, archivedAt: {isNull: false}}) { nodes { name } }
    }"""
    assert await acme.read(olga, lists) == {
        "tags": {"nodes": [{"name": "Deno"}]},
        "sources": {"nodes": [{"name": "Fair"}]},
    }


async def test_a_long_or_broken_value_is_a_refusal_and_never_an_error(acme: World) -> None:
    recruiter = await ada(acme)
    before = await everything(acme)

    for wrong in (
        {"name": "x" * 1_000_000},
        {"name": "a\x00b"},
        {"name": "\ud800"},
        {"name": "Cora", "summary": "x" * 10_001},
        {"name": "Cora", "contactPoints": [{"kind": "EMAIL", "value": f"{n}@b.example"} for n in range(21)]},
        {"name": "Cora", "tags": ["x"] * 101},
        {"name": "Cora", "links": [{"url": "x.example/" + "y" * 2_000}]},
        {"name": "Cora", "skills": [{"skillId": "skl_nonsense"}]},
        {"name": "Cora", "employments": [{"company": "A", "started": {"on": "2020-06-15", "precision": "MONTH"}}]},
        {"name": "Cora", "employments": [{"company": "A", "started": {"on": "0999-01-01"}}]},
    ):
        payload = await call(acme, recruiter, "createCandidate", "candidate { id }", candidate=wrong)
        assert payload["candidate"] is None
        assert payload["userErrors"][0]["code"] in {"INVALID_INPUT", "NOT_FOUND"}

    assert await everything(acme) == before
