"""What is open in this process: how much may be, whose it is, and what the metrics tell of it."""

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TypeVar

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override  # in typing from Python 3.12

from portal.web.errors import ErrorCode, Refused
from portal.web.execution import Caller
from portal.web.presenting import networks_of
from portal.web.server.drain import Drain

K = TypeVar("K", bound=Hashable)

RETRY_SOON = ((b"retry-after", b"5"),)  # seconds


@dataclass(frozen=True, slots=True)
class LiveLimits:
    """How much may stay open."""

    connections: int = 1_500  # of the process
    connections_of_organization: int = 1_125  # so that no organization takes all places from the others
    connections_of_credential: int = 50
    strangers: int = 300  # sockets for which nobody has signed in yet: with one organization's they leave some
    strangers_of_address: int = 100  # a whole office that connects again at once has signed in a moment later
    operations: int = 20  # at once on one connection
    init_seconds: float = 10.0  # from the handshake to connection_init
    silent_seconds: float = 15.0  # before an event stream says that it is still there: proxies give up after 60
    database_connections: int = 2  # for reading what subscribers are told


@dataclass(eq=False)
class Open:
    """What is open in this process, and what was sent: for limits, the metrics and the drain."""

    limits: LiveLimits
    drain: Drain
    connections: Counter[str] = field(default_factory=Counter)  # by transport
    strangers: Counter[str | None] = field(default_factory=Counter)  # by network
    organizations: Counter[Hashable] = field(default_factory=Counter)
    credentials: Counter[Hashable] = field(default_factory=Counter)
    subscriptions: int = 0
    sent: int = 0
    ended: Counter[str] = field(default_factory=Counter)  # subscriptions that ended with an error, by its code
    seconds_to_send: float = 0.0  # from the change to the sending, over all that was sent

    @contextmanager
    def connection(self, transport: str) -> Iterator[None]:
        """Count a connection while it is open. Raises Refused where there are too many, or the server is to stop."""
        if self.drain.begun or self.connections.total() >= self.limits.connections:
            raise _refused("The server takes no more live connections now. Try again later.")
        self.connections[transport] += 1
        try:
            yield
        finally:
            self.connections[transport] -= 1  # kept at 0: a gauge that vanishes looks like a server that does

    @contextmanager
    def stranger(self, address: str | None) -> Iterator[None]:
        """Count a socket until somebody has signed in for it: strangers must not take all places from those we know.

        Raises Refused where there are too many, from one address or in all.
        """
        network = None if address is None else networks_of(address)[-1]
        limits = self.limits
        if self.strangers.total() >= limits.strangers or self.strangers[network] >= limits.strangers_of_address:
            raise _refused("Too many sockets wait for connection_init. Try again later.")
        with _counted(self.strangers, network):
            yield

    @contextmanager
    def caller(self, caller: Caller) -> Iterator[None]:
        """Count a connection of somebody who has signed in while it is open.

        Raises Refused where their organization or their credential has too many.
        """
        of_organization, of_credential = self.limits.connections_of_organization, self.limits.connections_of_credential
        if self.organizations[caller.organization_key] >= of_organization:
            raise _refused(f"At most {of_organization} live connections at once in one organization. Close some.")
        if self.credentials[caller.key] >= of_credential:
            raise _refused(
                f"At most {of_credential} live connections at once with one credential. Close one, or share one."
            )
        with _counted(self.organizations, caller.organization_key), _counted(self.credentials, caller.key):
            yield


class LiveCounts(Collector):
    """What is open and was sent, read when somebody asks for the metrics."""

    def __init__(self, open_: Open) -> None:
        self._open = open_

    @override
    def collect(self) -> Iterable[Metric]:
        connections = GaugeMetricFamily("portal_live_connections", "Live connections now.", labels=("transport",))
        for transport, number in self._open.connections.items():
            connections.add_metric((transport,), number)
        yield connections
        yield GaugeMetricFamily("portal_subscriptions", "Subscriptions now.", value=self._open.subscriptions)
        yield CounterMetricFamily("portal_subscription_events", "Events sent to subscribers.", value=self._open.sent)
        yield CounterMetricFamily(
            "portal_subscription_event_seconds",
            "Time from a change to its event's being sent, added up over all events sent.",
            value=self._open.seconds_to_send,
        )
        ended = CounterMetricFamily(
            "portal_subscriptions_ended", "Subscriptions that ended with an error, by its code.", labels=("code",)
        )
        for code, number in self._open.ended.items():
            ended.add_metric((code,), number)
        yield ended


@contextmanager
def _counted(counts: Counter[K], key: K) -> Iterator[None]:
    """Count one more under a key for the length of a block."""
    counts[key] += 1
    try:
        yield
    finally:
        counts[key] -= 1
        if not counts[key]:
            del counts[key]


def _refused(message: str) -> Refused:
    return Refused(ErrorCode.OVERLOADED, message, headers=RETRY_SOON)
