"""Makes a cluster's data with initdb, and looks at data that is there: whole, and of our version?"""

import shutil
import subprocess

from portal.database.server.binaries import CLEAN_ENVIRONMENT, Binaries
from portal.database.server.place import Place
from portal.database.server.problems import ServerProblem, problem_of_output

ADMINISTRATOR = "portal_admin"

# A cluster needs some 45 MB when made, and room to write its journal.
_NEEDED_BYTES = 200 * 1024 * 1024


# Without one of these a server starts with words that help nobody, or only seems to start.
_PARTS = ("global/pg_control", "base", "postgresql.conf")


def check_data(place: Place) -> None:
    """Refuse data that this version can't serve or that is not whole; remove what an interrupted initdb left."""
    if place.unfinished.is_dir():
        shutil.rmtree(place.unfinished)
    if not place.data.exists():
        return
    if not any(place.data.iterdir()):
        place.data.rmdir()
        return
    version = place.data / "PG_VERSION"
    made_by = version.read_text().strip() if version.is_file() else ""
    if not made_by or not all((place.data / part).exists() for part in _PARTS):
        raise ServerProblem(
            f"{place.data} is only half a Postgres data folder: delete it to start empty, or restore it."
        )
    if made_by != str(place.major):
        raise ServerProblem(
            f"The data in {place.data} was made by Postgres {made_by}, not {place.major}: install that version, "
            "or set PORTAL_DATA_DIRECTORY to an empty folder."
        )


def make_data(place: Place, binaries: Binaries) -> None:
    """Make an empty cluster under another name and rename it when it is whole: no half-made one is ever used."""
    free = shutil.disk_usage(place.home).free
    if free < _NEEDED_BYTES:
        raise ServerProblem(
            f"The disk that holds {place.home} is full ({free // 1024**2} MB free, "
            f"{_NEEDED_BYTES // 1024**2} MB needed): free some space and start again."
        )
    # Folder modes guard the socket, so whoever reaches it may be anyone: the app's role has no password here.
    common = [
        "--username",
        ADMINISTRATOR,
        "--auth=trust",
        "--encoding=UTF8",
        "--no-instructions",
        "-D",
        str(place.unfinished),
    ]
    done = _initdb(place, binaries, [*common, *_locale_arguments(binaries)])
    if done.returncode != 0 and "invalid locale name" in done.stderr:
        # A machine without C.UTF-8 (older macOS): sorting is the same, lower() then only knows ASCII.
        done = _initdb(place, binaries, [*common, "--locale=C"])
    if done.returncode != 0:
        raise problem_of_output(done.stderr, place.home)
    (place.unfinished / "pg_hba.conf").write_text("# Only the private socket.\nlocal all all trust\n")
    place.unfinished.rename(place.data)


def _locale_arguments(binaries: Binaries) -> list[str]:
    """Code point order with full Unicode case rules; since 17 built into Postgres and the same on every machine."""
    if binaries.major >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale=C.UTF-8"]


def _initdb(place: Place, binaries: Binaries, arguments: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own binaries and arguments, no shell
        [binaries.folder / "initdb", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd="/",
        env=CLEAN_ENVIRONMENT,
        umask=0o077,
        **place.account.identity,
    )
