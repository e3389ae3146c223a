"""Expected refusals: what a caller did that the rules do not allow, with a sentence that says what to do.

    UserError                      code, message, path
    ├── NotFound                   unknown, malformed, of another type or tenant, or not visible: all look the same
    ├── Forbidden                  visible, but this actor may not do this to it
    ├── InvalidInput               a value that is out of its bounds
    ├── AlreadyDone                the thing asked for is already so
    ├── WrongState                 the row's state does not allow this action            (state)
    ├── StaleVersion               somebody changed the row since it was read            (current_version)
    ├── StageChanged               the application is in another stage                   (current_stage_id)
    ├── NoOpenSeat                 the opening has no seat left to fill
    ├── ReasonRequired             a reason must be given
    ├── DuplicateActiveApplication the candidate already has an active application       (application_id)
    ├── DispositionRequired        active applications need a disposition first          (active_applications)
    ├── HeadcountTooLow            more seats are filled or reserved than would remain   (filled_or_reserved)
    ├── CycleRefused               a tree would contain itself
    ├── NotUnique                  another row already has this value
    ├── LastAdministrator          the organization would be left without one
    ├── BeyondOwnRights            a grant or token may not exceed the granter's rights
    ├── OwnGrant                   nobody changes their own grants
    ├── BeingChanged               somebody else is changing the same thing right now
    ├── TooManyAttempts            a secret was guessed at too often                     (retry_after_seconds)
    ├── IdempotencyKeyReused       the key was used with other input
    └── IdempotencyInProgress      the same call, or another change of the same thing, is still running

Anything else that is raised is a bug: it stays masked and is logged with the request id.
"""

import enum
from typing import ClassVar
from uuid import UUID


class UserErrorCode(enum.StrEnum):
    """What a client can program against; each code is one class below."""

    NOT_FOUND = "NOT_FOUND"
    FORBIDDEN = "FORBIDDEN"
    INVALID_INPUT = "INVALID_INPUT"
    ALREADY_DONE = "ALREADY_DONE"
    WRONG_STATE = "WRONG_STATE"
    STALE_VERSION = "STALE_VERSION"
    STAGE_CHANGED = "STAGE_CHANGED"
    NO_OPEN_SEAT = "NO_OPEN_SEAT"
    REASON_REQUIRED = "REASON_REQUIRED"
    DUPLICATE_ACTIVE_APPLICATION = "DUPLICATE_ACTIVE_APPLICATION"
    DISPOSITION_REQUIRED = "DISPOSITION_REQUIRED"
    HEADCOUNT_TOO_LOW = "HEADCOUNT_TOO_LOW"
    CYCLE_REFUSED = "CYCLE_REFUSED"
    NOT_UNIQUE = "NOT_UNIQUE"
    LAST_ADMINISTRATOR = "LAST_ADMINISTRATOR"
    BEYOND_OWN_RIGHTS = "BEYOND_OWN_RIGHTS"
    OWN_GRANT = "OWN_GRANT"
    BEING_CHANGED = "BEING_CHANGED"
    TOO_MANY_ATTEMPTS = "TOO_MANY_ATTEMPTS"
    IDEMPOTENCY_KEY_REUSED = "IDEMPOTENCY_KEY_REUSED"
    IDEMPOTENCY_IN_PROGRESS = "IDEMPOTENCY_IN_PROGRESS"


class UserError(Exception):
    """An expected refusal. `message` is a sentence for the user; `path` names the input field, outermost first."""

    code: ClassVar[UserErrorCode]

    def __init__(self, message: str, *, path: tuple[str, ...] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.path = path


class NotFound(UserError):
    """Raised for everything that the actor can't see, so that nobody learns that it exists."""

    code = UserErrorCode.NOT_FOUND

    def __init__(self, what: str, *, path: tuple[str, ...] | None = None) -> None:
        super().__init__(f"No such {what}.", path=path)


class Forbidden(UserError):
    """Raised only for what the actor can see; otherwise NotFound."""

    code = UserErrorCode.FORBIDDEN


class InvalidInput(UserError):
    code = UserErrorCode.INVALID_INPUT


class AlreadyDone(UserError):
    code = UserErrorCode.ALREADY_DONE


class WrongState(UserError):
    """`state` is the row's current state, an enum value of its entity."""

    code = UserErrorCode.WRONG_STATE

    def __init__(self, message: str, *, state: str, path: tuple[str, ...] | None = None) -> None:
        super().__init__(message, path=path)
        self.state = state


class StaleVersion(UserError):
    code = UserErrorCode.STALE_VERSION

    def __init__(self, current_version: int) -> None:
        super().__init__(
            f"This was changed since you read it; it is now at version {current_version}. Read it again, then repeat.",
            path=("expectedVersion",),
        )
        self.current_version = current_version


class StageChanged(UserError):
    code = UserErrorCode.STAGE_CHANGED

    def __init__(self, current_stage_id: UUID, current_stage_name: str) -> None:
        super().__init__(
            f"The application has moved to {current_stage_name} since you opened it.", path=("fromStageId",)
        )
        self.current_stage_id = current_stage_id


class NoOpenSeat(UserError):
    code = UserErrorCode.NO_OPEN_SEAT

    def __init__(self) -> None:
        super().__init__("This opening has no open seat left. Add a seat, or free one, then hire again.")


class ReasonRequired(UserError):
    code = UserErrorCode.REASON_REQUIRED


class DuplicateActiveApplication(UserError):
    code = UserErrorCode.DUPLICATE_ACTIVE_APPLICATION

    def __init__(self, application_id: UUID | None = None) -> None:
        super().__init__("This candidate already has an active application for this opening.")
        self.application_id = application_id


class DispositionRequired(UserError):
    code = UserErrorCode.DISPOSITION_REQUIRED

    def __init__(self, active_applications: int) -> None:
        super().__init__(
            f"{active_applications} applications are still active. Say what becomes of them: reject, transfer or keep.",
            path=("disposition",),
        )
        self.active_applications = active_applications


class HeadcountTooLow(UserError):
    code = UserErrorCode.HEADCOUNT_TOO_LOW

    def __init__(self, filled_or_reserved: int) -> None:
        super().__init__(f"{filled_or_reserved} seats are filled or reserved; the headcount can't go below that.")
        self.filled_or_reserved = filled_or_reserved


class CycleRefused(UserError):
    code = UserErrorCode.CYCLE_REFUSED


class NotUnique(UserError):
    code = UserErrorCode.NOT_UNIQUE


class LastAdministrator(UserError):
    code = UserErrorCode.LAST_ADMINISTRATOR

    def __init__(self) -> None:
        super().__init__("This is the organization's last active administrator. Make somebody else one first.")


class BeyondOwnRights(UserError):
    code = UserErrorCode.BEYOND_OWN_RIGHTS


class OwnGrant(UserError):
    code = UserErrorCode.OWN_GRANT

    def __init__(self) -> None:
        super().__init__("Nobody changes their own grants. Ask another administrator.")


class BeingChanged(UserError):
    code = UserErrorCode.BEING_CHANGED

    def __init__(self) -> None:
        super().__init__("Somebody else is changing this right now. Wait a moment, then try again.")


class TooManyAttempts(UserError):
    """Of a password or a code, for one account or from one address; whether there is such an account is not said."""

    code = UserErrorCode.TOO_MANY_ATTEMPTS

    def __init__(self, retry_after_seconds: int) -> None:
        super().__init__(f"Too many attempts. Try again in {retry_after_seconds} s.")
        self.retry_after_seconds = retry_after_seconds


class IdempotencyKeyReused(UserError):
    code = UserErrorCode.IDEMPOTENCY_KEY_REUSED

    def __init__(self) -> None:
        super().__init__("This idempotency key was used with other input. Use a new key.", path=("idempotencyKey",))


class IdempotencyInProgress(UserError):
    code = UserErrorCode.IDEMPOTENCY_IN_PROGRESS

    def __init__(self) -> None:
        super().__init__(
            "The same call, or another change of the same thing, is still running. Wait a moment, then repeat it with "
            "this key.",
            path=("idempotencyKey",),
        )
