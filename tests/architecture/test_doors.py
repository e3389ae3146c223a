"""Nothing goes round the two doors: what can be read is declared, what changes is an action, and only `perform`
commits.
"""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLField,
    GraphQLInputField,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNonNull,
    GraphQLObjectType,
    get_named_type,
)
from sqlalchemy import Column as TableColumn

import portal
from portal.access.actions import Action
from portal.catalog import CATALOG, PAYLOADS, STREAMS, VIEWER
from portal.reading.entity import (
    Column,
    Computed,
    Connection,
    Count,
    Counts,
    Documents,
    Entity,
    Field,
    Group,
    Many,
    Matches,
)
from portal.reading.selection import camel, declared_name
from schema.root import GRAPHQL_SCHEMA
from tests.security.walking import OF_THE_EDGE

ROOT = Path(__file__).parents[2]
SCHEMA_FILES = sorted((ROOT / "schema").rglob("*.py"))
OBJECTS = {name: type_ for name, type_ in GRAPHQL_SCHEMA.type_map.items() if isinstance(type_, GraphQLObjectType)}
PAGING = re.compile(r"(Connection|Edge)$")
OF_EVERY_ENTITY = {"id", "redacted_fields"}


def groups(fields: dict[str, Field]) -> Iterator[tuple[str, set[str]]]:
    """Objects that are made of a row's own fields: their type and the names declared for it."""
    for declared in fields.values():
        match declared:
            case Group():
                yield declared.name, set(declared.fields)
                yield from groups(dict(declared.fields))
            case Counts():
                yield declared.name, set(declared.conditions)
            case Documents():
                yield declared.name, set(declared.keys)
            case _:
                continue


DECLARED: dict[str, set[str]] = {
    **{entity.name: set(entity.fields) | OF_EVERY_ENTITY for entity in CATALOG.entities},
    **{name: names for entity in CATALOG.entities for name, names in groups(entity.fields)},
    **{entity.name: set(entity.fields) for entity in PAYLOADS},
    "Subscription": set(STREAMS),
    VIEWER.name: set(VIEWER.fields),
    "Query": set(CATALOG.roots) | {"rate_limit"},
    "PageInfo": {"has_next_page", "has_previous_page", "start_cursor", "end_cursor"},
}


def is_payload(type_: GraphQLObjectType) -> bool:
    """Types that a mutation answers with, and what they hold that is no row: refusals and results per item."""
    interfaces = {interface.name for interface in type_.interfaces}
    return type_.name.endswith(("Payload", "Result")) or "UserError" in interfaces or type_.name == "Mutation"


def read_types() -> list[GraphQLObjectType]:
    return [
        type_
        for name, type_ in OBJECTS.items()
        if not name.startswith("__") and not PAGING.search(name) and not is_payload(type_) and name not in OF_THE_EDGE
    ]


@pytest.mark.parametrize("type_", read_types(), ids=lambda type_: type_.name)
def test_every_field_that_can_be_read_is_declared(type_: GraphQLObjectType) -> None:
    undeclared = [
        name
        for name, field in type_.fields.items()
        if declared_name(field, name) not in DECLARED.get(type_.name, set())
    ]

    assert undeclared == []


def test_every_entity_has_a_type_and_every_root_a_field() -> None:
    assert [entity.name for entity in CATALOG.entities if entity.name not in OBJECTS] == []
    roots = {declared_name(field, name) for name, field in OBJECTS["Query"].fields.items()}
    assert sorted(set(CATALOG.roots) - roots) == []


def nullable(entity: Entity[object], name: str) -> bool | None:  # type: ignore[type-var] # any entity
    """Whether a declared field can be null; None where it is a list or an object that never is."""
    declared = entity.fields.get(name)
    match declared:
        case None:
            return False
        case Column():
            column = entity.model.__table__.c[declared.attribute.key]  # type: ignore[attr-defined] # every model has one
            assert isinstance(column, TableColumn)
            return bool(column.nullable) or declared.permission is not None
        case Computed() | Count():
            return getattr(declared, "nullable", False) or declared.permission is not None
        case Connection() | Many() | Matches() | Documents():
            return False
        case Group() | Counts():
            return declared.permission is not None or getattr(declared, "present", None) is not None
        case _:
            return True


@pytest.mark.parametrize("entity", [*CATALOG.entities, *PAYLOADS], ids=lambda entity: entity.name)
def test_a_field_is_non_null_exactly_where_the_answer_can_never_be(entity: Entity[object]) -> None:  # type: ignore[type-var]
    wrong = [
        name
        for name, field in OBJECTS[entity.name].fields.items()
        if isinstance(field.type, GraphQLNonNull) is nullable(entity, declared_name(field, name))
    ]

    assert wrong == []


def test_ids_of_different_types_can_be_told_apart() -> None:
    prefixes = [entity.prefix for entity in CATALOG.entities]

    assert len(prefixes) == len(set(prefixes))
    assert [prefix for prefix in prefixes if not re.fullmatch(r"[a-z]{2,4}", prefix)] == []


def inputs(field: GraphQLField, argument: str) -> dict[str, GraphQLInputField]:
    """The fields of the input that an argument takes; none where there is no such argument."""
    if argument not in field.args:
        return {}
    type_ = get_named_type(field.args[argument].type)
    assert isinstance(type_, GraphQLInputObjectType)
    return dict(type_.fields)


def connections() -> Iterator[tuple[str, Connection, GraphQLField]]:
    for name, root in CATALOG.roots.items():
        if isinstance(root, Connection):
            yield f"Query.{name}", root, OBJECTS["Query"].fields[camel(name)]
    for entity in CATALOG.entities:
        for name, declared in entity.fields.items():
            if isinstance(declared, Connection):
                yield f"{entity.name}.{name}", declared, OBJECTS[entity.name].fields[camel(name)]


@pytest.mark.parametrize(
    ("name", "declared", "field"), list(connections()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_filters_and_orders_of_the_schema_are_those_declared(
    name: str, declared: Connection, field: GraphQLField
) -> None:
    filters = set(inputs(field, "filter"))
    orders = inputs(field, "orderBy")

    assert filters - {"and", "or", "not"} == set(declared.filters)
    if orders:
        chosen = get_named_type(orders["field"].type)
        assert isinstance(chosen, GraphQLEnumType)
        assert set(chosen.values) == set(declared.orders)
    assert declared.default_order in declared.orders


@pytest.mark.parametrize(
    ("name", "declared", "field"), list(connections()), ids=lambda value: value if isinstance(value, str) else ""
)
def test_lists_are_ordered_only_by_what_everybody_sees(name: str, declared: Connection, field: GraphQLField) -> None:
    entity = declared.entity()

    for order in declared.orders.values():
        told = order.attribute if entity.permission_of(order.attribute) is None else order.instead
        assert told is not None
        assert entity.permission_of(told) is None
        assert not entity.model.__table__.c[order.attribute.key].nullable


def test_restricted_fields_say_which_permission_they_take() -> None:
    silent = [
        f"{entity.name}.{name}"
        for entity in (*CATALOG.entities, *PAYLOADS)
        for name, declared in entity.fields.items()
        if declared.permission is not None
        and f"`{declared.permission}`" not in (OBJECTS[entity.name].fields[camel(name)].description or "")
    ]

    assert silent == []


def test_everything_has_a_description() -> None:
    silent = [
        name for name, type_ in GRAPHQL_SCHEMA.type_map.items() if not name.startswith("__") and not type_.description
    ]
    for type_ in GRAPHQL_SCHEMA.type_map.values():
        for name, member in (getattr(type_, "fields", None) or getattr(type_, "values", None) or {}).items():
            if not type_.name.startswith("__") and not member.description:
                silent.append(f"{type_.name}.{name}")
            silent += [
                f"{type_.name}.{name}({argument})"
                for argument, declared in getattr(member, "args", {}).items()
                if not type_.name.startswith("__") and not declared.description
            ]

    assert silent == []


def all_actions() -> dict[str, Action[..., object]]:
    found: dict[str, Action[..., object]] = {}
    for module in pkgutil.walk_packages(portal.__path__, "portal."):
        if ".actions" in module.name:
            for value in vars(importlib.import_module(module.name)).values():
                if isinstance(value, Action):
                    found[value.name] = value
    return found


def mutation_functions() -> Iterator[ast.AsyncFunctionDef]:
    for path in SCHEMA_FILES:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.AsyncFunctionDef) and any(
                "mutation" in ast.dump(item) for item in node.decorator_list
            ):
                yield node


def test_every_mutation_performs_exactly_one_action_of_its_own_name() -> None:
    actions = all_actions()
    wrong: list[str] = []
    for function in mutation_functions():
        performed = [
            ast.unparse(call.args[1]).rpartition(".")[2]
            for call in ast.walk(function)
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "perform"
        ]
        if performed != [function.name] or function.name not in actions:
            wrong.append(f"{function.name} performs {performed}")

    assert wrong == []


def test_every_mutation_of_the_schema_is_one_of_these_functions() -> None:
    named = {camel(function.name) for function in mutation_functions()}

    assert set(OBJECTS["Mutation"].fields) == named


def test_nothing_but_the_connection_and_migrations_commit() -> None:
    committing = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "portal").rglob("*.py"))
        if re.search(r"\bCOMMIT\b|\.commit\(", path.read_text()) and path.name not in ("connection.py", "migrate.py")
    ]

    assert committing == []


def test_resolvers_hold_no_conditions_about_business() -> None:
    deciding = [
        function.name
        for function in mutation_functions()
        if any(isinstance(node, ast.If | ast.Try | ast.For | ast.While) for node in ast.walk(function))
    ]

    assert deciding == []


def test_interfaces_are_only_those_that_were_agreed() -> None:
    interfaces = {name for name, type_ in GRAPHQL_SCHEMA.type_map.items() if isinstance(type_, GraphQLInterfaceType)}

    assert interfaces == {"Node", "PipelineChange", "UserError"}
