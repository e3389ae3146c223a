"""What happened in one organization (rows_pipeline) as rows of the portal's tables."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from benchmarks import words
from benchmarks.rows_pipeline import HIRED_EVERY, PIPELINES, ApplicationRow, OpeningRow, Pipeline
from benchmarks.rows_staff import LATEST, Row, Table

NOT_OPEN_EVERY = 12  # openings
CONFIDENTIAL_EVERY = 40  # openings
PRIVATE_EVERY = 200  # candidates
_NOT_OPEN = ("CLOSED", "ON_HOLD", "DRAFT")
_ENDED_AT = {"REJECTED": "rejected_at", "WITHDRAWN": "withdrawn_at", "HIRED": "hired_at"}


def tables(pipeline: Pipeline) -> Iterator[Table]:
    """The tables in an order in which every row refers to rows that are there already."""
    openings = pipeline.openings
    yield "opening", _OPENING, (_opening(pipeline, opening) for opening in openings)
    yield "opening_team", ("id", "opening_id", "team_id", "priority"), _opening_teams(pipeline)
    yield "opening_location", ("id", "opening_id", "location_id"), _opening_locations(pipeline)
    yield "seat", ("id", "opening_id", "number", "status", "reason", "opened_at", "filled_at"), _seats(openings)
    yield (
        "hiring_team_member",
        ("id", "opening_id", "membership_id", "role", "is_responsible"),
        _hiring_team(pipeline),
    )
    yield "stage", ("id", "opening_id", "kind", "name", "position"), _stages(openings)
    yield (
        "candidate",
        ("id", "name", "headline", "is_private", "is_internal", "can_email", "tags"),
        _candidates(pipeline),
    )
    yield "application", _APPLICATION, (_application(pipeline, row) for row in pipeline.applications)
    yield "stage_transition", _TRANSITION, _transitions(pipeline)


_OPENING = (
    *("id", "title", "requisition_code", "status", "kind", "is_confidential", "department_id", "employment_type"),
    *("relocation_offered", "opened_at", "closed_automatically"),
)
_APPLICATION = (
    *("id", "candidate_id", "opening_id", "status", "stage_id", "entered_stage_at", "applied_at", "last_activity_at"),
    *("origin", "rejection_reason_id", "rejected_at", "withdrawn_at", "hired_at", "seat_id", "candidate_is_private"),
)
_TRANSITION = (
    *("id", "application_id", "from_stage_id", "to_stage_id", "from_status", "to_status", "occurred_at"),
    *("seconds_in_from_stage", "actor_kind", "actor_id", "cause"),
)


def is_open(index: int) -> bool:
    return index % NOT_OPEN_EVERY != NOT_OPEN_EVERY - 1


def is_confidential(index: int) -> bool:
    return index % CONFIDENTIAL_EVERY == CONFIDENTIAL_EVERY - 1


def _opening(pipeline: Pipeline, opening: OpeningRow) -> Row:
    index = opening.number
    return (
        opening.id,
        words.TITLES[index % len(words.TITLES)],
        f"REQ-{index}",
        "OPEN" if is_open(index) else _NOT_OPEN[index // NOT_OPEN_EVERY % len(_NOT_OPEN)],
        "STANDARD",
        is_confidential(index),
        pipeline.organization.departments[index % len(pipeline.organization.departments)],
        "FULL_TIME",
        False,
        opening.opened_at,
        False,
    )


def _opening_teams(pipeline: Pipeline) -> Iterator[Row]:
    """One to three teams an opening."""
    teams, new_id = pipeline.organization.teams, pipeline.organization.new_id
    for opening in pipeline.openings:
        for priority in range(1, 2 + opening.number % 3):
            yield new_id(opening.opened_at), opening.id, teams[(opening.number + priority) % len(teams)], priority


def _opening_locations(pipeline: Pipeline) -> Iterator[Row]:
    locations, new_id = pipeline.organization.locations, pipeline.organization.new_id
    for opening in pipeline.openings:
        yield new_id(opening.opened_at), opening.id, locations[opening.number % len(locations)]


def _seats(openings: list[OpeningRow]) -> Iterator[Row]:
    for opening in openings:
        hired = opening.applications // HIRED_EVERY
        for number, row_id in enumerate(opening.seats, start=1):
            filled = number <= hired
            status, at = ("FILLED", LATEST) if filled else ("OPEN", None)
            yield row_id, opening.id, number, status, "NEW", opening.opened_at, at


def _hiring_team(pipeline: Pipeline) -> Iterator[Row]:
    """One or two hiring managers and a recruiter an opening."""
    members, new_id = pipeline.organization.members, pipeline.organization.new_id
    for opening in pipeline.openings:
        index, at = opening.number, opening.opened_at
        for number in range(1 + index % 2):
            yield new_id(at), opening.id, members[1 + (index + number) % (len(members) - 1)], "HIRING_MANAGER", True
        yield new_id(at), opening.id, members[1 + (index + 5) % (len(members) - 1)], "RECRUITER", True


def _stages(openings: list[OpeningRow]) -> Iterator[Row]:
    for opening in openings:
        kinds = PIPELINES[opening.number % len(PIPELINES)]
        for position, (row_id, kind) in enumerate(zip(opening.stages, kinds, strict=True), start=1):
            yield row_id, opening.id, kind, kind.replace("_", " ").capitalize(), position


def _candidates(pipeline: Pipeline) -> Iterator[Row]:
    random = pipeline.organization.random
    for index, row_id in enumerate(pipeline.candidates):
        tags = sorted(random.sample(words.TAGS, k=index % 5))
        headline = random.choice(words.HEADLINES) if index % 10 else None
        yield row_id, words.full_name(random), headline, _is_private(index), False, True, tags


def _is_private(candidate: int) -> bool:
    return candidate % PRIVATE_EVERY == PRIVATE_EVERY - 1


def _instants(row: ApplicationRow) -> list[datetime]:
    """When the application entered each stage of its path, and when it ended, if it did otherwise than by a hire."""
    count = len(row.path) + (row.status in ("REJECTED", "WITHDRAWN"))
    return [row.applied_at + timedelta(days=row.days_per_stage * step) for step in range(count)]


def _application(pipeline: Pipeline, row: ApplicationRow) -> Row:
    instants = _instants(row)
    ended = {_ENDED_AT[row.status]: instants[-1]} if row.status in _ENDED_AT else {}
    return (
        row.id,
        pipeline.candidates[row.candidate],
        row.opening.id,
        row.status,
        row.opening.stages[row.path[-1]],
        instants[len(row.path) - 1],
        row.applied_at,
        instants[-1],
        "SOURCED" if row.path[0] == 0 else "APPLIED",
        row.reason,
        ended.get("rejected_at"),
        ended.get("withdrawn_at"),
        ended.get("hired_at"),
        row.seat,
        _is_private(row.candidate),
    )


def _transitions(pipeline: Pipeline) -> Iterator[Row]:
    organization = pipeline.organization
    for row in pipeline.applications:
        instants, stages = _instants(row), row.opening.stages
        seconds = int(row.days_per_stage * 86_400)
        actor = organization.members[row.candidate % len(organization.members)]
        path = [*row.path, row.path[-1]][: len(instants)]
        before: int | None = None
        for step, (stage, at) in enumerate(zip(path, instants, strict=True)):
            is_last = step == len(path) - 1
            yield (
                organization.new_id(at),
                row.id,
                None if before is None else stages[before],
                stages[stage],
                None if before is None else "ACTIVE",
                row.status if is_last else "ACTIVE",
                at,
                None if before is None else seconds,
                "USER",
                actor,
                "MANUAL",
            )
            before = stage
