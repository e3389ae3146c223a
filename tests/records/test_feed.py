"""What waits for a subscriber is all that happened, up to a place from which it can go on."""

from uuid import uuid4

import pytest

from portal.openings.streams import STREAMS
from portal.records import feed
from portal.records.feed import FellBehind, Happened, Subscriber
from tests.world import NOON


def happened(sequence: int) -> Happened:
    return Happened(sequence, uuid4(), "OpeningUpdated", NOON)


async def test_nothing_waits_behind_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    """Room that a slow subscriber makes after an event was too many is for none that came later."""
    monkeypatch.setattr(feed, "MOST_WAITING", 2)
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
