"""Copying an opening: the plan is copied, what happened is not."""

from typing import Any
from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.database.base import ModelT, TenantRow
from portal.errors import Forbidden
from portal.openings.actions.openings import SAID, begin
from portal.openings.actions.pay import COLUMNS as BAND_COLUMNS
from portal.openings.actions.results import OpeningResult
from portal.openings.enums import BandVisibility, OpeningStatus, PostingStatus, SeatStatus
from portal.openings.events import OpeningCreated
from portal.openings.lifecycle import add_seats
from portal.openings.loading import of_opening, seat_state, stage_state, stages_of
from portal.openings.models import (
    CompensationBand,
    HiringTeamMember,
    Opening,
    OpeningLocation,
    OpeningSkill,
    OpeningTeam,
    Posting,
    Seat,
    Stage,
)
from portal.openings.reads import OPENING
from portal.openings.rules import copying as rules
from portal.people.enums import MembershipStatus
from portal.people.models import Membership
from portal.records.recording import first_values, record

# What is copied of the rows that belong to an opening; a posting becomes a draft, without address and last day.
_COPIED: dict[type[TenantRow], tuple[str, ...]] = {
    OpeningTeam: ("team_id", "seat_target", "priority"),
    OpeningLocation: ("location_id",),
    OpeningSkill: ("skill_id", "level"),
    Posting: (
        *("title", "language", "location_id", "location_name", "body_html", "body_text", "sections"),
        *("eeo_statement", "accommodation_contact"),
    ),
}
_ROWS = {model: of_opening(model) for model in _COPIED}
_SEATS = of_opening(Seat)
_BANDS = of_opening(CompensationBand)
_TEAM = (
    of_opening(HiringTeamMember)
    .join(
        Membership,
        (Membership.organization_id == HiringTeamMember.organization_id)
        & (Membership.id == HiringTeamMember.membership_id),
    )
    .where(Membership.status != MembershipStatus.DEACTIVATED)
)


@action(Permission.OPENING_CREATE)
async def copy_opening(
    work: Work, *, opening_id: UUID, title: str | None = None, as_template: bool = False
) -> OpeningResult:
    """Begin an opening as another one began: as a draft with all of its plan, and nothing of what happened.

    Copied are teams, locations, stages, skills, hiring team, pay, postings as drafts, and as many seats. A copy of a
    confidential opening is confidential (R20), and internal pay is copied only for those who may change it (R26).
    Raises Forbidden where the original may not be read, or the copy would lie outside of the actor's scope.
    """
    original = await work.find(OPENING, opening_id, permission=Permission.OPENING_READ)
    copy = work.add(_copied(original, title, as_template=as_template))
    for model, columns in _COPIED.items():
        more = {"status": PostingStatus.DRAFT} if model is Posting else {}
        for row in await work.all(_ROWS[model], model, opening_id=original.id):
            work.add(_again(row, columns, copy, **more))
    for stage in rules.copied_stages(stage_state(row) for row in await stages_of(work, original)):
        work.add(Stage(opening_id=copy.id, kind=stage.kind, name=stage.name, position=stage.position))
    await _copy_people_and_pay(work, original, copy)
    seats = rules.copied_seats(seat_state(row) for row in await work.all(_SEATS, Seat, opening_id=original.id))
    await begin(work, copy, is_confidential=original.is_confidential)
    record(
        work,
        OpeningCreated(
            subject_id=copy.id,
            opening_id=copy.id,
            kind=copy.kind,
            seats=len(seats),
            changes=first_values(copy, *SAID),
        ),
    )
    add_seats(work, copy, [seat.number for seat in seats], SeatStatus.DRAFT)
    return OpeningResult(copy.id)


async def _copy_people_and_pay(work: Work, original: Opening, copy: Opening) -> None:
    for member in await work.all(_TEAM, HiringTeamMember, opening_id=original.id):
        work.add(_again(member, ("membership_id", "role", "is_responsible"), copy))
    bands = await work.all(_BANDS, CompensationBand, opening_id=original.id)
    internal_too = await _may_edit_pay(work, original)
    for band in bands:
        if internal_too or band.visibility is BandVisibility.PUBLIC:
            work.add(_again(band, BAND_COLUMNS, copy))


async def _may_edit_pay(work: Work, original: Opening) -> bool:
    try:
        await work.require(OPENING, original, Permission.COMPENSATION_EDIT)
    except Forbidden:
        return False
    return True


def _copied(original: Opening, title: str | None, *, as_template: bool) -> Opening:
    values: dict[str, Any] = {name: getattr(original, name) for name in rules.COPIED}
    values["title"] = original.title if title is None else bounds.one_line(title, path="title")
    values["is_confidential"] = False  # until its creator has it for sure: see begin
    return Opening(
        **values,
        kind=rules.kind_of_copy(original.kind, as_template=as_template),
        status=OpeningStatus.DRAFT,
        copied_from_id=original.id,
    )


def _again(row: ModelT, columns: tuple[str, ...], copy: Opening, **more: Any) -> ModelT:
    """A new row of the same kind for the copy, with some of the old one's values."""
    model: Any = type(row)  # Any: constructors differ, and each of these models has an opening_id
    made: ModelT = model(opening_id=copy.id, **{name: getattr(row, name) for name in columns}, **more)
    return made
