"""The slow, obvious reference executor: rows in memory, Python for everything, graphql-core's own execution around it.

It answers what the read door answers, from the same declarations but without a line of SQL: pages by sorting and
slicing Python lists, rights from rights.py, JSON from Python values.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

from graphql import GraphQLResolveInfo, GraphQLSchema, build_schema, execute_sync, parse, print_schema

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.catalog import CATALOG
from portal.database.base import TenantRow
from portal.reading.entity import (
    AnyEntity,
    Column,
    Computed,
    Connection,
    Count,
    Counts,
    Documents,
    Field,
    Group,
    Many,
    Matches,
    One,
    Order,
    Own,
)
from portal.reading.roots import ByFact, ById, Facts, ManyByFact, Node, Nodes
from portal.reading.rows import public_id_of_actor, roles_of
from portal.reading.selection import camel
from schema.root import GRAPHQL_SCHEMA
from tests.reading.oracle_rules import COMPUTED, CONDITIONS, WHERE, plain
from tests.reading.rights import R, Rights

# Without Strawberry's resolvers: the same types and arguments, nothing behind them.
PLAIN_SCHEMA: GraphQLSchema = build_schema(print_schema(GRAPHQL_SCHEMA))

NAMES = {camel(name): name for entity in CATALOG.entities for name in entity.fields} | {
    camel(name): name for name in CATALOG.roots
}


def python_name(graphql_name: str) -> str:
    """A field's declared name, from the name that clients write."""
    return NAMES.get(graphql_name) or "".join(f"_{c.lower()}" if c.isupper() else c for c in graphql_name)


@dataclass(frozen=True)
class Ref:
    """A row that a resolver stands on."""

    entity: AnyEntity
    row: R


@dataclass(frozen=True)
class Page:
    """A connection that a resolver stands on: all items of the page, and what is known of the rest."""

    entity: AnyEntity
    items: list[Ref]
    whole: list[Ref]
    has_next: bool
    has_previous: bool
    cursor: Callable[[Ref], str]


@dataclass(frozen=True)
class Inside:
    """An object made of a row's own fields."""

    ref: Ref
    name: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class Reference:
    """Answers operations for one actor, from all rows of its organization."""

    actor: Actor
    rights: Rights

    def answer(self, text: str, variables: dict[str, Any]) -> dict[str, Any]:
        """The data of an operation; any error fails the test."""
        result = execute_sync(
            PLAIN_SCHEMA,
            parse(text),
            variable_values=variables,
            field_resolver=self.resolve,
            type_resolver=lambda value, *_: value.entity.name,
        )
        assert not result.errors, result.errors
        assert result.data is not None
        return result.data

    def resolve(self, source: Any, info: GraphQLResolveInfo[Any], **arguments: Any) -> Any:
        name = python_name(info.field_name)
        match source:
            case None:
                return self.root(name, arguments)
            case Ref():
                return self.field(source, name, arguments)
            case Page():
                return self.part_of_page(source, name)
            case Inside():
                return self.inside(source, name)
            case (page, ref):
                return page.cursor(ref) if name == "cursor" else ref
            case _:
                return source[name] if isinstance(source, dict) and name in source else source[info.field_name]

    # Roots

    def root(self, name: str, arguments: dict[str, Any]) -> Any:
        declared = CATALOG.roots[name]
        match declared:
            case ById(entity):
                return self.by_id(entity, arguments["id"])
            case ByFact(entity, fact):
                return self.by_fact(entity, fact)
            case Facts():
                return {key: self.part_of_facts(key, value) for key, value in declared.fields.items()}
            case Node():
                return self.node(arguments["id"])
            case Nodes():
                return [self.node(text) for text in arguments["ids"]]
            case Connection():
                return self.page(declared, self.all(declared.entity()), arguments)
        raise AssertionError(name)

    def part_of_facts(self, name: str, declared: object) -> Any:
        match declared:
            case ByFact(entity, fact):
                return self.by_fact(entity, fact)
            case ManyByFact(many):
                key = many.foreign_key.key
                rule = WHERE.get(f"Viewer.{name}", lambda _row: True)
                rows = [ref for ref in self.all(many.entity()) if ref.row[key] == self.actor.id and rule(ref.row)]
                keys = [attribute.key for attribute in many.order]
                return sorted(rows, key=lambda ref: (*(ref.row[order] for order in keys), ref.row["id"]))
            case _:
                return self.fact(name)

    def fact(self, name: str) -> Any:
        if name == "id":
            return public_id_of_actor(self.actor)
        if name == "roles":
            return roles_of(self.actor)
        return [permission.name for permission in Permission if self.rights.held(permission)]

    def by_fact(self, entity: AnyEntity, fact: str) -> Ref | None:
        wanted = self.actor.organization_id if fact == "organization_id" else self.actor.id
        return self.first(entity, lambda row: row["id"] == wanted)

    def by_id(self, entity: AnyEntity, text: str) -> Ref | None:
        return self.first(entity, lambda row: f"{entity.prefix}_{row['id'].hex}" == text)

    def node(self, text: str) -> Ref | None:
        entity = CATALOG.by_prefix.get(text.rpartition("_")[0])
        return self.by_id(entity, text) if entity else None

    # Rows

    def all(self, entity: AnyEntity) -> list[Ref]:
        model: type[TenantRow] = entity.model
        return [Ref(entity, row) for row in self.rights.tables[model.__tablename__] if self.sees(entity, row)]

    def first(self, entity: AnyEntity, wanted: Callable[[R], bool]) -> Ref | None:
        return next((ref for ref in self.all(entity) if wanted(ref.row)), None)

    def sees(self, entity: AnyEntity, row: R) -> bool:
        permitted = entity.permission is None or self.rights.may(entity.name, entity.permission, row)
        return permitted and self.rights.shows(entity.name, row)

    def holds(self, ref: Ref, permission: Permission | None) -> bool:
        if permission is None:
            return True
        return self.rights.held(permission) and self.rights.may(ref.entity.name, permission, ref.row)

    # Fields

    def field(self, ref: Ref, name: str, arguments: dict[str, Any]) -> Any:
        if name == "id":
            return f"{ref.entity.prefix}_{ref.row['id'].hex}"
        if name == "redacted_fields":
            return self.redacted(ref)
        declared = ref.entity.fields[name]
        if not self.holds(ref, declared.permission):
            return [] if isinstance(declared, Many | Matches | Documents) else None
        return self.value(ref, f"{ref.entity.name}.{name}", declared, arguments)

    def redacted(self, ref: Ref) -> list[str]:
        return sorted(
            camel(name) for name, declared in ref.entity.fields.items() if not self.holds(ref, declared.permission)
        )

    def value(self, ref: Ref, name: str, declared: Field, arguments: dict[str, Any]) -> Any:  # noqa: C901 - a case each
        match declared:
            case Column():
                return plain(ref.row[declared.attribute.key])
            case Computed():
                return COMPUTED[name](self, ref)
            case One():
                key = ref.row[declared.foreign_key.key]
                return self.first(declared.entity(), lambda row: row["id"] == key)
            case Own():
                return next(iter(self.referring(ref, declared, name)), None)
            case Many():
                return self.many(ref, declared, name)
            case Connection():
                return self.page(declared, self.referring(ref, declared, name), arguments)
            case Group():
                shown = declared.present is None or CONDITIONS[name](ref.row)
                return Inside(ref, name, dict(declared.fields)) if shown else None
            case Count():
                return len(self.counted(ref, declared, name))
            case Counts():
                rows = self.counted(ref, declared, name)
                return {key: sum(CONDITIONS[f"{name}.{key}"](row.row) for row in rows) for key in declared.conditions}
            case Documents():
                return [
                    {key: item.get(inside) for key, inside in declared.keys.items()}
                    for item in ref.row[declared.attribute.key]
                ]
        raise AssertionError(declared)

    def referring(self, ref: Ref, declared: Own | Many | Connection | Count | Counts, name: str) -> list[Ref]:
        """The visible rows that refer to one, under the list's own rule."""
        assert declared.foreign_key is not None
        key, rule = declared.foreign_key.key, WHERE.get(name, lambda _row: True)
        return [other for other in self.all(declared.entity()) if other.row[key] == ref.row["id"] and rule(other.row)]

    def many(self, ref: Ref, declared: Many, name: str) -> list[Ref]:
        keys = [attribute.key for attribute in declared.order]
        return sorted(
            self.referring(ref, declared, name),
            key=lambda other: (*((other.row[key] is None, other.row[key]) for key in keys), other.row["id"]),
        )

    def counted(self, ref: Ref, declared: Count | Counts, name: str) -> list[Ref]:
        entity = declared.entity()
        permission = declared.counting or entity.permission
        rule = WHERE.get(name, lambda _row: True)
        return [
            Ref(entity, row)
            for row in self.rights.tables[entity.model.__tablename__]
            if row[declared.foreign_key.key] == ref.row["id"]
            and rule(row)
            and (permission is None or (self.rights.held(permission) and self.rights.may(entity.name, permission, row)))
            and self.rights.shows(entity.name, row)
        ]

    def inside(self, source: Inside, name: str) -> Any:
        return self.value(source.ref, f"{source.name}.{name}", source.fields[name], {})

    # Pages

    def page(self, declared: Connection, rows: list[Ref], arguments: dict[str, Any]) -> Page:
        from tests.reading.oracle_filters import matches  # noqa: PLC0415 - it needs Reference

        given = arguments.get("filter")
        whole = [ref for ref in rows if given is None or matches(self, declared, ref, given)]
        whole = self.ordered(declared, whole, arguments.get("orderBy"))
        last, first = arguments.get("last"), arguments.get("first")
        if last is not None:
            items = whole[len(whole) - min(last, len(whole)) :]
            return Page(declared.entity(), items, whole, False, len(items) < len(whole), str)
        size = 20 if first is None else first
        return Page(declared.entity(), whole[:size], whole, len(whole) > size, False, str)

    def ordered(self, declared: Connection, rows: list[Ref], given: list[dict[str, Any]] | None) -> list[Ref]:
        keys: list[tuple[Order, bool]] = []
        for item in given or [{"field": declared.default_order}]:
            order = declared.orders[item["field"]]
            direction = item.get("direction")
            keys.append((order, order.descending if direction is None else direction == "DESC"))
        rows = sorted(rows, key=lambda ref: ref.row["id"], reverse=keys[-1][1])
        for order, descending in reversed(keys):
            rows = sorted(rows, key=partial(self.sort_value, order), reverse=descending)
        return rows

    def sort_value(self, order: Order, ref: Ref) -> Any:
        """What a row is sorted by: an order must not tell what a field hides."""
        hidden = not self.holds(ref, ref.entity.permission_of(order.attribute))
        return ref.row[order.instead.key if hidden and order.instead else order.attribute.key]

    def part_of_page(self, page: Page, name: str) -> Any:
        match name:
            case "nodes":
                return page.items
            case "edges":
                return [(page, ref) for ref in page.items]
            case "total_count":
                return len(page.whole)
            case _:
                return {"has_next_page": page.has_next, "has_previous_page": page.has_previous}
