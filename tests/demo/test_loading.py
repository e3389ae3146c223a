"""The demo in the database: made once, in one transaction each, with audit and events; a token for each role."""

import json
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from portal.database.connection import Database
from portal.demo import cast
from portal.demo.loading import Demo, load_demo
from portal.demo.tokens import demo_tokens
from portal.organizations.directory import find_organization
from tests.conftest import Postgres
from tests.world import NOON

# One worker: the demo takes a few seconds to be made.
pytestmark = pytest.mark.xdist_group("demo-in-database")


class Interrupted(Exception):
    """Stands for Ctrl-C in the middle."""


@pytest.fixture(scope="module")
async def empty(postgres: Postgres) -> AsyncIterator[Database]:
    """A database of this module's own: organizations are found by slug among all."""
    name = await postgres.clone()
    database = await Database.open(postgres.app(name), size=4)
    yield database
    await database.close()
    await postgres.drop(name)


@pytest.fixture(scope="module")
async def interrupted(empty: Database) -> list[object]:
    """What there is of a demo that was interrupted after ten applications."""

    def interrupt(done: int, total: int) -> None:
        if done == 10:
            raise Interrupted

    with pytest.raises(Interrupted):
        await load_demo(empty, NOON, interrupt)
    return [await find_organization(empty, slug) for slug in ("pinterest", "globex")]


@pytest.fixture(scope="module")
async def demo(empty: Database, interrupted: list[object]) -> Demo:
    """The demo, made after all."""
    return await load_demo(empty, NOON, lambda _done, _total: None)


async def rows(database: Database, demo: Demo, sql: str) -> list[dict[str, Any]]:
    async with database.reading(demo.organization_id, None) as connection:
        return [dict(row) for row in await connection.rows(sql, ())]


def test_an_interrupted_demo_leaves_nothing(interrupted: list[object]) -> None:
    assert interrupted == [None, None]


async def test_a_second_run_keeps_what_is_there(empty: Database, demo: Demo) -> None:
    again = await load_demo(empty, NOON, lambda _done, _total: None)

    assert again == Demo(demo.organization_id, demo.other_organization_id, is_new=False)


async def test_every_transition_follows_the_one_before_it(empty: Database, demo: Demo) -> None:
    broken = await rows(
        empty,
        demo,
        "SELECT * FROM (SELECT occurred_at, from_stage_id, lag(to_stage_id) OVER w AS stage, lag(occurred_at) OVER w"
        " AS before, seconds_in_from_stage FROM stage_transition WINDOW w AS"
        " (PARTITION BY application_id ORDER BY occurred_at, id)) AS pairs"
        " WHERE before IS NOT NULL AND (stage <> from_stage_id OR occurred_at < before)",
    )

    assert broken == []


async def test_hires_fill_seats_of_their_teams(empty: Database, demo: Demo) -> None:
    seats = await rows(
        empty,
        demo,
        "SELECT seat.status, team.name FROM application JOIN seat ON seat.id = application.seat_id"
        " JOIN team ON team.id = seat.team_id WHERE application.status = 'HIRED'",
    )

    assert len(seats) == 4
    assert {seat["status"] for seat in seats} == {"FILLED"}


async def test_what_happened_is_in_audit_and_events_with_whoever_did_it(empty: Database, demo: Demo) -> None:
    operations = {
        (row["operation"], row["name"])
        for row in await rows(
            empty,
            demo,
            "SELECT DISTINCT operation, coalesce(member.name, account.name) AS name FROM audit_event"
            " LEFT JOIN membership AS member ON member.id = actor_id"
            " LEFT JOIN service_account AS account ON account.id = actor_id",
        )
    }

    assert {
        ("submit_candidate", "Careers site"),
        ("submit_candidate", "Ann Archer"),
        ("submit_candidate", "Saul Silva"),
        ("move_application", "Ada Abara"),
        ("move_application", "Hugo Hale"),
        ("assign_interviewer", "Cora Chen"),
        ("propose_team_match", "Ada Abara"),
        ("hire_application", "Ada Abara"),
        ("create_organization", None),
    } <= operations
    counts = await rows(
        empty, demo, "SELECT (SELECT count(*) FROM audit_event) = (SELECT count(*) FROM domain_event) AS equal"
    )
    assert counts == [{"equal": True}]


async def test_each_role_has_a_token_that_is_kept_while_it_works(empty: Database, demo: Demo, tmp_path: Path) -> None:
    file = tmp_path / "data" / "tokens.json"

    first = await demo_tokens(empty, demo, file, NOON)
    kept = await demo_tokens(empty, demo, file, NOON)

    stored = json.loads(file.read_text())
    assert tuple(first) == cast.TOKEN_KEYS
    assert kept == first
    assert stored["recruiter"] == {"token": first["recruiter"].token, "email": "ada@example.com"}
    assert stored["service"]["email"] is None
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


async def test_a_token_that_does_not_work_is_replaced_alone(empty: Database, demo: Demo, tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    first = await demo_tokens(empty, demo, file, NOON)
    stored = json.loads(file.read_text())
    stored["agency"]["token"] = "portal_live_nothing"
    file.write_text(json.dumps(stored))

    second = await demo_tokens(empty, demo, file, NOON)

    changed = [role for role in first if second[role] != first[role]]
    assert changed == ["agency"]


async def test_a_file_with_something_else_in_it_is_written_anew(empty: Database, demo: Demo, tmp_path: Path) -> None:
    file = tmp_path / "tokens.json"
    file.write_text("[1, 2]")

    tokens = await demo_tokens(empty, demo, file, NOON)

    assert json.loads(file.read_text()).keys() == tokens.keys()
