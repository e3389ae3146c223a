"""What waits for a subscriber is all that happened, up to a place from which it can go on."""

from uuid import uuid4

import pytest

from portal import catalog
from portal.access.enums import ActorKind
from portal.applications.events import InterviewerAssigned
from portal.database.connection import Database
from portal.jobs.relay import publish_waiting
from portal.openings.streams import STREAMS
from portal.records import feed as feed_module
from portal.records.enums import Origin
from portal.records.feed import Feed, FellBehind, Happened, Subscriber
from portal.records.models import DomainEvent
from tests.world import NOON, World


def an_assignment(membership_id: str) -> DomainEvent:
    return DomainEvent(
        type=InterviewerAssigned.type,
        subject_type="Application",
        subject_id=uuid4(),
        actor_kind=ActorKind.SYSTEM,
        origin=Origin.API,
        request_id="r1",
        occurred_at=NOON,
        recorded_at=NOON,
        data={"membership_id": membership_id},
    )


def happened(sequence: int) -> Happened:
    return Happened(sequence, uuid4(), "OpeningUpdated", NOON)


async def test_nothing_waits_behind_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room that a slow subscriber makes after an event was too many is for none that came later."""
    monkeypatch.setattr(feed_module, "MOST_WAITING", 2)
    subscriber = Subscriber(uuid4(), STREAMS[0], frozenset(), 1)

    for sequence in (1, 2, 3):
        subscriber.take(happened(sequence))
    told = [subscriber.waiting.popleft().sequence]
    subscriber.take(happened(4))
    while subscriber.waiting:
        told.append(subscriber.waiting.popleft().sequence)

    assert told == [1, 2]
    with pytest.raises(FellBehind):
        await subscriber.stirs()


@pytest.mark.parametrize("broken", [0, 1])  # which of the two is looked at first is the database's choice
async def test_what_fails_in_one_organization_waits_for_no_other(
    database: Database, acme: World, globex: World, broken: int
) -> None:
    """Neither events nor changes of rights wait behind an event that can't be handed on."""
    reported: list[Exception] = []
    feed = Feed(database, catalog.STREAMS, lambda _what, problem: reported.append(problem))
    stream, member_id = catalog.STREAMS["notifications"], uuid4()
    worlds = (acme, globex)
    subscribers = [(await feed.subscribe(world.id, stream, frozenset({member_id})))[0] for world in worlds]
    versions = [subscriber.access_version for subscriber in subscribers]

    for place, world in enumerate(worlds):
        await world.plant(an_assignment("nobody" if place == broken else str(member_id)))
        await world.member("Newcomer")
    while await publish_waiting(database, NOON):
        pass
    await feed.look()

    assert [len(each.waiting) for each in subscribers] == [int(place != broken) for place in (0, 1)]
    assert all(each.access_version > version for each, version in zip(subscribers, versions, strict=True))
    assert len(reported) == 1
