"""Making a statement takes so much work for each of its parts and no more, whoever asks: with the limit on parts, that
is what the worst selection takes.
"""

import sys
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
from graphql import GraphQLField, GraphQLObjectType, get_named_type, is_leaf_type

from portal.access.actor import Actor
from portal.access.enums import ActorKind, GrantRole, OrganizationRole, ScopeType
from portal.catalog import CATALOG
from portal.reading.door import compiled
from portal.reading.selection import Document as Selections
from portal.web.costs.cost import cost_of
from portal.web.costs.metering import CostLimits
from portal.web.documents.document import Document
from schema.root import COSTS, GRAPHQL_SCHEMA
from tests.world import grant, store

# Calls that the interpreter makes: a measure of work that no busy machine can change. A call takes 0.1 to 0.2
# microseconds, so a part takes 1 to 2 ms, and the worst selection of 60 parts 0.1 s, in a thread of its own.
MOST_CALLS_OF_A_PART = 12_000
MOST_CALLS_OF_A_MATCH = 20_000  # the rule that finds duplicates looks into three tables
MOST_CALLS_OF_A_VALUE = 5_000
MOST_CALLS = 750_000

ME = UUID(int=1)
IDS = [UUID(int=number) for number in range(10, 15)]

# Rights of every kind, so that every way of holding one has to be asked.
SOMEBODY = Actor(
    ME,
    ActorKind.USER,
    ME,
    OrganizationRole.MEMBER,
    own_candidate_ids=frozenset(IDS),
    grants=(
        grant(GrantRole.HIRING_MANAGER, ScopeType.OPENING, IDS[0], confidential=True),
        grant(GrantRole.RECRUITER, ScopeType.TEAM, IDS[1]),
        grant(GrantRole.SOURCER, ScopeType.DEPARTMENT, IDS[2]),
        grant(GrantRole.COORDINATOR, ScopeType.OFFICE, IDS[3]),
    ),
)


def fields() -> Iterator[tuple[str, str]]:
    for entity in CATALOG.entities:
        type_ = GRAPHQL_SCHEMA.type_map.get(entity.name)
        if isinstance(type_, GraphQLObjectType):
            yield from ((entity.name, name) for name in type_.fields)


def selected(name: str, declared: GraphQLField) -> str:
    type_ = get_named_type(declared.type)
    if is_leaf_type(type_):
        return name
    return f"{name} {{ nodes {{ id }} }}" if type_.name.endswith("Connection") else f"{name} {{ __typename }}"


def work(text: str) -> tuple[int, int]:
    """How many calls making the plan of a document's only root takes, and how many parts it has."""
    document = store().get(text)
    assert isinstance(document, Document), document
    query = GRAPHQL_SCHEMA.query_type
    assert query is not None
    selections = Selections(GRAPHQL_SCHEMA, document.fragments, {})
    chosen = document.operation(None).node.selection_set
    (root,) = selections.fields(query, [chosen])

    def make() -> object:
        return compiled(CATALOG, SOMEBODY, selections, CATALOG.roots[root.name], root)

    make()  # what is made once in a process
    return calls_of(make), cost_of(COSTS, selections, query, chosen).parts


def calls_of(function: Callable[[], object]) -> int:
    count = 0

    def profile(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in ("call", "c_call")

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        function()
    finally:
        sys.setprofile(before)
    return count


@pytest.mark.parametrize(("type_name", "name"), list(fields()))
def test_a_field_takes_no_more_work_than_its_parts_are_charged_for(type_name: str, name: str) -> None:
    type_ = GRAPHQL_SCHEMA.type_map[type_name]
    assert isinstance(type_, GraphQLObjectType)
    text = selected(name, type_.fields[name])
    prefix = CATALOG.by_name[type_name].prefix

    def document(count: int) -> str:
        times = " ".join(f"a{number}: {text}" for number in range(count))
        return f'{{ node(id: "{prefix}_{"0" * 32}") {{ ... on {type_name} {{ {times} }} }} }}'

    (one, parts_of_one), (many, parts_of_many) = work(document(1)), work(document(11))

    calls, parts = (many - one) / 10, (parts_of_many - parts_of_one) / 10
    if name == "possibleDuplicates":
        assert calls <= MOST_CALLS_OF_A_MATCH
    elif parts:
        assert calls <= MOST_CALLS_OF_A_PART * parts
    else:
        assert calls <= MOST_CALLS_OF_A_VALUE


def test_the_worst_selection_within_the_limits_is_made_in_a_tenth_of_a_second() -> None:
    """The dearest parts of all, as many as there may be."""
    most = CostLimits().parts
    inner = "posting { id } stage { id } seat { id } candidate { id links { id } contactPoints { id } }"
    lists = " ".join(f"l{number}: applications(first: 1) {{ nodes {{ {inner} }} }}" for number in range(8))
    calls, parts = work(f'{{ opening(id: "x") {{ {lists} }} }}')

    assert most - 7 < parts <= most
    assert calls <= MOST_CALLS
