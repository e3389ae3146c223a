"""The idiomatic server's mutation: rows are loaded, changed and added, and the session writes them."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from typing import Any

import strawberry
from sqlalchemy import select

from benchmarks.idiomatic_loaders import Context
from benchmarks.idiomatic_types import Application, Info
from portal.access.enums import ActorKind
from portal.access.models import IdempotencyKey
from portal.applications.enums import ApplicationStatus, TransitionCause
from portal.applications.models import Application as ApplicationRow
from portal.applications.models import StageTransition
from portal.database.base import TenantRow
from portal.database.ids import parse_public_id
from portal.openings.models import Opening, Stage
from portal.records.enums import Origin
from portal.records.models import AuditEvent, DomainEvent


@strawberry.input
class MoveApplicationInput:
    application_id: strawberry.ID
    from_stage_id: strawberry.ID
    to_stage_id: strawberry.ID
    idempotency_key: str | None = None


@strawberry.type
class UserError:
    message: str


@strawberry.type
class MoveApplicationPayload:
    application: Application | None = None
    user_errors: list[UserError] = strawberry.field(default_factory=list)


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def move_application(self, info: Info, input: MoveApplicationInput) -> MoveApplicationPayload:
        return await move(info.context, input)


async def move(context: Context, given: MoveApplicationInput) -> MoveApplicationPayload:
    """Move an application, with all that the portal writes too."""
    session, tenant = context.session, context.caller.organization_id
    now = datetime.now(UTC)  # noqa: TID251 - an edge of its own
    known = await session.scalar(
        select(IdempotencyKey).where(
            IdempotencyKey.organization_id == tenant,
            IdempotencyKey.actor_id == context.caller.membership_id,
            IdempotencyKey.key == given.idempotency_key,
        )
    )
    application = await session.scalar(
        select(ApplicationRow)
        .join(
            Opening,
            (Opening.organization_id == ApplicationRow.organization_id) & (Opening.id == ApplicationRow.opening_id),
        )
        .where(
            ApplicationRow.organization_id == tenant,
            ApplicationRow.id == parse_public_id("app", given.application_id),
            ApplicationRow.candidate_is_private.is_(False),
            Opening.is_confidential.is_(False),
        )
        .with_for_update(of=ApplicationRow, key_share=True)
    )
    target = await session.get(
        Stage, (tenant, parse_public_id("stg", given.to_stage_id)), with_for_update={"read": True}
    )
    here = await session.get(Stage, (tenant, parse_public_id("stg", given.from_stage_id)))
    if known is not None or application is None or target is None or here is None:
        return MoveApplicationPayload(user_errors=[UserError(message="There is no such application or stage.")])
    if application.stage_id != here.id or application.status != "ACTIVE" or target.opening_id != application.opening_id:
        return MoveApplicationPayload(user_errors=[UserError(message="The application is not where it was.")])
    for row in _written(context, given, application, here, target, now):
        row.organization_id, row.created_at, row.updated_at, row.version = tenant, now, now, 1
        session.add(row)
    application.stage_id, application.entered_stage_at, application.last_activity_at = target.id, now, now
    application.version, application.updated_at = application.version + 1, now
    await session.commit()
    return MoveApplicationPayload(application=Application.of(application))


def _written(
    context: Context,
    given: MoveApplicationInput,
    application: ApplicationRow,
    here: Stage,
    target: Stage,
    now: datetime,
) -> list[TenantRow]:
    """The rows that go with a move: its history, audit entry, outbox event and idempotency key."""
    seconds = int((now - application.entered_stage_at).total_seconds())
    before, after = here.id.hex, target.id.hex
    # Any: values of all columns that two tables share.
    who: dict[str, Any] = {
        "actor_kind": ActorKind.USER,
        "actor_id": context.caller.membership_id,
        "request_id": os.urandom(16).hex(),
    }
    return [
        StageTransition(
            application_id=application.id,
            from_stage_id=here.id,
            to_stage_id=target.id,
            from_status=ApplicationStatus.ACTIVE,
            to_status=ApplicationStatus.ACTIVE,
            occurred_at=now,
            seconds_in_from_stage=seconds,
            actor_kind=ActorKind.USER,
            actor_id=context.caller.membership_id,
            cause=TransitionCause.MANUAL,
        ),
        AuditEvent(
            **who,
            occurred_at=now,
            operation="move_application",
            entity_type="Application",
            entity_id=application.id,
            opening_id=application.opening_id,
            before={"stage_id": before},
            after={"stage_id": after},
        ),
        DomainEvent(
            **who,
            type="application.stage_changed",
            subject_type="Application",
            subject_id=application.id,
            opening_id=application.opening_id,
            occurred_at=now,
            recorded_at=now,
            origin=Origin.API,
            changes={"stage_id": [before, after]},
            data={
                "from_stage_id": before,
                "to_stage_id": after,
                "seconds_in_from_stage": seconds,
                "direction": "FORWARD" if target.position > here.position else "BACKWARD",
            },
        ),
        IdempotencyKey(
            actor_id=context.caller.membership_id,
            key=given.idempotency_key or "",
            action="move_application",
            fingerprint=hashlib.sha256(repr(given).encode()).hexdigest(),
            result={"application_id": str(application.id)},
            expires_at=now + timedelta(hours=72),
        ),
    ]
