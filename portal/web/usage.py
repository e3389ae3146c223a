"""Who uses what of the schema: operations, fields and what is deprecated, by the name and version that clients give.

A request costs one count. What it means in fields is worked out when somebody reads the metrics.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import NamedTuple, TypeVar

from prometheus_client.core import CounterMetricFamily, Metric
from prometheus_client.registry import Collector
from typing_extensions import override  # in typing from Python 3.12

from portal.web.documents.document import Operation

# Clients choose their names and those of their operations, so both are bounded: what comes later is counted together.
MOST_CLIENTS = 50  # names with their versions
MOST_OPERATIONS = 1_000  # series
MOST_FIELDS = 20_000  # series, about 10 MB
MOST_PENDING = 2_000  # pairs of an operation and a client that are counted before they are expanded

LABEL = re.compile(rb"[A-Za-z0-9][A-Za-z0-9 ._@/+-]{0,63}")

# GraphQL has no standard for it yet: these are the names that its working group's tools send, and Apollo's older ones.
NAME_HEADERS = (b"graphql-client-name", b"apollographql-client-name")
VERSION_HEADERS = (b"graphql-client-version", b"apollographql-client-version")


K = TypeVar("K")


class Client(NamedTuple):
    """A client as it names itself."""

    name: str
    version: str


UNNAMED = Client("", "")
OTHER = Client("other", "other")


class Usage(Collector):
    """Counts operations by client."""

    def __init__(self) -> None:
        self._clients: dict[tuple[bytes | None, bytes | None], Client] = {(None, None): UNNAMED}
        self._pending: Counter[tuple[Client, Operation]] = Counter()
        self._operations: Counter[tuple[Client, str, str]] = Counter()
        self._fields: Counter[tuple[Client, str]] = Counter()
        self._deprecated: Counter[tuple[Client, str]] = Counter()

    def count(self, headers: Mapping[bytes, bytes], operation: Operation) -> None:
        """Count one request of somebody who is signed in."""
        name, version = headers.get(NAME_HEADERS[0]), headers.get(VERSION_HEADERS[0])
        if name is None:
            name, version = headers.get(NAME_HEADERS[1]), headers.get(VERSION_HEADERS[1])
        client = self._clients.get((name, version)) or self._meet(name, version)
        self._pending[client, operation] += 1
        if len(self._pending) > MOST_PENDING:
            self._expand()

    def _meet(self, name: bytes | None, version: bytes | None) -> Client:
        """A client that was not seen before; the ones beyond the bound are all one."""
        if len(self._clients) > MOST_CLIENTS:
            return OTHER
        client = Client(label(name), label(version))
        self._clients[name, version] = client
        return client

    def _expand(self) -> None:
        """Spread what was counted over the operations and fields that it means."""
        for (client, operation), number in self._pending.items():
            named = (client, operation.type, operation.name or "")
            add(self._operations, named, (OTHER, operation.type, "other"), number, MOST_OPERATIONS)
            for coordinate in operation.uses.fields:
                add(self._fields, (client, coordinate), (OTHER, coordinate), number, MOST_FIELDS)
            for coordinate in operation.uses.deprecated:
                add(self._deprecated, (client, coordinate), (OTHER, coordinate), number, MOST_FIELDS)
        self._pending.clear()

    @override
    def collect(self) -> Iterable[Metric]:
        self._expand()
        operations = CounterMetricFamily(
            "portal_graphql_operations",
            "Operations that were asked for, by the client that asked.",
            labels=("client", "version", "type", "operation"),
        )
        for (client, type_, name), number in self._operations.items():
            operations.add_metric((*client, type_, name), number)
        yield operations
        yield by_coordinate("portal_graphql_fields", "Requests that select a field, by client.", self._fields)
        yield by_coordinate(
            "portal_graphql_deprecated",
            "Requests that use a deprecated field, argument or value, by client.",
            self._deprecated,
        )


def by_coordinate(name: str, description: str, counts: Counter[tuple[Client, str]]) -> Metric:
    family = CounterMetricFamily(name, description, labels=("client", "version", "coordinate"))
    for (client, coordinate), number in counts.items():
        family.add_metric((*client, coordinate), number)
    return family


def add(counts: Counter[K], key: K, rest: K, number: int, most: int) -> None:
    """Count under the key, or under the one for the rest when there are too many keys already."""
    counts[key if key in counts or len(counts) < most else rest] += number


def label(value: bytes | None) -> str:
    """A client's name or version as it may stand in a metric; what looks like neither is one of the rest."""
    if not value:
        return ""
    return value.decode("ascii") if LABEL.fullmatch(value) else "other"
