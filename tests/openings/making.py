"""Openings for the tests of their area, made through the actions, and a look at everything that those may write to."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

from portal.access.actor import Actor
from portal.access.enums import OrganizationRole
from portal.errors import UserError
from portal.openings.actions.openings import OpeningDraft, create_opening
from portal.openings.actions.postings import PostingContent, create_posting
from portal.openings.actions.staffing import TeamTerms
from portal.openings.actions.states import open_opening
from portal.openings.enums import EmploymentType, StageKind
from portal.openings.models import CloseReason
from portal.organizations.enums import WorkplaceType
from portal.organizations.models import Department, Location, Team
from portal.organizations.policies import Policies
from tests.refusals import refused
from tests.world import World

TABLES = (
    *("opening", "opening_team", "opening_location", "opening_skill", "seat", "stage", "hiring_team_member"),
    *("compensation_band", "posting", "skill", "close_reason", "stage_template", "role_grant", "organization"),
    *("audit_event", "domain_event", "idempotency_key"),
)


async def snapshot(world: World) -> dict[str, list[dict[str, Any]]]:
    """All rows of every table that actions on openings may write to."""
    return {table: await world.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES}  # noqa: S608 - our tables


@asynccontextmanager
async def refused_whole(
    world: World, kind: type[UserError], message: str, *, path: tuple[str, ...] | None = None
) -> AsyncIterator[None]:
    """Passes only if the block raises exactly this refusal and leaves every table as it was."""
    before = await snapshot(world)
    with refused(kind, message, path=path):
        yield
    assert await snapshot(world) == before


async def ada(world: World) -> Actor:
    """A recruiter of the whole organization."""
    return await world.actor("Ada", OrganizationRole.RECRUITER_ALL)


async def olga(world: World) -> Actor:
    """The organization's administrator."""
    return await world.actor("Olga", OrganizationRole.ORG_ADMIN)


def a_draft(title: str = "Backend Engineer", **more: Any) -> OpeningDraft:
    return OpeningDraft(title=title, employment_type=EmploymentType.FULL_TIME, **more)


async def an_opening(world: World, actor: Actor | None = None, **draft: Any) -> UUID:
    """A draft, by the system itself unless somebody else creates it."""
    done = await world.perform(actor or world.system, create_opening, draft=a_draft(**draft))
    return UUID(str(done.opening_id))


async def an_open_opening(world: World, actor: Actor | None = None, **draft: Any) -> UUID:
    opening_id = await an_opening(world, actor, **draft)
    await world.perform(actor or world.system, open_opening, opening_id=opening_id)
    return opening_id


async def a_posting(world: World, opening_id: UUID, **content: Any) -> UUID:
    """A draft with a text."""
    said = PostingContent(**{"body_html": "<p>Come and build payments.</p>", **content})
    done = await world.perform(world.system, create_posting, opening_id=opening_id, content=said)
    return UUID(str(done.posting_id))


async def teams(world: World, *names: str) -> list[UUID]:
    rows = [Team(name=name) for name in names]
    await world.plant(*rows)
    return [row.id for row in rows]


def hiring_for(*team_ids: UUID) -> list[TeamTerms]:
    return [TeamTerms(team_id=team_id) for team_id in team_ids]


async def a_department(world: World, name: str = "Engineering") -> UUID:
    row = Department(name=name)
    await world.plant(row)
    return row.id


async def a_location(world: World, name: str = "New York") -> UUID:
    row = Location(name=name, workplace_type=WorkplaceType.HYBRID)
    await world.plant(row)
    return row.id


async def a_close_reason(world: World, name: str = "Budget") -> UUID:
    row = CloseReason(name=name)
    await world.plant(row)
    return row.id


async def the_opening(world: World, opening_id: UUID) -> dict[str, Any]:
    return (await world.rows("SELECT * FROM opening WHERE id = $1", opening_id))[0]


async def seats_of(world: World, opening_id: UUID) -> list[dict[str, Any]]:
    return await world.rows("SELECT * FROM seat WHERE opening_id = $1 ORDER BY number", opening_id)


async def seat_statuses(world: World, opening_id: UUID) -> list[str]:
    return [seat["status"] for seat in await seats_of(world, opening_id)]


async def stages_of(world: World, opening_id: UUID) -> list[tuple[str, str]]:
    """Kinds and names of the stages in use, in their order."""
    rows = await world.rows(
        "SELECT kind, name FROM stage WHERE opening_id = $1 AND archived_at IS NULL ORDER BY position", opening_id
    )
    return [(StageKind(row["kind"]), row["name"]) for row in rows]


async def postings_of(world: World, opening_id: UUID) -> list[str]:
    rows = await world.rows("SELECT status FROM posting WHERE opening_id = $1 ORDER BY id", opening_id)
    return [row["status"] for row in rows]


async def events(world: World, *, about: UUID | None = None) -> list[str]:
    """The types of all events so far, in their order; `about` picks those of one subject."""
    rows = await world.rows("SELECT type, subject_id FROM domain_event ORDER BY id")
    return [row["type"] for row in rows if about in {None, row["subject_id"]}]


async def approvals_on(world: World) -> None:
    """The organization wants its openings approved from now on."""
    (row,) = await world.rows("SELECT id FROM organization")
    policies = Policies(opening_approval=True).to_json()
    async with world.database.writing(world.id, None) as connection:
        await connection.rows("UPDATE organization SET policies = $1 WHERE id = $2", [policies, row["id"]])
