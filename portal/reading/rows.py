"""A row inside a statement under construction, and the viewer for whom it is read.

Predicates are written once per entity, for a row however it was reached. Where the statement already holds the row that
a predicate needs (an application's opening, say), the predicate speaks about that row; otherwise it is joined. What a
row's being visible has established is not asked again of what is read below it.
"""

import enum
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ClauseElement,
    ColumnElement,
    Exists,
    False_,
    Select,
    Text,
    True_,
    Uuid,
    and_,
    bindparam,
    false,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.orm import InstrumentedAttribute
from sqlalchemy.sql import visitors
from sqlalchemy.sql.selectable import LateralFromClause, NamedFromClause

from portal.access.actor import Actor, Reach
from portal.access.enums import ActorKind
from portal.access.permissions import Permission
from portal.database.ids import public_id

if TYPE_CHECKING:
    from portal.reading.entity import Entity

T = TypeVar("T")
Predicate = ColumnElement[bool]
MayRule: TypeAlias = Callable[["Viewer", Permission, "Row"], Predicate]
RuleT = TypeVar("RuleT", bound=MayRule)
Fact: TypeAlias = tuple[int | None, MayRule, Permission]
# Pairs of foreign keys that are always equal: the other row's, and the way to this row's own.
Same: TypeAlias = tuple[tuple[InstrumentedAttribute[Any], tuple[InstrumentedAttribute[Any], ...]], ...]


def constant(value: enum.StrEnum) -> ColumnElement[str]:
    """A closed set's value as part of the text: a bound one could not choose a partial index under a generic plan."""
    return literal_column(f"'{value.value}'", Text())


@dataclass
class Names:
    """Hands out table aliases that no GraphQL name can equal: they contain a `$`."""

    issued: int = 0

    def next(self, stem: str) -> str:
        self.issued += 1
        return f"{stem}${self.issued}"


def both(*predicates: Predicate) -> Predicate:
    """All of them; constants are worked out here, so that statements hold none."""
    if any(isinstance(predicate, False_) for predicate in predicates):
        return false()
    left = [predicate for predicate in predicates if not isinstance(predicate, True_)]
    return and_(*left) if left else true()


def either(*predicates: Predicate) -> Predicate:
    """Any of them, asked in this order; constants are worked out here."""
    if any(isinstance(predicate, True_) for predicate in predicates):
        return true()
    left = [predicate for predicate in predicates if not isinstance(predicate, False_)]
    return or_(*left) if left else false()


def has_part(predicate: Predicate, kind: type[ClauseElement]) -> bool:
    """Whether a predicate has a part of a kind."""
    return any(isinstance(part, kind) for part in visitors.iterate(predicate))


@dataclass
class Row:
    """One row of an entity's table under an alias.

    `known` maps this row's foreign-key columns to rows that are already in the statement and equal to what they refer
    to; `joined` to rows that predicates about this one brought into its own SELECT. `reached_from` is the row, and its
    foreign-key column, through which this row was reached. `established` are the rules, each with a permission, that
    are known to be satisfied for a viewer wherever this object is used. `decided` are permissions whose predicate looks
    into other tables: worked out once a row and viewer, in a column of its own SELECT, however many fields ask.
    """

    entity: "Entity[Any]"
    table: NamedFromClause[Any]
    names: Names
    known: dict[str, "Row"] = field(default_factory=dict)
    reached_from: "tuple[Row, str] | None" = None
    joined: dict[str, "Row"] = field(default_factory=dict)
    established: set["Fact"] = field(default_factory=set)
    decided: dict[tuple[int | None, Permission], LateralFromClause] = field(default_factory=dict)
    seen: Predicate | None = None

    def __getitem__(self, attribute: InstrumentedAttribute[T]) -> ColumnElement[T]:
        """The row's column of a model's attribute."""
        column: ColumnElement[T] = self.table.c[attribute.key]
        return column

    def visible(self, viewer: "Viewer") -> Predicate:
        """Whether the viewer may see this row, asked before anything below it: what it establishes holds there."""
        if self.seen is None:
            self.seen = self.entity.seen(viewer, self)
        return self.seen

    def referred(self, foreign_key: str) -> "Row | None":
        """The row that a foreign key refers to, where the statement holds it."""
        return self.known.get(foreign_key) or self.joined.get(foreign_key)

    def scoped(self) -> "Row":
        """The same row, for a part of the statement in which more may be established.

        What is decided of it there may speak of rows that only that part has, so it is decided in that part alone.
        """
        return replace(self, known=dict(self.known), established=set(self.established), decided={}, seen=None)

    def satisfies(self, rule: "MayRule", viewer: "Viewer", permission: Permission) -> Predicate:
        """Whether a rule gives a permission on this row; constant where that is established."""
        if _fact(rule, viewer, permission) in self.established:
            return true()
        return rule(viewer, permission, self)

    def establish(self, rule: "MayRule", viewer: "Viewer", permission: Permission) -> None:
        """Note that a rule gives a permission on this row."""
        self.established.add(_fact(rule, viewer, permission))

    def decide(self, viewer: "Viewer", permission: Permission, predicate: Predicate) -> Predicate:
        """A predicate about this row that several parts of the statement ask, as a column if it is dear.

        While it is worked out which rows are visible, nothing is set apart: there it is asked once, and of many rows.
        """
        if self.seen is None or not has_part(predicate, Exists):
            return predicate
        key = (viewer.party, permission)
        if key not in self.decided:
            # OFFSET 0 keeps the planner from putting the predicate back into each place that asks.
            once = select(predicate.label("held")).correlate_except().offset(literal_column("0"))
            self.decided[key] = once.lateral(self.names.next("may"))
        held: Predicate = self.decided[key].c.held
        return held

    def through(
        self, entity: "Entity[Any]", foreign_key: InstrumentedAttribute[Any], predicate: "Callable[[Row], Predicate]"
    ) -> Predicate:
        """Whether the row that a foreign key of this one refers to satisfies a predicate.

        The row is joined to this one's SELECT, once for all that is asked of it. A key that may be null would lose rows
        in a join, so there the row is looked up.
        """
        known = self.referred(foreign_key.key)
        if known is not None:
            return predicate(known)
        target = entity.row(self.names)
        target.reached_from = (self, foreign_key.key)
        condition = predicate(target)
        if isinstance(condition, True_ | False_):
            return condition
        if self.entity.model.__table__.c[foreign_key.key].nullable:
            return target.select(target.table.c.id == self[foreign_key], condition).exists()
        self.joined[foreign_key.key] = target
        return condition

    def any(
        self, entity: "Entity[Any]", foreign_key: InstrumentedAttribute[Any], predicate: "Callable[[Row], Predicate]"
    ) -> Predicate:
        """Whether some row whose foreign key refers to this one satisfies a predicate.

        Where this row was reached from such a row, that one is asked first: it is usually enough, and always cheaper.
        """
        target = entity.row(self.names)
        target.known[foreign_key.key] = self
        condition = predicate(target)
        if isinstance(condition, False_):
            return condition
        found = target.select(target[foreign_key] == self.table.c.id, condition).exists()
        if self.reached_from is None:
            return found
        witness, key = self.reached_from
        if witness.entity is not entity or key != foreign_key.key:
            return found
        return either(predicate(witness), found)

    def select(self, *conditions: Predicate, columns: Sequence[ColumnElement[Any]] = ()) -> Select[Any]:
        """SELECT from this row's table, and from those that were joined to it, within the tenant.

        To be made last, when nothing more will be asked of the row.
        """
        tables = self.tables()
        return (
            select(*(columns or (literal_column("1"),)))
            .select_from(*tables)
            .where(*self.links(), *(condition for condition in conditions if not isinstance(condition, True_)))
            .correlate_except(*tables)
        )

    def links(self) -> list[Predicate]:
        """The tenant of this row's table and of those joined to it, and what joins them."""
        links = [of_tenant(self)]
        for key, target in self.joined.items():
            links += [target.table.c.id == self.table.c[key], *target.links()]
        return links

    def tables(self) -> list[NamedFromClause[Any]]:
        joined = [table for target in self.joined.values() for table in target.tables()]
        return [self.table, *joined, *self.decided.values()]


_BY_SCOPE: set[MayRule] = set()


def by_scope(rule: RuleT) -> RuleT:
    """Declare that a rule asks for nothing but the scopes in which a permission is held.

    Where such a rule gives one permission, it gives every other that is held in the same scopes. Any other rule may ask
    for more than that, and treat each permission as it likes: there none follows from another.
    """
    _BY_SCOPE.add(rule)
    return rule


def is_by_scope(rule: MayRule | None) -> bool:
    """Whether a rule asks for nothing but scopes."""
    return rule in _BY_SCOPE


def _fact(rule: MayRule, viewer: "Viewer", permission: Permission) -> Fact:
    """What may be noted of a row where a rule gives a permission on it."""
    return viewer.party, rule, viewer.actor.scoped_like[permission] if is_by_scope(rule) else permission


def child_row(entity: "Entity[Any]", foreign_key: str, parent: Row, names: Names) -> Row:
    """A row of `entity` whose foreign key is known to refer to `parent`."""
    target = entity.row(names)
    target.known[foreign_key] = parent
    return target


def equal_keys(target: Row, row: Row, same: Same) -> list[tuple[ColumnElement[Any], ColumnElement[Any]]]:
    """Note on a row that was reached from another which rows of the statement it refers to as well, by what `same`
    declares. Gives the pairs of keys, for a condition that they are equal indeed.
    """
    pairs: list[tuple[ColumnElement[Any], ColumnElement[Any]]] = []
    for foreign_key, (*path, last) in same:
        source: Row | None = row
        for step in path:
            source = source and source.referred(step.key)
        if source is None:
            continue
        pairs.append((target[foreign_key], source[last]))
        held = source.referred(last.key)
        if held is not None:
            target.known[foreign_key.key] = held
    return pairs


def of_tenant(row: Row) -> Predicate:
    """The tenant, bound for every table of a statement: without it the planner looks in every partition."""
    return of_tenant_table(row.table)


def of_tenant_table(table: NamedFromClause[Any]) -> Predicate:
    """The same for a table that is no entity, such as a link between two."""
    tenant: Predicate = table.c.organization_id == bindparam(
        "actor|organization_id", type_=Uuid(), value=None, unique=False
    )
    return tenant


@dataclass(frozen=True)
class Viewer:
    """The actor for whom a statement is compiled: shapes the text by where rights are held, binds the ids that they
    hold.

    An actor who acts on behalf of somebody is two viewers, its `parties`: a rule is worked out for each of them, and
    both have to satisfy it. `party` is which of the two this one is, None for a viewer who is only themselves.
    """

    actor: Actor
    party: int | None = None

    @cached_property
    def parties(self) -> tuple["Viewer", ...]:
        """The viewers for whom rules are worked out, each by itself."""
        if self.actor.on_behalf_of is None:
            return (self,)
        return tuple(Viewer(actor, party) for party, actor in enumerate(self.actor.parties))

    def reach(self, permission: Permission) -> Reach:
        return self.actor.reach(permission)

    def same_reach(self, one: Permission, other: Permission) -> bool:
        """Whether two permissions are held in exactly the same places, so that one implies the other."""
        return self.actor.representative[one] == self.actor.representative[other]

    def ids(self, permission: Permission, kind: str) -> BindParameter[Any]:
        """The ids of one kind within a permission's reach, as a bound array."""
        equal = self.actor.representative if kind == "proposed_teams" else self.actor.scoped_like
        # The permission's name in Python: SQLAlchemy rewrites a colon in the name of a bind.
        key = self._key(f"reach|{equal[permission].name}|{kind}")
        return bindparam(key, type_=ARRAY(Uuid()), value=None, unique=False)

    def fact(
        self, name: str, type_: Any
    ) -> BindParameter[Any]:  # Any: SQLAlchemy's type objects have no common typed base
        """A bound fact about the actor: id, organization_id, own_candidate_ids, …"""
        return bindparam(self._key(f"actor|{name}"), type_=type_, value=None, unique=False)

    def _key(self, key: str) -> str:
        return key if self.party is None else f"{self.party}|{key}"


def actor_fact(key: str) -> Callable[[Actor], object]:
    """Where the value of a bind that `Viewer` made comes from: the actor who is asking then."""
    kind, _, rest = key.partition("|")
    if kind.isdigit():
        of_party = actor_fact(rest)
        return lambda actor: of_party(actor.parties[int(kind)])
    if kind == "actor":
        return ACTOR_FACTS[rest]
    name, _, part = rest.partition("|")
    permission = Permission[name]
    return lambda actor: list(getattr(actor.reach(permission), part))


def public_id_of_actor(actor: Actor) -> str:
    """The id under which clients know whoever asks: a membership's or a service account's, else the organization's."""
    if actor.id is None:
        return public_id("org", actor.organization_id)
    return public_id("svc" if actor.kind is ActorKind.SERVICE else "mem", actor.id)


def roles_of(actor: Actor) -> list[str]:
    """The names of the roles an actor holds, the organization's role first, each once."""
    held = [actor.role.value] if actor.role else []
    return list(dict.fromkeys([*held, *(grant.role.value for grant in actor.grants)]))


ACTOR_FACTS: dict[str, Callable[[Actor], object]] = {
    "id": lambda actor: actor.id,
    "organization_id": lambda actor: actor.organization_id,
    "public_id": public_id_of_actor,
    "session_id": lambda actor: actor.session_id,
    "own_candidate_ids": lambda actor: list(actor.own_candidate_ids),
    "permissions": lambda actor: [permission.name for permission in Permission if actor.may(permission)],
    "roles": roles_of,
}
