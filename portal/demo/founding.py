"""How the demo's employer comes to be: its structure, its people with their rights, and its lists."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from portal.access.actor import Actor
from portal.access.enums import GrantRole, Privilege, ScopeType
from portal.applications.actions.reasons import add_default_rejection_reasons
from portal.candidates.actions.sources import create_source
from portal.candidates.enums import SourceType
from portal.demo import cast, posting
from portal.demo.cast import Granted, Part
from portal.demo.invented import SKILLS
from portal.demo.scene import Scene
from portal.demo.stories import MANAGED_TEAM, Channel
from portal.openings.actions.grants import grant_opening_role
from portal.openings.actions.skills import create_skill
from portal.organizations.actions.departments import create_department
from portal.organizations.actions.locations import create_location
from portal.organizations.actions.organization import OrganizationDraft, create_organization
from portal.organizations.actions.teams import create_team, create_team_group
from portal.organizations.enums import WorkplaceType
from portal.organizations.rules import Place
from portal.people.actions.grants import grant_role
from portal.people.actions.members import activate_member, invite_member
from portal.people.actions.service_accounts import create_service_account
from portal.people.rules import GrantTerms

ENGINEERING = "Engineering"

_SOURCE_TYPES = {
    Channel.CAREERS: SourceType.COMPANY_MARKETING,
    Channel.BOARD: SourceType.THIRD_PARTY_BOARDS,
    Channel.SOURCED: SourceType.PROSPECTING,
    Channel.REFERRAL: SourceType.REFERRALS,
    Channel.AGENCY: SourceType.AGENCIES,
    Channel.MEETUP: SourceType.ATTEND_EVENTS,
    Channel.INTERNAL: SourceType.INTERNAL,
}


@dataclass
class Employer:
    """An organization as far as it has been founded; everything by name, people by the key of their part."""

    scene: Scene
    system: Actor
    now: datetime
    founded_at: datetime
    departments: dict[str, UUID] = field(default_factory=dict)
    locations: dict[str, UUID] = field(default_factory=dict)
    teams: dict[str, UUID] = field(default_factory=dict)
    people: dict[str, UUID] = field(default_factory=dict)
    sources: dict[str, UUID] = field(default_factory=dict)
    skills: dict[str, UUID] = field(default_factory=dict)
    granted: list[Granted] = field(default_factory=list)

    def ago(self, days: float) -> datetime:
        """So many days before now."""
        return self.now - timedelta(days=days)

    async def found(self, draft: OrganizationDraft, parts: Sequence[Part]) -> None:
        """The organization, its people, and the lists that every employer has."""
        await self.scene.do(self.system, self.founded_at, create_organization, draft=draft)
        for part in parts:
            await self.invite(part)
        await self.scene.do(self.system, self.founded_at, add_default_rejection_reasons)
        for channel, type_ in _SOURCE_TYPES.items():
            made = await self.scene.do(self.system, self.founded_at, create_source, name=channel, type=type_)
            self.sources[channel] = made.source_id
        for name in SKILLS:
            aliases = posting.SKILLS.get(name, ())
            skill = await self.scene.do(self.system, self.founded_at, create_skill, name=name, aliases=aliases)
            self.skills[name] = skill.skill_id

    async def invite(self, part: Part) -> None:
        """Somebody joins, and may sign in at once."""
        joined = await self.scene.do(
            self.system,
            self.founded_at,
            invite_member,
            name=part.name,
            email=part.email,
            role=part.role,
            timezone=part.timezone,
        )
        self.people[part.key] = joined.membership_id
        await self.scene.do(self.system, self.founded_at, activate_member, membership_id=joined.membership_id)

    async def grant(self, granted: Granted, when: datetime | None = None) -> None:
        """Give somebody a role, on an opening too."""
        is_service = granted.key == cast.SERVICE_KEY
        subject = self.people[granted.key]
        terms = GrantTerms(
            role=granted.role,
            scope_type=granted.scope_type,
            scope_id=granted.scope_id,
            membership_id=None if is_service else subject,
            service_account_id=subject if is_service else None,
            include_confidential=granted.include_confidential,
            privileges=granted.privileges,
        )
        deed = grant_opening_role if granted.scope_type is ScopeType.OPENING else grant_role
        await self.scene.do(self.system, when or self.founded_at, deed, terms=terms)
        self.granted.append(granted)

    def actors(self, parts: Sequence[Part]) -> dict[str, Actor]:
        """Everybody with the rights that they have been granted so far, by the key of their part."""
        organization_id = self.system.organization_id
        known: dict[str, Part | None] = {part.key: part for part in parts}
        if cast.SERVICE_KEY in self.people:
            known[cast.SERVICE_KEY] = None
        return {
            key: cast.actor_of(organization_id, part, self.people[key], self.granted, key)
            for key, part in known.items()
        }


async def found_pinterest(employer: Employer) -> None:
    """The posting's employer: both groups with their teams, two locations, one person for each role."""
    draft = OrganizationDraft(
        slug=posting.SLUG,
        name=posting.ORGANIZATION,
        default_currency="USD",
        default_timezone="America/Los_Angeles",
    )
    await employer.found(draft, (*cast.PARTS, *cast.MORE_INTERVIEWERS))
    await _structure(employer)
    account = await employer.scene.do(
        employer.system,
        employer.founded_at,
        create_service_account,
        name=cast.SERVICE_NAME,
        description=cast.SERVICE_DESCRIPTION,
    )
    employer.people[cast.SERVICE_KEY] = account.service_account_id
    below = tuple(row_id for name, row_id in employer.departments.items() if name != ENGINEERING)
    engineering = (ScopeType.DEPARTMENT, employer.departments[ENGINEERING], below)
    private = frozenset({Privilege.PRIVATE_CANDIDATES})
    for granted in (
        # By the policy whoever is hired becomes private; the recruiter goes on seeing them.
        Granted("recruiter", GrantRole.RECRUITER, ScopeType.ORG, privileges=private),
        Granted("sourcer", GrantRole.SOURCER, *engineering),
        Granted(cast.SERVICE_KEY, GrantRole.RECRUITER, *engineering),
        Granted("team_manager", GrantRole.TEAM_MANAGER, ScopeType.TEAM, employer.teams[MANAGED_TEAM]),
    ):
        await employer.grant(granted)


async def _structure(employer: Employer) -> None:
    scene, system, now = employer.scene, employer.system, employer.founded_at
    top = await scene.do(system, now, create_department, name=ENGINEERING)
    employer.departments[ENGINEERING] = top.department_id
    for position, group in enumerate(posting.GROUPS):
        department = await scene.do(system, now, create_department, name=group.department, parent_id=top.department_id)
        employer.departments[group.department] = department.department_id
        heading = await scene.do(system, now, create_team_group, name=group.name, position=position)
        for name in group.teams:
            team = await scene.do(
                system,
                now,
                create_team,
                name=name,
                group_id=heading.team_group_id,
                department_id=department.department_id,
            )
            employer.teams[name] = team.team_id
    for place in (
        Place(
            name="Remote, United States",
            workplace_type=WorkplaceType.REMOTE,
            country="US",
            remote_regions=("US",),
        ),
        Place(
            name="San Francisco",
            workplace_type=WorkplaceType.HYBRID,
            country="US",
            region="CA",
            city="San Francisco",
            timezone="America/Los_Angeles",
        ),
    ):
        location = await scene.do(system, now, create_location, place=place)
        employer.locations[place.name] = location.location_id
