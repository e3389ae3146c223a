"""Where tables are partitioned by organization, every statement reads one partition of each: its organization's.

What reads and actions send is captured as they run, and explained as the application's role, both with the values known
to the planner and without them, as a prepared statement is planned in the long run.
"""

import re
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
from graphql import GraphQLInputObjectType, get_named_type
from typing_extensions import override  # in typing from Python 3.12

from portal.candidates.own_records import own_records
from portal.database.base import Base
from portal.database.connection import Database
from portal.jobs import relay
from portal.people.actions.tokens import TokenTerms, issue_token
from portal.people.credentials import Credentials
from schema.root import GRAPHQL_SCHEMA
from tests.conftest import Postgres
from tests.database.making import databases
from tests.database.statements import Captured, partitions_scanned, plans_of
from tests.reading import documents
from tests.reading.documents import FILTERS_LEFT_OUT, TEXTS, Writer
from tests.reading.scenery import Scenery
from tests.reading.test_property import actors, ids_in
from tests.security import plans_applications, plans_openings, plans_organization
from tests.security.asking import called
from tests.security.cast import cast, owner
from tests.security.plans import PLACES, PLANS
from tests.security.rehearsal import rehearsal_of
from tests.security.scene import Scene, Where
from tests.world import NOON, World, an_organization

__all__ = ["plans_applications", "plans_openings", "plans_organization"]

PARTITIONS = 16
SELECTIONS, SELECTIONS_LONG = 60, 600

# Functions of ours that may read all partitions, and why. What they do inside is in no plan of a statement.
WAIVED = {
    "unpublished_events": "the relay serves all organizations at once, and has to ask which of them have something new",
}


@dataclass
class Divided:
    """A database with partitions, and what goes through it."""

    database: Database
    captured: Captured

    async def violations(self, world: World) -> list[str]:
        """Each statement with a plan that reads more than one partition of a table."""
        found = []
        for sql, mode, plan in await plans_of(self.database, world.id, self.captured):
            scanned = {table: len(names) for table, names in partitions_scanned(plan).items() if len(names) > 1}
            if scanned:
                found.append(f"{mode}: {scanned}\n{sql}")
        return found


@pytest.fixture(scope="module")
async def divided(postgres: Postgres) -> AsyncIterator[Divided]:
    """A database with 16 partitions of each table, and an ear on it; making one takes seconds."""
    async with databases(postgres) as make:
        arguments = await make(PARTITIONS)
        captured = Captured()
        database = await Database.open(postgres.app(arguments["database"]), size=4, listener=captured.listener)
        yield Divided(database, captured)
        await database.close()


class Everything(Writer):
    """Writes what the oracle does not work out, too."""

    @override
    def filter(self, type_: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        given = super().filter(type_, depth)
        for name in sorted(FILTERS_LEFT_OUT & type_.fields.keys()):
            inner = get_named_type(type_.fields[name].type)
            if self.rng.random() < 0.5:
                is_text = not isinstance(inner, GraphQLInputObjectType)
                given[name] = self.rng.choice(TEXTS) if is_text else self.comparator(inner)
        return given


async def test_reads_touch_one_partition_of_each_table(
    divided: Divided, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    monkeypatch.setattr(documents, "LEFT_OUT", frozenset())
    world = await an_organization(divided.database, "Scene")
    scenery = Scenery(world, seed=7)
    await scenery.plant()
    ids = ids_in(await scenery.tables())
    everybody = list(actors(world, scenery))
    divided.captured.statements.clear()
    count = SELECTIONS_LONG if request.config.getoption("--long") else SELECTIONS

    for seed in range(count):
        text, variables = Everything(GRAPHQL_SCHEMA, ids, Random(seed)).operation()
        await world.ask(everybody[seed % len(everybody)], text, **variables)

    assert len(divided.captured.statements) > count / 2
    assert await divided.violations(world) == []


async def test_actions_touch_one_partition_of_each_table(divided: Divided, request: pytest.FixtureRequest) -> None:
    """Every mutation, as somebody who may do everything and as those whose rights come from grants."""
    scene = Scene(await an_organization(divided.database))
    await scene.plant()
    rehearsal = rehearsal_of(divided.database)
    granted = ("grant RECRUITER", "grant AGENCY", "service account")
    actors_of_grants = [cast(scene)[name] for name in (granted if request.config.getoption("--long") else granted[:1])]
    divided.captured.statements.clear()

    done = 0
    for name, plan in PLANS.items():
        given = plan.input(scene, scene.places[PLACES.get(name, Where.INSIDE)])
        for actor in (owner(scene), *actors_of_grants):
            done += (await called(rehearsal, actor, name, given)).is_done

    assert done > len(PLANS)
    assert await divided.violations(scene.world) == []


async def test_signing_in_and_the_worker_touch_one_partition_of_each_table(divided: Divided) -> None:
    world = await an_organization(divided.database)
    ada = await world.member("Ada")
    terms = TokenTerms(name="laptop", expires_at=NOON.replace(year=2027), membership_id=ada.id)
    token = (await world.perform(world.system, issue_token, terms=terms)).text
    divided.captured.statements.clear()

    await Credentials(divided.database, own_records).authenticate(token, NOON)
    published = await relay.publish_waiting(divided.database, NOON)
    await relay.forget_expired_keys(divided.database, world.id, NOON)

    assert published >= 1
    assert len(divided.captured.statements) >= 3
    assert await divided.violations(world) == []


async def test_a_statement_that_forgets_the_organization_is_found(divided: Divided) -> None:
    """The wall alone keeps other organizations' rows out, but the planner does not know that beforehand."""
    world = await an_organization(divided.database)
    divided.captured.statements.clear()

    await world.rows("SELECT id FROM candidate WHERE name = $1", "Ada")

    (custom, generic) = await divided.violations(world)
    assert custom.startswith("force_custom_plan: {'candidate': 16}")
    assert generic.startswith("force_generic_plan: {'candidate': 16}")


async def test_functions_name_the_organization_whose_rows_they_touch(divided: Divided) -> None:
    world = await an_organization(divided.database)
    tables = "|".join(sorted(Base.metadata.tables))

    touching = await world.rows(
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace IN ('portal'::regnamespace, 'directory'::regnamespace)"
        " AND prosrc ~ $1",
        rf"portal\.({tables})\M",
    )

    names_it = re.compile(r"\borganization_id = |INSERT INTO portal\.\w+ AS \w+\s+\(organization_id,")
    unbound = {row["proname"] for row in touching if not names_it.search(row["prosrc"])}
    assert len(touching) > len(unbound)
    assert unbound == WAIVED.keys()
