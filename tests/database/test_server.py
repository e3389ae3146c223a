"""Starting, joining and ending the server, with real ones: this machine's and the embedded one."""

import asyncio
import contextlib
import os
import signal
import subprocess
from pathlib import Path

import asyncpg
import pytest

from portal.database.server import place
from portal.database.server.binaries import embedded_binaries, find_binaries, system_binaries
from portal.database.server.cluster import discard_data, start_cluster
from portal.database.server.orphans import processes_on
from portal.database.server.problems import ServerProblem
from portal.database.server.running import running_server, server_of
from portal.database.server.stepdown import Account
from portal.settings import PostgresChoice
from tests.database.servers import (
    ANY,
    KINDS,
    Hold,
    LivedIn,
    a_cluster,
    ask,
    eventually,
    settings_in,
)


@pytest.mark.parametrize("kind", KINDS)
async def test_a_server_starts_from_nothing_keeps_its_data_and_leaves_no_process(
    folder: Path, kind: PostgresChoice
) -> None:
    settings = settings_in(folder, kind)

    with a_cluster(settings) as first:
        await ask(first, "CREATE TABLE kept (id int)")
        data = first.place.data
        assert first.is_ours
        assert first.is_running
        assert first.binaries.kind == kind.value
        assert (await ask(first, "SHOW server_version")).split()[0] == first.binaries.version
    after = processes_on(data)
    with a_cluster(settings) as second:
        found = await ask(second, "SELECT count(*) FROM kept")

    assert after == []
    assert found == 0
    assert processes_on(data) == []
    assert not second.socket_folder.exists()


@pytest.mark.parametrize("kind", KINDS)
async def test_the_server_is_private_durable_and_the_same_on_every_machine(folder: Path, kind: PostgresChoice) -> None:
    expected = {
        "listen_addresses": "",
        "fsync": "on",
        "full_page_writes": "on",
        "jit": "off",
        "TimeZone": "UTC",
        "max_connections": "100",
        "client_connection_check_interval": "500ms",
        "server_encoding": "UTF8",
        "unix_socket_permissions": "0700",
        "data_directory_mode": "0700",
    }

    with a_cluster(settings_in(folder, kind)) as cluster:
        connection = await asyncpg.connect(**server_of(cluster).admin_arguments)
        actual = {name: await connection.fetchval(f"SHOW {name}") for name in expected}
        lower = await connection.fetchval("SELECT lower('ÉÄØ')")
        order = await connection.fetchval(
            "SELECT array_agg(x ORDER BY x) FROM unnest(ARRAY['b', 'a', 'B', 'é', 'z']) x"
        )
        await connection.close()
        mode = cluster.socket_folder.stat().st_mode & 0o777
        listening = sockets_on_the_network(int(cluster.place.process_file.read_text().split()[0]))

    assert actual == expected
    assert lower == "éäø"
    assert order == ["B", "a", "b", "z", "é"]
    assert mode == 0o700
    assert listening == []


async def test_a_second_process_joins_the_running_server_and_leaves_it_running(lived_in: LivedIn, hold: Hold) -> None:
    settings = lived_in(ANY)
    first = hold(settings)

    async with running_server(settings) as joined:
        connection = await asyncpg.connect(**joined.admin_arguments)
        same = await connection.fetchval("SHOW data_directory")
        await connection.close()

    assert first.answer["is_ours"] is True
    assert joined.is_ours is False
    assert same == first.answer["data"]
    assert processes_on(first.data) != []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL], ids=lambda number: number.name)
def test_the_server_ends_with_its_process_however_that_ends(
    lived_in: LivedIn, hold: Hold, number: signal.Signals
) -> None:
    holder = hold(lived_in(ANY))
    keeper = holder.keeper_process

    holder.end(number)

    eventually(lambda: processes_on(holder.data) == [])
    eventually(lambda: not Path(f"/proc/{keeper}").exists() or Path(f"/proc/{keeper}/cmdline").read_bytes() == b"")
    eventually(lambda: not Path(holder.answer["folder"]).exists())


def test_a_process_that_drains_ends_its_server_before_itself(lived_in: LivedIn, hold: Hold) -> None:
    holder = hold(lived_in(ANY), drain=True)

    holder.end(signal.SIGTERM)

    assert holder.process.returncode == 0
    assert processes_on(holder.data) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_the_next_start_ends_an_orphan_and_serves(lived_in: LivedIn, hold: Hold, kind: PostgresChoice) -> None:
    settings = lived_in(kind)
    holder = hold(settings)
    orphan = holder.server_process
    os.kill(holder.keeper_process, signal.SIGKILL)
    for watcher in watchers_of(orphan):
        os.kill(watcher, signal.SIGKILL)
    holder.end(signal.SIGKILL)
    assert orphan in processes_on(holder.data)

    with a_cluster(settings) as cluster:
        servers = await ask(cluster, "SELECT 1")
        assert orphan not in processes_on(holder.data)

    assert servers == 1
    assert processes_on(holder.data) == []


@pytest.mark.parametrize("kind", KINDS)
async def test_what_was_committed_survives_kill_9_of_the_server(lived_in: LivedIn, kind: PostgresChoice) -> None:
    settings = lived_in(kind)
    cluster = start_cluster(settings)
    await ask(cluster, "CREATE TABLE survivor AS SELECT 7 AS n")
    os.kill(int(cluster.place.process_file.read_text().split()[0]), signal.SIGKILL)
    eventually(lambda: not cluster.is_running)
    cluster.stop()

    with a_cluster(settings) as again:
        kept = await ask(again, "SELECT n FROM survivor")

    assert kept == 7


async def test_a_stale_note_of_a_process_that_is_now_another_program_is_ignored(lived_in: LivedIn) -> None:
    settings = lived_in(ANY)
    with a_cluster(settings) as cluster:
        note = cluster.place.process_file.read_text().split("\n", 1)
    other = another_program(cluster.place.account)
    cluster.place.process_file.write_text("\n".join([str(other.pid), note[1]]))

    with a_cluster(settings) as again:
        answer = await ask(again, "SELECT 1")

    assert answer == 1
    assert other.poll() is None
    other.kill()
    other.wait()


async def test_an_interrupted_initdb_is_done_again(folder: Path) -> None:
    settings = settings_in(folder)
    where = place.prepare_place(settings, find_binaries(ANY)[0].major)
    where.unfinished.mkdir()
    (where.unfinished / "PG_VERSION").write_text("18\n")

    with a_cluster(settings) as cluster:
        answer = await ask(cluster, "SELECT 1")

    assert answer == 1
    assert not where.unfinished.exists()


async def test_an_empty_data_folder_is_filled(folder: Path) -> None:
    settings = settings_in(folder)
    where = place.prepare_place(settings, find_binaries(ANY)[0].major)
    where.data.mkdir()

    with a_cluster(settings) as cluster:
        assert await ask(cluster, "SELECT 1") == 1


@pytest.mark.skipif(not system_binaries() or not embedded_binaries(), reason="needs both kinds of server")
async def test_each_kind_keeps_its_own_data_and_auto_takes_what_has_data(folder: Path) -> None:
    with a_cluster(settings_in(folder, PostgresChoice.EMBEDDED)) as embedded:
        pass

    with a_cluster(settings_in(folder, PostgresChoice.AUTO)) as auto:
        pass
    with a_cluster(settings_in(folder, PostgresChoice.SYSTEM)) as system:
        pass

    assert auto.place == embedded.place
    assert system.place.data != embedded.place.data or system.place.major == embedded.place.major


def test_a_broken_environment_does_not_reach_the_server(lived_in: LivedIn, hold: Hold) -> None:
    holder = hold(lived_in(ANY), LANG="xx_XX.utf8", LC_ALL="nonsense", PGDATA="/nowhere", PGPORT="1", TZ="Mars")

    assert holder.answer["is_ours"] is True


def test_discarding_removes_all_that_was_made_but_nothing_in_use(folder: Path) -> None:
    settings = settings_in(folder)
    in_use = pytest.raises(ServerProblem, match="is in use: stop the portal that uses it first")
    with a_cluster(settings) as cluster, in_use:
        discard_data(settings, cluster.place.major)

    discard_data(settings, cluster.place.major)
    discard_data(settings, cluster.place.major)

    assert list(settings.data_directory.iterdir()) == []
    assert not (folder / "root").exists() or list((folder / "root").iterdir()) == []


def watchers_of(server: int) -> list[int]:
    """The keeper's second shell, which waits for the pipe to end: it shares the server's session and is no Postgres."""
    session = os.getsid(server)
    found = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError, ValueError):
            if os.getsid(int(entry.name)) == session and (entry / "comm").read_text().strip() in {"sh", "dash", "bash"}:
                found.append(int(entry.name))
    return found


def another_program(account: Account) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["/bin/sleep", "60"], **account.identity)


def sockets_on_the_network(process: int) -> list[str]:
    """The process's open sockets that are listed among the machine's TCP sockets."""
    opened = {str(link.readlink()) for link in Path(f"/proc/{process}/fd").iterdir()}
    tables = [table for table in ("tcp", "tcp6") if Path(f"/proc/net/{table}").exists()]
    rows = [row.split() for table in tables for row in Path(f"/proc/net/{table}").read_text().splitlines()[1:]]
    return [row[1] for row in rows if f"socket:[{row[9]}]" in opened]


async def test_a_start_that_is_cancelled_leaves_no_server(lived_in: LivedIn) -> None:
    settings = lived_in(ANY)
    data = place.find_place(settings, find_binaries(ANY)[0].major).data

    async def start() -> None:
        async with running_server(settings):
            pytest.fail("it was cancelled before")

    starting = asyncio.create_task(start())
    await asyncio.sleep(0.01)
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting

    assert processes_on(data) == []
