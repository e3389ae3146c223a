"""Stepping down from root: Postgres refuses to run as root, and an ordinary account may not be able to enter our
folders.

So root keeps the server's data, and where needed a copy of its binaries, in a folder that such an account owns.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import TypedDict

from portal.database.server.binaries import CLEAN_ENVIRONMENT, Binaries
from portal.database.server.problems import ServerProblem, problem_of_error


class ProcessIdentity(TypedDict, total=False):
    """The part of subprocess.Popen's arguments that says as whom to run."""

    user: int
    group: int
    extra_groups: list[int]


@dataclass(frozen=True)
class Account:
    """As whom the server runs."""

    uid: int
    gid: int

    @property
    def identity(self) -> ProcessIdentity:
        """Arguments for subprocess; empty when we are that account already."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def give(self, path: Path) -> None:
        """Make this account the owner of a file or folder that we just made."""
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid)


def server_account(data: Path) -> Account:
    """The account for a server on `data`: ourselves, or for root the data's owner, else `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid())
    if data.is_dir() and (owner := data.stat()).st_uid != 0:
        return Account(owner.st_uid, owner.st_gid)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(entry.pw_uid, entry.pw_gid)
    raise ServerProblem(
        "Postgres can't run as root, and there is no account named postgres or nobody to run it: add one."
    )


def private_home(root_directory: Path, data_directory: Path) -> Path:
    """Where root's server for this data directory lives; the same for the same path, so that a restart finds it."""
    digest = sha256(os.fsencode(data_directory)).hexdigest()[:16]
    return root_directory / f"{data_directory.parent.name[:24] or 'root'}-{digest}"


def make_private(folder: Path, account: Account) -> None:
    """Make a folder that only the server's account may enter, below one that everyone may pass through."""
    try:
        folder.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder.mkdir(mode=0o700, exist_ok=True)
        account.give(folder)
        folder.chmod(0o700)
    except OSError as error:
        raise problem_of_error(error, folder) from error


def assert_enterable(root_directory: Path, home: Path, account: Account) -> None:
    """Make sure that root's choice of place is one that the server's account can reach; raises ServerProblem."""
    command: list[str | Path] = ["/bin/sh", "-c", 'cd "$0"', home]
    tried = subprocess.run(command, capture_output=True, check=False, cwd="/", **account.identity)  # noqa: S603
    if tried.returncode != 0:
        raise ServerProblem(
            f"The account that runs Postgres for root can't enter {root_directory}: set PORTAL_ROOT_DIRECTORY to a "
            "folder that anyone may enter."
        )


def runnable(binaries: Binaries, account: Account, home: Path) -> Binaries:
    """The same server, from a place where the account can run it: where it is, or a copy of the wheel's in `home`."""
    if _runs(binaries, account):
        return binaries
    if binaries.kind == "system":
        raise ServerProblem(
            f"The Postgres in {binaries.folder} can't be run by the account that serves the data: "
            "set PORTAL_POSTGRES=embedded, or make that folder readable."
        )
    copied = _copy_of_wheel(binaries, account, home)
    if not _runs(copied, account):
        raise ServerProblem(
            f"Programs may not be run from {home}: set PORTAL_ROOT_DIRECTORY to a folder where they may."
        )
    return copied


def _runs(binaries: Binaries, account: Account) -> bool:
    command: list[str | Path] = [binaries.folder / "initdb", "--version"]
    try:
        # initdb and not postgres: it needs the shared libraries beside the wheel too.
        done = subprocess.run(  # noqa: S603 - a path that we found, no shell
            command, capture_output=True, env=CLEAN_ENVIRONMENT, cwd="/", check=False, timeout=20, **account.identity
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0


def _copy_of_wheel(binaries: Binaries, account: Account, home: Path) -> Binaries:
    """The wheel's server and libraries below `home`, laid out as in site-packages.

    Its programs look for their libraries in ../../../<package>.libs.
    """
    installed = binaries.folder.parent
    package = installed.parent
    program = (binaries.folder / "postgres").stat()
    copy = home / f"server-{binaries.version}-{program.st_size}-{int(program.st_mtime)}"
    copied = replace(binaries, folder=copy / package.name / installed.name / "bin")
    if copy.is_dir():
        return copied
    unfinished = home / f"{copy.name}.unfinished"
    try:
        for stale in home.glob("server-*"):
            shutil.rmtree(stale)
        for part in ("bin", "lib", "share"):
            _copy_tree(installed / part, unfinished / package.name / installed.name / part)
        for libraries in (package.parent / f"{package.name}.libs", package / ".dylibs"):
            if libraries.is_dir():
                _copy_tree(libraries, unfinished / libraries.relative_to(package.parent))
        for path in (unfinished, *unfinished.rglob("*")):
            os.chown(path, account.uid, account.gid, follow_symlinks=False)
        unfinished.rename(copy)
    except OSError as error:
        raise problem_of_error(error, home) from error
    return copied


def _copy_tree(source: Path, target: Path) -> None:
    # Static libraries are for building programs: half of the size, and no server opens them.
    shutil.copytree(source, target, symlinks=True, ignore=shutil.ignore_patterns("*.a", "pkgconfig"))
