"""An organization of some size, beside a small one: large enough that the planner has a reason to use an index."""

from dataclasses import dataclass
from uuid import UUID

import asyncpg

from portal.access.enums import OrganizationRole
from portal.database.connection import Database
from portal.people.models import Membership
from tests.applications.making import Pipeline, a_pipeline, a_reason, an_application
from tests.conftest import Postgres
from tests.world import World, an_organization

OPENINGS = 40
APPLICATIONS = 20_000
STEPS = 3  # of each application's history
WORDS = 3  # that each candidate is found by

_CANDIDATES = """
    INSERT INTO candidate (organization_id, id, created_at, updated_at, version, name, is_private, is_internal,
        can_email, tags)
    SELECT $1, md5($1::uuid::text || n)::uuid, now(), now() - n * interval '1 minute', 1, 'Candidate ' || n, false,
        false, true, '{}'
    FROM generate_series(0, $2::int - 1) AS n
"""
_TERMS = """
    INSERT INTO candidate_term (organization_id, id, created_at, updated_at, version, candidate_id, kind, term)
    SELECT organization_id, gen_random_uuid(), now(), now(), 1, id, 'NAME', left(md5(id::text || $2), 12)
    FROM candidate WHERE organization_id = $1
"""
# Nine of ten are over, as they are after some years.
_APPLICATIONS = """
    INSERT INTO application (organization_id, id, created_at, updated_at, version, candidate_id, opening_id, status,
        stage_id, entered_stage_at, applied_at, last_activity_at, origin, candidate_is_private, rejection_reason_id,
        rejected_at)
    SELECT $1, md5('application' || $1::uuid::text || n)::uuid, now(), now(), 1, md5($1::uuid::text || n)::uuid,
        ($3::uuid[])[1 + n % cardinality($3::uuid[])], CASE n / 40 % 10 WHEN 0 THEN 'ACTIVE' ELSE 'REJECTED' END,
        ($4::uuid[])[1 + n % cardinality($4::uuid[])], now(), now(), now() - n * interval '1 minute', 'APPLIED', false,
        CASE n / 40 % 10 WHEN 0 THEN NULL ELSE $5::uuid END, CASE n / 40 % 10 WHEN 0 THEN NULL ELSE now() END
    FROM generate_series(0, $2::int - 1) AS n
"""
_TRANSITIONS = """
    INSERT INTO stage_transition (organization_id, id, created_at, updated_at, version, application_id, to_stage_id,
        to_status, occurred_at, actor_kind, cause)
    SELECT organization_id, gen_random_uuid(), now(), now(), 1, id, stage_id, 'ACTIVE', now(), 'SYSTEM', 'IMPORT'
    FROM application WHERE organization_id = $1
"""


@dataclass(frozen=True)
class Crowd:
    """The large organization; some of its rows, to ask for."""

    world: World
    ada: Membership
    pipeline: Pipeline
    candidate_id: UUID
    application_id: UUID


async def a_crowd(postgres: Postgres, database: Database, name: str) -> Crowd:
    """Fill a database; `name` is its name."""
    world = await an_organization(database)
    pipelines = [await a_pipeline(world, title=f"Opening {number}") for number in range(OPENINGS)]
    openings = [pipeline.id for pipeline in pipelines]
    stages = [pipeline.stages["Screen"] for pipeline in pipelines]
    reason_id = await a_reason(world)
    mine = await an_application(world, pipelines[0])
    ada = await world.member("Ada", OrganizationRole.RECRUITER_ALL)
    await an_organization(database, "Globex")
    administrator = await asyncpg.connect(**postgres.admin(name), server_settings={"search_path": "portal"})
    # Without a look at each foreign key: that takes longer than the rows.
    await administrator.execute("SET session_replication_role = replica")
    await administrator.execute(_CANDIDATES, world.id, APPLICATIONS)
    await administrator.execute(_APPLICATIONS, world.id, APPLICATIONS, openings, stages, reason_id)
    for word in range(WORDS):
        await administrator.execute(_TERMS, world.id, str(word))
    for _ in range(STEPS):
        await administrator.execute(_TRANSITIONS, world.id)
    await administrator.execute("ANALYZE")
    await administrator.close()
    return Crowd(world, ada, pipelines[0], mine.candidate_id, mine.id)
