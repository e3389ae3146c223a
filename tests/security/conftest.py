"""The scene that the attacks share, and databases on which they leave no trace."""

from typing import Any

import pytest

from portal.access.enums import GrantRole, Privilege, ScopeType
from portal.database.connection import Database
from portal.people.models import Grant
from portal.people.tokens import Token
from tests.security import plans_applications, plans_openings, plans_organization
from tests.security.edge import a_token
from tests.security.scene import Scene
from tests.world import an_organization

__all__ = ["plans_applications", "plans_openings", "plans_organization"]


@pytest.fixture(scope="session")
async def scene(database: Database) -> Scene:
    """Acme with everything."""
    scene = Scene(await an_organization(database, "Acme"))
    await scene.plant()
    return scene


@pytest.fixture(scope="session")
async def mirror(database: Database) -> Scene:
    """Globex, the same in another organization."""
    scene = Scene(await an_organization(database, "Globex"))
    await scene.plant()
    return scene


# What a grant needs to give all that a member can be allowed.
EVERYTHING: dict[str, Any] = {
    "role": GrantRole.RECRUITER,
    "scope_type": ScopeType.ORG,
    "include_confidential": True,
    "privileges": [privilege.value for privilege in Privilege],
}


@pytest.fixture(scope="session")
async def owners_token(scene: Scene) -> Token:
    """A real token of somebody who may do everything at Acme."""
    administrator = scene.rows["ORG_ADMIN"].id
    await scene.world.plant(Grant(membership_id=administrator, **EVERYTHING))
    return await a_token(scene.world, membership_id=administrator)


@pytest.fixture(scope="session")
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether attacks run at their long size."""
    return bool(request.config.getoption("--long"))
