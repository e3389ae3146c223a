"""The server that the portal uses, whoever runs it. The only part of this package that others need."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

import asyncpg

from portal.database.server.binaries import OLDEST_MAJOR
from portal.database.server.cluster import PORT, Cluster, start_cluster
from portal.database.server.making import ADMINISTRATOR
from portal.database.server.place import assert_made
from portal.database.server.problems import ServerProblem
from portal.settings import Settings

# A server on the network that does not answer by then is not going to serve requests in time either.
_CONNECT_SECONDS = 10.0


@dataclass(frozen=True)
class Server:
    """A Postgres that takes connections."""

    kind: Literal["url", "system", "embedded"]
    version: str
    """As Postgres says it: '18.4'."""

    # asyncpg.connect takes many kinds of arguments.
    admin_arguments: Mapping[str, Any] = field(repr=False)
    """Keyword arguments for asyncpg.connect: its administrator, in a database that always exists."""

    admin_dsn: str = field(repr=False)
    """The same as an address, for psql and a person."""

    is_ours: bool = False
    """Whether it ends with this process; False for a URL's server and one that another process of ours runs."""

    @property
    def major(self) -> int:
        """18 of 18.4."""
        return int(self.version.split(".")[0])


@asynccontextmanager
async def running_server(settings: Settings, *, make: bool = True) -> AsyncIterator[Server]:
    """The server for these settings: found at the URL, joined, or started and stopped again at the end.

    Without `make` it is one whose data is there: who lists tokens in the wrong folder shall find no empty server.
    Raises ServerProblem with one sentence for the operator.
    """
    if settings.database_url is not None:
        yield await _server_at(settings.database_url.get_secret_value())
        return
    if not make:
        assert_made(settings)
    cluster = await _started(settings)
    try:
        yield server_of(cluster)
    finally:
        await asyncio.shield(asyncio.to_thread(cluster.stop))


def server_of(cluster: Cluster) -> Server:
    """How to reach a cluster of ours."""
    folder = str(cluster.socket_folder)
    return Server(
        kind=cluster.binaries.kind,
        version=cluster.binaries.version,
        admin_arguments={"host": folder, "port": PORT, "user": ADMINISTRATOR, "database": "postgres"},
        admin_dsn=f"postgresql://{ADMINISTRATOR}@/postgres?host={quote(folder, safe='')}&port={PORT}",
        is_ours=cluster.is_ours,
    )


async def _started(settings: Settings) -> Cluster:
    starting = asyncio.ensure_future(asyncio.to_thread(start_cluster, settings))
    try:
        return await asyncio.shield(starting)
    except asyncio.CancelledError:
        # Ctrl-C while it starts: the thread can't be stopped, but what it starts can.
        cluster = await starting
        await asyncio.to_thread(cluster.stop)
        raise


async def _server_at(url: str) -> Server:
    try:
        connection = await asyncpg.connect(url, timeout=_CONNECT_SECONDS)
    except (asyncpg.InvalidPasswordError, asyncpg.InvalidAuthorizationSpecificationError) as error:
        raise ServerProblem(
            "The server at PORTAL_DATABASE_URL refuses its user or password: correct the address."
        ) from error
    except asyncpg.InvalidCatalogNameError as error:
        raise ServerProblem(
            "The database named in PORTAL_DATABASE_URL does not exist: name one that does, such as postgres."
        ) from error
    except (OSError, TimeoutError, ValueError, asyncpg.PostgresError, asyncpg.InterfaceError) as error:
        reason = str(error.args[0] if isinstance(error, asyncpg.PostgresError) else error) or "no answer"
        raise ServerProblem(f"The server at PORTAL_DATABASE_URL can't be reached ({reason}): is it running?") from error
    try:
        version = str(await connection.fetchval("SHOW server_version")).split()[0]
    finally:
        await connection.close()
    server = Server(kind="url", version=version, admin_arguments={"dsn": url}, admin_dsn=url)
    if server.major < OLDEST_MAJOR:
        raise ServerProblem(
            f"The server at PORTAL_DATABASE_URL is Postgres {version}: the portal needs {OLDEST_MAJOR} or newer."
        )
    return server
