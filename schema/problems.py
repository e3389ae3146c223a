"""User errors in GraphQL: what a mutation refused, as data that clients can program against."""

from collections.abc import Callable
from typing import Annotated

import strawberry

from portal import errors
from portal.applications.reads import APPLICATION
from portal.openings.reads import STAGE
from schema.enums import described_enum
from schema.reading import the

described_enum(
    errors.UserErrorCode,
    "What a mutation refused. New codes may be added; treat an unknown one as INVALID_INPUT.",
    {
        errors.UserErrorCode.NOT_FOUND: "There is no such thing, or not for this viewer.",
        errors.UserErrorCode.FORBIDDEN: "The viewer may see it, but not do this to it.",
        errors.UserErrorCode.INVALID_INPUT: "A value is out of its bounds.",
        errors.UserErrorCode.ALREADY_DONE: "It is already so.",
        errors.UserErrorCode.WRONG_STATE: "Its state does not allow this.",
        errors.UserErrorCode.STALE_VERSION: "Somebody changed it since it was read.",
        errors.UserErrorCode.STAGE_CHANGED: "The application is in another stage than the client thought.",
        errors.UserErrorCode.NO_OPEN_SEAT: "The opening has no seat left to fill.",
        errors.UserErrorCode.REASON_REQUIRED: "A reason must be given.",
        errors.UserErrorCode.DUPLICATE_ACTIVE_APPLICATION: "The candidate already has an active application.",
        errors.UserErrorCode.DISPOSITION_REQUIRED: "Active applications need a disposition first.",
        errors.UserErrorCode.HEADCOUNT_TOO_LOW: "More seats are filled or reserved than would remain.",
        errors.UserErrorCode.CYCLE_REFUSED: "A tree would contain itself.",
        errors.UserErrorCode.NOT_UNIQUE: "Another one already has this value.",
        errors.UserErrorCode.LAST_ADMINISTRATOR: "The organization would be left without an administrator.",
        errors.UserErrorCode.BEYOND_OWN_RIGHTS: "A grant or token may not exceed the granter's own rights.",
        errors.UserErrorCode.OWN_GRANT: "Nobody changes their own grants.",
        errors.UserErrorCode.BEING_CHANGED: "Somebody else is changing the same thing right now.",
        errors.UserErrorCode.TOO_MANY_ATTEMPTS: "A password or code was tried too often.",
        errors.UserErrorCode.IDEMPOTENCY_KEY_REUSED: "The idempotency key was used with other input.",
        errors.UserErrorCode.IDEMPOTENCY_IN_PROGRESS: "The same call, or another change of it, is still running.",
    },
)


@strawberry.interface(
    description="Why a mutation changed nothing. Types that implement it carry what a client needs to go on."
)
class UserError:
    code: errors.UserErrorCode = strawberry.field(description="What was refused, for programs.")
    message: str = strawberry.field(description="What was refused and what to do, for people.")
    path: list[str] | None = strawberry.field(
        description="The field of the input that it is about, outermost first; null when it is about the whole."
    )


@strawberry.type(name="RefusalError", description="A refusal that needs no more than its code and message.")
class Refusal(UserError):
    pass


@strawberry.type(name="StageChangedError", description="The application is in another stage than `fromStageId`.")
class StageChanged(UserError):
    current_stage: Annotated["Stage", strawberry.lazy("schema.openings.types")] | None = strawberry.field(  # type: ignore[name-defined] # noqa: F821 - lazy
        description="The stage that it is in now."
    )


@strawberry.type(name="StaleVersionError", description="It was changed since it was read.")
class StaleVersion(UserError):
    current: int = strawberry.field(description="The version that it is at now.")


@strawberry.type(name="WrongStateError", description="Its state does not allow this.")
class WrongState(UserError):
    state: str = strawberry.field(description="The state that it is in, a value of its status enum.")


@strawberry.type(name="NoOpenSeatError", description="The opening has no open seat left.")
class NoOpenSeat(UserError):
    pass


@strawberry.type(name="ReasonRequiredError", description="A reason must be given.")
class ReasonRequired(UserError):
    pass


@strawberry.type(
    name="DuplicateActiveApplicationError",
    description="The candidate already has an active application for the opening.",
)
class DuplicateActiveApplication(UserError):
    application: Annotated["Application", strawberry.lazy("schema.applications.types")] | None = strawberry.field(  # type: ignore[name-defined] # noqa: F821 - lazy
        description="That application; null when the viewer may not see it."
    )


@strawberry.type(name="DispositionRequiredError", description="Active applications need a disposition first.")
class DispositionRequired(UserError):
    active_applications: int = strawberry.field(description="How many are active.")


@strawberry.type(
    name="HeadcountTooLowError", description="The headcount can't go below the seats that are filled or reserved."
)
class HeadcountTooLow(UserError):
    filled_or_reserved: int = strawberry.field(description="How many are filled or reserved.")


@strawberry.type(name="TooManyAttemptsError", description="A password or code was tried too often.")
class TooManyAttempts(UserError):
    retry_after: int = strawberry.field(description="In how many seconds to try again.")


_WITH_MORE: dict[type[errors.UserError], Callable[..., UserError]] = {
    errors.StageChanged: lambda error, **common: StageChanged(
        **common, current_stage=the(STAGE, error.current_stage_id)
    ),
    errors.StaleVersion: lambda error, **common: StaleVersion(**common, current=error.current_version),
    errors.WrongState: lambda error, **common: WrongState(**common, state=error.state),
    errors.NoOpenSeat: lambda _error, **common: NoOpenSeat(**common),
    errors.ReasonRequired: lambda _error, **common: ReasonRequired(**common),
    errors.DuplicateActiveApplication: lambda error, **common: DuplicateActiveApplication(
        **common, application=the(APPLICATION, error.application_id) if error.application_id else None
    ),
    errors.DispositionRequired: lambda error, **common: DispositionRequired(
        **common, active_applications=error.active_applications
    ),
    errors.HeadcountTooLow: lambda error, **common: HeadcountTooLow(
        **common, filled_or_reserved=error.filled_or_reserved
    ),
    errors.TooManyAttempts: lambda error, **common: TooManyAttempts(**common, retry_after=error.retry_after_seconds),
}

PROBLEM_TYPES = (
    Refusal,
    StageChanged,
    StaleVersion,
    WrongState,
    NoOpenSeat,
    ReasonRequired,
    DuplicateActiveApplication,
    DispositionRequired,
    HeadcountTooLow,
    TooManyAttempts,
)


def problem(error: errors.UserError) -> UserError:
    """A refusal as its GraphQL type."""
    common = {"code": error.code, "message": error.message, "path": list(error.path) if error.path else None}
    build = _WITH_MORE.get(type(error))
    return build(error, **common) if build else Refusal(**common)  # type: ignore[arg-type] # one dict for all of them
