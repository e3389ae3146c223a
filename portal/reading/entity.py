"""Declarations: which entities can be read, by whom, and with which fields. What is not declared can't be read.

Each area declares its entities in `portal/<area>/reads.py`. An area above may extend an entity of one below with fields that
lead upward (an opening's applications) and with relations through which rights are held (assigned to interview).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias

from sqlalchemy import ColumnElement, and_, false, or_, true
from sqlalchemy.orm import InstrumentedAttribute

from portal.access.actor import NOWHERE
from portal.access.permissions import Permission, Way
from portal.database.base import ModelT
from portal.reading.filters import Filter
from portal.reading.rows import Names, Predicate, Row, Viewer

# Any: entities of all models stand in the same maps, and attributes of all types in the same declarations.
AnyEntity: TypeAlias = "Entity[Any]"
Attribute: TypeAlias = InstrumentedAttribute[Any]
MayRule: TypeAlias = Callable[[Viewer, Permission, Row], Predicate]
RowRule: TypeAlias = Callable[[Viewer, Row], Predicate]
Expression: TypeAlias = Callable[[Viewer, Row], ColumnElement[Any]]


@dataclass(frozen=True)
class Column:
    """A column of the row, as it is."""

    attribute: Attribute
    permission: Permission | None = None


@dataclass(frozen=True)
class Computed:
    """An expression over the row. `nullable` says whether it can be null for a reason other than a permission."""

    expression: Expression
    nullable: bool = False
    permission: Permission | None = None


@dataclass(frozen=True)
class One:
    """The row that a foreign key refers to; null where the key is null or the actor may not see that row."""

    entity: Callable[[], AnyEntity]
    foreign_key: Attribute
    permission: Permission | None = None


@dataclass(frozen=True)
class Own:
    """The row that refers to this one and of which there is at most one (the hired application of a seat)."""

    entity: Callable[[], AnyEntity]
    foreign_key: Attribute
    where: RowRule
    permission: Permission | None = None


@dataclass(frozen=True)
class Many:
    """All rows that refer to this one, as a closed list in a fixed order; `id` is appended to the order."""

    entity: Callable[[], AnyEntity]
    foreign_key: Attribute
    order: tuple[Attribute, ...] = ()
    where: RowRule | None = None
    permission: Permission | None = None


@dataclass(frozen=True)
class Order:
    """An order that clients may ask for: a NOT NULL column, and the direction when none is given."""

    attribute: Attribute
    descending: bool = False


@dataclass(frozen=True)
class Connection:
    """A growing list, read in pages by keyset. `foreign_key` is None for a list of all rows of the organization."""

    entity: Callable[[], AnyEntity]
    orders: Mapping[str, Order]
    default_order: str
    foreign_key: Attribute | None = None
    filters: Mapping[str, Filter] = field(default_factory=dict)
    where: RowRule | None = None
    permission: Permission | None = None


@dataclass(frozen=True)
class Group:
    """An object made of this row's own fields (an amount of money, what the viewer can do). Null when `present` is false."""

    name: str
    fields: Mapping[str, "Field"]
    present: RowRule | None = None
    permission: Permission | None = None


@dataclass(frozen=True)
class Counts:
    """Counts of rows that refer to this one, one per named condition, in a single pass.

    Each counts the rows of `entity` for which the actor holds `counting` (default: the entity's own permission).
    """

    name: str
    entity: Callable[[], AnyEntity]
    foreign_key: Attribute
    conditions: Mapping[str, RowRule | None]
    counting: Permission | None = None
    permission: Permission | None = None


@dataclass(frozen=True)
class Count:
    """How many rows refer to this one and satisfy `where`; see Counts for `counting`."""

    entity: Callable[[], AnyEntity]
    foreign_key: Attribute
    where: RowRule | None = None
    counting: Permission | None = None
    permission: Permission | None = None


@dataclass(frozen=True)
class Documents:
    """A JSON column that holds a list of flat objects of texts; `keys` maps each field to its key in the JSON."""

    name: str
    attribute: Attribute
    keys: Mapping[str, str]
    permission: Permission | None = None


Field: TypeAlias = Column | Computed | One | Own | Many | Connection | Group | Counts | Count | Documents


@dataclass(eq=False)
class Entity(Generic[ModelT]):
    """A kind of row that can be read: its table, who may see which rows, and its fields.

    `may` says where on a row a permission is held; `unless` hides rows whatever the permission. A row is visible when the
    entity's own permission is held on it and nothing hides it. `prefix` begins its public ids.
    """

    name: str
    model: type[ModelT]
    prefix: str
    permission: Permission | None
    may: MayRule
    fields: dict[str, Field]
    unless: RowRule | None = None
    relations: dict[Way, RowRule] = field(default_factory=dict)

    def row(self, names: Names) -> Row:
        """A new row of this entity for a statement under construction."""
        table = self.model.__table__
        return Row(self, table.alias(names.next(table.name)), names)

    def extend(self, fields: Mapping[str, Field] | None = None, relations: Mapping[Way, RowRule] | None = None) -> None:
        """Add fields and relations that belong to an area above. Raises ValueError for a name that is taken."""
        for name, declared in (fields or {}).items():
            if name in self.fields:
                raise ValueError(f"{self.name}.{name} is declared twice.")
            self.fields[name] = declared
        for way, rule in (relations or {}).items():
            if way in self.relations:
                raise ValueError(f"{self.name} declares the relation {way} twice.")
            self.relations[way] = rule

    def visible(self, viewer: Viewer, row: Row) -> Predicate:
        """Which rows this viewer may see."""
        permitted = true() if self.permission is None else self.may(viewer, self.permission, row)
        return and_(permitted, self.shown(viewer, row))

    def shown(self, viewer: Viewer, row: Row) -> Predicate:
        """Which rows nothing hides from this viewer, whatever permission they are read with."""
        return true() if self.unless is None else self.unless(viewer, row)

    def holds(self, viewer: Viewer, permission: Permission, row: Row) -> Predicate:
        """Where a permission is held on a visible row: constant where it is implied by the row's being visible."""
        if viewer.reach(permission) == NOWHERE:
            return false()
        if self.permission is not None and viewer.same_reach(permission, self.permission):
            return true()
        return self.may(viewer, permission, row)

    def related(self, viewer: Viewer, permission: Permission, row: Row) -> Predicate:
        """Whether the permission is held on the row through one of the entity's relations."""
        ways = viewer.reach(permission).ways
        return or_(false(), *(rule(viewer, row) for way, rule in self.relations.items() if way in ways))


def organization_wide(viewer: Viewer, permission: Permission, row: Row) -> Predicate:  # noqa: ARG001 - a MayRule
    """For rows of the organization itself: a permission counts when it is held for the whole organization."""
    return true() if viewer.reach(permission).organization else false()


def everyone(viewer: Viewer, permission: Permission, row: Row) -> Predicate:  # noqa: ARG001 - a MayRule
    """For rows that every actor of the tenant may see."""
    return true()
