"""Candidates for the tests of their area, added through the action so that search terms and records are there."""

from typing import Any
from uuid import UUID

from portal.access.actor import Actor
from portal.access.enums import GrantRole, OrganizationRole, Privilege
from portal.candidates.actions.create import NewCandidate, create_candidate
from portal.candidates.actions.making import GivenLink
from portal.candidates.enums import ContactKind
from portal.candidates.rules.contacts import GivenContact
from portal.candidates.rules.profiles import Names
from portal.openings.models import Skill
from portal.wording import slug_of
from tests.world import World, grant

# Every table that an action on candidates may write to.
TABLES = (
    "candidate",
    "contact_point",
    "candidate_link",
    "employment",
    "education",
    "candidate_skill",
    "candidate_tag",
    "candidate_term",
    "tag",
    "source",
    "audit_event",
    "domain_event",
    "idempotency_key",
)


def email(value: str, *, primary: bool = False) -> GivenContact:
    return GivenContact(ContactKind.EMAIL, value, is_primary=primary)


def phone(value: str) -> GivenContact:
    return GivenContact(ContactKind.PHONE, value)


async def a_candidate(world: World, name: str = "Cora Candidate", *links: str, **given: Any) -> UUID:
    """Somebody in the database, added by the system itself."""
    pages = tuple(GivenLink(url) for url in links)
    new = NewCandidate(names=Names(name), links=pages, **given)
    return UUID(str((await world.perform(world.system, create_candidate, candidate=new)).candidate_id))


async def a_skill(world: World, name: str, *aliases: str) -> UUID:
    row = Skill(name=name, slug=slug_of(name, path="name"), aliases=list(aliases))
    await world.plant(row)
    return row.id


async def ada(world: World) -> Actor:
    """A recruiter of the whole organization."""
    return await world.actor("Ada", OrganizationRole.RECRUITER_ALL)


async def paula(world: World) -> Actor:
    """A recruiter who may see private candidates as well."""
    privileges = frozenset({Privilege.PRIVATE_CANDIDATES})
    return await world.actor("Paula", OrganizationRole.MEMBER, grant(GrantRole.RECRUITER, privileges=privileges))


async def sol(world: World) -> Actor:
    """A sourcer of the whole organization: searches everybody, but reads contact details of nobody else's."""
    return await world.actor("Sol", OrganizationRole.MEMBER, grant(GrantRole.SOURCER))


async def everything(world: World) -> dict[str, list[dict[str, Any]]]:
    """All rows that an action on candidates may touch."""
    return {table: await world.rows(f"SELECT * FROM {table} ORDER BY id") for table in TABLES}  # noqa: S608 - our tables


async def terms_of(world: World, candidate_id: UUID, kind: str) -> list[str]:
    """The words of one kind that a candidate is found by, sorted."""
    rows = await world.rows(
        "SELECT term FROM candidate_term WHERE candidate_id = $1 AND kind = $2 ORDER BY term", candidate_id, kind
    )
    return [row["term"] for row in rows]


async def row_of(world: World, candidate_id: UUID) -> dict[str, Any]:
    (row,) = await world.rows("SELECT * FROM candidate WHERE id = $1", candidate_id)
    return row
