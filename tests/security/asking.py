"""Calls of mutations as a client makes them, through the schema, and what came of each."""

from dataclasses import dataclass
from typing import Any

import orjson
from graphql import GraphQLNamedType, GraphQLObjectType, get_named_type, is_leaf_type

from portal.access.actor import Actor
from portal.database.connection import Database
from tests.security.plans import Input
from tests.security.walking import leaves, mutations
from tests.world import answer_of

DENIALS = frozenset({"NOT_FOUND", "FORBIDDEN"})


@dataclass(frozen=True)
class Outcome:
    """The whole answer, and what it says."""

    answer: dict[str, Any]

    @property
    def bytes(self) -> bytes:
        return orjson.dumps(self.answer)

    @property
    def errors(self) -> list[dict[str, Any]]:
        """Errors of the request itself."""
        return self.answer.get("errors") or []

    @property
    def codes(self) -> list[str]:
        """The codes of all refusals: of the whole call, and of the items of a bulk call."""
        payload = (self.answer.get("data") or {}).get("called") or {}
        items = [item for result in payload.get("results") or () for item in result["userErrors"]]
        return [error["code"] for error in [*(payload.get("userErrors") or ()), *items]]

    @property
    def is_denied(self) -> bool:
        return bool(DENIALS.intersection(self.codes))

    @property
    def is_done(self) -> bool:
        return not self.errors and not self.codes


async def called(database: Database, actor: Actor, mutation: str, input: Input) -> Outcome:
    """Call a mutation; a bug raises."""
    query = document(mutation)
    answer = await answer_of(database, actor, query, {"input": input})
    whole: dict[str, Any] = {} if answer.data_json is None else {"data": orjson.loads(answer.data_json)}
    return Outcome(whole | ({"errors": answer.errors} if answer.errors else {}))


def document(mutation: str) -> str:
    """A call of a mutation, with its payload as far down as errors and ids go."""
    field = mutations()[mutation]
    payload = get_named_type(field.type)
    assert isinstance(payload, GraphQLObjectType)
    type_ = field.args["input"].type
    return f"mutation M($input: {type_}) {{ called: {mutation}(input: $input) {_payload(payload)} }}"


def _payload(type_: GraphQLObjectType) -> str:
    parts = ["__typename"]
    for name, field in type_.fields.items():
        named = get_named_type(field.type)
        if name == "query":
            continue
        if name == "results":
            parts.append("results { userErrors { __typename code message path } }")
        else:
            parts.append(name if is_leaf_type(named) else f"{name} {_below(named)}")
    return f"{{ {' '.join(parts)} }}"


def _below(type_: GraphQLNamedType) -> str:
    return "{ id }" if "id" in getattr(type_, "fields", {}) else leaves(type_, 1)
