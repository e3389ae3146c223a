"""`portal serve` as a process on the machine's own Postgres, and what the README says of settings."""

import re
from pathlib import Path

import pytest

from portal.cli.demo import shown_host
from portal.database.server.binaries import find_binaries
from portal.database.server.problems import ServerProblem
from portal.settings import PostgresChoice, Settings
from tests.cli.processes import ROOT, Place


def has_server_binaries() -> bool:
    try:
        find_binaries(PostgresChoice.SYSTEM)
    except ServerProblem:
        return False
    return True


@pytest.mark.skipif(not has_server_binaries(), reason="This machine has no Postgres of its own.")
def test_serving_on_the_machines_own_postgres_ends_with_sigterm_and_leaves_no_process(folder: Path) -> None:
    (folder / "serve").mkdir()
    place = Place(folder / "serve", "system")

    too_early = place.command("serve")
    made = place.command("migrate")
    with place.started("serve") as running:
        running.until_it_serves()
        status = running.stop()

    assert too_early.returncode == 1
    assert "set it up here with portal migrate" in too_early.stderr
    assert too_early.stderr.count("\n") == 1
    assert made.returncode == 0
    assert status == 0
    assert place.processes() == []


def test_the_readme_lists_every_setting() -> None:
    readme = (ROOT / "README.md").read_text()

    rows = re.findall(r"^\| `PORTAL_(\w+)` \| (.*?) \| (.*) \|$", readme, re.MULTILINE)

    assert rows == [
        (name.upper(), "\u2013" if field.default in (None, ()) else f"`{written(field.default)}`", field.description)
        for name, field in Settings.model_fields.items()
    ]


def written(default: object) -> str:
    """A setting's default as somebody would write it in the environment."""
    return str(default).lower() if isinstance(default, bool) else str(default)


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("0.0.0.0", "127.0.0.1"),  # noqa: S104 - the address of a setting, nothing listens there
        ("::1", "[::1]"),
        ("::", "127.0.0.1"),
    ],
)
def test_the_address_that_is_printed_can_be_opened_on_this_machine(host: str, shown: str) -> None:
    assert shown_host(host) == shown
