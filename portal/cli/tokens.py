"""`portal token`: making, listing and revoking tokens on the machine itself, by whoever operates the installation."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import orjson
import typer
from rich.console import Console
from rich.table import Table

from portal import clock
from portal.access.actions import WriteDoor
from portal.access.enums import DocumentMode
from portal.addresses import email_address
from portal.cli.problems import CommandProblem
from portal.cli.running import migrated_database, operators_call, organization_of, run
from portal.database.connection import Database
from portal.database.ids import parse_public_id, public_id
from portal.people.actions.tokens import TokenTerms, issue_token, revoke_token
from portal.people.reads import API_TOKEN
from portal.settings import Settings

app = typer.Typer(help="Make, list and revoke tokens.", no_args_is_help=True, add_completion=False)

# A quarter of a year: long enough for a script, short enough to be renewed by somebody who still needs it.
_DAYS = 90

Organization = Annotated[str, typer.Option("--organization", help="The organization's slug.", metavar="SLUG")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON, for other programs.")]

_MEMBER = "SELECT id FROM membership WHERE organization_id = $1 AND email_normalised = $2"
_ACCOUNT = "SELECT id FROM service_account WHERE organization_id = $1 AND name = $2"
_OF_KEY_ID = "SELECT id FROM api_token WHERE organization_id = $1 AND key_id = $2"
_TOKENS = """
    SELECT token.id, token.name, token.key_id, coalesce(member.email, account.name) AS holder, token.scopes,
           token.allowed_networks, token.documents, token.created_at, token.expires_at, token.last_used_at,
           token.revoked_at
    FROM api_token AS token
    LEFT JOIN membership AS member ON member.organization_id = $1 AND member.id = token.membership_id
    LEFT JOIN service_account AS account ON account.organization_id = $1 AND account.id = token.service_account_id
    WHERE token.organization_id = $1
    ORDER BY token.created_at, token.id
"""


@dataclass(frozen=True, kw_only=True)
class _Wanted:
    """A token to make: for a member by address, or a service account by name."""

    organization: str
    email: str | None
    service_account: str | None
    name: str
    days: int
    scopes: tuple[str, ...] | None
    networks: tuple[str, ...] | None
    documents: DocumentMode


@app.command()
def issue(  # noqa: PLR0913, PLR0917 - a command's options
    organization: Organization,
    email: Annotated[str | None, typer.Option(help="The member whose token it is.")] = None,
    service_account: Annotated[str | None, typer.Option(help="Or the service account, by name.")] = None,
    name: Annotated[str, typer.Option(help="What it is for; it is listed under this.")] = "Command line",
    days: Annotated[int, typer.Option(min=1, max=365, help="After how many days it ends.")] = _DAYS,
    scope: Annotated[
        list[str] | None, typer.Option(help="Narrow it to this permission, as application:read. Repeat for several.")
    ] = None,
    network: Annotated[
        list[str] | None,
        typer.Option(
            help="Let it be used from this network only, as 192.0.2.0/24. Repeat for several.", metavar="CIDR"
        ),
    ] = None,
    documents: Annotated[
        DocumentMode,
        typer.Option(
            case_sensitive=False,
            help="What its requests hold: only ids of published documents (only), none (off), or either (allow).",
        ),
    ] = DocumentMode.ALLOW,
) -> None:
    """Make a token and print it, alone on its line. It is not stored: this is the only time it is shown."""
    if (email is None) == (service_account is None):
        raise CommandProblem("Say whose token it is: --email or --service-account, one of them.")
    wanted = _Wanted(
        organization=organization,
        email=email,
        service_account=service_account,
        name=name,
        days=days,
        scopes=tuple(scope) if scope else None,
        networks=tuple(network) if network else None,
        documents=documents,
    )
    typer.echo(run(_issue(Settings.from_environment(), wanted)))


@app.command("list")
def list_tokens(organization: Organization, json: Json = False) -> None:
    """List an organization's tokens: whose they are, until when they work, and when they were last used."""
    now = clock.now()
    tokens = [_shown(token, now) for token in run(_tokens(Settings.from_environment(), organization))]
    if json:
        typer.echo(orjson.dumps(tokens, option=orjson.OPT_INDENT_2).decode())
        return
    columns = ("id", "keyId", "name", "holder", "status", "ends", "lastUsed")
    table = Table(*columns, box=None)
    for token in tokens:
        table.add_row(*(str(token[column] or "never") for column in columns))
    console = Console()
    # Into a file or another program, whole lines: an id that is cut off can't be revoked.
    console.width = console.width if console.is_terminal else 250
    console.print(table, highlight=False)


@app.command()
def revoke(
    token: Annotated[str, typer.Argument(help="Its id or key id, as `portal token list` shows them.", metavar="ID")],
    organization: Organization,
) -> None:
    """End a token at once, in every running server."""
    run(_revoke(Settings.from_environment(), organization, token))
    typer.echo(f"{token} is revoked.")


async def _issue(settings: Settings, wanted: _Wanted) -> str:
    async with migrated_database(settings) as database:
        organization_id = await organization_of(database, wanted.organization)
        call = operators_call(organization_id, "token issue")
        terms = TokenTerms(
            name=wanted.name,
            expires_at=call.now + timedelta(days=wanted.days),
            scopes=wanted.scopes,
            allowed_networks=wanted.networks,
            documents=wanted.documents,
            **await _holder(database, organization_id, wanted),
        )
        made = await WriteDoor(database).perform(call, issue_token, terms=terms)
    if made.text is None:
        raise RuntimeError("A new token has no text.")
    return made.text


async def _holder(database: Database, organization_id: UUID, wanted: _Wanted) -> dict[str, UUID]:
    """Whose token it will be, as TokenTerms names it. Raises CommandProblem when there is nobody like that."""
    async with database.reading(organization_id, None) as connection:
        if wanted.email is not None:
            address = email_address(wanted.email, path="email").normalised
            found = {"membership_id": await connection.value(_MEMBER, [organization_id, address])}
        else:
            found = {"service_account_id": await connection.value(_ACCOUNT, [organization_id, wanted.service_account])}
    if None in found.values():
        raise CommandProblem(f"{wanted.organization} has nobody called {wanted.email or wanted.service_account}.")
    return found


async def _tokens(settings: Settings, organization: str) -> Sequence[Mapping[str, Any]]:  # Any: columns of all types
    async with migrated_database(settings) as database:
        organization_id = await organization_of(database, organization)
        async with database.reading(organization_id, None) as connection:
            return await connection.rows(_TOKENS, [organization_id])


async def _revoke(settings: Settings, organization: str, token: str) -> None:
    async with migrated_database(settings) as database:
        organization_id = await organization_of(database, organization)
        token_id = parse_public_id(API_TOKEN.prefix, token)
        if token_id is None:
            async with database.reading(organization_id, None) as connection:
                # What is neither is nobody's: the action says so as it does for every other id.
                token_id = await connection.value(_OF_KEY_ID, [organization_id, token]) or UUID(int=0)
        call = operators_call(organization_id, "token revoke")
        await WriteDoor(database).perform(call, revoke_token, token_id=token_id)


def _shown(token: Mapping[str, Any], now: datetime) -> dict[str, object]:  # Any: as in _tokens
    status = "revoked" if token["revoked_at"] else "ended" if token["expires_at"] <= now else "in force"
    return {
        "id": public_id(API_TOKEN.prefix, token["id"]),
        "keyId": token["key_id"],
        "name": token["name"],
        "holder": token["holder"],
        "scopes": token["scopes"],
        "networks": token["allowed_networks"],
        "documents": token["documents"],
        "status": status,
        "ends": token["expires_at"].isoformat(timespec="seconds"),
        "lastUsed": token["last_used_at"] and token["last_used_at"].isoformat(timespec="seconds"),
    }
