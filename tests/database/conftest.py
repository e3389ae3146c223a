"""An empty folder for a server, and processes that hold one; both are gone after the test."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.settings import Settings
from tests.database.servers import HOLDER, Hold, Holder, stop_everything_on


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder that anyone may enter, unlike pytest's own."""
    path = Path(tempfile.mkdtemp(prefix="portal-test-"))
    path.chmod(0o755)
    yield path
    for data in path.rglob("postgres-*"):
        if data.is_dir():
            stop_everything_on(data)
    shutil.rmtree(path)


@pytest.fixture
def hold() -> Iterator[Hold]:
    holders: list[Holder] = []

    def start(settings: Settings, *, uid: int = os.geteuid(), drain: bool = False, **variables: str) -> Holder:
        given = settings.model_dump(mode="json", include={"data_directory", "root_directory", "postgres"})
        command = [sys.executable, "-c", HOLDER, json.dumps(given), str(uid), *(["drain"] if drain else [])]
        root = str(Path(__file__).parents[2])
        process = subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            text=True,
            cwd=root,
            env={"PATH": "/usr/bin:/bin", "PYTHONPATH": root, **variables},
        )
        assert process.stdout
        holder = Holder(process, json.loads(process.stdout.readline()))
        holders.append(holder)
        return holder

    yield start
    for holder in holders:
        holder.end()
