"""How viewers of the tests look at candidates: what a filter finds for them, and what of a profile they see."""

from typing import Any
from uuid import UUID

from portal.access.actor import Actor
from portal.access.enums import GrantRole, OrganizationRole, ScopeType
from portal.database.ids import public_id
from tests.world import World, grant

FIND = """query ($filter: CandidateFilter) {
    candidates(filter: $filter, orderBy: [{field: NAME}]) { nodes { name } totalCount }
}"""
PROFILE = """query ($id: ID!) { candidate(id: $id) {
    name headline firstName tags isPrivate redactedFields
    contactPoints { value } links { url } employments { company } skills { skill { name } }
    possibleDuplicates { name } viewerCan { read seeContact edit }
    applications { totalCount nodes { id opening { title } } }
} }"""


async def found(world: World, viewer: Actor, **filter: object) -> list[str]:
    """The names of the candidates that a filter finds, sorted; the count has to agree."""
    answer = (await world.read(viewer, FIND, filter=filter))["candidates"]
    names = [node["name"] for node in answer["nodes"]]
    assert answer["totalCount"] == len(names)
    return names


async def profile(world: World, viewer: Actor, candidate_id: UUID) -> dict[str, Any] | None:
    answer: dict[str, Any] | None = (await world.read(viewer, PROFILE, id=public_id("cnd", candidate_id)))["candidate"]
    return answer


async def scoped(world: World, name: str, role: GrantRole, *opening_ids: UUID, **more: Any) -> Actor:
    """A member with a role on some openings only."""
    return await world.actor(name, OrganizationRole.MEMBER, grant(role, ScopeType.OPENING, *opening_ids, **more))


async def credited(world: World, name: str, role: GrantRole | None = None) -> Actor:
    return await world.actor(name, OrganizationRole.MEMBER, *([grant(role)] if role else []))
