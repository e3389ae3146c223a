"""Who is credited with a candidate, and what they may say about how the candidate came."""

from dataclasses import dataclass
from uuid import UUID

from portal.applications.enums import ApplicationOrigin
from portal.errors import Forbidden, InvalidInput

# What those who bring candidates without recruiting for the opening may say of them.
_BROUGHT = frozenset({ApplicationOrigin.SOURCED, ApplicationOrigin.REFERRED})


@dataclass(frozen=True, slots=True)
class Submitter:
    """Who submits. `recruits`: may move applications of the opening; `imports`: repeats what happened elsewhere."""

    membership_id: UUID | None
    recruits: bool = False
    is_agency: bool = False
    imports: bool = False


def origin_of(submitter: Submitter, wanted: ApplicationOrigin | None) -> ApplicationOrigin:
    """How the application came to be: as said, or as it usually is for this submitter.

    An agency's candidates came through the agency, whatever it says; only an import says that something was imported.
    """
    if submitter.imports:
        return wanted or ApplicationOrigin.IMPORTED
    if wanted is ApplicationOrigin.IMPORTED:
        raise InvalidInput("Only an import can say that.", path=("origin",))
    if submitter.recruits:
        return wanted or ApplicationOrigin.APPLIED
    if submitter.is_agency:
        if wanted not in {None, ApplicationOrigin.AGENCY}:
            raise InvalidInput("What an agency submits came through the agency.", path=("origin",))
        return ApplicationOrigin.AGENCY
    if wanted is not None and wanted not in _BROUGHT:
        raise InvalidInput("You can bring candidates whom you sourced or refer.", path=("origin",))
    return wanted or ApplicationOrigin.SOURCED


def credited_to(submitter: Submitter, origin: ApplicationOrigin, wanted: UUID | None) -> UUID | None:
    """The member who is credited: themselves for those who bring candidates, whom recruiters say, else nobody.

    The credit lets its holder see the application, so nobody gives it away but those who recruit for the opening.
    """
    if submitter.recruits or submitter.imports:
        return wanted or (submitter.membership_id if origin is ApplicationOrigin.SOURCED else None)
    if wanted not in {None, submitter.membership_id}:
        raise Forbidden("You submit candidates in your own name.", path=("creditedToId",))
    return submitter.membership_id
