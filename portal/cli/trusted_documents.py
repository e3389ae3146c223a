"""`portal documents`: publishing the documents of a client's release, listing and retiring them."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer
from rich.console import Console
from rich.table import Table

from portal.access.actions import WriteDoor
from portal.cli.problems import CommandProblem
from portal.cli.running import migrated_database, operators_call, organization_of, run
from portal.database.connection import Database
from portal.settings import Settings
from portal.trusted_documents.actions import DocumentsResult, publish_documents, retire_documents
from portal.trusted_documents.files import read_documents
from portal.trusted_documents.rules import DraftDocument
from portal.web.documents.limits import Limits
from portal.web.documents.publishing import DocumentCheck
from schema.root import GRAPHQL_SCHEMA

app = typer.Typer(
    help="Publish, list and retire documents that clients run by their ids.", no_args_is_help=True, add_completion=False
)

Organization = Annotated[str, typer.Option("--organization", help="The organization's slug.", metavar="SLUG")]
Client = Annotated[str, typer.Option("--client", help="The client's name.", metavar="NAME")]
Release = Annotated[str, typer.Option("--release", help="The client's version.", metavar="VERSION")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]

_RELEASE = "SELECT id FROM client_release WHERE organization_id = $1 AND client = $2 AND release = $3"
_DOCUMENTS = """
    SELECT release.client, release.release, release.retired_at, document.document_id, document.operations
    FROM client_release AS release
    JOIN released_document AS released ON released.organization_id = $1 AND released.release_id = release.id
    JOIN trusted_document AS document ON document.organization_id = $1 AND document.id = released.trusted_document_id
    WHERE release.organization_id = $1
    ORDER BY release.created_at, release.id, released.created_at, released.id
"""


@app.command()
def publish(
    files: Annotated[
        list[Path],
        typer.Argument(help="Documents (.graphql), Apollo's persisted-query manifests, or JSON maps of hashes."),
    ],
    organization: Organization,
    client: Client,
    release: Release,
    json: Json = False,
) -> None:
    """Publish documents with a release of a client, all of them or none. Publishing them again changes nothing."""
    drafts = read_documents(files)
    done = run(_publish(Settings.from_environment(), organization, (client, release), drafts))
    if json:
        typer.echo(orjson.dumps({"documentIds": done.document_ids, "addedIds": done.added_ids}).decode())
        return
    for document_id, draft in zip(done.document_ids, drafts, strict=True):
        typer.echo(f"{document_id} {'published' if document_id in done.added_ids else 'unchanged'}: {draft.called}")


@app.command("list")
def list_documents(organization: Organization, json: Json = False) -> None:
    """List an organization's documents by release: their ids, what they hold, and whether they are in use."""
    documents = [_shown(document) for document in run(_documents(Settings.from_environment(), organization))]
    if json:
        typer.echo(orjson.dumps(documents, option=orjson.OPT_INDENT_2).decode())
        return
    table = Table("client", "release", "status", "documentId", "operations", box=None)
    for document in documents:
        operations = ", ".join(document["operations"])
        table.add_row(*(document[name] for name in ("client", "release", "status", "documentId")), operations)
    console = Console()
    # Into a file or another program, whole lines: an id that is cut off is of no use.
    console.width = console.width if console.is_terminal else 250
    console.print(table, highlight=False)


@app.command()
def retire(organization: Organization, client: Client, release: Release) -> None:
    """Retire a release: what no other release has is refused within a second, in every running server."""
    run(_retire(Settings.from_environment(), organization, (client, release)))
    typer.echo(f"{client} {release} is retired.")


async def _publish(
    settings: Settings, organization: str, named: tuple[str, str], drafts: Sequence[DraftDocument]
) -> DocumentsResult:
    client, release = named
    async with migrated_database(settings) as database:
        organization_id = await organization_of(database, organization)
        documents = await DocumentCheck(GRAPHQL_SCHEMA, Limits())(drafts)
        call = operators_call(organization_id, "documents publish")
        return await WriteDoor(database).perform(
            call, publish_documents, client=client, release=release, documents=documents
        )


async def _documents(settings: Settings, organization: str) -> Sequence[Mapping[str, Any]]:  # Any: columns of all types
    async with migrated_database(settings) as database:
        organization_id = await organization_of(database, organization)
        async with database.reading(organization_id, None) as connection:
            return await connection.rows(_DOCUMENTS, [organization_id])


async def _retire(settings: Settings, organization: str, named: tuple[str, str]) -> None:
    async with migrated_database(settings) as database:
        organization_id = await organization_of(database, organization)
        release_id = await _release_id(database, organization_id, named)
        call = operators_call(organization_id, "documents retire")
        await WriteDoor(database).perform(call, retire_documents, release_id=release_id)


async def _release_id(database: Database, organization_id: UUID, named: tuple[str, str]) -> UUID:
    async with database.reading(organization_id, None) as connection:
        found: UUID | None = await connection.value(_RELEASE, [organization_id, *named])
    if found is None:
        raise CommandProblem(f"No documents were published with {' '.join(named)}. See: portal documents list")
    return found


def _shown(document: Mapping[str, Any]) -> dict[str, Any]:  # Any: as in _documents
    return {
        "client": document["client"],
        "release": document["release"],
        "status": "retired" if document["retired_at"] else "in use",
        "documentId": document["document_id"],
        "operations": document["operations"],
    }
