"""The idiomatic server's context: a session, and a DataLoader for everything that hangs on something else."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from strawberry.dataloader import DataLoader

from portal.applications.models import Application, StageTransition
from portal.candidates.models import Candidate
from portal.openings.models import HiringTeamMember, Opening, OpeningTeam, Stage
from portal.organizations.models import Team
from portal.people.models import Membership

RowT = TypeVar("RowT")

# A stage's key in loaders: with its opening, by which the index of applications begins.
StageKey = tuple[UUID, UUID]


@dataclass(frozen=True)
class Caller:
    organization_id: UUID
    membership_id: UUID


class Loaders:
    """The DataLoaders of one request. They share its session, which takes one query at a time."""

    def __init__(self, session: AsyncSession, caller: Caller) -> None:
        self._session = session
        self._lock = asyncio.Lock()
        self._tenant = caller.organization_id
        self.opening = DataLoader(self._by_id(Opening, Opening.is_confidential.is_(False)))
        self.stage = DataLoader(self._by_id(Stage))
        self.team = DataLoader(self._by_id(Team))
        self.membership = DataLoader(self._by_id(Membership))
        self.candidate = DataLoader(self._by_id(Candidate, Candidate.is_private.is_(False)))
        self.stages_of_opening = DataLoader(self._stages_of_opening)
        self.teams_of_opening = DataLoader(self._teams_of_opening)
        self.hiring_managers_of_opening = DataLoader(self._hiring_managers_of_opening)
        self.count_of_stage = DataLoader(self._count_of_stage)
        self.applications_of_stage = DataLoader(self._applications_of_stage)
        self.applications_of_candidate = DataLoader(self._applications_of_candidate)
        self.transitions_of_application = DataLoader(self._transitions_of_application)

    async def rows(self, statement: Select[Any]) -> Sequence[Any]:
        async with self._lock:
            return (await self._session.scalars(statement)).all()

    def _by_id(
        self, model: Any, *conditions: ColumnElement[bool]
    ) -> Callable[[list[UUID]], Any]:  # Any: a mapped class
        async def load(ids: list[UUID]) -> list[Any]:
            statement = select(model).where(model.organization_id == self._tenant, model.id.in_(ids), *conditions)
            rows = {row.id: row for row in await self.rows(statement)}
            return [rows.get(each) for each in ids]

        return load

    async def _stages_of_opening(self, ids: list[UUID]) -> list[list[Stage]]:
        statement = (
            select(Stage)
            .where(Stage.organization_id == self._tenant, Stage.opening_id.in_(ids), Stage.archived_at.is_(None))
            .order_by(Stage.position, Stage.id)
        )
        return _grouped(ids, await self.rows(statement), lambda row: row.opening_id)

    async def _teams_of_opening(self, ids: list[UUID]) -> list[list[OpeningTeam]]:
        statement = (
            select(OpeningTeam)
            .where(OpeningTeam.organization_id == self._tenant, OpeningTeam.opening_id.in_(ids))
            .order_by(OpeningTeam.priority, OpeningTeam.id)
        )
        return _grouped(ids, await self.rows(statement), lambda row: row.opening_id)

    async def _hiring_managers_of_opening(self, ids: list[UUID]) -> list[list[HiringTeamMember]]:
        statement = (
            select(HiringTeamMember)
            .where(
                HiringTeamMember.organization_id == self._tenant,
                HiringTeamMember.opening_id.in_(ids),
                HiringTeamMember.role == "HIRING_MANAGER",
            )
            .order_by(HiringTeamMember.id)
        )
        return _grouped(ids, await self.rows(statement), lambda row: row.opening_id)

    def _active_in(self, keys: Iterable[StageKey]) -> list[ColumnElement[bool]]:
        listed = list(keys)
        return [
            Application.organization_id == self._tenant,
            Application.opening_id.in_({opening_id for opening_id, _ in listed}),
            Application.stage_id.in_({stage_id for _, stage_id in listed}),
            Application.status == "ACTIVE",
            Application.candidate_is_private.is_(False),
        ]

    async def _count_of_stage(self, keys: list[StageKey]) -> list[int]:
        statement = (
            select(Application.stage_id, func.count()).where(*self._active_in(keys)).group_by(Application.stage_id)
        )
        async with self._lock:
            counts = dict((await self._session.execute(statement)).tuples().all())
        return [counts.get(stage_id, 0) for _, stage_id in keys]

    async def _applications_of_stage(self, keys: list[tuple[StageKey, int]]) -> list[list[Application]]:
        """The first applications of each stage by last activity, at most as many as the largest page needs."""
        position = (
            func.row_number()
            .over(
                partition_by=Application.stage_id,
                order_by=(Application.last_activity_at.desc(), Application.id.desc()),
            )
            .label("position")
        )
        ranked = select(Application, position).where(*self._active_in(key for key, _ in keys)).subquery()
        entity = aliased(Application, ranked)
        most = max(first for _, first in keys)
        rows = await self.rows(select(entity).where(ranked.c.position <= most).order_by(ranked.c.position))
        grouped = _grouped([stage_id for (_, stage_id), _ in keys], rows, lambda row: row.stage_id)
        return [listed[:first] for listed, (_, first) in zip(grouped, keys, strict=True)]

    async def _applications_of_candidate(self, ids: list[UUID]) -> list[list[Application]]:
        statement = (
            select(Application)
            .join(
                Opening,
                (Opening.organization_id == Application.organization_id) & (Opening.id == Application.opening_id),
            )
            .where(
                Application.organization_id == self._tenant,
                Application.candidate_id.in_(ids),
                Application.candidate_is_private.is_(False),
                Opening.is_confidential.is_(False),
            )
            .order_by(Application.last_activity_at.desc(), Application.id.desc())
        )
        return _grouped(ids, await self.rows(statement), lambda row: row.candidate_id)

    async def _transitions_of_application(self, ids: list[UUID]) -> list[list[StageTransition]]:
        statement = (
            select(StageTransition)
            .where(StageTransition.organization_id == self._tenant, StageTransition.application_id.in_(ids))
            .order_by(StageTransition.occurred_at, StageTransition.id)
        )
        return _grouped(ids, await self.rows(statement), lambda row: row.application_id)


@dataclass
class Context:
    """What every resolver is handed."""

    caller: Caller
    session: AsyncSession
    loaders: Loaders


def _grouped(keys: Iterable[UUID], rows: Iterable[RowT], key: Callable[[RowT], UUID]) -> list[list[RowT]]:
    grouped: defaultdict[UUID, list[RowT]] = defaultdict(list)
    for row in rows:
        grouped[key(row)].append(row)
    return [grouped[each] for each in keys]
