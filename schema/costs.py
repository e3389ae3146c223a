"""What each field of the schema costs, and how clients read it there: `@cost` and `@listSize`, as the specification
of cost directives for GraphQL has them, and `@part`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from graphql import (
    DirectiveLocation,
    GraphQLArgument,
    GraphQLBoolean,
    GraphQLDirective,
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInt,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLSchema,
    GraphQLString,
    get_named_type,
    get_nullable_type,
)

from portal.reading.costs import (
    USUAL_LENGTH,
    WEIGHT_OF_PART,
    WEIGHT_OF_TOTAL_COUNT,
    FieldCost,
    ListSize,
    cost_of_field,
    cost_of_root,
)
from portal.reading.entity import Connection
from portal.reading.roots import Catalog
from portal.reading.selection import camel

# A mutation is a transaction: locks, rules, rows, an audit entry and an event; so is nearly each item of a bulk one.
WEIGHT_OF_MUTATION = 10
WEIGHT_OF_ITEM = 5
MOST_ITEMS = 100
# The schema describes itself at length.
WEIGHT_OF_INTROSPECTION = 100

COST = GraphQLDirective(
    "cost",
    [DirectiveLocation.FIELD_DEFINITION, DirectiveLocation.INPUT_FIELD_DEFINITION],
    {"weight": GraphQLArgument(GraphQLNonNull(GraphQLString), description="Points, a whole number.")},
    description="What a field, or a condition of a filter, costs by itself. Without it an object costs 1, a value 0.",
)
LIST_SIZE = GraphQLDirective(
    "listSize",
    [DirectiveLocation.FIELD_DEFINITION],
    {
        "assumedSize": GraphQLArgument(GraphQLInt, description="The length that is assumed where no argument says it."),
        "slicingArguments": GraphQLArgument(
            GraphQLList(GraphQLNonNull(GraphQLString)),
            description="The arguments that say how long the list may be: their value, or the length of a list.",
        ),
        "sizedFields": GraphQLArgument(
            GraphQLList(GraphQLNonNull(GraphQLString)),
            description="The fields below that are lists of this length; not given where the field itself is the list.",
        ),
        "requireOneSlicingArgument": GraphQLArgument(
            GraphQLBoolean, True, description="Whether one of the slicing arguments has to be given."
        ),
    },
    description="How many objects a list is taken to have when the cost of an operation is worked out.",
)
PART = GraphQLDirective(
    "part",
    [DirectiveLocation.FIELD_DEFINITION],
    description=f"What costs {WEIGHT_OF_PART} points once where an operation selects it, however often it is answered.",
)

COST_DIRECTIVES = (COST, LIST_SIZE, PART)


@dataclass(frozen=True)
class Costs:
    """The costs by name: (type, field), and (input type, field) for conditions of filters; what is not there has a
    default (FieldCost).
    """

    fields: Mapping[tuple[str, str], FieldCost] = field(default_factory=dict)
    inputs: Mapping[tuple[str, str], int] = field(default_factory=dict)


def costs_of(schema: GraphQLSchema, catalog: Catalog) -> Costs:
    """The costs of a schema whose reads are in a catalog."""
    fields = dict(_of_entities(catalog)) | dict(_of_roots(schema, catalog))
    fields |= dict(_of_mutations(schema))
    fields |= dict(_of_others(schema, catalog, fields))
    return Costs(fields | dict(_of_interfaces(schema, fields)), dict(_of_filters(schema, catalog)))


def _of_entities(catalog: Catalog) -> Iterator[tuple[tuple[str, str], FieldCost]]:
    for entity in catalog.entities:
        for name, declared in entity.fields.items():
            cost = cost_of_field(declared)
            if cost != FieldCost():
                yield (entity.name, camel(name)), cost


def _of_roots(schema: GraphQLSchema, catalog: Catalog) -> Iterator[tuple[tuple[str, str], FieldCost]]:
    query = schema.query_type
    for name, root in catalog.roots.items():
        if query is not None and camel(name) in query.fields:
            yield ("Query", camel(name)), cost_of_root(root)


def _of_mutations(schema: GraphQLSchema) -> Iterator[tuple[tuple[str, str], FieldCost]]:
    """Mutations, and the results of those that do many things at once."""
    for name, declared in (schema.mutation_type.fields if schema.mutation_type else {}).items():
        payload = get_named_type(declared.type)
        if isinstance(payload, GraphQLObjectType) and "results" in payload.fields:
            size = ListSize(MOST_ITEMS, _lists_of_items(declared), ("results",))
            yield ("Mutation", name), FieldCost(WEIGHT_OF_MUTATION, size)
            yield (payload.name, "results"), FieldCost(WEIGHT_OF_ITEM)
        else:
            yield ("Mutation", name), FieldCost(WEIGHT_OF_MUTATION)


def _lists_of_items(mutation: GraphQLField) -> tuple[str, ...]:
    """Which list of a bulk mutation's input says how many things it does."""
    given = get_named_type(mutation.args["input"].type)
    fields = given.fields if isinstance(given, GraphQLInputObjectType) else {}
    return tuple(f"input.{name}" for name, declared in fields.items() if _is_list(declared.type))


def _of_others(
    schema: GraphQLSchema, catalog: Catalog, known: Mapping[tuple[str, str], FieldCost]
) -> Iterator[tuple[tuple[str, str], FieldCost]]:
    """What else has parts: the totals of lists, and entities that anything but an entity answers with."""
    for type_ in schema.type_map.values():
        if not isinstance(type_, GraphQLObjectType) or type_.name in catalog.by_name or type_.name.endswith("Edge"):
            continue
        if type_.name.endswith("Connection"):
            yield (type_.name, "totalCount"), FieldCost(WEIGHT_OF_TOTAL_COUNT, is_part=True)
            continue
        for name, declared in type_.fields.items():
            if get_named_type(declared.type).name in catalog.by_name and (type_.name, name) not in known:
                size = ListSize(USUAL_LENGTH) if _is_list(declared.type) else None
                yield (type_.name, name), FieldCost(size=size, is_part=True)


def _of_interfaces(
    schema: GraphQLSchema, known: Mapping[tuple[str, str], FieldCost]
) -> Iterator[tuple[tuple[str, str], FieldCost]]:
    """The fields of interfaces, each with what it costs in the types that it is looked for in: in all the same."""
    for type_ in schema.type_map.values():
        if not isinstance(type_, GraphQLInterfaceType):
            continue
        for name in type_.fields:
            costs = {known.get((each.name, name), FieldCost()) for each in schema.get_possible_types(type_)}
            if costs != {FieldCost()}:
                (cost,) = costs
                yield (type_.name, name), cost


def _of_filters(schema: GraphQLSchema, catalog: Catalog) -> Iterator[tuple[tuple[str, str], int]]:
    for type_name, name, connection in _connections(catalog):
        type_ = schema.type_map.get(type_name)
        declared = type_.fields.get(name) if isinstance(type_, GraphQLObjectType) else None
        if declared is None or "filter" not in declared.args:
            continue
        conditions = get_named_type(declared.args["filter"].type)
        if isinstance(conditions, GraphQLInputObjectType):
            for condition, filter_ in connection.filters.items():
                if filter_.weight > 1:
                    yield (conditions.name, condition), filter_.weight


def _connections(catalog: Catalog) -> Iterator[tuple[str, str, Connection]]:
    for name, root in catalog.roots.items():
        if isinstance(root, Connection):
            yield "Query", camel(name), root
    for entity in catalog.entities:
        for name, declared in entity.fields.items():
            if isinstance(declared, Connection):
                yield entity.name, camel(name), declared


def _is_list(type_: GraphQLOutputType | GraphQLInputType) -> bool:
    return isinstance(get_nullable_type(type_), GraphQLList)
