"""Asking what there is costs nothing: the list of commands is shown without what the commands themselves need."""

import json
import subprocess
import sys

import pytest

from portal.cli.main import COMMANDS

# What takes most of a second to import, with everything that comes with it.
HEAVY = {"alembic", "asyncpg", "graphql", "pydantic", "schema", "sqlalchemy", "starlette", "strawberry", "uvicorn"}

LIST_WHAT_IS_IMPORTED = """
import json, sys
from portal.cli.main import main
sys.argv = ["portal", *sys.argv[1:]]
try:
    main()
finally:
    print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})), file=sys.stderr)
"""


def imported_for(*arguments: str) -> tuple[str, set[str]]:
    """What a command puts out, and the top-level modules that it has imported by then."""
    done = subprocess.run(
        [sys.executable, "-c", LIST_WHAT_IS_IMPORTED, *arguments], capture_output=True, text=True, check=False
    )
    return done.stdout, set(json.loads(done.stderr.splitlines()[-1]))


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_the_help_imports_nothing_that_only_commands_need(arguments: tuple[str, ...]) -> None:
    shown, imported = imported_for(*arguments)

    assert "Make a demo and serve it" in shown
    assert imported & HEAVY == set()


def test_a_command_imports_what_it_needs() -> None:
    """So that the test above can't pass because nothing is ever found to be imported."""
    _, imported = imported_for("export-schema", "--help")

    assert {"schema", "strawberry"} <= imported


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_is_listed_can_be_called(name: str) -> None:
    command = COMMANDS[name].load(name)

    assert command.help
    assert not hasattr(command, "commands") or command.commands
