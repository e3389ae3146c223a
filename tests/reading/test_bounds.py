"""What a filter and an order may hold: a document of a few kilobytes must not become a statement of megabytes."""

import pytest

from tests.world import World

IDS = ", ".join(f'"{"opn_" + "0" * 31}{n % 10}"' for n in range(101))
ORDERS = ", ".join(["{field: UPDATED_AT}"] * 6)
ONE = '{title: {eq: "a"}}'
WIDE = ", ".join([ONE] * 51)
NESTED = ", ".join([f"{{or: [{', '.join([ONE] * 10)}]}}"] * 5)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (f"filter: {{opening: {{in: [{IDS}]}}}}", "Compare with at most 100 values at once, not 101."),
        (f"orderBy: [{ORDERS}]", "Order by at most 5 fields."),
    ],
)
async def test_lists_of_an_argument_are_bounded(acme: World, arguments: str, message: str) -> None:
    field = "applications" if "opening" in arguments else "openings"

    answer = await acme.ask(acme.system, f"{{ {field}({arguments}) {{ nodes {{ id }} }} }}")

    (error,) = answer["errors"]
    assert (error["message"], error["extensions"]["code"]) == (message, "BAD_USER_INPUT")


@pytest.mark.parametrize("inside", [WIDE, NESTED], ids=["wide", "nested"])
async def test_a_filter_has_only_so_many_conditions(acme: World, inside: str) -> None:
    answer = await acme.ask(acme.system, f"{{ openings(filter: {{or: [{inside}]}}) {{ totalCount }} }}")

    (error,) = answer["errors"]
    assert error["message"] == "A filter has at most 50 conditions; one that looks into other lists counts as several."


async def test_fifty_conditions_are_not_too_many(acme: World) -> None:
    fifty = ", ".join([ONE] * 25)

    answer = await acme.read(acme.system, f"{{ openings(filter: {{or: [{fifty}]}}) {{ totalCount }} }}")

    assert answer == {"openings": {"totalCount": 0}}
