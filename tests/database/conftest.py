"""An empty folder for a server, and processes that hold one; both are gone after the test."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from portal.settings import PostgresChoice, Settings
from tests.database.servers import HOLDER, Hold, Holder, eventually, settings_in, stop_everything_on


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that anyone may enter, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="portal-test-"))
    path.chmod(0o755)
    yield path
    stop_and_remove(path)


def stop_and_remove(path: Path) -> None:
    """End what still runs on the data in a folder, then remove the folder."""
    # Not rglob: a keeper that is just ending takes its socket's folder away from under it; os.walk passes that over.
    for folder, inside, _ in os.walk(path):
        for name in inside:
            if name.startswith("postgres-"):
                stop_everything_on(Path(folder) / name)
    eventually(lambda: is_removed(path))


def is_removed(path: Path) -> bool:
    """Remove a folder; say whether it is gone. A keeper that is just ending takes its socket's folder away itself."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(path)
    return not path.exists()


@pytest.fixture(scope="module")
def lived_in() -> Iterator[Callable[[PostgresChoice], Settings]]:
    """Settings for a data folder that tests share one after the other: making one takes a second."""
    path = Path(tempfile.mkdtemp(prefix="portal-test-"))
    path.chmod(0o755)
    yield lambda kind: settings_in(path, kind, kind.value)
    stop_and_remove(path)


@pytest.fixture
def hold() -> Iterator[Hold]:
    holders: list[Holder] = []

    def start(settings: Settings, *, uid: int = os.geteuid(), drain: bool = False, **variables: str) -> Holder:
        given = settings.model_dump(mode="json", include={"data_directory", "root_directory", "postgres"})
        command = [sys.executable, "-c", HOLDER, json.dumps(given), str(uid), *(["drain"] if drain else [])]
        root = Path(__file__).parents[2]
        # Where this interpreter finds its packages, which need not be where it would look by itself.
        packages = os.pathsep.join([str(root), *sys.path])
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": packages, **variables},
        )
        assert process.stdout
        holder = Holder(process, json.loads(process.stdout.readline()))
        holders.append(holder)
        return holder

    yield start
    for holder in holders:
        holder.end()
