"""The examples of GraphiQL: what callers of each role ask first. One file for each role, in `graphiql/examples`.

A file opens with the role's name and the roles that it is for, as `viewer { roles }` has them:

    # Recruiter: RECRUITER_ALL, RECRUITER

Then come the operations, one to a paragraph, each below its title. One that has variables without a default says where
their values come from: a query whose answer has them, by name.

    # The board of one opening
    # Values: { openings(first: 1) { nodes { openingId: id } } }
    query Board($openingId: ID!) { opening(id: $openingId) { title } }
"""

import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

FOLDER = Path(__file__).parent / "graphiql" / "examples"
# What stands for the roles of a service account, which has grants and no role in the organization.
SERVICE = "SERVICE"

_VALUES = "Values: "


@dataclass(frozen=True, slots=True)
class Example:
    """One operation. `values` is a query: the first text under a variable's name in its answer that is no other's."""

    title: str
    values: str | None
    operation: str


@dataclass(frozen=True, slots=True)
class RoleExamples:
    """The examples of one role, in the order in which one would try them."""

    name: str
    roles: tuple[str, ...]
    examples: tuple[Example, ...]


def role_examples() -> list[RoleExamples]:
    """All examples, by the names of the roles."""
    return sorted(map(_of_role, FOLDER.glob("*.graphql")), key=lambda each: each.name)


def examples_json() -> bytes:
    """The same for the page."""
    return orjson.dumps([asdict(each) for each in role_examples()])


def _of_role(file: Path) -> RoleExamples:
    head, *paragraphs = re.split(r"\n\n(?=#)", file.read_text().strip())
    name, _, roles = head.removeprefix("# ").partition(": ")
    return RoleExamples(name, tuple(roles.split(", ")), tuple(map(_example, paragraphs)))


def _example(paragraph: str) -> Example:
    said = list(_comments(paragraph))
    operation = "\n".join(paragraph.splitlines()[len(said) :])
    title, *values = said
    return Example(title, values[0].removeprefix(_VALUES) if values else None, operation)


def _comments(paragraph: str) -> Iterator[str]:
    for line in paragraph.splitlines():
        if not line.startswith("# "):
            return
        yield line.removeprefix("# ")
