"""Where a cluster's files live, and the lock that keeps one server to a data folder."""

import fcntl
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from portal.database.server.binaries import Binaries, embedded_binaries, find_binaries, system_binaries
from portal.database.server.problems import ServerProblem, problem_of_error
from portal.database.server.stepdown import Account, assert_enterable, make_private, private_home, server_account
from portal.settings import Settings

# A unix socket's address holds 108 bytes on Linux and 104 on macOS; Postgres adds "/.s.PGSQL.5432" (14) and
# a final NUL.
MAX_SOCKET_FOLDER_BYTES = 104 - 14 - 1


@dataclass(frozen=True)
class Place:
    """The files of one cluster: one major version of Postgres in one data directory."""

    major: int
    data_directory: Path
    """The operator's folder (`.portal`): log and pointer."""

    home: Path
    """The folder that holds the data: the data directory, or for root a private one of the server's account."""

    account: Account

    @property
    def data(self) -> Path:
        """The cluster itself, as `postgres -D` takes it. Complete whenever it exists: it is made under another name."""
        return self.home / f"postgres-{self.major}"

    @property
    def unfinished(self) -> Path:
        """Where initdb works; what is found here was interrupted."""
        return self.home / f"postgres-{self.major}.unfinished"

    @property
    def log(self) -> Path:
        """What the server printed, newest last."""
        return self.data_directory / f"postgres-{self.major}.log"

    @property
    def pointer(self) -> Path:
        """A line that says where root's server keeps this directory's data."""
        return self.data_directory / f"postgres-{self.major}.location"

    @property
    def process_file(self) -> Path:
        """Postgres' own note about its running server: process, socket folder, state."""
        return self.data / "postmaster.pid"

    def lock(self) -> IO[bytes] | None:
        """Become this cluster's keeper until the returned file is closed; None when another process is.

        The system lets go of it when the keeper ends, however it ends.
        """
        file = (self.home / f"postgres-{self.major}.lock").open("ab")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return None
        return file

    def make_socket_folder(self) -> Path:
        """An empty folder that only the server's account may enter, with a name short enough for a socket."""
        folder = self.home / f"socket-{self.major}"
        if len(os.fsencode(folder)) <= MAX_SOCKET_FOLDER_BYTES:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
        else:
            # Made private by mkdtemp; not TMPDIR, which can be as long.
            folder = Path(tempfile.mkdtemp(prefix="portal-", dir="/tmp"))
        self.account.give(folder)
        return folder


def prepare_place(settings: Settings, major: int) -> Place:
    """The place of this major version's cluster; its folders exist afterwards, its data may not."""
    place = find_place(settings, major)
    try:
        place.data_directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        if place.home == place.data_directory:
            _assert_writable(place.home)
            return place
        make_private(place.home, place.account)
        assert_enterable(settings.root_directory, place.home, place.account)
        if not place.pointer.exists():
            _set_aside(place)
            place.pointer.write_text(f"{place.data}\n")
    except OSError as error:
        raise problem_of_error(error, place.data_directory) from error
    return place


def find_place(settings: Settings, major: int) -> Place:
    """Where this major version's cluster is or would be. Makes nothing."""
    directory = settings.data_directory
    local = Place(major, directory, directory, server_account(directory / f"postgres-{major}"))
    if os.geteuid() != 0 or local.data.is_dir():
        return local
    home = private_home(settings.root_directory, directory)
    pointer = local.pointer
    if pointer.is_file() and (recorded := Path(pointer.read_text().strip())).is_dir():
        home = recorded.parent
    return Place(major, directory, home, server_account(home / f"postgres-{major}"))


def assert_made(settings: Settings) -> None:
    """Raises ServerProblem where no data of a version that is at hand was ever made. Makes nothing."""
    candidates = find_binaries(settings.postgres)
    if not any(find_place(settings, binaries.major).data.is_dir() for binaries in candidates):
        versions = " or ".join(sorted({str(binaries.major) for binaries in candidates}))
        raise ServerProblem(
            f"There is no data of Postgres {versions} in {settings.data_directory}: go to the folder where the portal "
            "was set up, or set it up here with portal migrate."
        )


def choose_place(settings: Settings, candidates: list[Binaries]) -> tuple[Binaries, Place]:
    """The installation to use and its place: one that has data here already, else the best.

    Raises ServerProblem when there is data, but of no version that this machine can serve: starting empty beside
    it would look like its loss.
    """
    for binaries in candidates:
        if find_place(settings, binaries.major).data.is_dir():
            return binaries, prepare_place(settings, binaries.major)
    left = sorted(
        path.name.partition("-")[2] for path in settings.data_directory.glob("postgres-[0-9][0-9]") if path.is_dir()
    )
    left += sorted(path.stem.partition("-")[2] for path in settings.data_directory.glob("postgres-*.location"))
    servable = {str(binaries.major) for binaries in system_binaries() + embedded_binaries()}
    if left and servable.isdisjoint(left):
        raise ServerProblem(
            f"The data in {settings.data_directory} was made by Postgres {left[0]}, and only "
            f"{candidates[0].version} is at hand: install Postgres {left[0]}, or set PORTAL_DATA_DIRECTORY to an "
            "empty folder."
        )
    return candidates[0], prepare_place(settings, candidates[0].major)


def _set_aside(place: Place) -> None:
    """Keep, under another name, what a deleted data directory at this path has left with root; one copy at most."""
    if place.data.is_dir():
        kept = place.home / f"postgres-{place.major}.set-aside"
        if kept.is_dir():
            shutil.rmtree(kept)
        place.data.rename(kept)


def _assert_writable(folder: Path) -> None:
    # Tried and not asked: access lists, quotas and read-only mounts have the last word.
    with tempfile.TemporaryFile(dir=folder):
        pass
