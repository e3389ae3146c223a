"""Locking applications to act on: one statement that holds the actor's rights and brings what the decision needs.

The generic `work.lock` takes one row by id. Moving is the hottest action of all and bulk actions lock many rows, so
these statements are made here, from the same predicates of the read door.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, select

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.models import Application
from portal.applications.reads import APPLICATION
from portal.database.statements import text_of
from portal.openings.enums import StageKind
from portal.openings.models import Stage
from portal.openings.rules.stages import StageState
from portal.reading.rows import Names, Predicate, Row, Viewer, actor_fact, of_tenant_table
from portal.recent import Recent

# By permission signature and permissions.
_STATEMENTS: "Recent[tuple[object, ...], _Statement]" = Recent(500)


@dataclass(frozen=True, slots=True)
class _Statement:
    """A SELECT of applications with the rights of one kind of actor in it, and the names of the facts that it binds."""

    select: Select[Any]
    facts: tuple[str, ...]

    def values(self, actor: Actor) -> dict[str, object]:
        return {name: actor_fact(name)(actor) for name in self.facts}


@dataclass(frozen=True, slots=True)
class ToMove:
    """An application, the stage that it is in, and the one that it shall move to; None when there is no such stage."""

    application: Application
    current: StageState
    target: StageState | None


async def lock_to_move(work: Work, application_id: UUID, from_stage_id: UUID, to_stage_id: UUID) -> ToMove | None:
    """The application with both stages, in one statement; None where anything at all is not as the actor thinks."""
    statement = _statement(work.actor, _moving, Permission.APPLICATION_MOVE)
    rows = await work.lock_with(
        statement.select,
        Application,
        application_id=application_id,
        from_stage_id=from_stage_id,
        to_stage_id=to_stage_id,
        **statement.values(work.actor),
    )
    if not rows or rows[0][0].stage_id != from_stage_id:
        return None
    application, record = rows[0]
    return ToMove(application, _stage(record, "from"), _stage(record, "to"))


async def lock_permitted(
    work: Work, application_ids: Sequence[UUID], *permissions: Permission
) -> dict[UUID, Application]:
    """Those of the applications on which the actor holds all of the permissions, locked in id order."""
    statement = _statement(work.actor, _several, *permissions)
    rows = await work.lock_all(
        statement.select, Application, application_ids=list(application_ids), **statement.values(work.actor)
    )
    return {row.id: row for row in rows}


def _statement(
    actor: Actor, build: Callable[[Viewer, tuple[Permission, ...]], Select[Any]], *permissions: Permission
) -> _Statement:
    key = (actor.signature_key, build, permissions)
    found = _STATEMENTS.get(key)
    if found is None:
        statement = build(Viewer(actor), permissions)
        facts = tuple(name for name in text_of(statement).names if "|" in name)
        found = _STATEMENTS.put(key, _Statement(statement, facts))
    return found


def _permitted(viewer: Viewer, application: Row, permissions: tuple[Permission, ...]) -> list[Predicate]:
    held = [APPLICATION.may(viewer, permission, application) for permission in permissions]
    visible = application.visible(viewer)
    return [*application.links(), visible, *held]


def _moving(viewer: Viewer, permissions: tuple[Permission, ...]) -> Select[Any]:
    application = APPLICATION.row(Names())
    # Shared, so that a stage is not archived while applications are on their way into it.
    to = Stage.__table__.alias("to_stage")
    target = (
        select(to)
        .where(of_tenant_table(to), to.c.id == bindparam("to_stage_id", type_=Uuid()))
        .with_for_update(read=True)
        .cte("target")
    )
    origin = Stage.__table__.alias("origin")
    return (
        select(
            *application.table.c,
            *(target.c[name].label(f"to_{name}") for name in _STAGE_COLUMNS),
            *(origin.c[name].label(f"from_{name}") for name in _STAGE_COLUMNS),
        )
        .where(
            *_permitted(viewer, application, permissions),
            application.table.c.id == bindparam("application_id", type_=Uuid()),
            target.c.opening_id == application[Application.opening_id],
            of_tenant_table(origin),
            origin.c.id == bindparam("from_stage_id", type_=Uuid()),
            origin.c.opening_id == application[Application.opening_id],
        )
        .with_for_update(key_share=True, of=application.table)
    )


def _several(viewer: Viewer, permissions: tuple[Permission, ...]) -> Select[Any]:
    application = APPLICATION.row(Names())
    return (
        select(*application.table.c)
        .where(
            *_permitted(viewer, application, permissions),
            application.table.c.id == any_(bindparam("application_ids", type_=ARRAY(Uuid()))),
        )
        .order_by(application.table.c.id)
        .with_for_update(key_share=True, of=application.table)
    )


_STAGE_COLUMNS = ("id", "opening_id", "kind", "name", "position", "archived_at")


def _stage(record: Mapping[str, Any], side: str) -> StageState:  # Any: columns of all types
    return StageState(
        id=record[f"{side}_id"],
        opening_id=record[f"{side}_opening_id"],
        kind=StageKind(record[f"{side}_kind"]),
        name=record[f"{side}_name"],
        position=record[f"{side}_position"],
        is_archived=record[f"{side}_archived_at"] is not None,
    )
