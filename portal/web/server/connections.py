"""All connections of a server: how many there may be, how long each may take, and why they ended.

Each is looked at once a second or more often, which finds those that take too long.
"""

import heapq
from collections import Counter
from collections.abc import Iterable, Set
from math import ceil

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override  # in typing from Python 3.12

from portal.web.server.connection import Connection, ConnectionLimits, Turnstile

# In which all are looked at, a share in each: requests would have to wait for a look at all at once.
TURNS = 10
ROOM_SHARE = 20  # when there are too many connections, one in so many makes room at once


class Connections:
    """Lets connections in while there is room, and ends those that take too long."""

    def __init__(self, limits: ConnectionLimits, turnstile: Turnstile) -> None:
        self.limits = limits
        self.turnstile = turnstile
        self.ended: Counter[str] = Counter()  # those that the server ended, by reason
        self.open = 0  # when last looked at
        self._shares: list[list[object]] = []  # to be looked at, one in each turn that is left

    def protocol(self) -> type[Connection]:
        """The class for uvicorn to make connections of."""
        return type("Connection", (Connection,), {"of": self})

    def look(self, open_now: Set[object], now: float) -> None:
        """Take a turn: look at some of the connections, and end those that take too long.

        The server calls it ten times a second; `now` is the event loop's time, in seconds.
        """
        self.open = len(open_now)
        if not self._shares:
            self._shares = _shares(list(open_now))
        for connection in self._shares.pop():
            if isinstance(connection, Connection) and connection in open_now:
                connection.look(now)

    def admit(self, newcomer: Connection) -> None:
        """Keep to the number of connections: a new one takes the place of those that have waited the longest for a
        request, of the address that has the most of them. There is no place where all are being answered.
        """
        if len(newcomer.connections) <= self.limits.connections:
            return
        waiting = [
            (since, number, connection)
            for number, connection in enumerate(newcomer.connections)
            if isinstance(connection, Connection) and connection is not newcomer
            if (since := connection.waiting_since()) is not None
        ]
        if not waiting:
            newcomer.refuse(503, "The server has too many connections.", "too_many")
            return
        ((address, _),) = Counter(_address(connection) for *_, connection in waiting).most_common(1)
        theirs = [each for each in waiting if _address(each[2]) == address]
        for *_, connection in heapq.nsmallest(max(1, self.limits.connections // ROOM_SHARE), theirs):
            connection.end("made_room")


class ConnectionCounts(Collector):
    """The connections, for the metrics."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    @override
    def collect(self) -> Iterable[Metric]:
        yield GaugeMetricFamily("portal_connections", "Open connections.", value=self._connections.open)
        ended = CounterMetricFamily(
            "portal_connections_ended", "Connections that the server ended, by reason.", labels=("reason",)
        )
        for reason, number in self._connections.ended.items():
            ended.add_metric((reason,), number)
        yield ended


def _shares(connections: list[object]) -> list[list[object]]:
    """The connections in shares for so many turns, or fewer where there are few; an empty one where there are none."""
    size = max(1, ceil(len(connections) / TURNS))
    return [connections[start : start + size] for start in range(0, len(connections), size)] or [[]]


def _address(connection: Connection) -> str | None:
    return connection.client[0] if connection.client else None
