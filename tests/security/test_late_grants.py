"""Whoever was refused may do it once it is granted, though nothing but refusals came between."""

from uuid import UUID

import pytest

from portal.access.enums import OrganizationRole
from portal.database.connection import Database
from tests.security.edge import a_token, an_edge
from tests.world import World

TEAM = 'mutation { createTeam(input: {name: "Storage"}) { userErrors { code } } }'
DOCUMENT = """mutation {
  publishDocuments(input: {client: "board", release: "1", documents: [{text: "{ viewer { id } }"}]}) {
    userErrors { code }
  }
}"""


@pytest.mark.parametrize("mutation", [TEAM, DOCUMENT])
async def test_a_mutation_that_was_refused_is_done_once_it_is_granted(
    database: Database, acme: World, mutation: str
) -> None:
    member = await acme.member("Hugo")
    token = await a_token(acme, membership_id=member.id)

    async with an_edge(database) as edge:
        refused = [(await edge.ask(token.text, mutation, {})).json()["data"] for _ in range(2)]
        await promote(acme, member.id)
        done = (await edge.ask(token.text, mutation, {})).json()["data"]

    assert [next(iter(data.values()))["userErrors"] for data in refused] == [[{"code": "FORBIDDEN"}]] * 2
    assert next(iter(done.values()))["userErrors"] == []


async def promote(world: World, membership_id: UUID) -> None:
    async with world.database.writing(world.id, None) as connection:
        await connection.rows(
            "UPDATE membership SET role = $3 WHERE organization_id = $1 AND id = $2 RETURNING 1",
            [world.id, membership_id, OrganizationRole.ORG_ADMIN],
        )
