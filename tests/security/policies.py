"""The policy of everything in the schema: which permission it takes, or why it takes none.

Worked out from what the doors enforce (the declarations of reads, the actions, the streams), never from a list of
names: what they do not know has no policy. What is open to everybody of the organization is listed here, with why.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from graphql import GraphQLField, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, get_named_type

from portal.access.permissions import Permission
from portal.catalog import CATALOG, PAYLOADS, STREAMS, VIEWER
from portal.reading.entity import AnyEntity, Connection, Counts, Documents, Field, Group
from portal.reading.roots import ByFact, ById, Facts, ManyByFact, Node, Nodes, Root
from portal.reading.selection import camel, declared_name
from portal.records.recording import Event
from schema.root import GRAPHQL_SCHEMA
from tests.architecture.test_doors import all_actions
from tests.reading.documents import ROOTS_LEFT_OUT
from tests.security.walking import COMBINERS, OF_THE_EDGE, mutations

# Rows that everybody of the organization may see, their own fields' permissions aside.
PUBLIC: Mapping[str, str] = {
    "Organization": "whoever is signed in knows where they are",
    "CloseReason": "a list of words that the organization chose, without anybody's data",
    "RejectionReason": "a list of words that the organization chose, without anybody's data",
    "Source": "a list of channels, without anybody's data",
    "Notification": "told only to whom it concerns, and each thing in it is read with its own permission",
}

# What answers hold that is not read from rows: all of it follows from the call itself, once its permission is held.
OF_CALLS: Mapping[str, str] = {
    "userErrors": "why this call was refused",
    "query": "a read like any other: each field below has its own policy",
    "results": "what became of each item of this call",
    "batchId": "the name of what this call did",
    "text": "the secret that this call made, for whoever made it",
    "secret": "the secret that this call made, for whoever made it",
    "address": "the secret that this call made, for whoever made it",
    "recoveryCodes": "the secrets that this call made, for whoever made them",
    "isRemoved": "what this call changed",
    "expiresAt": "how long what this call made is good for",
    "sessionId": "the session that this call ended",
    "documentIds": "what the documents that this call held are run by",
    "addedIds": "which of the documents that this call held are new",
    "changedApplications": "how much this call changed",
    "count": "how much this call changed",
    "made": "how much this call changed",
    "movedApplications": "how much this call changed",
    "restorableApplications": "how much this call left to restore",
    "restoredApplications": "how much this call changed",
    "stageCount": "how much this call changed",
    "code": "why this call was refused",
    "message": "why this call was refused",
    "path": "which part of this call's input was refused",
    "retryAfter": "how long this caller has to wait",
    "current": "the version of a row that this caller may change",
    "state": "the state of a row that this caller may change",
    "activeApplications": "how much stands in the way of a change that this caller may make",
    "filledOrReserved": "how much stands in the way of a change that this caller may make",
}

PAGING = re.compile(r"(Connection|Edge)$")
OF_PAGES = "where in a list of visible rows a page stands"
OF_THE_CALLER = "what somebody is told of themselves"


@dataclass(frozen=True)
class Policy:
    """Permissions that are all needed; where there are none, why not."""

    takes: frozenset[Permission] = frozenset()
    why: str = ""

    @property
    def is_public(self) -> bool:
        return not self.takes

    def __bool__(self) -> bool:
        return bool(self.takes or self.why)


NONE = Policy()


def policy(*needed: Permission | None, why: str = "") -> Policy:
    return Policy(frozenset(permission for permission in needed if permission is not None), why)


def of_entity(entity: AnyEntity, *more: Permission | None) -> Policy:
    return policy(entity.permission, *more, why=PUBLIC.get(entity.name, ""))


def field_policies() -> dict[str, Policy]:
    """By Type.field: of every field of every type of the schema but those of introspection."""
    found: dict[str, Policy] = {}
    for name, type_ in GRAPHQL_SCHEMA.type_map.items():
        if isinstance(type_, GraphQLObjectType) and not name.startswith("__"):
            found |= {f"{name}.{field}": _field(name, field, declared) for field, declared in type_.fields.items()}
    for name, type_ in GRAPHQL_SCHEMA.type_map.items():
        if isinstance(type_, GraphQLInterfaceType):
            for field in type_.fields:
                of_types = [found[f"{one.name}.{field}"] for one in GRAPHQL_SCHEMA.get_possible_types(type_)]
                found[f"{name}.{field}"] = Policy(why="of the type behind it") if all(of_types) else NONE
    return found


def _field(type_name: str, name: str, field: GraphQLField) -> Policy:
    declared = declared_name(field, name)
    if type_name in ("Query", "Mutation", "Subscription"):
        return _of_operation(type_name, declared)
    if type_name in OF_THE_EDGE:
        return Policy(why=OF_THE_CALLER)
    if type_name == "Viewer":
        return _fact(declared)
    if type_name == "PageInfo":
        return Policy(why=OF_PAGES)
    if PAGING.search(type_name):
        entity = CATALOG.by_name.get(PAGING.sub("", type_name))
        return NONE if entity is None else of_entity(entity)
    return _of_row(type_name, declared) or _of_call(type_name, name, get_named_type(field.type).name)


def _of_operation(type_name: str, name: str) -> Policy:
    """Of a field where an operation begins."""
    if type_name == "Subscription":
        return _stream(name)
    if type_name == "Mutation":
        action = all_actions().get(name)
        return NONE if action is None else policy(action.permission)
    if camel(name) in ROOTS_LEFT_OUT:
        return Policy(why=OF_THE_CALLER)
    return _root(CATALOG.roots[name]) if name in CATALOG.roots else NONE


def _root(root: Root) -> Policy:
    match root:
        case Node() | Nodes():
            return Policy(why="of the type behind the id")
        case Facts():
            return Policy(why=OF_THE_CALLER)
        case Connection():
            return of_entity(root.entity(), root.permission)
        case ById(entity) | ByFact(entity):
            return of_entity(entity)
        case _:
            return NONE


def _stream(name: str) -> Policy:
    stream = STREAMS.get(name)
    if stream is None:
        return NONE
    of_payloads = [of_entity(entity) for entity in stream.payloads.values()]
    return Policy(frozenset().union(*(each.takes for each in of_payloads)), of_payloads[0].why)


def _fact(name: str) -> Policy:
    match VIEWER.fields.get(name):
        case None:
            return NONE
        case ByFact(entity):
            return of_entity(entity)
        case ManyByFact(many):
            return of_entity(many.entity())
        case _:
            return Policy(why=OF_THE_CALLER)


ROWS: Mapping[str, AnyEntity] = {**CATALOG.by_name, **{entity.name: entity for entity in PAYLOADS}}


def _of_row(type_name: str, name: str) -> Policy:
    """Of a field that is read from a row, or from an object that is made of a row's own fields."""
    entity = ROWS.get(type_name)
    if entity is not None:
        if name in ("id", "redacted_fields"):
            return of_entity(entity)
        field = entity.fields.get(name)
        return NONE if field is None else of_entity(entity, field.permission)
    for entity in ROWS.values():
        for holder, permission, names in _objects(dict(entity.fields), None):
            if holder == type_name and name in names:
                return of_entity(entity, permission)
    return NONE


def _objects(
    fields: dict[str, Field], above: Permission | None
) -> Iterator[tuple[str, Permission | None, frozenset[str]]]:
    """Objects made of a row's own fields: their type, the permission they take, and the names declared for them."""
    for declared in fields.values():
        permission = declared.permission or above
        match declared:
            case Group():
                yield declared.name, permission, frozenset(declared.fields)
                yield from _objects(dict(declared.fields), permission)
            case Counts():
                yield declared.name, permission, frozenset(declared.conditions)
            case Documents():
                yield declared.name, permission, frozenset(declared.keys)
            case _:
                continue


def _of_call(type_name: str, name: str, answered: str) -> Policy:
    """Of a part of what a mutation answers: the rows in it are read through the read door."""
    type_ = GRAPHQL_SCHEMA.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    is_error = any(interface.name == "UserError" for interface in type_.interfaces)
    if not is_error and not type_name.endswith(("Payload", "Result")):
        return NONE
    if answered in CATALOG.by_name:
        return of_entity(CATALOG.by_name[answered])
    return Policy(why=OF_CALLS.get(name, ""))


def argument_policies(swept: frozenset[str]) -> dict[str, Policy]:
    """By Type.field(argument), and by Input.field: `swept` are the ids that the sweep holds to their policy."""
    found: dict[str, Policy] = {}
    changing = {get_named_type(field.args["input"].type).name for field in mutations().values()}
    for name, type_ in GRAPHQL_SCHEMA.type_map.items():
        if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType) and not name.startswith("__"):
            for field_name, field in type_.fields.items():
                for argument, declared in field.args.items():
                    full = f"{name}.{field_name}.{argument}"
                    is_swept = get_named_type(declared.type).name != "ID" or full in swept
                    found[f"{name}.{field_name}({argument})"] = _argument(name, argument) if is_swept else NONE
    for input_name in _inputs_below(changing):
        for field_name, input_field in _input(input_name).fields.items():
            is_swept = get_named_type(input_field.type).name != "ID" or f"{input_name}.{field_name}" in swept
            found[f"{input_name}.{field_name}"] = Policy(why="of the mutation that takes it") if is_swept else NONE
    return found | _of_lists(swept)


OF_ARGUMENTS: Mapping[str, str] = {
    "id": "an id of others is told from an unknown one by nothing",
    "ids": "an id of others is told from an unknown one by nothing",
    "openingId": "an id of others is told from an unknown one by nothing",
    "first": OF_PAGES,
    "last": OF_PAGES,
    "after": "a cursor only says where a page of visible rows begins",
    "before": "a cursor only says where a page of visible rows ends",
    "filter": "each condition has its own policy",
    "orderBy": "each order has its own policy",
    "dryRun": "whether this very operation runs",
    "input": "of the mutation that takes it",
}


def _argument(type_name: str, name: str) -> Policy:
    if type_name == "Mutation" and name != "input":
        return NONE
    return Policy(why=OF_ARGUMENTS.get(name, ""))


def _input(name: str) -> GraphQLInputObjectType:
    type_ = GRAPHQL_SCHEMA.type_map[name]
    assert isinstance(type_, GraphQLInputObjectType)
    return type_


def _inputs_below(names: set[str]) -> set[str]:
    found, waiting = set[str](), list(names)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            inner = [get_named_type(field.type) for field in _input(name).fields.values()]
            waiting += [type_.name for type_ in inner if isinstance(type_, GraphQLInputObjectType)]
    return found


def connections() -> Iterator[tuple[Connection, GraphQLField]]:
    """Every list that is read in pages, as it is declared and as the schema has it."""
    query = GRAPHQL_SCHEMA.query_type
    assert query is not None
    for name, root in CATALOG.roots.items():
        if isinstance(root, Connection):
            yield root, query.fields[camel(name)]
    for entity in CATALOG.entities:
        type_ = GRAPHQL_SCHEMA.type_map[entity.name]
        assert isinstance(type_, GraphQLObjectType)
        for name, declared in entity.fields.items():
            if isinstance(declared, Connection):
                yield declared, type_.fields[camel(name)]


def _of_lists(swept: frozenset[str]) -> dict[str, Policy]:
    """Of filters, comparators and orders: a condition holds on no row whose column the viewer may not see."""
    found: dict[str, Policy] = {}
    for declared, field in connections():
        entity = declared.entity()
        for argument in {"filter", "orderBy"} & field.args.keys():
            type_ = _input(get_named_type(field.args[argument].type).name)
            for name in type_.fields:
                if argument == "orderBy":
                    found[f"{type_.name}.{name}"] = of_entity(entity)
                elif name in COMBINERS:
                    found[f"{type_.name}.{name}"] = Policy(why="each condition has its own policy")
                elif name in declared.filters:
                    column = entity.permission_of(declared.filters[name].attribute)
                    found[f"{type_.name}.{name}"] = of_entity(entity, column)
                inner = get_named_type(type_.fields[name].type)
                if isinstance(inner, GraphQLInputObjectType) and name not in COMBINERS:
                    found |= _of_comparator(inner, swept)
    return found


def _of_comparator(type_: GraphQLInputObjectType, swept: frozenset[str]) -> dict[str, Policy]:
    return {
        f"{type_.name}.{name}": Policy(why="of the condition that it stands in")
        for name, field in type_.fields.items()
        if get_named_type(field.type).name != "ID" or f"{type_.name}.{name}" in swept
    }


def event_policies() -> dict[str, Policy]:
    """By type of event: whoever reads the log of events takes a permission, and so does each stream that tells it."""
    of_log = of_entity(CATALOG.by_name["DomainEvent"])
    found: dict[str, Policy] = {}
    for type_ in _event_types():
        told = [of_entity(stream.payloads[type_]) for stream in STREAMS.values() if type_ in stream.payloads]
        found[type_] = of_log if all([of_log, *told]) else NONE
    return found


def _event_types() -> set[str]:
    found, waiting = set[str](), [Event]
    while waiting:
        class_ = waiting.pop()
        waiting += class_.__subclasses__()
        if "type" in vars(class_):
            found.add(class_.type)
    return found
