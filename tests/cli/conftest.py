"""One demo for all tests that look at it: interrupted once while it was made, then made and served."""

import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.processes import Place, Running


@pytest.fixture(scope="session")
def folder() -> Iterator[Path]:
    """Not pytest's own, which nobody else may enter: as root, Postgres runs as another user."""
    with tempfile.TemporaryDirectory(prefix="portal-cli-") as name:
        Path(name).chmod(0o755)
        yield Path(name)


@pytest.fixture(scope="session")
def interrupted(folder: Path) -> tuple[int, list[str], Place]:
    """A demo that was asked to stop while it was being made: its exit status, what was left running, and where."""
    (folder / "demo").mkdir()
    place = Place(folder / "demo", "embedded")
    with place.started("demo") as first:
        first.until_it_says("tables are up to date")
        status = first.stop()
    return status, place.processes(), place


@pytest.fixture(scope="session")
def demo(interrupted: tuple[int, list[str], Place]) -> Iterator[Running]:
    """The demo, made after all and served."""
    _, _, place = interrupted
    with place.started("demo") as running:
        running.until_it_serves()
        yield running
        running.stop()
