"""`portal export-schema`, `export-permissions`, `export-docs`: what is generated from the code, and reviewed in each
change.
"""

from pathlib import Path
from typing import Annotated

import typer
from graphql import GraphQLEnumType

from portal.access.table import permission_table
from portal.cli.problems import CommandProblem
from portal.web.error_table import error_page
from schema.printing import SNAPSHOT, sdl
from schema.reference import reference
from schema.released import CHANGELOG, RELEASED, unlisted_breaking_changes
from schema.root import GRAPHQL_SCHEMA

DOCS = Path(__file__).parents[2] / "docs"
PERMISSIONS = DOCS / "permissions.md"

Check = Annotated[bool, typer.Option("--check", help="Write nothing; fail if the file is not up to date.")]


def export_schema(check: Check = False) -> None:
    """Write the GraphQL schema to schema/schema.graphql. With --check: no client of the last release may break."""
    _export(SNAPSHOT, sdl(), "portal export-schema", check=check)
    if check and (breaking := unlisted_breaking_changes(RELEASED.read_text(), CHANGELOG.read_text())):
        raise CommandProblem(
            f"Clients of the last release break: {' '.join(breaking)} Deprecate instead, or list each with its reason "
            f"in docs/api/{CHANGELOG.name}."
        )


def export_permissions(check: Check = False) -> None:
    """Write the table of roles and permissions to docs/permissions.md."""
    _export(PERMISSIONS, permission_table(), "portal export-permissions", check=check)


def export_docs(check: Check = False) -> None:
    """Write the API's reference and its error codes to docs/api."""
    codes = GRAPHQL_SCHEMA.type_map["UserErrorCode"]
    if not isinstance(codes, GraphQLEnumType):
        raise TypeError("UserErrorCode is an enum.")
    refusals = {name: value.description or "" for name, value in codes.values.items()}
    _export(DOCS / "api" / "reference.md", reference(GRAPHQL_SCHEMA), "portal export-docs", check=check)
    _export(DOCS / "api" / "errors.md", error_page(refusals), "portal export-docs", check=check)


def _export(file: Path, text: str, command: str, *, check: bool) -> None:
    current = file.read_text() if file.exists() else None
    if check and current != text:
        raise CommandProblem(f"{file.name} is not up to date. Run: {command}")
    if not check:
        file.write_text(text)
        typer.echo(f"{file.name}: {'unchanged' if current == text else 'written'}")
