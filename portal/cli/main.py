"""The command and its subcommands.

Each prints what it did; a problem is one sentence on stderr and a status that is not 0.
"""

import sys

import asyncpg
import typer
from rich.console import Console

from portal.cli import check, database, demo, documents, serving, tokens, transfer
from portal.cli.running import CommandProblem
from portal.database.server.problems import ServerProblem
from portal.errors import UserError
from portal.settings import SettingsProblem

app = typer.Typer(
    name="portal",
    help="The backend of an employer's hiring portal: one GraphQL API over Postgres.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("serve")(serving.serve)
app.command("work")(serving.work)
app.command("migrate")(database.migrate)
app.command("demo")(demo.demo)
app.add_typer(transfer.app, name="import")
app.add_typer(tokens.app, name="token")
app.command("export-schema")(documents.export_schema)
app.command("export-permissions")(documents.export_permissions)
app.command("doctor")(check.doctor)


def main() -> None:
    """Run the command that was asked for."""
    try:
        app()
    except (ServerProblem, SettingsProblem, CommandProblem) as problem:
        _refuse(str(problem))
    except UserError as problem:
        _refuse(problem.message)
    except asyncpg.DiskFullError:
        _refuse("The disk is full: make room for the database, then start again. What was written before is kept.")
    except (OSError, asyncpg.PostgresConnectionError, asyncpg.InsufficientPrivilegeError) as problem:
        _refuse(f"{str(problem) or type(problem).__name__}.".replace("..", "."))
    except KeyboardInterrupt:
        sys.exit(130)  # 128 + SIGINT, as shells do


def _refuse(sentence: str) -> None:
    Console(stderr=True).print(f"[bold red]portal:[/] {sentence}", highlight=False, soft_wrap=True)
    sys.exit(1)
