"""What happens to the demo's candidates, decided before anything is written: who comes how, gets how far, and when.

The same seed always decides the same; only the instants follow from `now`, so the demo is never out of date.
"""

import enum
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random
from typing import TypeAlias

from portal.demo.invented import Person, people
from portal.demo.posting import GROUPS
from portal.openings.enums import StageKind

SEED = 20_240_223

# The opening has been open for ten months, as the posting was when it was copied.
OPEN_FOR = timedelta(days=300)


class Ending(enum.StrEnum):
    """How an application stands by now."""

    ACTIVE = "ACTIVE"
    REJECTED = "REJECTED"
    WITHDRAWN = "WITHDRAWN"
    HIRED = "HIRED"


class Channel(enum.StrEnum):
    """Through what somebody came; the value is the source's name."""

    CAREERS = "Careers site"
    BOARD = "Remote job board"
    SOURCED = "Sourced"
    REFERRAL = "Referral"
    AGENCY = "Archer Search"
    MEETUP = "Backend meet-up"
    INTERNAL = "Internal move"


@dataclass(frozen=True, slots=True)
class Visit:
    """One stay in a stage of the pipeline."""

    kind: StageKind
    entered_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One application from its beginning to now. `reason` is why it ended; `team` the one that a hire goes to."""

    person: Person
    channel: Channel
    visits: tuple[Visit, ...]
    ending: Ending = Ending.ACTIVE
    ended_at: datetime | None = None
    reason: str | None = None
    interviewers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    is_private: bool = False

    @property
    def began_at(self) -> datetime:
        return self.visits[0].entered_at


# How an application stands, and how far it has come.
Fate: TypeAlias = tuple[Ending, StageKind]

_PIPELINE = (
    StageKind.LEAD,
    StageKind.APPLIED,
    StageKind.SCREEN,
    StageKind.INTERVIEW,
    StageKind.TEAM_MATCH,
    StageKind.OFFER,
)

# How many get how far: a funnel as recruiters know it, 386 people for one opening.
_FUNNEL: Mapping[Ending, Mapping[StageKind, int]] = {
    Ending.ACTIVE: dict(zip(_PIPELINE, (44, 68, 41, 27, 13, 5), strict=True)),
    Ending.HIRED: {StageKind.OFFER: 4},
    Ending.REJECTED: dict(zip(_PIPELINE[1:5], (82, 43, 24, 3), strict=True)),
    Ending.WITHDRAWN: dict(zip(_PIPELINE[:4], (6, 9, 8, 7), strict=True)) | {StageKind.OFFER: 2},
}

# Days in a stage, least and most.
_DAYS: Mapping[StageKind, tuple[float, float]] = {
    StageKind.LEAD: (3, 18),
    StageKind.APPLIED: (1, 9),
    StageKind.SCREEN: (3, 12),
    StageKind.INTERVIEW: (6, 21),
    StageKind.TEAM_MATCH: (4, 14),
    StageKind.OFFER: (2, 8),
}

_CHANNELS = (
    (Channel.CAREERS, 46),
    (Channel.BOARD, 20),
    (Channel.SOURCED, 16),
    (Channel.REFERRAL, 6),
    (Channel.AGENCY, 5),
    (Channel.MEETUP, 7),
)

_REJECTED_FOR: Mapping[StageKind, str] = {
    StageKind.APPLIED: "Does not meet the requirements",
    StageKind.SCREEN: "Experience does not fit",
    StageKind.INTERVIEW: "Interview feedback",
    StageKind.TEAM_MATCH: "Other candidate chosen",
}
_WITHDRAWN_FOR = ("Accepted another offer", "Pay", "Location", "Lost interest")

_INTERVIEWERS = ("interviewer", "interviewer_2", "interviewer_3", "interviewer_4")
_TEAMS = tuple(team for group in GROUPS for team in group.teams)
# The one whose manager has a token.
MANAGED_TEAM = "Shopping Catalog"


def stories(now: datetime) -> list[Story]:
    """The applications for the demo's opening, in the order in which they began."""
    chance = Random(SEED)  # noqa: S311 - invents, keeps no secret
    plan: list[Fate] = [
        (ending, furthest)
        for ending, reached in _FUNNEL.items()
        for furthest, count in reached.items()
        for _ in range(count)
    ]
    persons = people(len(plan), chance, today=now.date())
    # Somebody who came twice: the portal shows them as possible duplicates.
    persons[-1] = replace(persons[-1], contacts=persons[0].contacts)
    made = [
        _story(at, person, fate, _channel(fate, chance), chance, now)
        for at, (person, fate) in enumerate(zip(persons, plan, strict=True))
    ]
    return sorted(made, key=lambda story: story.began_at)


def few_stories(now: datetime, seed: int, furthest: Sequence[StageKind]) -> list[Story]:
    """Applications that are in process, one for each stage named, for the openings beside the main one.

    The recruiter has brought them: nobody else works on those.
    """
    chance = Random(seed)  # noqa: S311 - invents, keeps no secret
    persons = people(len(furthest), chance, today=now.date())
    made = [
        replace(
            _story(at, person, (Ending.ACTIVE, kind), Channel.MEETUP, chance, now), interviewers=(), is_private=False
        )
        for at, (person, kind) in enumerate(zip(persons, furthest, strict=True))
    ]
    return sorted(made, key=lambda story: story.began_at)


def _story(at: int, person: Person, fate: Fate, channel: Channel, chance: Random, now: datetime) -> Story:
    ending, furthest = fate
    kinds = list(_way(at, channel, furthest))
    days = [chance.uniform(*_DAYS[kind]) for kind in kinds]
    ended_at = None
    if ending is not Ending.ACTIVE:
        latest = OPEN_FOR.days - sum(days) - 2
        ended_at = now - timedelta(days=chance.uniform(1, min(latest, 200)))
    visits = _visits(kinds, days, ended_at or now)
    return Story(
        person=person,
        channel=channel,
        visits=visits,
        ending=ending,
        ended_at=ended_at,
        reason=_reason(ending, furthest, chance),
        interviewers=_interviewers(at) if StageKind.INTERVIEW in kinds else (),
        teams=_teams(at, chance) if StageKind.TEAM_MATCH in kinds else (),
        is_private=at % 80 == 7,
    )


def _channel(fate: Fate, chance: Random) -> Channel:
    """Who is still a lead was sourced; all others came through any channel."""
    _, furthest = fate
    if furthest is StageKind.LEAD:
        return Channel.SOURCED
    return chance.choices([channel for channel, _ in _CHANNELS], [weight for _, weight in _CHANNELS])[0]


def _way(at: int, channel: Channel, furthest: StageKind) -> Iterator[StageKind]:
    """The stages on the way to the furthest one; now and then somebody is screened again after an interview (R3)."""
    first = 0 if channel is Channel.SOURCED else 1
    last = _PIPELINE.index(furthest)
    yield from _PIPELINE[first : last + 1]
    if furthest is StageKind.INTERVIEW and at % 17 == 0:
        yield StageKind.SCREEN
        yield StageKind.INTERVIEW


def _visits(kinds: Sequence[StageKind], days: Sequence[float], until: datetime) -> tuple[Visit, ...]:
    """The stays that end with `until`, one after the other, to the second."""
    visits = []
    for kind, stay in zip(reversed(kinds), reversed(days), strict=True):
        until = (until - timedelta(days=stay)).replace(microsecond=0)
        visits.append(Visit(kind, until))
    return tuple(reversed(visits))


def _reason(ending: Ending, furthest: StageKind, chance: Random) -> str | None:
    match ending:
        case Ending.REJECTED:
            return _REJECTED_FOR[furthest]
        case Ending.WITHDRAWN:
            return chance.choice(_WITHDRAWN_FOR)
        case Ending.ACTIVE | Ending.HIRED:
            return None


def _interviewers(at: int) -> tuple[str, ...]:
    """Two of the four, in turn."""
    return _INTERVIEWERS[at % 4], _INTERVIEWERS[(at + 1 + at // 4 % 3) % 4]


def _teams(at: int, chance: Random) -> tuple[str, ...]:
    """One to three teams; every third application is proposed to the managed one first."""
    drawn = [team for team in chance.sample(_TEAMS, chance.randint(1, 3)) if team != MANAGED_TEAM]
    return (MANAGED_TEAM, *drawn[:2]) if at % 3 == 0 or not drawn else tuple(drawn)
