"""What an operation costs: worked out from the document, as clients work it out from the schema."""

from dataclasses import replace
from random import Random
from typing import Any, cast

import pytest
from graphql import (
    FieldDefinitionNode,
    InputObjectTypeDefinitionNode,
    InputValueDefinitionNode,
    InterfaceTypeDefinitionNode,
    ObjectTypeDefinitionNode,
    get_argument_values,
    parse,
)

from portal.access.enums import OrganizationRole
from portal.catalog import CATALOG
from portal.reading.costs import WEIGHT_OF_PART, FieldCost
from portal.reading.selection import Document as Selections
from portal.web.costs.cost import Cost, check_cost, cost_of
from portal.web.documents.document import Document
from portal.web.errors import Refused
from schema.costs import COST, LIST_SIZE
from schema.printing import sdl
from schema.root import COSTS, GRAPHQL_SCHEMA
from tests.reading.documents import Writer
from tests.reading.scenery import Scenery
from tests.world import World, store

PART = WEIGHT_OF_PART

BOARD = """query Board($id: ID!, $first: Int!) {
  opening(id: $id) {
    title
    stages { name applicationCount applications(first: $first) { nodes { id candidate { name } recruiter { name } } } }
  }
}"""


def cost(text: str, **variables: Any) -> Cost:
    document = store().get(text)
    assert isinstance(document, Document), document
    (operation,) = document.operations.values()
    root = GRAPHQL_SCHEMA.get_root_type(operation.node.operation)
    assert root is not None
    selections = Selections(GRAPHQL_SCHEMA, document.fragments, variables)
    return cost_of(COSTS, selections, root, operation.node.selection_set)


@pytest.mark.parametrize(
    ("text", "points"),
    [
        ("{ __typename }", 1),
        ('{ opening(id: "x") { title status } }', PART + 1),
        ('{ opening(id: "x") { department { name } } }', 2 * PART + 2),
        # The page, its 20 openings, and their departments.
        ("{ openings { nodes { title department { name } } } }", 2 * PART + 1 + 20 * 2),
        ("{ openings(first: 3) { nodes { title } } }", PART + 1 + 3),
        ("{ openings(first: 0) { nodes { title } } }", PART + 1),
        ("{ openings(last: 7) { nodes { title } } }", PART + 1 + 20),
        ("{ openings(first: null, last: 7) { edges { cursor node { title } } } }", PART + 1 + 7 * 2),
        ("{ openings(first: 3) { nodes { title } edges { cursor } pageInfo { endCursor } } }", PART + 1 + 3 + 3 + 1),
        ("{ openings(first: 3) { totalCount } }", 2 * PART + 1 + 10),
        (
            "{ openings(first: 2) { nodes { seatCounts { open } activeApplicationCount } } }",
            3 * PART + 1 + 2 * (1 + 5 + 5),
        ),
        ("{ openings(first: 2) { nodes { stages { name } } } }", 2 * PART + 1 + 2 * (1 + 10)),
        ('{ candidates(first: 1, filter: { search: "a" }) { nodes { id } } }', PART + 24 + 1 + 1),
        (
            '{ candidates(filter: { or: [{ search: "a" }, { not: { tag: { eq: "t" } } }] }) { nodes { id } } }',
            PART + 55,
        ),
        ('{ nodes(ids: ["a", "b", "c"]) { id } }', PART + 3),
        # Of several types it may be the dearest; the statement has the parts of all.
        (
            '{ node(id: "x") { ... on Seat { opening { id } } ... on Candidate { applications { nodes { id } } } } }',
            3 * PART + 22,
        ),
        ('mutation { createTag(input: { name: "a" }) { tag { name } userErrors { message } } }', PART + 10 + 1 + 1),
        ("{ __schema { queryType { name } } }", 100),
        ('{ opening(id: "x") { title @skip(if: true) department @include(if: false) { name } } }', PART + 1),
        (
            "{ ...F ...F } fragment F on Query { openings(first: 3) { nodes { ...O } } } fragment O on Opening { id }",
            PART + 4,
        ),
    ],
)  # fmt: skip
def test_costs_of_examples(text: str, points: int) -> None:
    assert cost(text).requested == points


@pytest.mark.parametrize(
    ("first", "points"), [(20, 6 * PART + 1 + 10 * (1 + 5 + 1 + 20 * 3)), (1, 6 * PART + 1 + 10 * (1 + 5 + 1 + 1 * 3))]
)
def test_a_variable_may_say_how_long_a_list_is(first: int, points: int) -> None:
    assert cost(BOARD, id="opn_1", first=first).requested == points


def test_what_an_interface_selects_is_as_dear_as_in_its_types() -> None:
    changes = " ".join(f"a{number}: application {{ id }}" for number in range(30))
    dear = cost(f'subscription {{ pipelineChanged(openingId: "x") {{ {changes} }} }}')

    assert (dear.requested, dear.parts) == (30 * (PART + 1) + 1, 30)


def test_a_bulk_mutation_costs_by_its_items() -> None:
    text = """mutation M($input: BulkRejectApplicationsInput!) {
        bulkRejectApplications(input: $input) { results { application { id } } }
    }"""

    few, many = (cost(text, input={"applicationIds": ["a"] * count}).requested for count in (1, 100))

    assert (few, many) == (PART + 10 + 5 + 1, PART + 10 + 100 * (5 + 1))


def test_lists_in_lists_multiply_and_are_refused_with_their_paths() -> None:
    dear = cost("""{
        openings(first: 100) { nodes { id applications(first: 100) { nodes { id } } } }
        tags(first: 1) { nodes { name } }
    }""")

    with pytest.raises(Refused) as refused:
        check_cost(dear, 5_000, 60)

    assert dear.requested == 3 * PART + 1 + 100 * (1 + 1 + 100) + 1 + 1
    assert refused.value.extensions is not None
    assert refused.value.extensions["heaviest"][:3] == [
        {"path": "openings", "cost": 2 * PART + 1 + 100 * 102},
        {"path": "openings.nodes", "cost": PART + 100 * 102},
        {"path": "openings.nodes.applications", "cost": PART + 100 * 101},
    ]


def test_parts_of_a_statement_are_counted_whatever_their_lists() -> None:
    narrow = cost("{ openings(first: 1) { nodes { department { name } recruiters: hiringTeam { role } } } }")

    check_cost(narrow, 5_000, 3)
    with pytest.raises(Refused, match="selects 3 lists and objects; at most 2"):
        check_cost(narrow, 5_000, 2)


def test_what_lists_do_not_hold_is_given_back() -> None:
    asked = cost("{ viewer { id } openings(first: 10) { nodes { id department { name } } } }")

    assert asked.requested == 3 * PART + 1 + 1 + 10 * 2
    assert asked.actual(b'{"viewer":{"id":"a"},"openings":{"nodes":[]}}') == 3 * PART + 2
    one = b'{"id":"a","department":{"name":"b {"}}'
    assert asked.actual(b'{"viewer":{"id":"a"},"openings":{"nodes":[' + one + b"]}}") in (3 * PART + 4, 3 * PART + 5)
    full = b",".join([one] * 10)
    assert asked.actual(b'{"viewer":{"id":"a"},"openings":{"nodes":[' + full + b"]}}") == asked.requested
    assert asked.actual(b'{"viewer":null,"openings":null}') == 3 * PART + 2


def test_what_another_type_would_have_had_pays_for_no_list() -> None:
    others = " ".join(f"a{number}: viewerCan {{ __typename }}" for number in range(30))
    asked = cost(f'{{ node(id: "x") {{ id ... on Opening {{ {others} }} }} tags(first: 3) {{ nodes {{ name }} }} }}')
    tags = b",".join([b'{"name":"a"}'] * 3)

    assert asked.actual(b'{"node":{"id":"a"},"tags":{"nodes":[' + tags + b"]}}") == asked.requested


def test_the_schema_says_what_every_field_costs() -> None:
    """Read back from the printed schema, the costs are those that are charged."""
    fields: dict[tuple[str, str], FieldCost] = {}
    inputs: dict[tuple[str, str], int] = {}
    for type_ in parse(sdl()).definitions:
        if isinstance(type_, ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | InputObjectTypeDefinitionNode):
            for node in type_.fields or ():
                cost = said(node)
                if isinstance(node, InputValueDefinitionNode) and cost.weight is not None:
                    inputs[type_.name.value, node.name.value] = cost.weight
                elif cost != FieldCost():
                    fields[type_.name.value, node.name.value] = cost

    expected = {
        place: replace(cost, size=cost.size and as_said(cost.size))
        for place, cost in COSTS.fields.items()
        if cost != FieldCost()
    }
    assert fields == expected
    assert inputs == COSTS.inputs
    assert len(expected) > 150


def said(node: FieldDefinitionNode | InputValueDefinitionNode) -> FieldCost:
    weight, size, is_part = None, None, False
    for directive in node.directives or ():
        is_part = is_part or directive.name.value == "part"
        if directive.name.value == "cost":
            weight = int(get_argument_values(COST, directive)["weight"])
        if directive.name.value == "listSize":
            values = get_argument_values(LIST_SIZE, directive)
            size = (values["assumedSize"], values.get("slicingArguments", []), values.get("sizedFields", []))
    return FieldCost(weight, cast("Any", size), is_part)


def as_said(size: Any) -> Any:
    return (size.assumed, list(size.slicing), list(size.sized))


def test_every_field_with_a_cost_is_in_the_schema() -> None:
    places = {
        (name, field) for name, type_ in GRAPHQL_SCHEMA.type_map.items() for field in getattr(type_, "fields", {})
    }

    assert set(COSTS.fields) - places == set()
    assert set(COSTS.inputs) - places == set()
    assert CATALOG.entities


async def test_no_answer_has_more_objects_than_its_cost_allowed(acme: World, request: pytest.FixtureRequest) -> None:
    """Of random documents: what is charged before is at least what the answer turns out to cost."""
    scenery = Scenery(acme, seed=11)
    await scenery.plant()
    tables = await scenery.tables()
    ids = {
        entity.prefix: [f"{entity.prefix}_{row['id'].hex}" for row in tables[entity.model.__tablename__]]
        for entity in CATALOG.entities
    }
    ada = await acme.actor("Ada", OrganizationRole.ORG_ADMIN)
    count = 10_000 if request.config.getoption("--long") else 150

    for seed in range(count):
        text, variables = Writer(GRAPHQL_SCHEMA, ids, Random(seed)).operation()
        asked = cost(text, **variables)
        answer = await acme.ask(ada, text, **variables)

        objects = objects_in(answer.get("data"))
        assert objects <= asked.objects + asked.objects_in_lists, f"seed {seed}: {text} {variables}"
        charged = answer.get("extensions", {}).get("cost")
        if charged is not None:
            assert 0 <= charged["actual"] <= charged["requested"] == asked.requested, text


def objects_in(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(objects_in, value.values()))
    return sum(map(objects_in, value)) if isinstance(value, list) else 0
