"""The schema as text, as clients and reviewers read it; schema/schema.graphql holds the reviewed copy."""

import re
from collections.abc import Iterator
from pathlib import Path

from graphql import print_schema

from portal.reading.costs import FieldCost
from schema.costs import Costs
from schema.root import COSTS, GRAPHQL_SCHEMA

SNAPSHOT = Path(__file__).parent / "schema.graphql"

# The lines of graphql-core's printer, which has no place for directives: where a type and a field begin, and where
# a field's arguments end.
_TYPE = re.compile(r"(?:type|interface|input) (\w+)")
_FIELD = re.compile(r"  (\w+)(\(?)")
_AFTER_ARGUMENTS = re.compile(r"  \): ")


def sdl() -> str:
    """The schema in GraphQL's schema definition language, with what each field costs."""
    return "\n".join(_with_costs(print_schema(GRAPHQL_SCHEMA).splitlines(), COSTS)) + "\n"


def _with_costs(lines: list[str], costs: Costs) -> Iterator[str]:
    """The lines, each field that has a cost of its own with its directives."""
    type_name = name = ""
    is_description = False
    for line in lines:
        if line.count('"""') == 1:
            is_description = not is_description
        if is_description or line.lstrip().startswith('"'):
            yield line
            continue
        if found := _TYPE.match(line):
            type_name = found[1]
        field = _FIELD.match(line)
        if field:
            name = field[1]
        is_whole = field is not None and not line.endswith("(")
        yield line + directives(costs, type_name, name) if is_whole or _AFTER_ARGUMENTS.match(line) else line


def directives(costs: Costs, type_name: str, name: str) -> str:
    """What stands behind a field for its cost: nothing, or a space and its directives."""
    weight = costs.inputs.get((type_name, name))
    if weight is not None:
        return f' @cost(weight: "{weight}")'
    cost = costs.fields.get((type_name, name), FieldCost())
    text = ("" if cost.weight is None else f' @cost(weight: "{cost.weight}")') + " @part" * cost.is_part
    if cost.size is None:
        return text
    arguments = [f"assumedSize: {cost.size.assumed}"]
    if cost.size.slicing:
        arguments.append(f"slicingArguments: [{_texts(cost.size.slicing)}]")
    if cost.size.sized:
        arguments.append(f"sizedFields: [{_texts(cost.size.sized)}]")
    if cost.size.slicing:
        arguments.append("requireOneSlicingArgument: false")
    return f"{text} @listSize({', '.join(arguments)})"


def _texts(names: tuple[str, ...]) -> str:
    return ", ".join(f'"{name}"' for name in names)
