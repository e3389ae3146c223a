"""A search is answered by the index of terms, under row-level security and for the application's role."""

from typing import Any

import orjson
import pytest

from portal.access.enums import GrantRole, OrganizationRole
from portal.database.connection import Database
from tests.candidates.looking import FIND
from tests.world import World, answer_of, grant

# With five words each: more than the planner would rather read whole.
CANDIDATES = 4_000
MANY_CANDIDATES = """
    INSERT INTO candidate (organization_id, id, created_at, updated_at, version, name, is_private, is_internal,
        can_email, tags)
    SELECT $1, gen_random_uuid(), now(), now() - n * interval '1 second', 1, 'Candidate ' || n, false, false, true, '{}'
    FROM generate_series(1, $2::int) AS n
"""
MANY_TERMS = """
    INSERT INTO candidate_term (organization_id, id, created_at, updated_at, version, candidate_id, kind, term)
    SELECT $1, gen_random_uuid(), now(), now(), 1, id, $2, left(md5(id::text || $3), 12)
    FROM candidate WHERE organization_id = $1
"""


def nodes_of(plan: dict[str, Any]) -> list[dict[str, Any]]:
    """A plan's node and all below it."""
    return [plan, *(inner for below in plan.get("Plans", ()) for inner in nodes_of(below))]


@pytest.fixture
async def crowded(acme: World) -> World:
    """Acme with 20,000 terms."""
    async with acme.database.writing(acme.id, None) as connection:
        await connection.rows(MANY_CANDIDATES, [acme.id, CANDIDATES])
        for nth, kind in enumerate(("NAME", "NAME", "EMAIL", "SKILL", "TAG")):
            await connection.rows(MANY_TERMS, [acme.id, kind, str(nth)])
    return acme


async def test_a_search_reads_the_index_of_terms_and_not_the_table(
    crowded: World, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """For a recruiter, who may read everything, and for a sourcer, whose rights differ from candidate to candidate."""
    recruiter = await crowded.actor("Ada", OrganizationRole.RECRUITER_ALL)
    sourcer = await crowded.actor("Sol", OrganizationRole.MEMBER, grant(GrantRole.SOURCER))
    for viewer in (recruiter, sourcer):
        statements: list[tuple[str, Any]] = []
        monkeypatch.setattr(database, "listener", lambda sql, values, to=statements: to.append((sql, values)))

        await answer_of(database, viewer, FIND, {"filter": {"search": "abc de"}})

        ((sql, values),) = statements
        monkeypatch.setattr(database, "listener", None)
        async with database.reading(crowded.id, None) as connection:
            explained = await connection.value(f"EXPLAIN (FORMAT JSON) {sql}", values)
        (answer,) = orjson.loads(explained)
        looks = [
            node for node in nodes_of(answer["Plan"]) if node.get("Relation Name", "").startswith("candidate_term")
        ]
        assert looks
        assert {node["Node Type"] for node in looks} <= {"Index Scan", "Index Only Scan", "Bitmap Heap Scan"}
