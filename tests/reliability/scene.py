"""An organization with much to do, and what becomes of its events."""

import asyncio
import time
from datetime import timedelta
from uuid import UUID

from portal import clock
from portal.access.enums import OrganizationRole
from portal.applications.actions.submissions import submit_application
from portal.database.connection import Database
from portal.people.actions.tokens import TokenTerms, issue_token
from tests.applications.making import a_candidate, a_pipeline
from tests.reliability.clients import Fleet, Ground, Recruiter, recruiters
from tests.world import World, an_organization

CLIENTS = 8
SEED = 20_261_123
SHARED = 4  # applications that every client moves
PUBLISHED_WITHIN_SECONDS = 60.0


async def a_scene(database: Database, fleet: Fleet, mutations: int) -> tuple[World, UUID, list[Recruiter]]:
    """An organization with an opening, candidates for all clients, and a recruiter whose token they use."""
    world = await an_organization(database)
    ada = await world.member("Ada", OrganizationRole.RECRUITER_ALL)
    now = clock.now()
    terms = TokenTerms(name="kills", expires_at=now + timedelta(days=1), membership_id=ada.id)
    fleet.token = (await world.perform(world.system, issue_token, terms=terms, at=now)).text
    pipeline = await a_pipeline(world)
    shared = {}
    for number in range(SHARED):
        candidate_id = await a_candidate(world, f"Shared {number}")
        submitted = await world.perform(
            world.system, submit_application, candidate_id=candidate_id, opening_id=pipeline.id, at=now
        )
        shared[submitted.application_id] = pipeline.stages["Applied"]
    candidates = [await a_candidate(world, f"Candidate {number}") for number in range(mutations // 5)]
    ground = Ground(pipeline.id, pipeline.stages, candidates, shared)
    return world, pipeline.id, list(recruiters(fleet, ground, CLIENTS, SEED))


async def events_once_published(world: World) -> list[dict[str, object]]:
    """All events of the organization, when the worker is through with them."""
    deadline = time.monotonic() + PUBLISHED_WITHIN_SECONDS
    while True:
        events = await world.rows("SELECT subject_id, position, sequence, published_at FROM domain_event")
        if all(event["published_at"] for event in events):
            return events
        assert time.monotonic() < deadline, "the worker has stopped publishing"
        await asyncio.sleep(0.1)
