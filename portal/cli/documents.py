"""`portal export-schema`, `portal export-permissions`: what is generated from the code, and reviewed in each change."""

from pathlib import Path
from typing import Annotated

import typer

from portal.access.table import permission_table
from portal.cli.problems import CommandProblem
from schema.printing import SNAPSHOT, sdl

PERMISSIONS = Path(__file__).parents[2] / "docs" / "permissions.md"

Check = Annotated[bool, typer.Option("--check", help="Write nothing; fail if the file is not up to date.")]


def export_schema(check: Check = False) -> None:
    """Write the GraphQL schema to schema/schema.graphql."""
    _export(SNAPSHOT, sdl(), "portal export-schema", check=check)


def export_permissions(check: Check = False) -> None:
    """Write the table of roles and permissions to docs/permissions.md."""
    _export(PERMISSIONS, permission_table(), "portal export-permissions", check=check)


def _export(file: Path, text: str, command: str, *, check: bool) -> None:
    current = file.read_text() if file.exists() else None
    if check and current != text:
        raise CommandProblem(f"{file.name} is not up to date. Run: {command}")
    if not check:
        file.write_text(text)
        typer.echo(f"{file.name}: {'unchanged' if current == text else 'written'}")
