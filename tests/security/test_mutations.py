"""Role by mutation: who may do what is what the permission table says, for all of both, through the API.

Each mutation is called with valid ids inside of what the cast was granted, and outside of it or on a confidential
opening. A denied call is told NOT_FOUND or FORBIDDEN and leaves every table of the organization as it was; where the
actor can't even see what it is about, it is told exactly what it would be told of an id that nothing has (R20).
"""

import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from portal.access.enums import GrantRole, OrganizationRole, Privilege
from portal.access.permissions import Permission
from portal.database.base import TenantRow
from portal.database.connection import Database
from portal.database.ids import new_id
from schema.root import GRAPHQL_SCHEMA
from tests.counting import Count
from tests.reading.rights import Rights
from tests.reading.scenery import Scenery
from tests.security.asking import Outcome, called
from tests.security.cast import cast
from tests.security.plans import PLANS, Future, Input, Plan, Target, entity_of, id_of
from tests.security.rehearsal import rehearsal_of
from tests.security.rows import untouched
from tests.security.scene import Place, Scene, Where
from tests.security.walking import mutations

pytestmark = pytest.mark.proof

Tables = Mapping[str, list[dict[str, Any]]]

# Everybody who acts: a test that calls a mutation as all of them has the whole row of the matrix.
ROLES = {
    *(role.value for role in OrganizationRole),
    *(f"grant {role.value}" for role in GrantRole),
    *(f"privilege {privilege.value}" for privilege in Privilege),
    "service account",
    "confidential recruiter",
    "owner",
    "narrow token",
}
MUTATIONS = sorted(mutations())


@pytest.fixture(scope="module")
async def tables(scene: Scene) -> Tables:
    return await Scenery(scene.world, seed=0).tables()


@dataclass(frozen=True)
class Expected:
    """What the table says of one actor and one call."""

    rights: Rights

    def sees(self, row: TenantRow) -> bool:
        entity, columns = entity_of(row), self.columns(row)
        permitted = entity.permission is None or self.may(entity.name, entity.permission, columns)
        return permitted and self.rights.shows(entity.name, columns)

    def columns(self, row: TenantRow) -> dict[str, Any]:
        return self.rights.row(row.__tablename__, row.id)

    def may(self, entity: str, permission: Permission, columns: Mapping[str, Any]) -> bool:
        return self.rights.held(permission) and self.rights.may(entity, permission, columns)

    def holds(self, permission: Permission, target: Target) -> bool:
        match target:
            case None:
                return self.rights.held(permission)
            case Future(_, columns):
                return self.rights.held(permission) and self.rights.in_scope(permission, columns)
            case _:
                return self.sees(target) and self.may(entity_of(target).name, permission, self.columns(target))

    def allows(self, plan: Plan, scene: Scene, place: Place) -> bool:
        return all(self.holds(*needed) for needed in plan.takes(scene, place)) and all(
            self.sees(row) for row in plan.refers(scene, place)
        )

    def unseen(self, plan: Plan, scene: Scene, place: Place) -> list[TenantRow]:
        """The rows that the call is about and that the actor can't see."""
        targets = [target for _, target in plan.takes(scene, place)]
        return [target for target in targets if isinstance(target, TenantRow) and not self.sees(target)]


@pytest.mark.parametrize("mutation", MUTATIONS)
async def test_each_role_may_do_what_the_table_says(
    mutation: str, scene: Scene, tables: Tables, database: Database, is_long: bool
) -> None:
    rehearsal = rehearsal_of(database)
    wrong: list[str] = []
    tried: set[str] = set()

    async with untouched(scene.world, mutation):
        for where, place in places(scene, mutation, is_long=is_long).items():
            for name, actor in cast(scene).items():
                expected = Expected(Rights(actor, tables))
                given = PLANS[mutation].input(scene, place)
                outcome = await called(rehearsal, actor, mutation, given)
                problem = judged(expected, outcome, mutation, scene, place)
                unseen = expected.unseen(PLANS[mutation], scene, place)
                if problem is None and outcome.is_denied and unseen:
                    unknown = await called(rehearsal, actor, mutation, replaced(given, unseen))
                    if unknown.bytes != outcome.bytes:
                        problem = f"told apart from an unknown id, which is told {unknown.answer}"
                if problem is not None:
                    wrong.append(f"{name} {where}: {problem}: {outcome.answer}")
                tried.add(name)

    assert not wrong, "\n".join(wrong)
    assert tried == ROLES


def places(scene: Scene, mutation: str, *, is_long: bool) -> dict[Where, Place]:
    """Where to call a mutation: inside and, in turn, outside of the cast's scopes or on a confidential opening.

    What is about no opening needs no second place.
    """
    plan = PLANS[mutation]
    if is_long:
        return scene.places
    inside, *others = scene.places
    other = others[zlib.crc32(mutation.encode()) % len(others)]
    is_elsewhere = plan.input(scene, scene.places[inside]) != plan.input(scene, scene.places[other])
    return {where: scene.places[where] for where in ([inside, other] if is_elsewhere else [inside])}


def judged(expected: Expected, outcome: Outcome, mutation: str, scene: Scene, place: Place) -> str | None:
    """What is wrong with an outcome; None when it is as the table says."""
    if outcome.errors:
        return "an error instead of a payload"
    allowed = expected.allows(PLANS[mutation], scene, place)
    if allowed and outcome.is_denied:
        return "denied, though the table allows it"
    if not allowed and not outcome.is_denied:
        return "allowed, though the table denies it"
    return None


def replaced(given: Input, rows: list[TenantRow]) -> Input:
    """The input with ids that nothing has in the places of some rows' ids."""
    text = orjson.dumps(given).decode()
    for row in rows:
        text = text.replace(id_of(row), f"{entity_of(row).prefix}_{new_id().hex}")
    made: Input = orjson.loads(text)
    return made


def test_all_roles_try_all_mutations(count: Count) -> None:
    """100 % of the pairs: each test above calls as every role, and there is one for every mutation of the schema."""
    type_ = GRAPHQL_SCHEMA.mutation_type
    assert type_ is not None

    assert set(type_.fields) == set(MUTATIONS) == PLANS.keys()
    count("2 matrix", "(role, mutation) pairs, of as many in the schema", len(ROLES) * len(MUTATIONS))
