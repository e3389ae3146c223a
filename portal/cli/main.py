"""The command and its subcommands.

Each prints what it did; a problem is one sentence on stderr and a status that is not 0. A subcommand's module is
imported when it is the one that was asked for, so that --help need not wait for the whole portal.
"""

import importlib
import sys
from dataclasses import dataclass
from typing import Any

import typer
from rich.console import Console
from typer.core import TyperCommand, TyperGroup
from typing_extensions import override  # in typing from Python 3.12


@dataclass(frozen=True)
class Command:
    """A subcommand as `portal --help` lists it, and the name of its function, or of its own subcommands, in a module
    of `portal.cli`.
    """

    summary: str
    module: str
    name: str

    def load(self, called: str) -> Any:  # Any: a command of the click that typer carries, which has no public type
        """The command itself."""
        found = getattr(importlib.import_module(f"portal.cli.{self.module}"), self.name)
        if not isinstance(found, typer.Typer):
            function, found = found, typer.Typer(add_completion=False)
            found.command(called)(function)
        return typer.main.get_command(found)


COMMANDS = {
    "demo": Command("Make a demo and serve it: the quickest way to look around.", "demo", "demo"),
    "serve": Command("Serve the GraphQL API.", "serving", "serve"),
    "work": Command("Publish events and do what is due, beside servers that only serve.", "serving", "work"),
    "migrate": Command("Make the database and its tables, or bring them up to date.", "database", "migrate"),
    "doctor": Command("Say what is wrong with an installation, and how to mend it.", "check", "doctor"),
    "import": Command("Bring in job boards and résumés from other systems.", "transfer", "app"),
    "documents": Command(
        "Publish, list and retire documents that clients run by their ids.", "trusted_documents", "app"
    ),
    "token": Command("Make, list and revoke tokens.", "tokens", "app"),
    "member": Command("Invite members.", "members", "member"),
    "password": Command("Help members whose password is lost.", "members", "password"),
    "provider": Command("Add, list and disable identity providers.", "providers", "app"),
    "export-schema": Command("Write the GraphQL schema to schema/schema.graphql.", "documents", "export_schema"),
    "export-permissions": Command(
        "Write the table of roles and permissions to docs/permissions.md.", "documents", "export_permissions"
    ),
    "export-docs": Command("Write the API's reference and error codes to docs/api.", "documents", "export_docs"),
}


class Commands(TyperGroup):
    """The subcommands by their summaries; the one that is called is imported then."""

    def __init__(self, **arguments: Any) -> None:  # Any: what typer gives a group
        super().__init__(**arguments)
        for name, command in COMMANDS.items():
            self.add_command(TyperCommand(name, help=command.summary))

    @override
    def resolve_command(self, ctx: Any, args: list[str]) -> Any:  # Any: types of the click that typer carries
        name, _, rest = super().resolve_command(ctx, args)
        return name, COMMANDS[name].load(name) if name else None, rest


app = typer.Typer(
    name="portal", cls=Commands, no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False
)


@app.callback()
def portal() -> None:
    """The backend of an employer's hiring portal: one GraphQL API over Postgres.

    Settings are environment variables; README.md lists them.
    """


def main() -> None:
    """Run the command that was asked for."""
    try:
        app()
    except KeyboardInterrupt:
        sys.exit(130)  # 128 + SIGINT, as shells do
    except Exception as problem:
        # Not above: what tells a problem from a bug knows the database driver, which --help has no use for.
        from portal.cli.problems import sentence_of  # noqa: PLC0415

        sentence = sentence_of(problem)
        if sentence is None:
            raise
        Console(stderr=True).print(f"[bold red]portal:[/] {sentence}", highlight=False, soft_wrap=True)
        sys.exit(1)
