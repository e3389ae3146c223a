"""Creating openings and changing their own fields."""

from collections.abc import Sequence
from dataclasses import dataclass, fields
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from portal import bounds
from portal.access.actions import action
from portal.access.constraints import means
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.errors import AlreadyDone, NotUnique
from portal.openings.actions.checks import (
    check_approval,
    check_department,
    check_locations,
    check_teams,
    lock_editable,
    needed,
)
from portal.openings.actions.confidentiality import keep
from portal.openings.actions.results import OpeningResult
from portal.openings.actions.staffing import TeamTerms, place_team
from portal.openings.enums import EmploymentType, OpeningKind, OpeningStatus, SeatStatus
from portal.openings.events import OpeningCreated, OpeningUpdated
from portal.openings.lifecycle import add_seats
from portal.openings.models import Opening, OpeningLocation, Stage, StageTemplate
from portal.openings.reads import OPENING
from portal.openings.rules.seats import MOST_SEATS
from portal.openings.rules.stages import DEFAULT_PIPELINE
from portal.records.recording import first_values, record
from portal.unchanged import UNCHANGED, Unchanged

means(
    "uq_opening_organization_id_requisition_code",
    lambda: NotUnique("Another opening has this requisition code.", path=("requisitionCode",)),
)

# Said of a new opening in the audit log.
SAID = ("title", "kind", "is_confidential", "department_id", "employment_type", "requisition_code")

_TEMPLATES = (
    select(StageTemplate)
    .where(StageTemplate.organization_id == bindparam("organization_id", type_=Uuid()))
    .order_by(StageTemplate.position)
)


@dataclass(frozen=True, kw_only=True)
class OpeningDraft:
    """What a new opening begins with."""

    title: str
    employment_type: EmploymentType
    kind: OpeningKind = OpeningKind.STANDARD
    is_confidential: bool = False
    requisition_code: str | None = None
    department_id: UUID | None = None
    seniority: str | None = None
    relocation_offered: bool = False
    description: str | None = None
    location_ids: Sequence[UUID] = ()
    teams: Sequence[TeamTerms] = ()
    seats: int = 1


@dataclass(frozen=True, kw_only=True)
class OpeningChanges:
    """What is different from now on; null empties a field where it may be empty."""

    title: str | Unchanged | None = UNCHANGED
    employment_type: EmploymentType | Unchanged | None = UNCHANGED
    requisition_code: str | Unchanged | None = UNCHANGED
    department_id: UUID | Unchanged | None = UNCHANGED
    seniority: str | Unchanged | None = UNCHANGED
    relocation_offered: bool | Unchanged | None = UNCHANGED
    description: str | Unchanged | None = UNCHANGED


@action(Permission.OPENING_CREATE)
async def create_opening(work: Work, *, draft: OpeningDraft) -> OpeningResult:
    """Begin an opening as a draft, with its seats and the organization's pipeline.

    The first team has the highest priority. A confidential opening is kept by its creator alone, until it is granted to
    others. Raises NotUnique for a requisition code that is taken, Forbidden outside of the actor's scope.
    """
    count = bounds.whole_number(draft.seats, least=1, most=MOST_SEATS, path="seats")
    await check_department(work, draft.department_id)
    await check_teams(work, [terms.team_id for terms in draft.teams])
    locations = await check_locations(work, draft.location_ids)
    opening = work.add(_drafted(draft))
    for priority, terms in enumerate(draft.teams, start=1):
        place_team(work, opening, None, terms, priority)
    for location_id in locations:
        work.add(OpeningLocation(opening_id=opening.id, location_id=location_id))
    await _add_pipeline(work, opening)
    await begin(work, opening, is_confidential=draft.is_confidential)
    changes = first_values(opening, *SAID)
    record(
        work,
        OpeningCreated(subject_id=opening.id, opening_id=opening.id, kind=opening.kind, seats=count, changes=changes),
    )
    add_seats(work, opening, range(1, count + 1), SeatStatus.DRAFT)
    return OpeningResult(opening.id)


@action(Permission.OPENING_EDIT)
async def update_opening(
    work: Work, *, opening_id: UUID, changes: OpeningChanges, expected_version: int | None = None
) -> OpeningResult:
    """Change an opening's own fields.

    Raises AlreadyDone when nothing is different, NotUnique for a requisition code that is taken, WrongState when it is
    archived or has to be approved again (R15), Forbidden where it would leave the actor's scope.
    """
    opening = await lock_editable(work, opening_id, expected_version=expected_version)
    given = _tidy(changes)
    different = {name: value for name, value in given.items() if getattr(opening, name) != value}
    await check_approval(work, opening, different.keys())
    if "department_id" in different:
        await check_department(work, given["department_id"])  # type: ignore[arg-type] # a field of OpeningChanges
    made = work.change(opening, **different)
    if not made:
        raise AlreadyDone("The opening is like that already.")
    record(work, OpeningUpdated(subject_id=opening.id, opening_id=opening.id, changes=made))
    if "department_id" in different:
        await work.require(OPENING, opening)
    return OpeningResult(opening.id)


async def begin(work: Work, opening: Opening, *, is_confidential: bool) -> None:
    """Check that a new opening lies where the actor may create one, then hide it if it is to be confidential."""
    # Rights are asked for before it hides: nobody's grant can reach a confidential opening that did not exist.
    await work.require(OPENING, opening)
    if is_confidential:
        await keep(work, opening)
        opening.__dict__["is_confidential"] = True
        work.write(Opening, opening.id, is_confidential=True)


async def _add_pipeline(work: Work, opening: Opening) -> None:
    templates = await work.all(_TEMPLATES, StageTemplate)
    pipeline = [(template.kind, template.name) for template in templates] or DEFAULT_PIPELINE
    for position, (kind, name) in enumerate(pipeline, start=1):
        work.add(Stage(opening_id=opening.id, kind=kind, name=name, position=position))


def _drafted(draft: OpeningDraft) -> Opening:
    return Opening(
        title=bounds.one_line(draft.title, path="title"),
        requisition_code=bounds.optional_line(
            draft.requisition_code, longest=bounds.CODE_LENGTH, path="requisitionCode"
        ),
        status=OpeningStatus.DRAFT,
        kind=draft.kind,
        is_confidential=False,
        department_id=draft.department_id,
        employment_type=draft.employment_type,
        seniority=bounds.optional_line(draft.seniority, longest=bounds.CODE_LENGTH, path="seniority"),
        relocation_offered=draft.relocation_offered,
        description=bounds.optional_text(draft.description, longest=bounds.NOTE_LENGTH, path="description"),
    )


def _tidy(changes: OpeningChanges) -> dict[str, object]:
    """The given fields as they are stored."""
    given = {field.name: getattr(changes, field.name) for field in fields(changes)}
    given = {name: value for name, value in given.items() if value is not UNCHANGED}
    for name, path in (
        ("title", "title"),
        ("employment_type", "employmentType"),
        ("relocation_offered", "relocationOffered"),
    ):
        if name in given:
            needed(given[name], path)
    if "title" in given:
        given["title"] = bounds.one_line(given["title"], path="title")
    for name, path in (("requisition_code", "requisitionCode"), ("seniority", "seniority")):
        if name in given:
            given[name] = bounds.optional_line(given[name], longest=bounds.CODE_LENGTH, path=path)
    if "description" in given:
        given["description"] = bounds.optional_text(
            given["description"], longest=bounds.NOTE_LENGTH, path="description"
        )
    return given
