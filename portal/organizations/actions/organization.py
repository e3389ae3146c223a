"""The organization itself: how it comes to be, what it is called, and its policies."""

from dataclasses import dataclass, field

from sqlalchemy import Text, Uuid, bindparam, func, select

from portal import bounds
from portal.access.actions import action
from portal.access.constraints import means
from portal.access.enums import ActorKind, DocumentMode
from portal.access.permissions import Permission
from portal.access.work import Change, Work
from portal.errors import AlreadyDone, Forbidden, NotUnique
from portal.organizations import policies, rules
from portal.organizations.actions.results import OrganizationResult
from portal.organizations.events import OrganizationCreated, OrganizationUpdated, PoliciesChanged
from portal.organizations.models import Organization
from portal.organizations.policies import Policies, TeamRequiredAt
from portal.organizations.reads import ORGANIZATION
from portal.records.recording import first_values, record
from portal.unchanged import UNCHANGED, Unchanged, given

means("pk_organization_slug", lambda: NotUnique("Another organization has this slug.", path=("slug",)))

_CLAIM_SLUG = select(
    func.directory.claim_slug(bindparam("slug", type_=Text()), bindparam("organization_id", type_=Uuid()))
)


@dataclass(frozen=True, kw_only=True)
class OrganizationDraft:
    """A new organization. The currency and time zone are what amounts and days are in unless they say otherwise."""

    slug: str
    name: str
    default_currency: str = "USD"
    default_timezone: str = "UTC"
    policies: Policies = field(default_factory=Policies)


@dataclass(frozen=True, kw_only=True)
class PolicyChanges:
    """The policies that are different from now on; see Policies for what they mean."""

    require_rejection_reason: bool | Unchanged | None = UNCHANGED
    require_source: bool | Unchanged | None = UNCHANGED
    hired_private_by_default: bool | Unchanged | None = UNCHANGED
    internal_private_by_default: bool | Unchanged | None = UNCHANGED
    opening_approval: bool | Unchanged | None = UNCHANGED
    reapply_after_days: int | Unchanged | None = UNCHANGED
    team_required_at: TeamRequiredAt | Unchanged | None = UNCHANGED
    require_second_factor: bool | Unchanged | None = UNCHANGED
    browser_documents: DocumentMode | Unchanged | None = UNCHANGED


@action(Permission.ORGANIZATION_MANAGE)
async def create_organization(work: Work, *, draft: OrganizationDraft) -> OrganizationResult:
    """Begin an organization: the one whose id the acting system's actor has. Members come by `invite_member`.

    Only the operator does this, by a command. Raises NotUnique for a slug that another organization has.
    """
    if work.actor.kind is not ActorKind.SYSTEM:
        raise Forbidden("Only this installation's operator creates organizations.")
    row = work.add(
        Organization(
            id=work.actor.organization_id,
            slug=rules.organization_slug(draft.slug),
            name=bounds.one_line(draft.name, path="name"),
            default_currency=bounds.currency(draft.default_currency, path="defaultCurrency"),
            default_timezone=bounds.timezone(draft.default_timezone, path="defaultTimezone"),
            policies=draft.policies.to_json(),
        )
    )
    await work.value(_CLAIM_SLUG, slug=row.slug)
    changes = first_values(row, "slug", "name", "default_currency", "default_timezone")
    record(work, OrganizationCreated(subject_id=row.id, changes=changes))
    return OrganizationResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def update_organization(
    work: Work,
    *,
    name: str | Unchanged | None = UNCHANGED,
    default_currency: str | Unchanged | None = UNCHANGED,
    default_timezone: str | Unchanged | None = UNCHANGED,
    expected_version: int | None = None,
) -> OrganizationResult:
    """Call the organization something else, or change its default currency or time zone.

    What is stored keeps the currency it was written with. Raises AlreadyDone when nothing is different.
    """
    row = await work.lock(ORGANIZATION, work.actor.organization_id, expected_version=expected_version)
    new: dict[str, str] = {}
    if name is not UNCHANGED:
        new["name"] = bounds.one_line(bounds.needed(name, path="name"), path="name")
    if default_currency is not UNCHANGED:
        currency = bounds.needed(default_currency, path="defaultCurrency")
        new["default_currency"] = bounds.currency(currency, path="defaultCurrency")
    if default_timezone is not UNCHANGED:
        timezone = bounds.needed(default_timezone, path="defaultTimezone")
        new["default_timezone"] = bounds.timezone(timezone, path="defaultTimezone")
    changes = work.change(row, **new)
    if not changes:
        raise AlreadyDone("The organization is like that already.")
    record(work, OrganizationUpdated(subject_id=row.id, changes=changes))
    return OrganizationResult(row.id)


@action(Permission.ORGANIZATION_MANAGE)
async def set_policies(
    work: Work, *, changes: PolicyChanges, expected_version: int | None = None
) -> OrganizationResult:
    """Decide how the organization hires; they count from the next action on, not for what was done before.

    Raises AlreadyDone when nothing is different.
    """
    row = await work.lock(ORGANIZATION, work.actor.organization_id, expected_version=expected_version)
    before = policies.from_json(row.policies)
    after = policies.changed(before, given(changes))
    old, new = before.to_json(), after.to_json()
    different = tuple(Change(name, old[name], new[name]) for name in new if new[name] != old[name])
    if not different:
        raise AlreadyDone("The policies are like that already.")
    work.change(row, policies=new)
    record(work, PoliciesChanged(subject_id=row.id, changes=different))
    return OrganizationResult(row.id)
