"""A pipeline for the tests of applications: an opening with stages and seats, candidates, and where they stand."""

import itertools
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from portal.access.actor import Actor
from portal.access.enums import ActorKind, OrganizationRole
from portal.applications.actions.moves import move_application
from portal.applications.enums import ApplicationOrigin, ApplicationStatus, RejectionType, TransitionCause
from portal.applications.models import Application, RejectionReason, StageTransition
from portal.candidates.models import Candidate
from portal.openings.enums import EmploymentType, OpeningKind, OpeningStatus, SeatReason, SeatStatus, StageKind
from portal.openings.models import Opening, OpeningTeam, Seat, Stage
from portal.organizations.models import Team
from tests.world import NOON, World

PIPELINE = (
    ("Lead", StageKind.LEAD),
    ("Applied", StageKind.APPLIED),
    ("Screen", StageKind.SCREEN),
    ("Interview", StageKind.INTERVIEW),
    ("Offer", StageKind.OFFER),
    ("Hired", StageKind.HIRED),
)


@dataclass(frozen=True)
class Pipeline:
    """An opening and the ids of what belongs to it: stages by name, seats by number."""

    opening: Opening
    stages: dict[str, UUID]
    seats: list[UUID]

    @property
    def id(self) -> UUID:
        return self.opening.id


async def a_pipeline(
    world: World,
    *,
    seats: int = 1,
    status: OpeningStatus = OpeningStatus.OPEN,
    kind: OpeningKind = OpeningKind.STANDARD,
    confidential: bool = False,
    title: str = "Backend Engineer",
) -> Pipeline:
    """An opening with the usual stages and some open seats."""
    opening = Opening(
        title=title,
        status=status,
        kind=kind,
        is_confidential=confidential,
        employment_type=EmploymentType.FULL_TIME,
        opened_at=NOON,
    )
    stages = [
        Stage(opening_id=opening.id, kind=kind_, name=name, position=position)
        for position, (name, kind_) in enumerate(PIPELINE, start=1)
    ]
    rows = [
        Seat(opening_id=opening.id, number=number, status=SeatStatus.OPEN, reason=SeatReason.NEW, opened_at=NOON)
        for number in range(1, seats + 1)
    ]
    await world.plant(opening, *stages, *rows)
    return Pipeline(opening, {stage.name: stage.id for stage in stages}, [row.id for row in rows])


async def a_candidate(world: World, name: str = "Cora Candidate", *, private: bool = False) -> UUID:
    row = Candidate(name=name, is_private=private, is_internal=False, can_email=True)
    await world.plant(row)
    return row.id


async def an_application(
    world: World,
    pipeline: Pipeline,
    stage: str = "Screen",
    *,
    name: str = "Cora Candidate",
    private: bool = False,
    credited_to: UUID | None = None,
    candidate_id: UUID | None = None,
) -> Application:
    """An active application in a stage, since noon, with its history."""
    candidate = Candidate(name=name, is_private=private, is_internal=False, can_email=True)
    row = Application(
        candidate_id=candidate_id or candidate.id,
        opening_id=pipeline.id,
        status=ApplicationStatus.ACTIVE,
        stage_id=pipeline.stages[stage],
        entered_stage_at=NOON,
        applied_at=NOON,
        last_activity_at=NOON,
        origin=ApplicationOrigin.APPLIED,
        credited_to_id=credited_to,
        candidate_is_private=private,
    )
    first = StageTransition(
        application_id=row.id,
        to_stage_id=row.stage_id,
        to_status=ApplicationStatus.ACTIVE,
        occurred_at=NOON,
        actor_kind=ActorKind.SYSTEM,
        cause=TransitionCause.IMPORT,
    )
    await world.plant(*([] if candidate_id else [candidate]), row, first)
    return row


async def a_reason(world: World, name: str = "Unsuitable", type: RejectionType = RejectionType.BY_ORGANIZATION) -> UUID:
    row = RejectionReason(name=name, type=type)
    await world.plant(row)
    return row.id


async def a_team(world: World, *pipelines: Pipeline, name: str = "Payments") -> UUID:
    """A team, which the openings hire for."""
    team = Team(name=name)
    links = [OpeningTeam(opening_id=pipeline.id, team_id=team.id, priority=1) for pipeline in pipelines]
    await world.plant(team, *links)
    return team.id


async def history(world: World, application_id: UUID) -> list[str]:
    """An application's history as one reads it aloud: "Screen ACTIVE → Offer ACTIVE (MANUAL)"."""
    rows = await world.rows(
        "SELECT f.name AS f, t.name AS t, from_status, to_status, cause FROM stage_transition h"
        " LEFT JOIN stage f ON f.id = from_stage_id JOIN stage t ON t.id = to_stage_id"
        " WHERE application_id = $1 ORDER BY occurred_at, h.id",
        application_id,
    )
    return [
        f"{row['f']} {row['from_status']} → {row['t']} {row['to_status']} ({row['cause']})" for row in rows if row["f"]
    ]


async def events(world: World) -> list[str]:
    """The types of all events, in the order in which they were recorded."""
    return [row["type"] for row in await world.rows("SELECT type FROM domain_event ORDER BY id")]


# Every table that an action on applications may write to.
TABLES = (
    "application",
    "stage_transition",
    "interviewer_assignment",
    "team_match",
    "rejection_reason",
    "candidate",
    "opening",
    "seat",
    "posting",
    "stage",
    "audit_event",
    "domain_event",
    "idempotency_key",
)


async def everything(world: World) -> dict[str, list[dict[str, Any]]]:
    """All rows of all those tables."""
    return {table: await world.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES}  # noqa: S608 - our names


@asynccontextmanager
async def untouched(world: World) -> AsyncIterator[None]:
    """Passes only if every table is as it was before the block."""
    before = await everything(world)
    yield
    assert await everything(world) == before


async def ada(world: World) -> Actor:
    """A recruiter of the whole organization."""
    return await world.actor("Ada", OrganizationRole.RECRUITER_ALL)


async def move(world: World, actor: Actor, application: Application, *stages: UUID, **more: Any) -> None:
    """Move an application along: from the first stage to the second, from there to the third, …"""
    for here, there in itertools.pairwise(stages):
        await world.perform(
            actor, move_application, application_id=application.id, from_stage_id=here, to_stage_id=there, **more
        )


async def row_of(world: World, table: str, id: UUID) -> dict[str, Any]:
    """One row of a table as it is now."""
    (row,) = await world.rows(f"SELECT * FROM {table} WHERE id = $1", id)  # noqa: S608 - our names
    return row
