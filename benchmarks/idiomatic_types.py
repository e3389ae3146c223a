"""The idiomatic server's types: as much of the portal's schema as the benchmark's operations ask for."""

import enum
from datetime import UTC, datetime
from uuid import UUID

import strawberry
from strawberry.types import Info as StrawberryInfo

from benchmarks.idiomatic_loaders import Context
from portal.applications import models as applications
from portal.applications.enums import ApplicationStatus, TransitionCause
from portal.candidates import models as candidates
from portal.database.ids import public_id
from portal.openings import models as openings
from portal.openings.enums import OpeningStatus, StageKind
from portal.people.models import Membership as MembershipRow

Info = StrawberryInfo[Context, None]

for _closed_set in (ApplicationStatus, TransitionCause, OpeningStatus, StageKind):
    strawberry.enum(_closed_set)


@strawberry.enum
class OrderField(enum.Enum):
    LAST_ACTIVITY_AT = "LAST_ACTIVITY_AT"


@strawberry.enum
class OrderDirection(enum.Enum):
    ASC = "ASC"
    DESC = "DESC"


@strawberry.input
class ApplicationOrder:
    field: OrderField
    direction: OrderDirection = OrderDirection.DESC


def node_id(prefix: str, row_id: UUID) -> strawberry.ID:
    return strawberry.ID(public_id(prefix, row_id))


@strawberry.type
class User:
    name: str
    email: str


@strawberry.type
class Membership:
    id: strawberry.ID
    name: str
    user: User

    @classmethod
    def of(cls, row: MembershipRow) -> "Membership":
        return cls(id=node_id("mem", row.id), name=row.name, user=User(name=row.name, email=row.email))


@strawberry.type
class Team:
    id: strawberry.ID
    name: str


@strawberry.type
class OpeningTeam:
    team_id: strawberry.Private[UUID]

    @strawberry.field
    async def team(self, info: Info) -> Team | None:
        row = await info.context.loaders.team.load(self.team_id)
        return None if row is None else Team(id=node_id("team", row.id), name=row.name)


@strawberry.type
class HiringTeamMember:
    membership_id: strawberry.Private[UUID]

    @strawberry.field
    async def membership(self, info: Info) -> Membership | None:
        row = await info.context.loaders.membership.load(self.membership_id)
        return None if row is None else Membership.of(row)


@strawberry.type
class Candidate:
    id: strawberry.ID
    row_id: strawberry.Private[UUID]
    name: str
    headline: str | None
    tags: list[str]

    @classmethod
    def of(cls, row: candidates.Candidate) -> "Candidate":
        return cls(id=node_id("cnd", row.id), row_id=row.id, name=row.name, headline=row.headline, tags=row.tags)

    @strawberry.field
    async def applications(self, info: Info) -> "ApplicationConnection":
        rows = await info.context.loaders.applications_of_candidate.load(self.row_id)
        return ApplicationConnection(nodes=[Application.of(row) for row in rows])


@strawberry.type
class StageTransition:
    id: strawberry.ID
    from_stage_id: strawberry.Private[UUID | None]
    to_stage_id: strawberry.Private[UUID]
    occurred_at: datetime
    seconds_in_from_stage: int | None
    cause: TransitionCause

    @strawberry.field
    async def from_stage(self, info: Info) -> "Stage | None":
        if self.from_stage_id is None:
            return None
        return Stage.of(await info.context.loaders.stage.load(self.from_stage_id))

    @strawberry.field
    async def to_stage(self, info: Info) -> "Stage | None":
        return Stage.of(await info.context.loaders.stage.load(self.to_stage_id))

    @classmethod
    def of(cls, row: applications.StageTransition) -> "StageTransition":
        return cls(
            id=node_id("trn", row.id),
            from_stage_id=row.from_stage_id,
            to_stage_id=row.to_stage_id,
            occurred_at=row.occurred_at,
            seconds_in_from_stage=row.seconds_in_from_stage,
            cause=TransitionCause(row.cause),
        )


@strawberry.type
class Application:
    id: strawberry.ID
    row: strawberry.Private[applications.Application]
    status: ApplicationStatus
    applied_at: datetime
    last_activity_at: datetime

    @classmethod
    def of(cls, row: applications.Application) -> "Application":
        return cls(
            id=node_id("app", row.id),
            row=row,
            status=ApplicationStatus(row.status),
            applied_at=row.applied_at,
            last_activity_at=row.last_activity_at,
        )

    @strawberry.field
    def days_in_stage(self) -> float:
        now = datetime.now(UTC)  # noqa: TID251 - an edge of its own
        return (now - self.row.entered_stage_at).total_seconds() / 86_400

    @strawberry.field
    async def candidate(self, info: Info) -> Candidate | None:
        row = await info.context.loaders.candidate.load(self.row.candidate_id)
        return None if row is None else Candidate.of(row)

    @strawberry.field
    async def opening(self, info: Info) -> "Opening | None":
        row = await info.context.loaders.opening.load(self.row.opening_id)
        return None if row is None else Opening.of(row)

    @strawberry.field
    async def stage(self, info: Info) -> "Stage | None":
        return Stage.of(await info.context.loaders.stage.load(self.row.stage_id))

    @strawberry.field
    async def transitions(self, info: Info) -> list[StageTransition]:
        rows = await info.context.loaders.transitions_of_application.load(self.row.id)
        return [StageTransition.of(row) for row in rows]


@strawberry.type
class ApplicationConnection:
    nodes: list[Application]


@strawberry.type
class Stage:
    id: strawberry.ID
    key: strawberry.Private[tuple[UUID, UUID]]
    name: str
    kind: StageKind

    @classmethod
    def of(cls, row: openings.Stage) -> "Stage":
        return cls(id=node_id("stg", row.id), key=(row.opening_id, row.id), name=row.name, kind=StageKind(row.kind))

    @strawberry.field
    async def application_count(self, info: Info) -> int:
        return await info.context.loaders.count_of_stage.load(self.key)

    @strawberry.field
    async def applications(
        self, info: Info, first: int = 20, order_by: list[ApplicationOrder] | None = None
    ) -> ApplicationConnection:
        del order_by  # the one order that it has
        rows = await info.context.loaders.applications_of_stage.load((self.key, first))
        return ApplicationConnection(nodes=[Application.of(row) for row in rows])


@strawberry.type
class Opening:
    id: strawberry.ID
    row_id: strawberry.Private[UUID]
    title: str
    status: OpeningStatus
    updated_at: datetime

    @classmethod
    def of(cls, row: openings.Opening) -> "Opening":
        return cls(
            id=node_id("opn", row.id),
            row_id=row.id,
            title=row.title,
            status=OpeningStatus(row.status),
            updated_at=row.updated_at,
        )

    @strawberry.field
    async def stages(self, info: Info) -> list[Stage]:
        return [Stage.of(row) for row in await info.context.loaders.stages_of_opening.load(self.row_id)]

    @strawberry.field
    async def teams(self, info: Info) -> list[OpeningTeam]:
        rows = await info.context.loaders.teams_of_opening.load(self.row_id)
        return [OpeningTeam(team_id=row.team_id) for row in rows]

    @strawberry.field
    async def hiring_managers(self, info: Info) -> list[HiringTeamMember]:
        rows = await info.context.loaders.hiring_managers_of_opening.load(self.row_id)
        return [HiringTeamMember(membership_id=row.membership_id) for row in rows]
