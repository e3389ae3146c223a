"""What the demo's people do, before any of it is written."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from itertools import pairwise

from portal.demo import posting
from portal.demo.stories import MANAGED_TEAM, OPEN_FOR, Channel, Ending, stories
from portal.openings.enums import StageKind

NOW = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)
TOLD = stories(NOW)


def test_the_same_stories_are_told_every_time_later_ones_later() -> None:
    day = timedelta(days=1)

    again, tomorrow = stories(NOW), stories(NOW + day)

    assert again == TOLD
    assert [story.began_at for story in tomorrow] == [story.began_at + day for story in TOLD]
    assert [(story.channel, story.ending, story.reason) for story in tomorrow] == [
        (story.channel, story.ending, story.reason) for story in TOLD
    ]


def test_some_four_hundred_people_are_spread_over_all_stages() -> None:
    endings = Counter(story.ending for story in TOLD)
    active = Counter(story.visits[-1].kind for story in TOLD if story.ending is Ending.ACTIVE)

    assert endings == {Ending.ACTIVE: 198, Ending.REJECTED: 152, Ending.WITHDRAWN: 32, Ending.HIRED: 4}
    assert [active[kind] for kind in StageKind if kind not in {StageKind.ASSESSMENT, StageKind.HIRED}] == [
        44,
        68,
        41,
        27,
        13,
        5,
    ]
    assert {story.channel for story in TOLD} == set(Channel) - {Channel.INTERNAL}


def test_everything_happens_in_order_while_the_opening_is_open() -> None:
    for story in TOLD:
        instants = [visit.entered_at for visit in story.visits] + [story.ended_at or NOW]
        assert all(earlier < later for earlier, later in pairwise(instants))
        assert instants[0] > NOW - OPEN_FOR
        assert instants[-1] <= NOW


def test_whoever_ended_has_a_reason_and_nobody_else() -> None:
    explained = {story.ending for story in TOLD if story.reason is not None}

    assert explained == {Ending.REJECTED, Ending.WITHDRAWN}
    assert all((story.reason is not None) == (story.ending in explained) for story in TOLD)


def test_somebody_is_screened_again_after_an_interview() -> None:
    back_and_forth = [story for story in TOLD if len({visit.kind for visit in story.visits}) < len(story.visits)]

    assert back_and_forth != []


def test_interviews_and_teams_matches_have_people() -> None:
    for story in TOLD:
        reached = {visit.kind for visit in story.visits}
        assert len(set(story.interviewers)) == (2 if StageKind.INTERVIEW in reached else 0)
        assert bool(story.teams) == (StageKind.TEAM_MATCH in reached)
    assert any(story.teams[:1] == (MANAGED_TEAM,) for story in TOLD)


def test_people_are_invented() -> None:
    addresses = [contact.value for story in TOLD for contact in story.person.contacts]
    names = {story.person.names.name for story in TOLD}

    assert len(names) == len(TOLD)
    assert all(address.endswith("@example.com") or " 555 01" in address for address in addresses)


def test_two_candidates_may_be_one_person() -> None:
    seen = Counter(contact.value for story in TOLD for contact in story.person.contacts)

    assert max(seen.values()) == 2


def test_the_posting_has_both_groups_and_says_what_it_pays() -> None:
    assert [len(group.teams) for group in posting.GROUPS] == [8, 7]
    assert (posting.PAY.minimum_minor, posting.PAY.maximum_minor) == (172_500_00, 258_700_00)
    assert set(posting.SKILLS) == {"rest", "restapi", "api", "backend"}
