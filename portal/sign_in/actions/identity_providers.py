"""Identity providers: which an organization trusts to say who somebody is."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit
from uuid import UUID

from portal import bounds
from portal.access.actions import action
from portal.access.constraints import means
from portal.access.enums import OrganizationRole
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.errors import AlreadyDone, InvalidInput, NotUnique
from portal.records.recording import first_values, record
from portal.sign_in.enums import MembershipPolicy
from portal.sign_in.events import IdentityProviderCreated, IdentityProviderUpdated
from portal.sign_in.models import IdentityProvider
from portal.sign_in.reads import IDENTITY_PROVIDER
from portal.unchanged import UNCHANGED, Unchanged, given

means(
    "uq_identity_provider_organization_id_name",
    lambda: NotUnique("An identity provider has this name already.", path=("name",)),
)
means(
    "uq_identity_provider_organization_id_issuer",
    lambda: NotUnique("An identity provider has this issuer already.", path=("issuer",)),
)

_DOMAIN = re.compile(r"(?=.{1,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}")
_CLIENT_ID_LENGTH = 400  # characters
_FACTS = ("name", "label", "issuer", "client_id", "email_domains", "policy", "default_role")


@dataclass(frozen=True, slots=True)
class IdentityProviderResult:
    identity_provider_id: UUID


@dataclass(frozen=True, kw_only=True)
class IdentityProviderTerms:
    """A provider to be trusted. `name` stands in addresses, `label` on buttons."""

    name: str
    label: str
    issuer: str
    client_id: str
    email_domains: tuple[str, ...] = ()
    policy: MembershipPolicy = MembershipPolicy.MEMBERS
    default_role: OrganizationRole = OrganizationRole.MEMBER


@dataclass(frozen=True, kw_only=True)
class IdentityProviderChanges:
    """What is to be different of a provider."""

    label: str | Unchanged = UNCHANGED
    client_id: str | Unchanged = UNCHANGED
    email_domains: tuple[str, ...] | Unchanged = UNCHANGED
    policy: MembershipPolicy | Unchanged = UNCHANGED
    default_role: OrganizationRole | Unchanged = UNCHANGED
    is_enabled: bool | Unchanged = UNCHANGED


@action(Permission.SIGN_IN_MANAGE)
async def create_identity_provider(work: Work, *, terms: IdentityProviderTerms) -> IdentityProviderResult:
    """Trust an OpenID Connect provider to say who somebody is. Its client's secret is the operator's to put in place.

    Raises InvalidInput, NotUnique for a name or issuer that another provider of the organization has.
    """
    row = work.add(
        IdentityProvider(
            name=bounds.slug(terms.name, path="name"),
            label=bounds.one_line(terms.label, path="label"),
            issuer=_issuer(terms.issuer),
            client_id=bounds.one_line(terms.client_id, longest=_CLIENT_ID_LENGTH, path="clientId"),
            email_domains=_domains(terms.email_domains),
            policy=terms.policy,
            default_role=terms.default_role,
        )
    )
    _check(row.policy, row.email_domains, row.default_role)
    record(work, IdentityProviderCreated(subject_id=row.id, changes=first_values(row, *_FACTS)))
    return IdentityProviderResult(row.id)


@action(Permission.SIGN_IN_MANAGE)
async def update_identity_provider(
    work: Work, *, identity_provider_id: UUID, changes: IdentityProviderChanges, expected_version: int | None = None
) -> IdentityProviderResult:
    """Change whom a provider lets in, how it is called, or whether it is used; sessions that it began stay.

    Raises AlreadyDone when nothing is different.
    """
    row = await work.lock(IDENTITY_PROVIDER, identity_provider_id, expected_version=expected_version)
    new = given(changes)
    if "label" in new:
        new["label"] = bounds.one_line(new["label"], path="label")
    if "client_id" in new:
        new["client_id"] = bounds.one_line(new["client_id"], longest=_CLIENT_ID_LENGTH, path="clientId")
    if "email_domains" in new:
        new["email_domains"] = _domains(new["email_domains"])
    if "is_enabled" in new:
        new["disabled_at"] = None if new.pop("is_enabled") else row.disabled_at or work.now
    made = work.change(row, **new)
    if not made:
        raise AlreadyDone("The identity provider is like that already.")
    _check(row.policy, row.email_domains, row.default_role)
    record(work, IdentityProviderUpdated(subject_id=row.id, changes=made))
    return IdentityProviderResult(row.id)


def _issuer(value: str) -> str:
    """An issuer's identifier, exactly as its metadata say it. http only where a developer's own machine answers."""
    issuer = bounds.one_line(value, longest=bounds.URL_LENGTH, path="issuer")
    parts = urlsplit(issuer)
    is_local = parts.scheme == "http" and parts.hostname in {"localhost", "127.0.0.1", "::1"}
    if (
        not (parts.scheme == "https" or is_local)
        or not parts.hostname
        or parts.query
        or parts.fragment
        or "@" in issuer
    ):
        raise InvalidInput("An issuer looks like https://login.example.com.", path=("issuer",))
    return issuer


def _domains(values: Iterable[str]) -> list[str]:
    found = bounds.lines(tuple(values), longest=253, path="emailDomains")
    domains = [domain.lower().removeprefix("@") for domain in found]
    for position, domain in enumerate(domains):
        if not _DOMAIN.fullmatch(domain):
            raise InvalidInput("This is not a domain, such as example.com.", path=("emailDomains", str(position)))
    return domains


def _check(policy: MembershipPolicy, domains: list[str], default_role: OrganizationRole) -> None:
    if policy is MembershipPolicy.DOMAIN and not domains:
        raise InvalidInput("Name the domains whose people may join by themselves.", path=("emailDomains",))
    if default_role is OrganizationRole.ORG_ADMIN:
        raise InvalidInput("Nobody becomes an administrator by themselves.", path=("defaultRole",))
