"""The pipeline's stages: where applications arrive, how stages are ordered, and when one may be archived."""

import enum
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from portal import bounds
from portal.bounds import Path
from portal.errors import AlreadyDone, InvalidInput, NotFound, WrongState
from portal.openings.enums import StageKind

# A board with more columns than this can't be read; the longest published pipelines have about a dozen stages.
MOST_STAGES = 30

DEFAULT_PIPELINE: tuple[tuple[StageKind, str], ...] = (
    (StageKind.LEAD, "Lead"),
    (StageKind.APPLIED, "Applied"),
    (StageKind.SCREEN, "Screen"),
    (StageKind.INTERVIEW, "Interview"),
    (StageKind.TEAM_MATCH, "Team match"),
    (StageKind.OFFER, "Offer"),
    (StageKind.HIRED, "Hired"),
)


@dataclass(frozen=True, slots=True)
class StageState:
    """What the rules need to know of a stage; positions rise along the pipeline."""

    id: UUID
    opening_id: UUID
    kind: StageKind
    name: str
    position: int
    is_archived: bool = False


class Direction(enum.StrEnum):
    """Which way a move went along the pipeline."""

    FORWARD = "FORWARD"
    BACKWARD = "BACKWARD"


def direction(from_stage: StageState, to_stage: StageState) -> Direction:
    """Which way a move goes; both ways are allowed and recorded (R3)."""
    return Direction.FORWARD if to_stage.position > from_stage.position else Direction.BACKWARD


def in_use(stages: Iterable[StageState]) -> list[StageState]:
    """The stages of the board, in their order."""
    return sorted((stage for stage in stages if not stage.is_archived), key=lambda stage: (stage.position, stage.id))


def arrival_stage(stages: Iterable[StageState], *, is_lead: bool) -> StageState:
    """Where a new application starts: a lead in the first LEAD stage, everybody else in the first APPLIED stage.

    Without such a stage it is the first one in which an application can be at all.
    """
    kind = StageKind.LEAD if is_lead else StageKind.APPLIED
    usable = [stage for stage in in_use(stages) if stage.kind is not StageKind.HIRED]
    for stage in usable:
        if stage.kind is kind:
            return stage
    if not usable:
        raise InvalidInput("This opening's pipeline has no stage in which an application could start.")
    return usable[0]


def stage_of_hired(stages: Iterable[StageState], current: StageState) -> StageState:
    """Where a hired application stands: the HIRED stage, or where it is when the pipeline has none."""
    return next((stage for stage in in_use(stages) if stage.kind is StageKind.HIRED), current)


def stage_after_unhire(stages: Iterable[StageState]) -> StageState:
    """Where an unhired application goes back to (R18): the last OFFER stage, else the last stage before hiring."""
    usable = [stage for stage in in_use(stages) if stage.kind is not StageKind.HIRED]
    if not usable:
        raise InvalidInput("This opening's pipeline has no stage in which an application could be.")
    return next((stage for stage in reversed(usable) if stage.kind is StageKind.OFFER), usable[-1])


def stage_to_return_to(stage: StageState, stages: Iterable[StageState]) -> StageState:
    """The stage that an application left, or the nearest earlier one that is still in use, else the first."""
    if not stage.is_archived and stage.kind is not StageKind.HIRED:
        return stage
    usable = [other for other in in_use(stages) if other.kind is not StageKind.HIRED]
    if not usable:
        raise InvalidInput("This opening's pipeline has no stage in which an application could be.")
    return next((other for other in reversed(usable) if other.position < stage.position), usable[0])


def check_destination(stage: StageState, *, opening_id: UUID, path: Path) -> None:
    """Refuses a stage where an application of this opening can't be put (R2): foreign, archived, or the hired one."""
    if stage.opening_id != opening_id:
        raise NotFound("stage", path=bounds.as_path(path))
    if stage.is_archived:
        raise InvalidInput(f"The stage {stage.name} is archived. Choose another one.", path=bounds.as_path(path))
    if stage.kind is StageKind.HIRED:
        raise InvalidInput("To hire somebody is more than a move: it fills a seat.", path=bounds.as_path(path))


def check_pipeline(kinds: Sequence[StageKind]) -> None:
    """Refuses a pipeline that can't work: too long, nowhere to start, or with hiring anywhere but at its end."""
    bounds.items(kinds, most=MOST_STAGES, path="stages")
    if all(kind is StageKind.HIRED for kind in kinds):
        raise InvalidInput("A pipeline needs a stage in which applications arrive.", path=("stages",))
    if StageKind.HIRED in kinds[:-1]:
        raise InvalidInput("A pipeline has at most one HIRED stage, and it is the last.", path=("stages",))


def position_of_new_stage(stages: Sequence[StageState], kind: StageKind) -> int:
    """Where a further stage goes: at the end, but before the HIRED stage, which moves one place down with the archived.

    Every stage at or after the returned position has to be moved down by one.
    """
    used = in_use(stages)
    if kind is StageKind.HIRED and any(stage.kind is StageKind.HIRED for stage in used):
        raise InvalidInput("A pipeline has at most one HIRED stage.", path=("kind",))
    bounds.items([*used, kind], most=MOST_STAGES, path="stages")
    if used and used[-1].kind is StageKind.HIRED:
        return used[-1].position
    return max((stage.position for stage in stages), default=0) + 1


def reordered(stages: Sequence[StageState], order: Sequence[UUID]) -> dict[UUID, int]:
    """The new position of each stage: those in use as `order` says, from 1; the archived behind them as before.

    `order` names every stage in use exactly once, and the HIRED stage, if there is one, last.
    """
    used = {stage.id: stage for stage in in_use(stages)}
    if len(order) != len(used) or set(order) != set(used):
        raise InvalidInput("List every stage in use exactly once.", path=("stageIds",))
    check_pipeline([used[stage_id].kind for stage_id in order])
    archived = sorted((stage for stage in stages if stage.is_archived), key=lambda stage: (stage.position, stage.id))
    ordered = [*order, *(stage.id for stage in archived)]
    return {stage_id: position for position, stage_id in enumerate(ordered, start=1)}


def check_archive(
    stage: StageState,
    stages: Sequence[StageState],
    *,
    active_applications: int,
    destination: StageState | None,
) -> None:
    """Refuses to archive a stage that the pipeline can't do without, or that would take active applications with it.

    The last APPLIED stage and the HIRED stage stay, and so does the last stage in which an application can be.
    """
    if stage.is_archived:
        raise AlreadyDone(f"The stage {stage.name} is already archived.")
    others = [other for other in in_use(stages) if other.id != stage.id]
    _check_dispensable(stage, others)
    if destination is not None:
        check_destination(destination, opening_id=stage.opening_id, path="destinationStageId")
        if destination.id == stage.id:
            raise InvalidInput("Applications can't stay in the stage that is archived.", path=("destinationStageId",))
    elif active_applications > 0:
        raise InvalidInput(
            f"{active_applications} applications are in {stage.name}. Name the stage that they move to.",
            path=("destinationStageId",),
        )


def check_restore(stage: StageState, stages: Collection[StageState]) -> None:
    """Refuses to take a stage back into use that is in use, or that would be a second HIRED stage."""
    if not stage.is_archived:
        raise AlreadyDone(f"The stage {stage.name} is not archived.")
    position_of_new_stage(list(stages), stage.kind)


def _check_dispensable(stage: StageState, others: Sequence[StageState]) -> None:
    kinds = {other.kind for other in others}
    if stage.kind is StageKind.HIRED:
        raise WrongState("The HIRED stage can't be archived: hired candidates stand in it.", state="IN_USE")
    if stage.kind is StageKind.APPLIED and StageKind.APPLIED not in kinds:
        raise WrongState("The last APPLIED stage can't be archived: new applications arrive in it.", state="IN_USE")
    if kinds <= {StageKind.HIRED}:
        raise WrongState("The last stage can't be archived: applications have to be somewhere.", state="IN_USE")
