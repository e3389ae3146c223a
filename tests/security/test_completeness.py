"""Nothing without a policy: each field, argument, input field and event takes a permission, or says why it takes none.

The policies are worked out from what the doors enforce. Whatever is added to the schema without one fails here.
"""

from collections.abc import Iterator, Mapping

import pytest
from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType

from portal.catalog import STREAMS
from schema.root import GRAPHQL_SCHEMA
from tests.counting import Count
from tests.security.policies import (
    OF_CALLS,
    PUBLIC,
    ROWS,
    Policy,
    argument_policies,
    event_policies,
    field_policies,
)
from tests.security.test_ids import IN_MUTATIONS, IN_QUERIES, IN_SUBSCRIPTIONS

pytestmark = pytest.mark.proof

TYPES = {name: type_ for name, type_ in GRAPHQL_SCHEMA.type_map.items() if not name.startswith("__")}
SWEPT = frozenset(position.declared for position in [*IN_MUTATIONS, *IN_QUERIES, *IN_SUBSCRIPTIONS])


def with_fields() -> Iterator[GraphQLObjectType | GraphQLInterfaceType]:
    yield from (type_ for type_ in TYPES.values() if isinstance(type_, GraphQLObjectType | GraphQLInterfaceType))


def check(policies: Mapping[str, Policy], declared: set[str]) -> None:
    assert policies.keys() == declared
    assert [name for name, policy in policies.items() if not policy] == []


def test_every_field_has_a_policy(count: Count) -> None:
    policies = field_policies()

    check(policies, {f"{type_.name}.{name}" for type_ in with_fields() for name in type_.fields})
    public = sum(policy.is_public for policy in policies.values())
    mutations = sum(name.startswith("Mutation.") for name in policies)
    assert not any(policy.is_public for name, policy in policies.items() if name.startswith("Mutation."))
    count("1 completeness", "types with fields, each field with a policy", len(list(with_fields())))
    count("1 completeness", "fields that take a permission", len(policies) - public)
    count("1 completeness", "fields that are public for a reason that is written down", public)
    count("1 completeness", "of them mutations, all with a permission", mutations)
    count("1 completeness", "of them subscriptions", len(STREAMS))


def test_every_argument_and_input_field_has_a_policy(count: Count) -> None:
    policies = argument_policies(SWEPT)

    arguments = {
        f"{type_.name}.{name}({argument})"
        for type_ in with_fields()
        for name, field in type_.fields.items()
        for argument in field.args
    }
    inputs = {
        f"{type_.name}.{name}"
        for type_ in TYPES.values()
        if isinstance(type_, GraphQLInputObjectType)
        for name in type_.fields
    }
    check(policies, arguments | inputs)
    count("1 completeness", "arguments", len(arguments))
    count("1 completeness", "input fields", len(inputs))


def test_every_event_has_a_policy(count: Count) -> None:
    policies = event_policies()

    told = {type_ for stream in STREAMS.values() for type_ in stream.payloads}
    assert told <= policies.keys()
    assert [name for name, policy in policies.items() if not policy] == []
    count("1 completeness", "types of events", len(policies))
    count("1 completeness", "of them told to subscribers", len(told))


def test_nothing_is_public_without_need() -> None:
    """A row that has come to take a permission is no longer listed as public, nor a part of answers that is gone."""
    open_to_all = {name for name, entity in ROWS.items() if entity.permission is None}
    in_answers = {name for type_ in with_fields() if type_.name not in ROWS for name in type_.fields}

    assert open_to_all == PUBLIC.keys()
    assert OF_CALLS.keys() <= in_answers
