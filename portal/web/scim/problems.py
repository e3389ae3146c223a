"""Refusals in SCIM's own form (RFC 7644, 3.12): a status, a scimType where there is one for it, and a sentence."""

import asyncpg
from pydantic import ValidationError
from scim2_models import Error, SCIMException

from portal.database.pool import NoConnection
from portal.database.roles import STATEMENT_TIMEOUT_SECONDS
from portal.errors import UserError, UserErrorCode
from portal.people.groups.rules import TooManyMembers
from portal.web.errors import Overloaded, Refused, TimedOut

# What is not listed is a value that can't be used.
_MEANT: dict[UserErrorCode, tuple[int, str | None]] = {
    UserErrorCode.NOT_FOUND: (404, None),
    UserErrorCode.FORBIDDEN: (403, None),
    UserErrorCode.OWN_GRANT: (403, None),
    UserErrorCode.NOT_UNIQUE: (409, "uniqueness"),
    UserErrorCode.STALE_VERSION: (412, None),
    UserErrorCode.BEING_CHANGED: (409, None),
    # The user is in a state that does not allow the change.
    UserErrorCode.LAST_ADMINISTRATOR: (400, "mutability"),
    UserErrorCode.WRONG_STATE: (400, "mutability"),
}


def refused_as(problem: Exception) -> tuple[Error, dict[str, str]] | None:
    """What the client is told of something that was expected, with its headers; None for a bug."""
    match problem:
        case Refused():
            headers = {name.decode(): value.decode() for name, value in problem.headers}
            return Error(status=problem.status, detail=problem.message), headers
        case NoConnection():
            return refused_as(Overloaded())
        case asyncpg.QueryCanceledError():
            return refused_as(TimedOut(STATEMENT_TIMEOUT_SECONDS))
        case SCIMException():
            return problem.to_error(), {}
        case ValidationError():
            return Error.from_validation_errors(problem)[0], {}
        case TooManyMembers():
            return Error(status=413, detail=problem.message), {}
        case UserError():
            return _of_action(problem), {}
        case _:
            return None


def _of_action(refusal: UserError) -> Error:
    status, kind = _MEANT.get(refusal.code, (400, "invalidValue"))
    where = f"{'.'.join(refusal.path)}: " if refusal.path else ""
    return Error(status=status, scim_type=kind, detail=f"{where}{refusal.message}")
