"""One Postgres for the run of a worker, one migrated database in it, and a new organization for each test.

Tests share the database: the tenant wall keeps them apart, as it does in production. A test that looks at everything
(locks, the relay, the catalog) takes a database of its own from `fresh_database`.
"""

import os
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from portal.database.connection import Database
from portal.database.migrate import migrate
from portal.database.roles import (
    admin_connection,
    admin_connection_arguments,
    app_connection_arguments,
    prepare_database,
)
from portal.database.server.running import Server, running_server
from portal.settings import Settings
from tests.counting import count, pytest_terminal_summary
from tests.world import World, an_organization

__all__ = ["count", "pytest_terminal_summary"]

TEMPLATE = "portal_template"


@dataclass(frozen=True)
class Postgres:
    """A running server for tests, and where its template is."""

    server: Server
    settings: Settings

    def admin(self, database: str) -> dict[str, Any]:
        return admin_connection_arguments(self.server, self.settings, database)

    def app(self, database: str) -> dict[str, Any]:
        return app_connection_arguments(self.server, self.settings, database)

    async def clone(self, template: str = TEMPLATE) -> str:
        """A new database like the template; about 50 ms."""
        name = f"portal_{uuid4().hex}"
        async with admin_connection(self.server, self.settings) as connection:
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE "{template}" OWNER portal_owner')
            await connection.execute(f'REVOKE ALL ON DATABASE "{name}" FROM PUBLIC')
            await connection.execute(f'GRANT CONNECT ON DATABASE "{name}" TO portal_app')
        return name

    async def drop(self, name: str) -> None:
        async with admin_connection(self.server, self.settings) as connection:
            await connection.execute(f'DROP DATABASE "{name}" WITH (FORCE)')


@pytest.fixture(scope="session")
async def postgres() -> AsyncIterator[Postgres]:
    """The server of this worker; PORTAL_POSTGRES and PORTAL_PARTITIONS choose which and how, as for the portal."""
    with tempfile.TemporaryDirectory(prefix="portal-tests-") as folder:
        os.chmod(folder, 0o755)  # noqa: PTH101, S103 - Postgres runs as somebody else
        # Root's data too, which would stay where root keeps it otherwise.
        settings = Settings(data_directory=Path(folder), root_directory=Path(folder) / "root")
        async with running_server(settings) as server:
            postgres = Postgres(server, settings)
            await prepare_database(server, settings, TEMPLATE)
            await migrate(postgres.admin(TEMPLATE), settings.partitions)
            yield postgres


@pytest.fixture(scope="session")
async def shared_database(postgres: Postgres) -> AsyncIterator[str]:
    """The name of the database that tests share."""
    name = await postgres.clone()
    yield name
    await postgres.drop(name)


@pytest.fixture(scope="session")
async def database(postgres: Postgres, shared_database: str) -> AsyncIterator[Database]:
    """The shared database, as the application's role."""
    database = await Database.open(postgres.app(shared_database), size=8)
    yield database
    await database.close()


@pytest.fixture
async def fresh_database(postgres: Postgres) -> AsyncIterator[Callable[..., Awaitable[Mapping[str, Any]]]]:
    """Makes databases of a test's own; gives the administrator's connection arguments, and drops them afterwards."""
    made: list[str] = []

    async def make(partitions: int | None = None) -> Mapping[str, Any]:
        if partitions is None or partitions == postgres.settings.partitions:
            made.append(await postgres.clone())
        else:
            made.append(f"portal_{uuid4().hex}")
            await prepare_database(postgres.server, postgres.settings, made[-1])
            await migrate(postgres.admin(made[-1]), partitions)
        return postgres.admin(made[-1])

    yield make
    for name in made:
        await postgres.drop(name)


@pytest.fixture
async def acme(database: Database) -> World:
    """Acme, a new organization."""
    return await an_organization(database, "Acme")


@pytest.fixture
async def globex(database: Database) -> World:
    """Globex, another organization, which must never learn of Acme."""
    return await an_organization(database, "Globex")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="Run properties and races at their long size.")
    parser.addoption("--requests", type=int, default=10_000, help="How many adversarial requests are made.")
