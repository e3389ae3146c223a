"""Installations that a test may kill; nothing of them is left afterwards."""

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.database.servers import stop_everything_on
from tests.reliability.installation import Installation, install


@pytest.fixture
def folder() -> Iterator[Path]:
    """An empty folder; whatever Postgres runs in it at the end is ended."""
    path = Path(tempfile.mkdtemp(prefix="portal-kill-"))
    path.chmod(0o755)  # Postgres runs as somebody else where the tests run as root
    yield path
    for data in path.rglob("postgres-*"):
        if data.is_dir():
            stop_everything_on(data)
    shutil.rmtree(path)


@pytest.fixture
async def installation(folder: Path) -> AsyncIterator[Installation]:
    """A portal of the test's own."""
    one = await install(folder)
    yield one
    one.end()
