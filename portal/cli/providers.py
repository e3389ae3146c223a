"""`portal provider`: the identity providers that an organization trusts, by whoever operates the installation."""

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
from portal.sign_in.actions.identity_providers import (
    IdentityProviderChanges,
    IdentityProviderTerms,
    create_identity_provider,
    update_identity_provider,
)
from portal.sign_in.client_secrets import ClientSecrets
from portal.sign_in.enums import MembershipPolicy

app = typer.Typer(
    help="Add, list and disable identity providers (OpenID Connect).", no_args_is_help=True, add_completion=False
)

Organization = Annotated[str, typer.Option("--organization", help="The organization's slug.", metavar="SLUG")]
Name = Annotated[str, typer.Argument(help="Its name in addresses, such as okta.")]

_PROVIDERS = """
    SELECT name, label, issuer, client_id, email_domains, policy, default_role, disabled_at
    FROM identity_provider WHERE organization_id = $1 ORDER BY name
"""
_PROVIDER = "SELECT id FROM identity_provider WHERE organization_id = $1 AND name = $2"


@app.command()
def add(
    name: Name,
    organization: Organization,
    issuer: Annotated[str, typer.Option(help="Its issuer identifier, exactly as its metadata say it.")],
    client_id: Annotated[str, typer.Option(help="The id that the portal is registered under there.")],
    domain: Annotated[list[str] | None, typer.Option(help="A domain that it vouches for. Repeat for several.")] = None,
    policy: Annotated[
        MembershipPolicy, typer.Option(help="Whom it lets in for the first time.")
    ] = MembershipPolicy.MEMBERS,
) -> None:
    """Trust a provider to say who somebody is, and print the address that it sends people back to."""
    terms = IdentityProviderTerms(
        name=name, label=name, issuer=issuer, client_id=client_id, email_domains=tuple(domain or ()), policy=policy
    )
    settings = Settings.from_environment()
    run(_add(settings, organization, terms))
    typer.echo(f"{settings.address}/auth/callback")


@app.command()
def secret(
    name: Name,
    organization: Organization,
    file: Annotated[typer.FileText, typer.Argument(help="Where the secret stands; - for standard input.")],
) -> None:
    """Keep the secret of the portal's client at a provider, where the server reads it at each sign-in."""
    text = file.read().strip()
    if not text:
        raise CommandProblem("That is empty; it must hold the client's secret.")
    kept = run(_keep(Settings.from_environment(), organization, name, text))
    typer.echo(f"The secret is kept in {kept}.")


@app.command("list")
def list_providers(
    organization: Organization, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False
) -> None:
    """List an organization's providers: whom each lets in, and whether it is in use."""
    shown = [_shown(row) for row in run(_providers(Settings.from_environment(), organization))]
    if json:
        typer.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2).decode())
        return
    columns = ("name", "issuer", "policy", "domains", "status")
    table = Table(*columns, box=None)
    for provider in shown:
        table.add_row(*(str(provider[column]) for column in columns))
    console = Console()
    console.width = console.width if console.is_terminal else 250
    console.print(table, highlight=False)


@app.command()
def disable(name: Name, organization: Organization) -> None:
    """Let nobody sign in with a provider any more; sessions that it began stay."""
    run(_switch(Settings.from_environment(), organization, name, is_enabled=False))
    typer.echo(f"{name} is disabled.")


@app.command()
def enable(name: Name, organization: Organization) -> None:
    """Let people sign in with a provider again."""
    run(_switch(Settings.from_environment(), organization, name, is_enabled=True))
    typer.echo(f"{name} is enabled.")


async def _add(settings: Settings, organization: str, terms: IdentityProviderTerms) -> None:
    async with migrated_database(settings) as database:
        organization_id = await organization_of(database, organization)
        call = operators_call(organization_id, "provider add")
        await WriteDoor(database).perform(call, create_identity_provider, terms=terms)


async def _keep(settings: Settings, organization: str, name: str, secret: str) -> Path:
    async with migrated_database(settings) as database:
        organization_id = await organization_of(database, organization)
        await _provider(database, organization_id, organization, name)
        return ClientSecrets(settings.data_directory).keep(organization_id, name, secret)


async def _providers(settings: Settings, organization: str) -> Sequence[Mapping[str, Any]]:  # Any: columns of all types
    async with migrated_database(settings) as database:
        organization_id = await organization_of(database, organization)
        async with database.reading(organization_id, None) as connection:
            return await connection.rows(_PROVIDERS, [organization_id])


async def _switch(settings: Settings, organization: str, name: str, *, is_enabled: bool) -> None:
    async with migrated_database(settings) as database:
        organization_id = await organization_of(database, organization)
        found = await _provider(database, organization_id, organization, name)
        call = operators_call(organization_id, "provider enable" if is_enabled else "provider disable")
        changes = IdentityProviderChanges(is_enabled=is_enabled)
        await WriteDoor(database).perform(call, update_identity_provider, identity_provider_id=found, changes=changes)


async def _provider(database: Database, organization_id: UUID, organization: str, name: str) -> UUID:
    async with database.reading(organization_id, None) as connection:
        found: UUID | None = await connection.value(_PROVIDER, [organization_id, name])
    if found is None:
        raise CommandProblem(f"{organization} has no identity provider called {name}.")
    return found


def _shown(row: Mapping[str, Any]) -> dict[str, object]:  # Any: as in _providers
    return {
        "name": row["name"],
        "label": row["label"],
        "issuer": row["issuer"],
        "clientId": row["client_id"],
        "domains": ", ".join(row["email_domains"]) or "any",
        "policy": row["policy"],
        "defaultRole": row["default_role"],
        "status": "disabled" if row["disabled_at"] else "in use",
    }
