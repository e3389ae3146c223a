"""What an organization decides for itself: its policies, typed, with the values of one that never chose."""

import enum
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from portal import bounds
from portal.access.enums import DocumentMode
from portal.errors import InvalidInput

# Ten years: longer is a ban, which is not what a cool-down is for.
MOST_REAPPLY_DAYS = 3_650


class TeamRequiredAt(enum.StrEnum):
    """Before what an opening with several teams needs the hire's team to be chosen."""

    OFFER = "OFFER"
    HIRE = "HIRE"
    NEVER = "NEVER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Policies:
    """The policies as the rules read them. Building one refuses values that are out of their bounds."""

    require_rejection_reason: bool = True
    """Always so (R5); it is here because other systems make it a choice and clients ask."""
    require_source: bool = False
    """Whether an application has to say through what channel it came."""
    hired_private_by_default: bool = True
    """Whether candidates become private when they are hired (R23)."""
    internal_private_by_default: bool = True
    """Whether candidates who work here already are private from the start (R23)."""
    opening_approval: bool = False
    """Whether openings are approved before they open."""
    reapply_after_days: int = 0
    """How long after a rejection or withdrawal a candidate can't apply there again (R1); 0 is at once."""
    team_required_at: TeamRequiredAt = TeamRequiredAt.OFFER
    """Before what the team is chosen where an opening hires for several (R19)."""
    browser_documents: DocumentMode = DocumentMode.ALLOW
    """What members who signed in with a browser's session may send; tokens say it themselves."""

    require_second_factor: bool = False
    """Whether nobody signs in with a password alone; who has no second factor enrols one as they sign in."""

    def __post_init__(self) -> None:
        if not self.require_rejection_reason:
            raise InvalidInput("A rejection always has a reason.", path=("requireRejectionReason",))
        bounds.whole_number(self.reapply_after_days, least=0, most=MOST_REAPPLY_DAYS, path="reapplyAfterDays")

    @property
    def team_required_to_hire(self) -> bool:
        """Whether a hire is refused until the team is chosen: an offer comes before the hire, so both policies ask."""
        return self.team_required_at is not TeamRequiredAt.NEVER

    def to_json(self) -> dict[str, Any]:  # Any: the shape of a JSON column
        """As they are stored in the organization's row."""
        return asdict(self)


DEFAULTS = Policies()

# Policies that are stored as one of a few words.
_CLOSED: Mapping[str, type[enum.StrEnum]] = {"team_required_at": TeamRequiredAt, "browser_documents": DocumentMode}


def changed(policies: Policies, values: Mapping[str, Any]) -> Policies:  # Any: policies are of several types
    """The policies with some of them different, by name; none of them can be empty."""
    for name, value in values.items():
        bounds.needed(value, path=_camel(name))
    return replace(policies, **values)


def from_json(stored: dict[str, Any]) -> Policies:  # Any: the shape of a JSON column
    """The policies that a row holds; what it does not mention is as in DEFAULTS, what we don't know is passed over.

    A row may be older or newer than this program, so a missing or an additional policy is no error; a value of another
    type than the policy's is a broken row.
    """
    known = {field.name for field in fields(Policies)}
    values = {name: value for name, value in stored.items() if name in known}
    for name, closed in _CLOSED.items():
        if name in values:
            values[name] = closed(values[name])
    for name, value in values.items():
        expected = type(getattr(DEFAULTS, name))
        if type(value) is not expected:
            raise TypeError(f"The policy {name} holds {value!r}, which is no {expected.__name__}.")
    return replace(DEFAULTS, **values)


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)
