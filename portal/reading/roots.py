"""Roots: where a read may start. Each field of Query, and each entity that a mutation answers with, is one of these."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias, assert_never
from uuid import UUID

from sqlalchemy import ARRAY, ColumnElement, Text, Uuid, case, cast, func, literal_column, select
from sqlalchemy.dialects.postgresql import aggregate_order_by

from portal.database.ids import parse_public_id
from portal.reading import connections
from portal.reading.arguments import Leaf, Tree, as_leaf, id_prefix, resolve
from portal.reading.binds import Asked
from portal.reading.compiler import NOTHING, Compiler
from portal.reading.entity import AnyEntity, Connection, Many
from portal.reading.expressions import Columns, literal
from portal.reading.problems import BadInput
from portal.reading.rows import Predicate, Row, Viewer
from portal.reading.selection import TYPENAME, Selected

MAX_NODES = 100  # ids in one `nodes` field


@dataclass(frozen=True)
class ById:
    """The row with the public id that the client gives as `id`; null when unknown, foreign or not visible."""

    entity: AnyEntity


@dataclass(frozen=True)
class ByFact:
    """The row whose id is a fact about the actor (its organization, its membership)."""

    entity: AnyEntity
    fact: str


@dataclass(frozen=True)
class ManyByFact:
    """The rows that refer to the row whose id is a fact about the actor, as a closed list."""

    many: Many
    fact: str


@dataclass(frozen=True)
class Facts:
    """An object about the actor itself; each field is an expression or a read of its own."""

    name: str
    fields: Mapping[str, "Callable[[Viewer], ColumnElement[Any]] | ByFact | ManyByFact"]


@dataclass(frozen=True)
class Node:
    """Any entity by its public id, behind the Node interface."""


@dataclass(frozen=True)
class Nodes:
    """Several entities by their public ids, in the order given, null where there is none to see."""


@dataclass(frozen=True)
class Given:
    """The row whose id the code names: the entity that a mutation's payload or an event answers with."""

    entity: AnyEntity


Root: TypeAlias = ById | ByFact | Facts | Node | Nodes | Given | Connection


@dataclass(frozen=True)
class Catalog:
    """Everything that can be read: the entities and the fields of Query."""

    entities: tuple[AnyEntity, ...]
    roots: Mapping[str, Root]

    @cached_property
    def by_prefix(self) -> Mapping[str, AnyEntity]:
        """Entities that a public id can name."""
        return {entity.prefix: entity for entity in self.entities}

    @cached_property
    def by_name(self) -> Mapping[str, AnyEntity]:
        """Entities by the name of their GraphQL type."""
        return {entity.name: entity for entity in self.entities}


def compile_root(compiler: Compiler, catalog: Catalog, root: Root, selected: Selected) -> ColumnElement[Any]:
    """The JSON of one root field, as an expression without a FROM of its own."""
    match root:
        case ById(entity):
            wanted = _id(compiler, entity, selected.arguments["id"])
            return compiler.row(entity, lambda row: row.table.c.id == wanted, compiler.below(selected))
        case ByFact():
            return _by_fact(compiler, root, compiler.below(selected))
        case Given(entity):
            given = compiler.binds.derived(lambda asked: asked.id, Uuid())
            return compiler.row(entity, lambda row: row.table.c.id == given, _on(compiler, entity, selected))
        case Facts():
            return _facts(compiler, root, selected)
        case Node():
            return _node(compiler, catalog, selected)
        case Nodes():
            return _nodes(compiler, catalog, selected)
        case Connection():
            return connections.page(compiler, root, selected, None)
        case _:
            assert_never(root)


def _id(compiler: Compiler, entity: AnyEntity, tree: Tree) -> ColumnElement[UUID]:
    def decode(value: object) -> UUID | None:
        return parse_public_id(entity.prefix, value) if isinstance(value, str) else None

    return compiler.binds.argument(tree, Uuid(), decode)


def _by_fact(compiler: Compiler, root: ByFact, fields: list[Selected]) -> ColumnElement[Any]:
    wanted = compiler.viewer.fact(root.fact, Uuid())
    return compiler.row(root.entity, lambda row: row.table.c.id == wanted, fields)


def _facts(compiler: Compiler, root: Facts, selected: Selected) -> ColumnElement[Any]:
    columns: Columns = []
    for inner in compiler.below(selected):
        declared = None if inner.name == TYPENAME else root.fields[inner.name]
        if declared is None:
            value: ColumnElement[Any] = literal(root.name)
        elif isinstance(declared, ByFact):
            value = _by_fact(compiler, declared, compiler.below(inner))
        elif isinstance(declared, ManyByFact):
            target = declared.many.entity().row(compiler.names)
            value = compiler.many(target, compiler.viewer.fact(declared.fact, Uuid()), declared.many, inner)
        else:
            value = declared(compiler.viewer)
        columns.append((inner.response_name, value))
    return compiler.json_object(columns)


def _node(compiler: Compiler, catalog: Catalog, selected: Selected) -> ColumnElement[Any]:
    tree = as_leaf(selected.arguments["id"])
    entity = catalog.by_prefix.get(id_prefix(tree.value))
    if entity is None:
        return NOTHING
    wanted = _id(compiler, entity, tree)
    return compiler.row(entity, lambda row: row.table.c.id == wanted, _on(compiler, entity, selected))


def _on(compiler: Compiler, entity: AnyEntity, selected: Selected) -> list[Selected]:
    """What is selected below an interface, on one entity's type."""
    return compiler.below(selected, compiler.document.schema.type_map[entity.name])


def _nodes(compiler: Compiler, catalog: Catalog, selected: Selected) -> ColumnElement[Any]:
    tree = selected.arguments["ids"]
    values = tree.value if isinstance(tree, Leaf) else [item.value for item in tree or () if isinstance(item, Leaf)]
    entities = [
        entity for prefix, entity in catalog.by_prefix.items() if prefix in {id_prefix(value) for value in values}
    ]

    def texts(asked: Asked) -> list[str]:
        given = resolve(tree, asked.variables)
        if len(given) > MAX_NODES:
            raise BadInput(f"At most {MAX_NODES} ids at once.")
        return [text if text.isascii() and text.isprintable() else "" for text in given]

    ids = compiler.binds.derived(texts, ARRAY(Text()))
    listed = (
        func.unnest(ids)
        .table_valued("text", with_ordinality="position", name=compiler.names.next("ids"))
        .render_derived()
    )
    branches = [
        compiler.row(entity, _names(entity, listed.c.text), _on(compiler, entity, selected)) for entity in entities
    ]
    value = func.coalesce(*branches, NOTHING) if branches else literal_column("NULL::json")
    inner = select(value.label("node$"), listed.c.position).select_from(listed).correlate_except(listed)
    rows = inner.subquery(compiler.names.next("nodes"))
    listing = func.json_agg(aggregate_order_by(rows.c["node$"], rows.c.position))
    return (
        select(func.coalesce(listing, literal_column("'[]'::json")))
        .select_from(rows)
        .correlate_except(rows)
        .scalar_subquery()
    )


def _names(entity: AnyEntity, text: ColumnElement[str]) -> Callable[[Row], Predicate]:
    """Whether a text is the public id of a row; compares ids as uuids, so that the key's index is used."""
    well_formed = text.op("~", is_comparison=True)(literal(f"^{entity.prefix}_[0-9a-f]{{32}}$"))
    wanted = case((well_formed, cast(func.right(text, literal_column("32")), Uuid())), else_=NOTHING)
    return lambda row: row.table.c.id == wanted
