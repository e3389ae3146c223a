"""For which teams an opening hires, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Change, Work
from portal.errors import AlreadyDone, NotFound
from portal.openings.actions.checks import check_locations, check_teams, lock_editable
from portal.openings.actions.results import OpeningResult
from portal.openings.events import OpeningUpdated
from portal.openings.lifecycle import touch
from portal.openings.loading import lock_seats, of_opening, seat_state
from portal.openings.models import Opening, OpeningLocation, OpeningTeam
from portal.openings.reads import OPENING
from portal.openings.rules.seats import MOST_SEATS, check_team_removal
from portal.records.recording import record

_TEAMS = of_opening(OpeningTeam).with_for_update(key_share=True)
_LOCATIONS = of_opening(OpeningLocation).with_for_update(key_share=True)


@dataclass(frozen=True, kw_only=True)
class TeamTerms:
    """A team that an opening hires for, and how many seats it should get; None while that is undecided."""

    team_id: UUID
    seat_target: int | None = None


@action(Permission.OPENING_EDIT)
async def set_opening_teams(
    work: Work, *, opening_id: UUID, teams: Sequence[TeamTerms], expected_version: int | None = None
) -> OpeningResult:
    """Say for which teams an opening hires, the one to be served first at the top; all others are taken from it.

    Raises InvalidInput for a team that is archived, listed twice, or still has seats here (R19); AlreadyDone.
    """
    opening = await lock_editable(work, opening_id, expected_version=expected_version)
    rows = await _teams(work, opening)
    await _set_teams(work, opening, rows, teams)
    return OpeningResult(opening.id)


@action(Permission.OPENING_EDIT)
async def add_opening_team(work: Work, *, opening_id: UUID, team: TeamTerms) -> OpeningResult:
    """Let an opening hire for one more team, after all others. Raises AlreadyDone, InvalidInput for an archived one."""
    opening = await lock_editable(work, opening_id)
    rows = await _teams(work, opening)
    if any(row.team_id == team.team_id for row in rows):
        raise AlreadyDone("This opening hires for that team already.")
    await _set_teams(work, opening, rows, [*_terms(rows), team])
    return OpeningResult(opening.id)


@action(Permission.OPENING_EDIT)
async def remove_opening_team(work: Work, *, opening_id: UUID, team_id: UUID) -> OpeningResult:
    """Take a team from an opening. Raises NotFound for none of its teams, InvalidInput while it has seats here."""
    opening = await lock_editable(work, opening_id)
    rows = await _teams(work, opening)
    if all(row.team_id != team_id for row in rows):
        raise NotFound("team", path=("teamId",))
    await _set_teams(work, opening, rows, [terms for terms in _terms(rows) if terms.team_id != team_id])
    return OpeningResult(opening.id)


@action(Permission.OPENING_EDIT)
async def set_opening_locations(
    work: Work, *, opening_id: UUID, location_ids: Sequence[UUID], expected_version: int | None = None
) -> OpeningResult:
    """Say where an opening hires. Raises InvalidInput for a location that is archived or listed twice; AlreadyDone."""
    opening = await lock_editable(work, opening_id, expected_version=expected_version)
    rows = {row.location_id: row for row in await work.lock_all(_LOCATIONS, OpeningLocation, opening_id=opening.id)}
    wanted = await check_locations(work, location_ids, rows)
    if set(wanted) == set(rows):
        raise AlreadyDone("This opening hires there already.")
    for location_id, row in rows.items():
        if location_id not in wanted:
            work.remove(row)
    for location_id in wanted:
        if location_id not in rows:
            work.add(OpeningLocation(opening_id=opening.id, location_id=location_id))
    await _changed(work, opening, Change("location_ids", tuple(rows), tuple(wanted)))
    return OpeningResult(opening.id)


async def _teams(work: Work, opening: Opening) -> list[OpeningTeam]:
    """The opening's teams, the first to be served first."""
    rows = await work.lock_all(_TEAMS, OpeningTeam, opening_id=opening.id)
    return sorted(rows, key=lambda row: (row.priority, row.id))


def _terms(rows: Sequence[OpeningTeam]) -> list[TeamTerms]:
    return [TeamTerms(team_id=row.team_id, seat_target=row.seat_target) for row in rows]


async def _set_teams(work: Work, opening: Opening, rows: Sequence[OpeningTeam], teams: Sequence[TeamTerms]) -> None:
    before = {row.team_id: row for row in rows}
    wanted = await check_teams(work, [terms.team_id for terms in teams], before)
    if _terms(rows) == list(teams):
        raise AlreadyDone("This opening hires for these teams already.")
    removed = [row for team_id, row in before.items() if team_id not in wanted]
    if removed:
        seats = [seat_state(seat) for seat in await lock_seats(work, opening)]
        for row in removed:
            check_team_removal(row.team_id, seats)
            work.remove(row)
    for priority, terms in enumerate(teams, start=1):
        place_team(work, opening, before.get(terms.team_id), terms, priority)
    await _changed(work, opening, Change("team_ids", tuple(before), tuple(wanted)))


def place_team(work: Work, opening: Opening, row: OpeningTeam | None, terms: TeamTerms, priority: int) -> None:
    """Put a team at its place among the opening's; `row` is where it is now, None when it is new there."""
    if terms.seat_target is not None:
        bounds.whole_number(
            terms.seat_target, least=0, most=MOST_SEATS, path=("teams", str(priority - 1), "seatTarget")
        )
    if row is None:
        row = OpeningTeam(
            opening_id=opening.id, team_id=terms.team_id, seat_target=terms.seat_target, priority=priority
        )
        work.add(row)
    else:
        work.change(row, seat_target=terms.seat_target, priority=priority)


async def _changed(work: Work, opening: Opening, change: Change) -> None:
    touch(work, opening)
    record(work, OpeningUpdated(subject_id=opening.id, opening_id=opening.id, changes=(change,)))
    # Rights may come through a location or a team: nobody pushes an opening out of their own reach.
    await work.require(OPENING, opening)
