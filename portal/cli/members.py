"""`portal member` and `portal password`: letting people in who sign in with passwords, by whoever operates the
installation.

A link is printed alone on its line, and not stored. Whoever has it can sign in as that member: it is for them alone.
"""

from typing import Annotated
from uuid import UUID

import typer

from portal.access.actions import Action, WriteDoor
from portal.access.enums import OrganizationRole
from portal.addresses import email_address
from portal.cli.problems import CommandProblem
from portal.cli.running import migrated_database, operators_call, organization_of, run
from portal.database.connection import Database
from portal.people.actions.members import invite_member
from portal.settings import Settings
from portal.sign_in.actions.account_links import NewLink, make_reset, send_invitation
from portal.sign_in.actions.second_factors import forget_second_factor
from portal.sign_in.mail import OutgoingMail

member = typer.Typer(help="Invite members.", no_args_is_help=True, add_completion=False)
password = typer.Typer(help="Help members whose password is lost.", no_args_is_help=True, add_completion=False)

Organization = Annotated[str, typer.Option("--organization", help="The organization's slug.", metavar="SLUG")]
Email = Annotated[str, typer.Argument(help="The member's e-mail address.")]

_MEMBER = "SELECT id FROM membership WHERE organization_id = $1 AND email_normalised = $2"


@member.callback()
@password.callback()
def account() -> None:
    """Let people in who sign in with a password (PORTAL_PASSWORDS)."""


@member.command()
def invite(
    email: Email,
    organization: Organization,
    name: Annotated[str | None, typer.Option(help="Their name, for somebody who was not invited before.")] = None,
    role: Annotated[
        OrganizationRole, typer.Option(help="What they may do without any grant.")
    ] = OrganizationRole.MEMBER,
) -> None:
    """Print the link by which somebody comes in, once and within 7 days; one that was made before is over."""
    typer.echo(run(_invite(_with_passwords(), organization, email, name, role)))


@password.command()
def reset(email: Email, organization: Organization) -> None:
    """Print the link by which a member chooses another password, once and within an hour."""
    typer.echo(run(_reset(_with_passwords(), organization, email)))


@password.command("forget-second-factor")
def forget(email: Email, organization: Organization) -> None:
    """Remove the second factor of a member who has lost it and its recovery codes. Their password stays."""
    run(_forget(_with_passwords(), organization, email))
    typer.echo(f"{email} signs in with the password alone.")


def _with_passwords() -> Settings:
    settings = Settings.from_environment()
    if not settings.passwords:
        raise CommandProblem(
            "Passwords are switched off. Set PORTAL_PASSWORDS=true here and where the portal is served."
        )
    return settings


async def _invite(settings: Settings, organization: str, email: str, name: str | None, role: OrganizationRole) -> str:
    async with migrated_database(settings) as database:
        organization_id = await organization_of(database, organization)
        membership_id = await _found(database, organization_id, email)
        if membership_id is None:
            if name is None:
                raise CommandProblem(f"{organization} has no member {email}. Say their --name to invite them.")
            call = operators_call(organization_id, "member invite")
            made = await WriteDoor(database).perform(call, invite_member, name=name, email=email, role=role)
            membership_id = made.membership_id
        return await _link(database, settings, organization_id, send_invitation, membership_id)


async def _reset(settings: Settings, organization: str, email: str) -> str:
    async with migrated_database(settings) as database:
        organization_id = await organization_of(database, organization)
        membership_id = await _member(database, organization, organization_id, email)
        return await _link(database, settings, organization_id, make_reset, membership_id)


async def _forget(settings: Settings, organization: str, email: str) -> None:
    async with migrated_database(settings) as database:
        organization_id = await organization_of(database, organization)
        membership_id = await _member(database, organization, organization_id, email)
        call = operators_call(organization_id, "password forget-second-factor")
        await WriteDoor(database).perform(call, forget_second_factor, membership_id=membership_id)


async def _member(database: Database, organization: str, organization_id: UUID, email: str) -> UUID:
    found = await _found(database, organization_id, email)
    if found is None:
        raise CommandProblem(f"{organization} has no member {email}. Check the address, or invite them.")
    return found


async def _found(database: Database, organization_id: UUID, email: str) -> UUID | None:
    address = email_address(email, path="email").normalised
    async with database.reading(organization_id, None) as connection:
        found: UUID | None = await connection.value(_MEMBER, [organization_id, address])
        return found


async def _link(
    database: Database,
    settings: Settings,
    organization_id: UUID,
    make: Action[..., NewLink],
    membership_id: UUID,
) -> str:
    call = operators_call(organization_id, make.name.replace("_", " "))
    link = await WriteDoor(database).perform(call, make, membership_id=membership_id)
    return OutgoingMail(settings.data_directory, settings.address).address_of(link)
