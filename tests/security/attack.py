"""The attack on another organization: what Acme's people know of Globex, and the requests that they make of it."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schema.root import GRAPHQL_SCHEMA
from tests.security.asking import document
from tests.security.plans import PLANS
from tests.security.probing import Prober, attacked
from tests.security.scene import Scene

# A new document is compiled for each kind of actor, so each is asked with many ids.
DOCUMENTS = 12

SUBSCRIPTIONS = {
    "openingChanged": ("id", "opn"),
    "pipelineChanged": ("openingId", "opn"),
    "applicationChanged": ("id", "app"),
}


@dataclass(frozen=True)
class Request:
    """An operation, and whether it is sent over a WebSocket."""

    text: str
    variables: dict[str, Any]
    is_subscription: bool = False


class Attack:
    """Random requests; the same for the same seed."""

    def __init__(self, scene: Scene, ids: Mapping[str, list[str]], cursors: Sequence[Request], seed: int) -> None:
        self.scene = scene
        self.ids = ids
        self.cursors = cursors
        self.rng = random.Random(seed)
        self.documents: list[Request] = []

    def query(self) -> Request:
        """A random query; a new one as long as there are few."""
        if len(self.documents) < DOCUMENTS:
            rng = random.Random(self.rng.random())
            self.documents.append(Request(*Prober(GRAPHQL_SCHEMA, self.ids, rng).operation()))
            return self.documents[-1]
        request = self.rng.choice(self.documents)
        return Request(request.text, {name: self.again(value) for name, value in request.variables.items()})

    def again(self, value: Any) -> Any:
        """Another id of the same type in the place of an id."""
        if isinstance(value, str) and value.rpartition("_")[0] in self.ids:
            return self.rng.choice(self.ids[value.rpartition("_")[0]])
        if isinstance(value, list):
            return [self.again(item) for item in value]
        if isinstance(value, dict):
            return {name: self.again(item) for name, item in value.items()}
        return value

    def node(self) -> Request:
        listed = [self.rng.choice(ids) for ids in self.ids.values()]
        return Request("query N($ids: [ID!]!) { nodes(ids: $ids) { __typename id } }", {"ids": listed})

    def cursor(self) -> Request:
        return self.rng.choice(self.cursors)

    def mutation(self) -> Request:
        name = self.rng.choice(sorted(PLANS))
        return Request(document(name), {"input": attacked(self.scene, name, self.ids, self.rng)})

    def subscription(self) -> Request:
        field = self.rng.choice(sorted(SUBSCRIPTIONS))
        argument, prefix = SUBSCRIPTIONS[field]
        text = f"subscription S($id: ID!) {{ {field}({argument}: $id) {{ __typename cursor }} }}"
        return Request(text, {"id": self.rng.choice(self.ids[prefix])}, is_subscription=True)

    def request(self) -> Request:
        kinds: list[Callable[[], Request]] = [self.query, self.node, self.cursor, self.mutation, self.subscription]
        return self.rng.choices(kinds, weights=[16, 4, 4, 15, 1])[0]()
