"""Mutations that end an application, with a hire or without, or take it up again."""

import strawberry

from portal.applications.actions import hires, outcomes
from portal.applications.reads import APPLICATION, REJECTION_REASON
from portal.openings.reads import SEAT, STAGE
from portal.organizations.reads import TEAM
from schema.applications.types import Application
from schema.mutating import Info, Payload, expected_version, id_of, idempotency_key, mutation, optional_id
from schema.openings.types import Seat
from schema.reading import described, the

_THE_APPLICATION = (
    "The application as it is now; null when nothing was changed, and when the viewer may not see it (any more)."
)
_NOTE = "What there is to say about it, for its history; at most 10,000 characters."


@strawberry.input(description="Which application to reject, and why.")
class RejectApplicationInput:
    application_id: strawberry.ID = described("The application's id.")
    reason_id: strawberry.ID | None = described(
        "A reason of type BY_ORGANIZATION or OTHER. Refused with REASON_REQUIRED without one.", default=None
    )
    note: str | None = described(_NOTE, default=None)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `rejectApplication` answers.")
class RejectApplicationPayload(Payload):
    application: Application | None = described(_THE_APPLICATION, default=None)


@strawberry.input(description="Which application's candidate withdrew, and why.")
class WithdrawApplicationInput:
    application_id: strawberry.ID = described("The application's id.")
    reason_id: strawberry.ID | None = described(
        "A reason of type BY_CANDIDATE. Refused with REASON_REQUIRED without one.", default=None
    )
    note: str | None = described(_NOTE, default=None)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `withdrawApplication` answers.")
class WithdrawApplicationPayload(Payload):
    application: Application | None = described(_THE_APPLICATION, default=None)


@strawberry.input(description="Which application to take up again, why, and where.")
class UnrejectApplicationInput:
    application_id: strawberry.ID = described("The application's id; rejected or withdrawn.")
    reason: str = described("Why, for its history; 1 to 10,000 characters.")
    stage_id: strawberry.ID | None = described(
        "The stage to put it in; if not given, the one it ended in.", default=None
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `unrejectApplication` answers.")
class UnrejectApplicationPayload(Payload):
    application: Application | None = described(_THE_APPLICATION, default=None)


@strawberry.input(description="Whom to hire, and into which seat.")
class HireApplicationInput:
    application_id: strawberry.ID = described("The application's id.")
    seat_id: strawberry.ID | None = described(
        "An open seat of the opening; if not given, the open one with the lowest number.", default=None
    )
    team_id: strawberry.ID | None = described(
        "One of the opening's teams; the organization's policy may require it where there are several.", default=None
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `hireApplication` answers.")
class HireApplicationPayload(Payload):
    application: Application | None = described(
        f"{_THE_APPLICATION} By policy hired candidates are private.", default=None
    )
    seat: Seat | None = described("The seat that the hire fills; null when nothing was changed.", default=None)


@strawberry.input(description="Which hire to take back.")
class UnhireApplicationInput:
    application_id: strawberry.ID = described("The application's id.")
    note: str | None = described(_NOTE, default=None)
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What `unhireApplication` answers.")
class UnhireApplicationPayload(Payload):
    application: Application | None = described(_THE_APPLICATION, default=None)
    seat: Seat | None = described("The seat that is free again; null when nothing was changed.", default=None)


@strawberry.type
class OutcomeMutations:
    @mutation("Turn a candidate down. Takes `application:reject`.")
    async def reject_application(self, info: Info, input: RejectApplicationInput) -> RejectApplicationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            outcomes.reject_application,
            application_id=id_of(APPLICATION, input.application_id),
            reason_id=optional_id(REJECTION_REASON, input.reason_id),
            note=input.note,
            expected_version=input.expected_version,
        )
        return RejectApplicationPayload(application=the(APPLICATION, done.application_id))

    @mutation("End an application whose candidate withdrew; it counts as no rejection. Takes `application:reject`.")
    async def withdraw_application(self, info: Info, input: WithdrawApplicationInput) -> WithdrawApplicationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            outcomes.withdraw_application,
            application_id=id_of(APPLICATION, input.application_id),
            reason_id=optional_id(REJECTION_REASON, input.reason_id),
            note=input.note,
            expected_version=input.expected_version,
        )
        return WithdrawApplicationPayload(application=the(APPLICATION, done.application_id))

    @mutation("Take a rejected or withdrawn application up again. Takes `application:reject`.")
    async def unreject_application(self, info: Info, input: UnrejectApplicationInput) -> UnrejectApplicationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            outcomes.unreject_application,
            application_id=id_of(APPLICATION, input.application_id),
            reason=input.reason,
            stage_id=optional_id(STAGE, input.stage_id),
            expected_version=input.expected_version,
        )
        return UnrejectApplicationPayload(application=the(APPLICATION, done.application_id))

    @mutation(
        "Hire the candidate into exactly one open seat of the opening; the last seat closes the opening, unless it is "
        "evergreen. By the organization's policy the candidate is private from then on; for whoever sees no private "
        "candidates the payload's application is null. Takes `application:hire`."
    )
    async def hire_application(self, info: Info, input: HireApplicationInput) -> HireApplicationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            hires.hire_application,
            application_id=id_of(APPLICATION, input.application_id),
            seat_id=optional_id(SEAT, input.seat_id),
            team_id=optional_id(TEAM, input.team_id),
            expected_version=input.expected_version,
        )
        return HireApplicationPayload(application=the(APPLICATION, done.application_id), seat=the(SEAT, done.seat_id))

    @mutation(
        "Take a hire back: its seat is free, and an opening that closed with it opens again. A candidate whom the hire "
        "made private stays so until `setCandidatePrivacy`. Takes `application:hire`."
    )
    async def unhire_application(self, info: Info, input: UnhireApplicationInput) -> UnhireApplicationPayload:
        done = await info.context.perform(
            input.idempotency_key,
            hires.unhire_application,
            application_id=id_of(APPLICATION, input.application_id),
            note=input.note,
            expected_version=input.expected_version,
        )
        return UnhireApplicationPayload(application=the(APPLICATION, done.application_id), seat=the(SEAT, done.seat_id))
