"""The scene that the attacks share, and databases on which they leave no trace."""

import pytest

from portal.database.connection import Database
from tests.security import plans_applications, plans_openings, plans_organization
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


@pytest.fixture(scope="session")
def is_long(request: pytest.FixtureRequest) -> bool:
    """Whether attacks run at their long size."""
    return bool(request.config.getoption("--long"))
