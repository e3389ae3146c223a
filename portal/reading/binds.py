"""Binds: the values of a statement, each with where it comes from when the plan runs."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, bindparam

from portal.access.actor import Actor
from portal.reading.arguments import Tree, Variables, resolve
from portal.reading.rows import actor_fact


@dataclass(frozen=True, slots=True)
class Asked:
    """What one run of a plan is given: who asks, the coerced variables, and the row's id where code names it."""

    actor: Actor
    variables: Variables
    id: UUID | None = None


Extractor = Callable[[Asked], object]


@dataclass
class Binds:
    """Collects the binds of one statement while it is compiled."""

    sources: dict[str, Extractor] = field(default_factory=dict)

    def argument(self, tree: Tree, type_: Any, decode: Callable[[Any], object]) -> ColumnElement[Any]:
        """A bind for an argument's value, decoded from what the client wrote."""
        return self.derived(lambda asked: decode(resolve(tree, asked.variables)), type_)

    def derived(self, extract: Extractor, type_: Any) -> ColumnElement[Any]:
        """A bind for a value that is worked out at each run."""
        key = f"argument|{len(self.sources)}"
        self.sources[key] = extract
        return bindparam(key, type_=type_, value=None, unique=False)

    def extractor(self, key: str, constant: object) -> Extractor:
        """Where the value of a compiled statement's bind comes from; a bind that nobody named is a constant of the
        text.
        """
        if key in self.sources:
            return self.sources[key]
        if "|" in key:
            known = actor_fact(key)
            return lambda asked: known(asked.actor)
        return lambda _asked: constant
