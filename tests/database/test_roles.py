"""The database's roles: what each may do, made again without harm, and how the portal connects with a URL."""

import asyncio
import shutil
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import asyncpg
import pytest

from portal.database.roles import (
    admin_connection,
    app_connection_arguments,
    app_password,
    ensure_database,
    ensure_roles,
    prepare_database,
)
from portal.database.server.cluster import Cluster, start_cluster
from portal.database.server.problems import ServerProblem
from portal.database.server.running import Server, running_server, server_of
from portal.settings import Settings
from tests.database.servers import KINDS, settings_in

# Trust on the private socket as always; passwords on loopback, as a server at a URL asks for them.
CLIENT_RULES = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"


@pytest.fixture(scope="module", params=KINDS)
def listening(request: pytest.FixtureRequest) -> Iterator[tuple[Cluster, Server, int]]:
    """A server of each kind that also listens on loopback: the cluster, how to reach it privately, its port there."""
    folder = Path(tempfile.mkdtemp(prefix="portal-test-"))
    folder.chmod(0o755)
    rules = folder / "rules.conf"
    rules.write_text(CLIENT_RULES)
    port = a_free_port()
    options = {"listen_addresses": "127.0.0.1", "port": str(port), "hba_file": str(rules)}
    cluster = start_cluster(settings_in(folder, request.param), options)
    server = server_of(cluster)
    private = Server(
        server.kind, server.version, {**server.admin_arguments, "port": port}, server.admin_dsn, server.is_ours
    )
    yield cluster, private, port
    cluster.stop()
    shutil.rmtree(folder)


@pytest.fixture
def server(listening: tuple[Cluster, Server, int]) -> Server:
    return listening[1]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(database_url=None, data_directory=tmp_path)


def a_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def as_app(server: Server, settings: Settings, statement: str) -> Any:
    connection = await asyncpg.connect(**app_connection_arguments(server, settings))
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


async def a_user(server: Server, settings: Settings, name: str, attributes: str) -> None:
    async with admin_connection(server, settings) as admin:
        await admin.execute(f"CREATE ROLE {name} LOGIN PASSWORD 'secret-of-olga' {attributes}")


def settings_with_url(folder: Path, user: str, port: int, **more: Any) -> Settings:
    url = f"postgresql://{user}:secret-of-olga@127.0.0.1:{port}/postgres"
    return Settings(database_url=url, data_directory=folder, **more)  # type: ignore[arg-type] # as the environment gives it


async def forget_everything(server: Server, settings: Settings) -> None:
    async with admin_connection(server, settings) as admin:
        for database in await admin.fetch("SELECT datname FROM pg_database WHERE datname LIKE 'portal%'"):
            await admin.execute(f"DROP DATABASE {database['datname']} WITH (FORCE)")
        for role in ("portal_app", "portal_directory", "portal_owner"):
            if await admin.fetchval("SELECT true FROM pg_roles WHERE rolname = $1", role):
                await admin.execute(f"DROP OWNED BY {role} CASCADE; DROP ROLE {role}")


async def test_each_role_has_exactly_its_attributes(server: Server, settings: Settings) -> None:
    await prepare_database(server, settings)

    async with admin_connection(server, settings) as admin:
        roles = await admin.fetch(
            "SELECT rolname, rolcanlogin, rolbypassrls, rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication"
            " FROM pg_roles WHERE rolname IN ('portal_app', 'portal_directory', 'portal_owner') ORDER BY rolname"
        )
        owner = await admin.fetchval("SELECT datdba::regrole::text FROM pg_database WHERE datname = 'portal'")
        owned = await admin.fetchval(
            "SELECT count(*) FROM pg_shdepend WHERE refobjid = 'portal_app'::regrole AND deptype = 'o'"
        )

    assert [tuple(role) for role in roles] == [
        ("portal_app", True, False, False),
        ("portal_directory", False, True, False),
        ("portal_owner", False, False, False),
    ]
    assert owner == "portal_owner"
    assert owned == 0


async def test_the_app_works_under_limits_that_it_did_not_choose(server: Server, settings: Settings) -> None:
    await prepare_database(server, settings)

    shown = {
        name: await as_app(server, settings, f"SHOW {name}")
        for name in (
            "statement_timeout",
            "lock_timeout",
            "idle_in_transaction_session_timeout",
            "search_path",
            "timezone",
            "jit",
            "client_connection_check_interval",
        )
    }

    assert shown == {
        "statement_timeout": "5s",
        "lock_timeout": "2s",
        "idle_in_transaction_session_timeout": "10s",
        "search_path": "portal",
        "timezone": "UTC",
        "jit": "off",
        "client_connection_check_interval": "500ms",
    }


@pytest.mark.parametrize(
    "statement",
    [
        "CREATE SCHEMA mine",
        "CREATE TABLE public.mine (id int)",
        "CREATE TEMPORARY TABLE mine (id int)",
        "SET ROLE portal_owner",
        "SET ROLE portal_directory",
        "ALTER ROLE portal_app BYPASSRLS",
        "CREATE DATABASE mine",
    ],
)
async def test_the_app_may_make_nothing_and_become_nobody(server: Server, settings: Settings, statement: str) -> None:
    await prepare_database(server, settings)

    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await as_app(server, settings, statement)


async def test_migrations_can_act_as_the_owner_and_hand_functions_to_the_directory(
    server: Server, settings: Settings
) -> None:
    await prepare_database(server, settings)

    async with admin_connection(server, settings, "portal") as admin:
        transaction = admin.transaction()
        await transaction.start()
        await admin.execute(
            "SET ROLE portal_owner; CREATE SCHEMA across; GRANT CREATE ON SCHEMA across TO portal_directory"
        )
        await admin.execute("CREATE FUNCTION across.one() RETURNS int LANGUAGE sql SECURITY DEFINER AS 'SELECT 1'")
        await admin.execute("ALTER FUNCTION across.one() OWNER TO portal_directory")
        owner = await admin.fetchval("SELECT proowner::regrole::text FROM pg_proc WHERE proname = 'one'")
        await transaction.rollback()

    assert owner == "portal_directory"


async def test_preparing_again_and_at_once_changes_nothing(server: Server, settings: Settings) -> None:
    await prepare_database(server, settings)
    catalog = "SELECT array_agg(r::text ORDER BY oid) FROM pg_roles r WHERE rolname ~ '^portal_(app|owner|directory)$'"
    async with admin_connection(server, settings) as admin:
        before = await admin.fetchval(catalog)

    await asyncio.gather(*(prepare_database(server, settings) for _ in range(6)))

    async with admin_connection(server, settings) as admin:
        assert await admin.fetchval(catalog) == before


async def test_preparing_takes_back_what_the_app_must_not_have(server: Server, settings: Settings) -> None:
    await prepare_database(server, settings)
    async with admin_connection(server, settings) as admin:
        await admin.execute("ALTER ROLE portal_app BYPASSRLS CREATEROLE; GRANT portal_owner TO portal_app")
        await admin.execute("ALTER ROLE portal_app SET statement_timeout = 0; GRANT TEMP ON DATABASE portal TO PUBLIC")

    await prepare_database(server, settings)

    async with admin_connection(server, settings) as admin:
        role = await admin.fetchrow("SELECT rolbypassrls, rolcreaterole FROM pg_roles WHERE rolname = 'portal_app'")
        memberships = await admin.fetchval("SELECT count(*) FROM pg_auth_members WHERE member = 'portal_app'::regrole")
    assert role is not None
    assert tuple(role) == (False, False)
    assert memberships == 0
    assert await as_app(server, settings, "SHOW statement_timeout") == "5s"
    assert await as_app(server, settings, "SELECT has_database_privilege('portal', 'TEMP')") is False


async def test_several_databases_share_the_roles(server: Server, settings: Settings) -> None:
    await prepare_database(server, settings, "portal_second")

    connection = await asyncpg.connect(**app_connection_arguments(server, settings, "portal_second"))
    name = await connection.fetchval("SELECT current_database()")
    await connection.close()

    assert name == "portal_second"


@pytest.mark.enable_socket
async def test_with_a_url_the_app_signs_in_with_a_password_made_once(
    listening: tuple[Cluster, Server, int], settings: Settings, tmp_path: Path
) -> None:
    _, private, port = listening
    await a_user(private, settings, "olga", "SUPERUSER")
    with_url = settings_with_url(tmp_path / "made-once", "olga", port)

    async with running_server(with_url) as server:
        await prepare_database(server, with_url)
        await prepare_database(server, with_url)
        user = await as_app(server, with_url, "SELECT current_user")
    file = tmp_path / "made-once" / "app-password"

    assert (server.kind, server.version.split(".")[0]) == ("url", private.version.split(".")[0])
    assert user == "portal_app"
    assert len(file.read_text()) == 43
    assert file.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["app-password"]


@pytest.mark.enable_socket
async def test_the_operators_password_wins_and_a_wrong_one_is_refused(
    listening: tuple[Cluster, Server, int], settings: Settings, tmp_path: Path
) -> None:
    _, private, port = listening
    await a_user(private, settings, "ada", "SUPERUSER")
    right = settings_with_url(tmp_path, "ada", port, app_password="correct-horse")
    wrong = settings_with_url(tmp_path, "ada", port, app_password="battery-staple")

    async with running_server(right) as server:
        await prepare_database(server, right)
        user = await as_app(server, right, "SELECT current_user")
        with pytest.raises(asyncpg.InvalidPasswordError):
            await as_app(server, wrong, "SELECT 1")

    assert user == "portal_app"
    assert not (tmp_path / "app-password").exists()


@pytest.mark.enable_socket
async def test_a_user_who_may_not_create_roles_gets_one_sentence(
    listening: tuple[Cluster, Server, int], settings: Settings, tmp_path: Path
) -> None:
    _, private, port = listening
    await forget_everything(private, settings)
    await a_user(private, settings, "iris", "")
    with_url = settings_with_url(tmp_path, "iris", port)

    async with running_server(with_url) as server:
        with pytest.raises(ServerProblem) as problem:
            await prepare_database(server, with_url)

    assert str(problem.value).startswith(
        "The user of PORTAL_DATABASE_URL may not create the portal's roles and database ("
    )
    assert str(problem.value).endswith(
        "use a superuser, or since Postgres 16 one with CREATEDB, CREATEROLE and BYPASSRLS."
    )
    assert "\n" not in str(problem.value)


@pytest.mark.enable_socket
async def test_since_16_no_superuser_is_needed(
    listening: tuple[Cluster, Server, int], settings: Settings, tmp_path: Path
) -> None:
    _, private, port = listening
    if private.major < 16:
        pytest.skip("before 16 only a superuser may create a role with BYPASSRLS")
    await forget_everything(private, settings)
    await a_user(private, settings, "hugo", "CREATEDB CREATEROLE BYPASSRLS")
    with_url = settings_with_url(tmp_path, "hugo", port)

    async with running_server(with_url) as server:
        await prepare_database(server, with_url)
        await prepare_database(server, with_url)
        user = await as_app(server, with_url, "SELECT current_user")
        async with admin_connection(server, with_url, "portal") as admin:
            await admin.execute("SET ROLE portal_owner")
            acting = await admin.fetchval("SELECT current_user")

    assert (user, acting) == ("portal_app", "portal_owner")
    await forget_everything(private, settings)


@pytest.mark.enable_socket
async def test_a_wrong_password_or_database_in_the_url_gets_one_sentence(
    listening: tuple[Cluster, Server, int], settings: Settings, tmp_path: Path
) -> None:
    _, private, port = listening
    stranger = settings_with_url(tmp_path, "nobody_here", port)
    await a_user(private, settings, "greta", "")
    lost = Settings(database_url=f"postgresql://greta:secret-of-olga@127.0.0.1:{port}/nowhere")  # type: ignore[arg-type] # as given

    with pytest.raises(ServerProblem) as refused:
        async with running_server(stranger):
            pass
    with pytest.raises(ServerProblem) as missing:
        async with running_server(lost):
            pass

    assert str(refused.value) == "The server at PORTAL_DATABASE_URL refuses its user or password: correct the address."
    assert str(missing.value) == (
        "The database named in PORTAL_DATABASE_URL does not exist: name one that does, such as postgres."
    )


async def test_two_processes_that_make_a_password_at_once_end_with_one(tmp_path: Path) -> None:
    settings = [Settings(database_url=None, data_directory=tmp_path) for _ in range(8)]

    passwords = await asyncio.gather(*(asyncio.to_thread(app_password, each) for each in settings))

    assert len(set(passwords)) == 1


async def test_roles_and_a_database_can_be_made_on_a_connection_of_the_callers(
    server: Server, settings: Settings
) -> None:
    async with admin_connection(server, settings) as admin:
        await ensure_roles(admin)
        await ensure_database(admin, "portal_third")
        owner = await admin.fetchval("SELECT datdba::regrole::text FROM pg_database WHERE datname = 'portal_third'")

    assert owner == "portal_owner"
