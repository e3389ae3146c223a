"""A plan for each mutation: valid input in a place, and what the permission table asks for it, said independently.

`takes` are (permission, row) pairs which must all be held; `refers` are further rows that the actor must see.
Where a pair's row is None, holding the permission anywhere will do.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

from portal.access.permissions import Permission
from portal.catalog import CATALOG
from portal.database.base import TenantRow
from portal.reading.entity import AnyEntity
from tests.security.scene import Place, Scene, Where

Input: TypeAlias = dict[str, Any]
Target: TypeAlias = "TenantRow | Future | None"


@dataclass(frozen=True)
class Future:
    """A row that the call would make: the columns by which scopes would reach it."""

    entity: str
    columns: Mapping[str, Any]


@dataclass(frozen=True)
class Plan:
    """How to call a mutation, and who may."""

    input: Callable[[Scene, Place], Input]
    takes: Callable[[Scene, Place], list[tuple[Permission, Target]]]
    refers: Callable[[Scene, Place], list[TenantRow]] = lambda _scene, _place: []


PLANS: dict[str, Plan] = {}

# Where a plan works, if not in the place that most of the cast can reach.
PLACES = {"makeOpeningPublic": Where.SECRET}


def plan(name: str, input: Any, takes: Any, refers: Any = lambda _scene, _place: []) -> None:
    """Add a mutation's plan."""
    assert name not in PLANS, name
    PLANS[name] = Plan(input, takes, refers)


def on(permission: Permission, name: str) -> Callable[[Scene, Place], list[tuple[Permission, Target]]]:
    """Takes one permission on a named row of the place or the scene."""
    return lambda scene, place: [(permission, row(scene, place, name))]


def anywhere(*permissions: Permission) -> Callable[[Scene, Place], list[tuple[Permission, Target]]]:
    """Takes permissions that count wherever they are held."""
    return lambda _scene, _place: [(permission, None) for permission in permissions]


def row(scene: Scene, place: Place, name: str) -> TenantRow:
    """A row by name: one of the place, or one of the whole scene."""
    return place.rows.get(name) or scene.rows[name]


def id_of(row: TenantRow) -> str:
    """The public id of a row."""
    return f"{entity_of(row).prefix}_{row.id.hex}"


def entity_of(row: TenantRow) -> AnyEntity:
    return next(entity for entity in CATALOG.entities if entity.model is type(row))
