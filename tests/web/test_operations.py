"""The inside of the edge: operations of reads alone, of introspection, and of both, on the real schema."""

from typing import Any

import orjson
from graphql.execution.values import VariableValues, get_variable_values

from portal.access.enums import OrganizationRole
from portal.access.standing import Standing
from portal.reading.arguments import shape
from portal.reading.selection import Document as Selections
from portal.web.costs.metering import Asking
from portal.web.documents.document import Document
from portal.web.execution import RequestFacts
from schema.root import GRAPHQL_SCHEMA
from tests.world import NOON, UNLIMITED, World, operations, store


async def test_introspection_takes_variables(acme: World) -> None:
    ada = await acme.actor("Ada", OrganizationRole.RECRUITER_ALL)

    answer = await acme.ask(ada, "query T($name: String!) { __type(name: $name) { name } }", name="Opening")

    assert answer == {"data": {"__type": {"name": "Opening"}}}


async def test_introspection_and_reads_go_together(acme: World) -> None:
    ada = await acme.actor("Ada", OrganizationRole.RECRUITER_ALL)

    data = await acme.read(ada, "{ __typename organization { name } __schema { queryType { name } } }")

    assert data == {
        "__typename": "Query",
        "organization": {"name": "Acme"},
        "__schema": {"queryType": {"name": "Query"}},
    }


async def test_both_ways_of_running_reads_give_the_same_answer(acme: World) -> None:
    ada = await acme.actor("Ada", OrganizationRole.RECRUITER_ALL)
    query = """query Q($first: Int, $yes: Boolean!) {
        viewer { id roles membership @include(if: $yes) { user { name } } }
        all: openings(first: $first) { totalCount nodes { title } pageInfo { endCursor } }
        none: opening(id: "nonsense") { title }
        node(id: "nonsense") { id }
    }"""

    for variables in ({"first": 5, "yes": True}, {"first": 0, "yes": False}):
        joined = await acme.read(ada, query, **variables)
        executed = await executed_by_graphql_core(acme, ada, query, variables)

        assert executed == joined


async def test_a_bad_argument_is_reported_at_its_field(acme: World) -> None:
    ada = await acme.actor("Ada", OrganizationRole.RECRUITER_ALL)

    answer = await acme.ask(ada, "{ openings(first: 101) { nodes { id } } }")

    (error,) = answer["errors"]
    assert (error["message"], error["path"]) == ("first must be between 0 and 100.", ["openings"])
    assert error["extensions"] == {"code": "BAD_USER_INPUT"}


async def test_variables_that_do_not_fit_are_refused_without_data(acme: World) -> None:
    ada = await acme.actor("Ada", OrganizationRole.RECRUITER_ALL)

    answer = await acme.ask(ada, "query Q($first: Int!) { openings(first: $first) { totalCount } }", first="many")

    assert "data" not in answer
    assert answer["errors"][0]["extensions"] == {"code": "BAD_USER_INPUT"}


async def executed_by_graphql_core(world: World, actor: Any, query: str, variables: dict[str, Any]) -> Any:
    """The data of an operation by the long way, which reads alone do not take."""
    inside = operations(world.database)
    document = store().get(query)
    assert isinstance(document, Document)
    (operation,) = document.operations.values()
    facts = RequestFacts("test", NOON, "POST", None)

    async def again() -> Any:
        raise AssertionError

    standing = Standing(actor, again)
    coerced = get_variable_values(GRAPHQL_SCHEMA, operation.node.variable_definitions or (), variables)
    assert isinstance(coerced, VariableValues)
    selections = Selections(GRAPHQL_SCHEMA, document.fragments, coerced.coerced)
    asking = Asking(document, operation, selections, coerced, ("long", shape(coerced.coerced)))
    metered = await UNLIMITED.admit(asking, actor, NOON)
    answer = await inside._execute(asking, standing, metered, facts)
    assert answer.errors is None
    return orjson.loads(answer.data_json or b"null")
