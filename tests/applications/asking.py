"""Mutations of applications as a client sends them."""

from typing import Any
from uuid import UUID

from portal.access.actor import Actor
from portal.applications.models import Application
from portal.database.ids import public_id
from tests.applications.making import Pipeline
from tests.world import World

ERRORS = "userErrors { __typename code message path"


def app(id: UUID | Application) -> str:
    return public_id("app", id if isinstance(id, UUID) else id.id)


def stage(pipeline: Pipeline, name: str) -> str:
    return public_id("stg", pipeline.stages[name])


async def act(
    world: World, actor: Actor, name: str, selection: str, /, *, more: str = "", **input: Any
) -> dict[str, Any]:
    """One mutation's payload."""
    type_ = f"{name[0].upper()}{name[1:]}Input"
    query = f"mutation M($input: {type_}!) {{ {name}(input: $input) {{ {selection} {ERRORS} {more} }} }} }}"
    payload: dict[str, Any] = (await world.read(actor, query, input=input))[name]
    return payload
