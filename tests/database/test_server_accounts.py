"""As whom the server runs and where its files are: root, ordinary users, closed folders, long paths."""

import os
import shutil
import signal
from pathlib import Path
from typing import Any

import pytest

from portal.database.server import cluster as cluster_module
from portal.database.server import stepdown
from portal.database.server.binaries import embedded_binaries, system_binaries
from portal.database.server.cluster import start_cluster
from portal.database.server.orphans import processes_on
from portal.database.server.problems import ServerProblem
from portal.settings import PostgresChoice, Settings
from tests.database.servers import ANY, KINDS, ONLY_ROOT, Hold, a_cluster, another_user, ask, eventually, settings_in


@pytest.mark.parametrize("kind", KINDS)
def test_an_ordinary_user_has_a_server_in_the_own_folder(folder: Path, hold: Hold, kind: PostgresChoice) -> None:
    uid = another_user()
    own = folder / "own"
    own.mkdir()
    os.chown(own, uid, uid)
    if kind is PostgresChoice.EMBEDDED and not stepdown._runs(embedded_binaries()[0], stepdown.Account(uid, uid)):
        pytest.skip("this environment is in a folder that no other user can enter")

    holder = hold(settings_in(own, kind), uid=uid)

    assert holder.answer["kind"] == kind.value
    assert holder.data.parent == own / ".portal"
    assert holder.data.stat().st_uid == uid
    assert not (own / "root").exists()


async def test_a_path_too_long_for_a_socket_gets_one_in_a_private_short_folder(folder: Path) -> None:
    deep = folder / ("d" * 60) / ("e" * 60)
    settings = Settings(database_url=None, postgres=ANY, data_directory=deep, root_directory=folder / ("r" * 90))

    with a_cluster(settings) as cluster:
        answer = await ask(cluster, "SELECT 1")
        mode = cluster.socket_folder.stat().st_mode & 0o777

    assert answer == 1
    assert mode == 0o700
    assert cluster.socket_folder.parent == Path("/tmp")  # noqa: S108 - the folder that every Unix has under this short name
    assert not cluster.socket_folder.exists()


@ONLY_ROOT
@pytest.mark.parametrize("kind", KINDS)
async def test_root_serves_from_a_folder_that_nobody_else_can_enter(
    folder: Path, monkeypatch: pytest.MonkeyPatch, kind: PostgresChoice
) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    if kind is PostgresChoice.EMBEDDED:
        monkeypatch.setattr(cluster_module, "find_binaries", lambda _: [the_wheel_moved_into(closed)])
    settings = Settings(
        database_url=None, postgres=kind, data_directory=closed / ".portal", root_directory=folder / "root"
    )

    for _ in ("made", "found again"):
        with a_cluster(settings) as cluster:
            process = int(cluster.place.process_file.read_text().split()[0])
            program = the_program_of(process)
            answer = await ask(cluster, "SELECT 1")

    assert answer == 1
    assert cluster.place.data.stat().st_uid not in {0, os.getuid()}
    assert cluster.place.home.stat().st_mode & 0o777 == 0o700
    assert cluster.place.pointer.read_text() == f"{cluster.place.data}\n"
    assert not program.is_relative_to(closed)
    assert program.is_relative_to(cluster.place.home) == (kind is PostgresChoice.EMBEDDED)


@ONLY_ROOT
def test_root_needs_a_place_that_others_may_enter(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir(mode=0o700)
    settings = Settings(
        database_url=None, postgres=ANY, data_directory=folder / ".portal", root_directory=closed / "root"
    )

    with pytest.raises(ServerProblem) as problem:
        start_cluster(settings)

    assert str(problem.value) == (
        f"The account that runs Postgres for root can't enter {closed / 'root'}: set PORTAL_ROOT_DIRECTORY to a folder "
        "that anyone may enter."
    )


@ONLY_ROOT
async def test_root_sets_aside_what_a_deleted_folder_has_left(folder: Path) -> None:
    settings = settings_in(folder)
    with a_cluster(settings) as cluster:
        await ask(cluster, "CREATE TABLE of_the_deleted_one (id int)")
    shutil.rmtree(settings.data_directory)

    with a_cluster(settings) as fresh:
        tables = await ask(fresh, "SELECT count(*) FROM pg_tables WHERE tablename = 'of_the_deleted_one'")

    assert tables == 0
    assert (fresh.place.home / f"postgres-{fresh.place.major}.set-aside" / "PG_VERSION").is_file()


@ONLY_ROOT
async def test_root_serves_an_ordinary_users_data_as_that_user(folder: Path, hold: Hold) -> None:
    uid = another_user()
    own = folder / "own"
    own.mkdir()
    os.chown(own, uid, uid)
    kind = PostgresChoice.SYSTEM if system_binaries() else ANY
    holder = hold(settings_in(own, kind), uid=uid)
    holder.end(signal.SIGTERM)
    eventually(lambda: processes_on(holder.data) == [])

    with a_cluster(settings_in(own, kind)) as cluster:
        answer = await ask(cluster, "SELECT 1")

    assert answer == 1
    assert cluster.place.data == holder.data
    assert cluster.place.account.uid == uid


def the_program_of(process: int) -> Path:
    return Path(f"/proc/{process}/exe").readlink()


def the_wheel_moved_into(closed: Path) -> Any:
    wheel = embedded_binaries()[0]
    package = wheel.folder.parents[1]
    site = closed / "site-packages"
    if not site.exists():
        shutil.copytree(wheel.folder.parent, site / package.name / wheel.folder.parent.name, symlinks=True)
        libraries = package.parent / f"{package.name}.libs"
        shutil.copytree(libraries, site / libraries.name)
    return type(wheel)(site / package.name / wheel.folder.parent.name / "bin", wheel.version, wheel.kind)
