"""`portal demo` as whoever clones the project meets it: an address, a token for each role, and the README's query."""

import json
import re
import stat

import pytest

from tests.cli.processes import ROOT, Place, Running

# One worker: the demo takes a few seconds to be made.
pytestmark = pytest.mark.xdist_group("demo")

ROLES = {
    "admin",
    "recruiter",
    "hiring_manager",
    "team_manager",
    "coordinator",
    "sourcer",
    "interviewer",
    "employee",
    "executive",
    "compliance",
    "agency",
    "service",
    "other_organization",
}


def test_a_demo_that_is_stopped_while_it_is_made_leaves_no_process(
    interrupted: tuple[int, list[str], Place],
) -> None:
    status, left, _ = interrupted

    assert status == 143
    assert left == []


def test_tokens_are_in_a_file_for_its_owner_only(demo: Running) -> None:
    file = demo.place.tokens_file

    tokens = json.loads(file.read_text())

    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert tokens.keys() == ROLES
    assert tokens["recruiter"]["email"] == "ada@example.com"
    assert all(token["token"].startswith("portal_live_") for token in tokens.values())


def test_the_address_is_printed_with_every_token(demo: Running) -> None:
    printed = demo.out.read_text()
    tokens = json.loads(demo.place.tokens_file.read_text())

    address = f"http://127.0.0.1:{demo.place.port}/"

    assert f"GraphiQL   {address}\n" in printed
    for role, token in tokens.items():
        assert re.search(rf"^{role} +{address}#token={token['token']}$", printed, re.MULTILINE)


def test_the_readmes_first_query_answers_as_it_says(demo: Running) -> None:
    readme = (ROOT / "README.md").read_text()
    found = re.search(
        r"--data-urlencode 'query=(.*?)' \| python3 -m json.tool --indent 2\n```\n\n```json\n(.*?)```",
        readme,
        re.DOTALL,
    )
    assert found is not None

    answer = demo.post({"query": found[1]}, demo.token("recruiter"))

    assert json.dumps(answer, indent=2) == found[2].strip()


def test_the_demo_is_the_owners_posting(demo: Running) -> None:
    data = demo.ask(
        "recruiter",
        """query { openings(filter: { title: { startsWith: "Senior" } }) { nodes {
            title seniority employmentType relocationOffered
            teams { team { name group { name } } }
            locations { location { workplaceType country remoteRegions } }
            seatCounts { total }
            skills { skill { name } level }
            compensationBands { minimum { amountMinor currency } maximum { amountMinor } payInterval visibility note }
            hiringTeam { role isResponsible }
            postings { status eeoStatement accommodationContact sections { heading } bodyText }
        } } }""",
    )
    (opening,) = data["openings"]["nodes"]

    groups = [row["team"]["group"]["name"] for row in opening["teams"]]

    assert (groups.count("Core"), groups.count("Monetization")) == (8, 7)
    assert opening["employmentType"] == "FULL_TIME"
    assert opening["relocationOffered"] is False
    assert opening["locations"] == [{"location": {"workplaceType": "REMOTE", "country": "US", "remoteRegions": ["US"]}}]
    assert sorted(row["skill"]["name"] for row in opening["skills"]) == ["api", "backend", "rest", "restapi"]
    (band,) = opening["compensationBands"]
    assert (band["minimum"]["amountMinor"], band["maximum"]["amountMinor"]) == (172_500_00, 258_700_00)
    assert (band["visibility"], band["payInterval"], band["minimum"]["currency"]) == ("PUBLIC", "YEAR", "USD")
    assert "178,000-258,000 $/Year" in band["note"]
    assert {row["role"] for row in opening["hiringTeam"]} == {
        "HIRING_MANAGER",
        "RECRUITER",
        "COORDINATOR",
        "SOURCER",
        "INTERVIEWER",
    }
    (posting,) = opening["postings"]
    assert posting["status"] == "PUBLISHED"
    assert posting["eeoStatement"].startswith("Pinterest is an equal opportunity employer")
    assert "accommodation" in posting["accommodationContact"]
    assert [section["heading"] for section in posting["sections"]] == [
        "What we\u2019re looking for",
        "What you\u2019ll do",
        "Backend Core Engineering teams",
        "Backend Monetization Engineering teams",
        "About Pinterest",
        "Pay",
    ]


SEEN = "{ openings { nodes { title } } candidates { totalCount } applications { totalCount } }"
BACKEND = "Senior Software Engineer, Backend"
CONFIDENTIAL = "Director of Engineering, Monetization"


def seen_by(demo: Running, role: str) -> tuple[set[str], int]:
    data = demo.ask(role, SEEN)
    assert data["candidates"]["totalCount"] >= 0
    return {node["title"] for node in data["openings"]["nodes"]}, data["applications"]["totalCount"]


def test_every_role_sees_what_the_domain_says(demo: Running) -> None:
    seen = {role: seen_by(demo, role) for role in sorted(ROLES)}

    sees_confidential = {role for role, (titles, _) in seen.items() if CONFIDENTIAL in titles}
    sees_people = {role: count for role, (_, count) in seen.items()}

    assert sees_confidential == {"recruiter", "hiring_manager"}
    assert seen["agency"][0] == {BACKEND}
    assert seen["other_organization"][0] == {"Data Engineer"}
    assert sees_people["executive"] == sees_people["compliance"] == 0
    assert sees_people["recruiter"] >= 400
    assert sees_people["other_organization"] == 12
    assert 0 < sees_people["team_manager"] < sees_people["agency"] < sees_people["interviewer"] < 100
    assert 0 < sees_people["employee"] < 100
    assert sees_people["admin"] < sees_people["recruiter"]


def test_the_employee_never_sees_the_record_of_themselves(demo: Running) -> None:
    query = '{ candidates(filter: { name: { startsWith: "Emil Eriksson" } }) { totalCount } }'

    assert demo.ask("recruiter", query)["candidates"]["totalCount"] == 1
    assert demo.ask("employee", query)["candidates"]["totalCount"] == 0


def test_another_organizations_ids_say_nothing(demo: Running) -> None:
    opening = demo.ask("recruiter", "{ openings(first: 1) { nodes { id } } }")["openings"]["nodes"][0]
    query = "query ($id: ID!) { node(id: $id) { id } }"

    assert demo.ask("other_organization", query, id=opening["id"]) == {"node": None}


def deed(demo: Running, name: str, input: dict[str, object], answer: str) -> dict[str, object]:
    type_ = name[0].upper() + name[1:] + "Input"
    query = f"mutation ($input: {type_}!) {{ {name}(input: $input) {{ userErrors {{ message path }} {answer} }} }}"
    result: dict[str, object] = demo.ask("recruiter", query, input=input)[name]
    assert result["userErrors"] == [], result
    return result


def test_the_recruiter_takes_an_opening_from_draft_to_a_filled_seat(demo: Running) -> None:
    draft = {"title": "Search Engineer", "employmentType": "FULL_TIME", "seats": 1}
    opening = deed(demo, "createOpening", draft, "opening { id stages { id kind } }")["opening"]
    assert isinstance(opening, dict)
    stages = {stage["kind"]: stage["id"] for stage in opening["stages"]}
    deed(demo, "openOpening", {"openingId": opening["id"]}, "opening { status }")
    submitted = deed(
        demo,
        "submitCandidate",
        {
            "openingId": opening["id"],
            "candidate": {
                "name": "Vera Lind",
                "contactPoints": [{"kind": "EMAIL", "value": "vera.lind@example.com"}],
            },
            "idempotencyKey": "vera",
        },
        "application { id }",
    )["application"]
    assert isinstance(submitted, dict)
    move = {
        "applicationId": submitted["id"],
        "fromStageId": stages["APPLIED"],
        "toStageId": stages["OFFER"],
    }
    deed(demo, "moveApplication", move, "application { stage { name } }")

    hired = deed(demo, "hireApplication", {"applicationId": submitted["id"]}, "seat { status } application { status }")

    assert hired["seat"] == {"status": "FILLED"}
    assert hired["application"] == {"status": "HIRED"}


def test_tokens_are_made_and_revoked_by_commands_of_their_own(demo: Running) -> None:
    """Each in a process that has done nothing else."""
    globex = ("--organization", "globex")

    issued = demo.place.command("token", "issue", *globex, "--email", "gita@example.com", "--scope", "opening:read")
    listed = json.loads(demo.place.command("token", "list", *globex, "--json").stdout)
    (made,) = [token for token in listed if token["name"] == "Command line"]
    revoked = demo.place.command("token", "revoke", made["id"], *globex)

    assert (issued.returncode, issued.stderr) == (0, "")
    assert issued.stdout.startswith("portal_live_")
    assert (revoked.returncode, revoked.stdout) == (0, f"{made['id']} is revoked.\n")


def test_a_command_in_another_folder_makes_nothing_there(demo: Running) -> None:
    elsewhere = Place(demo.place.folder / "elsewhere", "embedded")
    elsewhere.folder.mkdir()

    for arguments in (("token", "list", "--organization", "globex"), ("doctor",), ("serve",), ("work",)):
        answer = elsewhere.command(*arguments)

        assert answer.returncode == 1
        assert "go to the folder where the portal was set up" in answer.stderr
        assert answer.stderr.count("\n") == 1
        assert list(elsewhere.folder.iterdir()) == []


def test_a_taken_port_is_one_sentence_before_anything_else_is_done(demo: Running) -> None:
    (demo.place.folder / "second").mkdir()
    second = Place(demo.place.folder / "second", "embedded", port=demo.place.port)

    answer = second.command("demo")

    assert answer.returncode == 1
    taken = f"127.0.0.1:{demo.place.port} (Address already in use)"
    assert answer.stderr == f"portal: Can't listen on {taken}. Choose another with PORT=8001.\n"
    assert not (second.folder / ".portal").exists()


def test_a_second_run_keeps_data_and_tokens_and_sigterm_leaves_no_process(demo: Running) -> None:
    tokens = demo.place.tokens_file.read_text()
    before = demo.ask("recruiter", "{ organization { id createdAt } candidates { totalCount } }")

    status = demo.stop()
    left = demo.place.processes()
    with demo.place.started("demo") as again:
        again.until_it_serves()
        after = again.ask("recruiter", "{ organization { id createdAt } candidates { totalCount } }")
        interrupted = again.stop(2)

    assert status == 0
    assert left == []
    assert after == before
    assert demo.place.tokens_file.read_text() == tokens
    assert interrupted == 0
    assert demo.place.processes() == []
