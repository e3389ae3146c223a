"""Random requests of somebody who knows another organization's ids, and the beginnings of its texts."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from graphql import GraphQLInputObjectType, GraphQLNamedType, get_named_type
from typing_extensions import override  # in typing from Python 3.12

from tests.reading.documents import Writer
from tests.security.canaries import STEM
from tests.security.plans import PLACES, PLANS, Input
from tests.security.scene import Scene, Where
from tests.security.test_ids import IN_MUTATIONS, at, put

TEXTS = ["", STEM, STEM[:3], f"{STEM}0", f"%{STEM}%", f"{STEM}@example.com"]


@dataclass
class Prober(Writer):
    """Writes queries with foreign ids and searches for canaries, in every filter there is."""

    @override
    def any_id(self) -> str:
        return self.rng.choice(self.ids[self.rng.choice(sorted(self.ids))])

    @override
    def filter(self, type_: GraphQLInputObjectType, depth: int) -> dict[str, Any]:
        given: dict[str, Any] = {}
        for name in self.rng.sample(list(type_.fields), min(len(type_.fields), self.rng.randint(1, 2))):
            inner = get_named_type(type_.fields[name].type)
            if name in ("and", "or", "not"):
                below = self.filter(type_, depth + 1) if depth < 3 else {}
                given[name] = below if name == "not" else [below]
            elif isinstance(inner, GraphQLInputObjectType):
                given[name] = self.comparator(inner)
            else:
                given[name] = self.scalar(inner)
        return given

    @override
    def scalar(self, type_: GraphQLNamedType) -> Any:
        return self.rng.choice(TEXTS) if type_.name == "String" else super().scalar(type_)


def attacked(scene: Scene, mutation: str, ids: Mapping[str, list[str]], rng: random.Random) -> Input:
    """Valid input of a mutation with foreign ids in some of its places, of the right type more often than not."""
    given = PLANS[mutation].input(scene, scene.places[PLACES.get(mutation, Where.INSIDE)])
    listed = [position for position in IN_MUTATIONS if position.field == mutation]
    for position in rng.sample(listed, rng.randint(1, len(listed)) if listed else 0):
        own = at(given, position.path[1:])
        prefix = own.rpartition("_")[0] if isinstance(own, str) else ""
        if prefix not in ids or rng.random() < 0.2:
            prefix = rng.choice(sorted(ids))
        given = put(given, position.path[1:], rng.choice(ids[prefix]))
    return given
