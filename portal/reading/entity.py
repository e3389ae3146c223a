"""Declarations: which entities can be read, by whom, and with which fields. What is not declared can't be read.

Each area declares its entities in `portal/<area>/reads.py`. An area above may extend an entity of one below with
fields that lead upward (an opening's applications) and with relations through which rights are held (assigned to
interview).
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, TypeAlias
from uuid import UUID

from sqlalchemy import ColumnElement, False_, True_, Uuid, bindparam, false, true
from sqlalchemy.orm import InstrumentedAttribute

from portal.access.actor import NOWHERE, Actor
from portal.access.permissions import Permission, Way
from portal.database.base import ModelT, aliased
from portal.database.statements import DIALECT
from portal.reading.filters import Filter
from portal.reading.rows import (
    MayRule,
    Names,
    Predicate,
    Row,
    Same,
    Viewer,
    actor_fact,
    both,
    by_scope,
    either,
    is_by_scope,
)
from portal.recent import Recent

# Any: entities of all models stand in the same maps, and attributes of all types in the same declarations.
AnyEntity: TypeAlias = "Entity[Any]"
Attribute: TypeAlias = InstrumentedAttribute[Any]
RowRule: TypeAlias = Callable[[Viewer, Row], Predicate]
Expression: TypeAlias = Callable[[Viewer, Row], ColumnElement[Any]]


@dataclass(frozen=True)
class Column:
    """A column of the row, as it is."""

    attribute: Attribute
    permission: Permission | None = None


def columns(*attributes: Attribute, permission: Permission | None = None) -> dict[str, "Field"]:
    """Columns under their own names, all with the same permission."""
    return {attribute.key: Column(attribute, permission) for attribute in attributes}


@dataclass(frozen=True)
class Computed:
    """An expression over the row. `nullable` says whether it can be null for a reason other than a permission."""

    expression: Expression
    nullable: bool = False
    permission: Permission | None = None


@dataclass(frozen=True)
class One:
    """The row that a foreign key refers to; null where the key is null or the actor may not see that row.

    `same` says which foreign keys of that row equal ones of this row, or of a row that a key of this one refers to.
    """

    entity: Callable[[], AnyEntity]
    foreign_key: Attribute
    permission: Permission | None = None
    same: Same = ()


@dataclass(frozen=True)
class Named:
    """The row whose id an expression over this one gives; null where that is null or the actor may not see that row."""

    entity: Callable[[], AnyEntity]
    id: Expression
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
    usual: int | None = None  # how many there are at most, usually: what the list is taken to cost


@dataclass(frozen=True)
class Matches:
    """The rows that a rule of two rows relates to this one, latest first, as a closed list of at most `most`.

    The rule is given the row and the one that may match it; both are visible.
    """

    entity: Callable[[], AnyEntity]
    rule: Callable[[Viewer, Row, Row], Predicate]
    most: int
    permission: Permission | None = None


@dataclass(frozen=True)
class Order:
    """An order that clients may ask for: a NOT NULL column, and the direction when none is given.

    An order must not tell what a field hides. Where the column is one that takes a permission, `instead` stands in for
    it on the rows on which that is not held.
    """

    attribute: Attribute
    descending: bool = False
    instead: Attribute | None = None


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
    same: Same = ()


@dataclass(frozen=True)
class Group:
    """An object made of this row's own fields (an amount of money, what the viewer can do).

    Null when `present` is false.
    """

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
    """How many rows refer to this one and satisfy `where`; see Counts for `counting`, One for `same`."""

    entity: Callable[[], AnyEntity]
    foreign_key: Attribute
    where: RowRule | None = None
    counting: Permission | None = None
    permission: Permission | None = None
    same: Same = ()


@dataclass(frozen=True)
class Documents:
    """A JSON column that holds a list of flat objects of texts; `keys` maps each field to its key in the JSON."""

    name: str
    attribute: Attribute
    keys: Mapping[str, str]
    permission: Permission | None = None


Field: TypeAlias = (
    Column | Computed | One | Named | Own | Many | Matches | Connection | Group | Counts | Count | Documents
)


@dataclass(frozen=True)
class Lookup:
    """One row by id for one permission signature, as text."""

    sql: str
    names: tuple[str, ...]
    constants: Mapping[str, object]

    def values(self, actor: Actor, id: UUID) -> list[object]:
        """The values to bind for one actor."""
        return [self._value(name, actor, id) for name in self.names]

    def _value(self, name: str, actor: Actor, id: UUID) -> object:
        if name == "id":
            return id
        return actor_fact(name)(actor) if "|" in name else self.constants[name]


# By entity, permission signature, permission and lock.
_LOOKUPS: Recent[tuple[object, ...], Lookup] = Recent(2_000)


@dataclass(eq=False)
class Entity(Generic[ModelT]):
    """A kind of row that can be read: its table, who may see which rows, and its fields.

    A permission is held on a row where `rule` says so, or through one of the `relations` that the actor's roles hold it
    by, or where an area above knows another way (`also`). `unless` hides rows whatever the permission. A row is visible
    when the entity's own permission is held on it and nothing hides it. On a visible row all permissions that reach
    exactly as far as that one are held too, unless `apart` says where not. `prefix` begins its public ids.
    """

    name: str
    model: type[ModelT]
    prefix: str
    permission: Permission | None
    rule: MayRule
    fields: dict[str, Field]
    unless: RowRule | None = None
    relations: dict[Way, MayRule] = field(default_factory=dict)
    also: list[MayRule] = field(default_factory=list)
    apart: MayRule | None = None

    def row(self, names: Names) -> Row:
        """A new row of this entity for a statement under construction."""
        return Row(self, aliased(self.model, names.next(self.model.__tablename__)), names)

    def extend(
        self,
        fields: Mapping[str, Field] | None = None,
        relations: Mapping[Way, MayRule] | None = None,
        also: MayRule | None = None,
        apart: MayRule | None = None,
    ) -> None:
        """Add fields and relations that belong to an area above. Raises ValueError for a name that is taken."""
        self.apart = apart or self.apart
        for name, declared in (fields or {}).items():
            if name in self.fields:
                raise ValueError(f"{self.name}.{name} is declared twice.")
            self.fields[name] = declared
        for way, rule in (relations or {}).items():
            if way in self.relations:
                raise ValueError(f"{self.name} declares the relation {way} twice.")
            self.relations[way] = rule
        if also is not None:
            self.also.append(also)

    def may(self, viewer: Viewer, permission: Permission, row: Row) -> Predicate:
        """Where on a row a permission is held, by each of the parties that the viewer is."""
        return both(
            *(row.decide(party, permission, either(*self._ways(party, permission, row))) for party in viewer.parties)
        )

    def _ways(self, viewer: Viewer, permission: Permission, row: Row) -> list[Predicate]:
        """Where a permission is held by the entity's rule, then where by each other way; where the rule gives it on
        every row, the others are not worked out: that takes most of the time of a plan.
        """
        by_rule = row.satisfies(self.rule, viewer, permission)
        if isinstance(by_rule, True_):
            return [by_rule]
        ways = viewer.reach(permission).ways
        related = [rule(viewer, permission, row) for way, rule in self.relations.items() if way in ways]
        return [by_rule, *related, *(rule(viewer, permission, row) for rule in self.also)]

    def establish(self, viewer: Viewer, permission: Permission, row: Row) -> None:
        """Note on a row that a permission is held on it: by the rule, where there is no other way."""
        self._establish(self._ways(viewer, permission, row), viewer, permission, row)

    def _establish(self, ways: list[Predicate], viewer: Viewer, permission: Permission, row: Row) -> None:
        if all(isinstance(predicate, False_) for predicate in ways[1:]):
            row.establish(self.rule, viewer, permission)
            if isinstance(self.rule, Through):
                self.rule.establish(viewer, permission, row)

    def lookup(self, actor: Actor, permission: Permission, *, lock: bool) -> Lookup:
        """A SELECT of one visible row by id, locked if asked for, and whether a permission is held on it: for the write
        door.
        """
        key = (self.name, actor.signature_key, permission, lock)
        found = _LOOKUPS.get(key)
        if found is None:
            found = _LOOKUPS.put(key, self._lookup(actor, permission, lock=lock))
        return found

    def _lookup(self, actor: Actor, permission: Permission, *, lock: bool) -> Lookup:
        viewer = Viewer(actor)
        row = self.row(Names())
        held = self.may(viewer, permission, row) if actor.may(permission) else false()
        wanted = bindparam("id", type_=Uuid(), unique=False)
        visible = row.visible(viewer)
        statement = row.select(row.table.c.id == wanted, visible, columns=(*row.table.c, held.label("may$")))
        if lock:
            statement = statement.with_for_update(key_share=True, of=row.table)
        compiled = statement.compile(dialect=DIALECT)
        return Lookup(str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params))

    def seen(self, viewer: Viewer, row: Row) -> Predicate:
        """Which rows this viewer may see; what that establishes is noted on the row. For `Row.visible`."""
        if self.permission is None:
            return self.shown(viewer, row)
        ways = [self._ways(party, self.permission, row) for party in viewer.parties]
        shown = self.shown(viewer, row)
        for party, of_party in zip(viewer.parties, ways, strict=True):
            self._establish(of_party, party, self.permission, row)
        return both(*(either(*of_party) for of_party in ways), shown)

    def shown(self, viewer: Viewer, row: Row) -> Predicate:
        """Which rows nothing hides from this viewer, whatever permission they are read with."""
        return true() if self.unless is None else both(*(self.unless(party, row) for party in viewer.parties))

    def holds(self, viewer: Viewer, permission: Permission, row: Row) -> Predicate:
        """Where a permission is held on a visible row: constant where it is implied by the row's being visible."""
        return both(*(self._holds(party, permission, row) for party in viewer.parties))

    def _holds(self, viewer: Viewer, permission: Permission, row: Row) -> Predicate:
        if viewer.reach(permission) == NOWHERE:
            return false()
        if self.permission is not None and viewer.same_reach(permission, self.permission):
            return true() if self.apart is None else self.apart(viewer, permission, row)
        return self.may(viewer, permission, row)

    def permission_of(self, attribute: Attribute | None) -> Permission | None:
        """The permission that the field of a column takes; None when it takes no more than the row itself."""
        for declared in self.fields.values():
            column = declared.attribute if isinstance(declared, Column) else getattr(declared, "foreign_key", None)
            if attribute is not None and column is attribute:
                return declared.permission
        return None


@dataclass(frozen=True)
class Through:
    """A rule for rows that belong to another: a permission is held on them where it is held on that one.

    Held as a whole, or, where `rule` is given, by that rule alone.
    """

    entity: Callable[[], AnyEntity]
    foreign_key: Attribute
    rule: MayRule | None = None

    def __post_init__(self) -> None:
        if is_by_scope(self.rule):
            by_scope(self)

    def __call__(self, viewer: Viewer, permission: Permission, row: Row) -> Predicate:
        def held(target: Row) -> Predicate:
            if self.rule is None:
                return target.entity.may(viewer, permission, target)
            return target.satisfies(self.rule, viewer, permission)

        return row.through(self.entity(), self.foreign_key, held)

    def establish(self, viewer: Viewer, permission: Permission, row: Row) -> None:
        """Note, for all that is read below the row, that the permission is held on the row it belongs to."""
        target = row.referred(self.foreign_key.key)
        if target is None:
            return
        row.known[self.foreign_key.key] = scoped = target.scoped()
        if self.rule is None:
            scoped.entity.establish(viewer, permission, scoped)
        else:
            scoped.establish(self.rule, viewer, permission)


@by_scope
def organization_wide(viewer: Viewer, permission: Permission, row: Row) -> Predicate:  # noqa: ARG001 - a MayRule
    """For rows of the organization itself: a permission counts when it is held for the whole organization."""
    return true() if viewer.reach(permission).organization else false()


def everyone(viewer: Viewer, permission: Permission, row: Row) -> Predicate:  # noqa: ARG001 - a MayRule
    """For rows that every actor of the tenant may see."""
    return true()
