"""GraphiQL's examples: each is answered, to somebody of the role that it is for, on the demo."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from graphql import OperationDefinitionNode, OperationType, parse, validate
from websockets.asyncio.client import connect
from websockets.typing import Subprotocol

from portal.access.enums import GrantRole, OrganizationRole
from portal.web.examples import SERVICE, Example, role_examples
from schema.root import GRAPHQL_SCHEMA
from tests.examples.conftest import Demo
from tests.web.talking import Talk

# One worker: the demo takes a few seconds to be made.
pytestmark = pytest.mark.xdist_group("examples")

# Who of the demo has the role, by the role's name.
PLAYERS = {
    "Administrator": "admin",
    "Agency": "agency",
    "Compliance officer": "compliance",
    "Coordinator": "coordinator",
    "Employee": "employee",
    "Executive viewer": "executive",
    "Hiring manager": "hiring_manager",
    "Integration": "service",
    "Interviewer": "interviewer",
    "Recruiter": "recruiter",
    "Sourcer": "sourcer",
    "Team manager": "team_manager",
}
EXAMPLES = [(group.name, example) for group in role_examples() for example in group.examples]
EACH = pytest.mark.parametrize(
    ("role", "example"), EXAMPLES, ids=[f"{role}: {example.title}" for role, example in EXAMPLES]
)


def test_each_role_that_somebody_can_have_has_examples() -> None:
    groups = role_examples()

    assert {role for group in groups for role in group.roles} == {*OrganizationRole, *GrantRole, SERVICE}
    assert [group.name for group in groups] == list(PLAYERS)


@EACH
def test_an_example_is_one_named_operation_that_the_schema_has(role: str, example: Example) -> None:
    document = parse(example.operation)

    (definition,) = document.definitions
    assert isinstance(definition, OperationDefinitionNode)
    assert definition.name is not None
    assert validate(GRAPHQL_SCHEMA, document) == []


@EACH
async def test_an_example_is_answered(demo: Demo, role: str, example: Example) -> None:
    player = PLAYERS[role]
    variables = await values(demo, player, example)

    if definition(example).operation is OperationType.SUBSCRIPTION:
        message = await first_event(demo, player, example, variables)
        assert message["type"] == "next", message
        assert message["payload"].keys() == {"data", "extensions"}  # no errors; what it cost
        return
    (field,) = list((await demo.ask(player, example.operation, **variables)).items())[:1]

    assert field[1], f"{role} sees nothing of {field[0]}"
    assert field[1].get("userErrors", []) == []
    assert field[1].get("nodes", [field]) != [], f"{role} sees no {field[0]}"


def definition(example: Example) -> OperationDefinitionNode:
    (only,) = parse(example.operation).definitions
    assert isinstance(only, OperationDefinitionNode)
    return only


async def values(demo: Demo, player: str, example: Example) -> dict[str, str]:
    """The variables as the page finds them: for each the first text under its name that is no other's already."""
    found: dict[str, str] = {}
    if example.values is None:
        return found
    data = await demo.ask(player, example.values)
    for variable in definition(example).variable_definitions or ():
        name = variable.variable.name.value
        found[name] = next(text for text in texts_under(name, data) if text not in found.values())
    return found


def texts_under(name: str, value: object) -> Iterator[str]:
    match value:
        case dict():
            for key, inner in value.items():
                if key == name and isinstance(inner, str):
                    yield inner
                else:
                    yield from texts_under(name, inner)
        case list():
            for inner in value:
                yield from texts_under(name, inner)


async def first_event(demo: Demo, player: str, example: Example, variables: dict[str, str]) -> dict[str, Any]:
    """What a subscription sends first, once something has happened that it is about."""
    name = example.operation.partition("{")[2].split("(")[0].split()[0]
    async with connect(
        f"{demo.address.replace('http', 'ws')}/graphql", subprotocols=[Subprotocol("graphql-transport-ws")]
    ) as socket:
        talk = Talk(socket)
        await talk.say({"type": "connection_init", "payload": {"Authorization": f"Bearer {demo.tokens[player]}"}})
        await talk.hear()
        await talk.subscribe("1", example.operation, **variables)
        hearing = asyncio.create_task(talk.hear())
        await asyncio.wait({hearing, asyncio.create_task(demo.subscriptions(1))}, return_when="FIRST_COMPLETED")
        await CAUSES[name](demo, player, variables)
        message = await hearing
    await demo.subscriptions(0)
    return message


async def somebody_is_moved(demo: Demo, _player: str, variables: dict[str, str]) -> None:
    await demo.move_somebody(variables["openingId"])


async def an_application_ends(demo: Demo, _player: str, variables: dict[str, str]) -> None:
    reasons = await demo.ask("recruiter", "{ rejectionReasons { nodes { id type } } }")
    reason_id = next(
        reason["id"] for reason in reasons["rejectionReasons"]["nodes"] if reason["type"] == "BY_ORGANIZATION"
    )
    rejected = await demo.ask("recruiter", _REJECT, input={**variables, "reasonId": reason_id})
    assert rejected["rejectApplication"]["userErrors"] == []


async def something_is_granted(demo: Demo, player: str, _variables: dict[str, str]) -> None:
    who = (await demo.ask(player, "{ viewer { id } }"))["viewer"]["id"]
    openings = await demo.ask("admin", '{ openings(filter: { title: { startsWith: "Site" } }) { nodes { id } } }')
    (opening,) = openings["openings"]["nodes"]
    grant = {"membershipId": who, "role": "VIEWER", "openingId": opening["id"]}
    granted = await demo.ask("admin", _GRANT, input=grant)
    assert granted["grantOpeningRole"]["userErrors"] == []


_REJECT = "mutation($input: RejectApplicationInput!) { rejectApplication(input: $input) { userErrors { message } } }"
_GRANT = "mutation($input: GrantOpeningRoleInput!) { grantOpeningRole(input: $input) { userErrors { message } } }"
# What makes each subscription tell something.
CAUSES: dict[str, Callable[[Demo, str, dict[str, str]], Awaitable[None]]] = {
    "pipelineChanged": somebody_is_moved,
    "applicationChanged": an_application_ends,
    "notifications": something_is_granted,
}
