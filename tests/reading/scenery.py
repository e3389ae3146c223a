"""A small organization with some of everything: confidential and posted openings, private and linked candidates."""

from collections.abc import Iterator
from datetime import timedelta
from random import Random
from typing import Any
from uuid import UUID

from portal.access.enums import ActorKind, GrantRole, OrganizationRole, ScopeType
from portal.applications.enums import (
    ApplicationOrigin,
    ApplicationStatus,
    RejectionType,
    TeamMatchStatus,
    TransitionCause,
)
from portal.applications.models import Application, InterviewerAssignment, RejectionReason, StageTransition, TeamMatch
from portal.candidates.enums import ContactKind, LinkKind, SourceType
from portal.candidates.models import (
    Candidate,
    CandidateLink,
    CandidateSkill,
    ContactPoint,
    Education,
    Employment,
    Source,
    Tag,
)
from portal.database.base import TenantRow
from portal.openings.enums import (
    BandVisibility,
    EmploymentType,
    HiringRole,
    OpeningKind,
    OpeningStatus,
    PayComponent,
    PayInterval,
    PostingStatus,
    SeatReason,
    SeatStatus,
    SkillLevel,
    StageKind,
)
from portal.openings.models import (
    CloseReason,
    CompensationBand,
    HiringTeamMember,
    Opening,
    OpeningLocation,
    OpeningSkill,
    OpeningTeam,
    Posting,
    Seat,
    Skill,
    Stage,
    StageTemplate,
)
from portal.organizations.enums import WorkplaceType
from portal.organizations.models import Department, Location, Team, TeamGroup
from portal.people.enums import SignInMethod
from portal.people.models import ApiToken, Grant, Membership, ServiceAccount, Session
from portal.records.enums import Origin
from portal.records.models import AuditEvent, DomainEvent
from portal.sign_in.enums import MembershipPolicy
from portal.sign_in.models import IdentityProvider
from portal.trusted_documents.models import ClientRelease, ReleasedDocument, TrustedDocument
from portal.trusted_documents.rules import document_id_of
from tests.people.group_rows import groups_of
from tests.world import NOON, World

NAMES = ["Ada", "Ärne", "Søren", "Zoë", "李雷", "Eng", "S", "a", "%_"]


class Scenery:
    """All rows of one organization, planted, and read back as they are."""

    def __init__(self, world: World, seed: int) -> None:
        self.world = world
        self.rng = Random(seed)
        self.members: dict[OrganizationRole, Membership] = {}
        self.departments: list[Department] = []
        self.locations: list[Location] = []
        self.teams: list[Team] = []
        self.openings: list[Opening] = []
        self.stages: dict[UUID, list[Stage]] = {}
        self.candidates: list[Candidate] = []

    async def plant(self) -> None:
        for rows in (
            self.structure(),
            self.people(),
            self.opening_rows(),
            self.candidate_rows(),
            self.application_rows(),
            self.providers(),
            self.documents(),
            self.directory_groups(),
        ):
            await self.world.plant(*rows)

    def providers(self) -> Iterator[TenantRow]:
        yield IdentityProvider(
            name="okta",
            label="Okta",
            issuer="https://okta.example",
            client_id="portal",
            email_domains=["example.com"],
            policy=MembershipPolicy.DOMAIN,
            default_role=OrganizationRole.MEMBER,
        )

    def directory_groups(self) -> Iterator[TenantRow]:
        yield from groups_of(self.members.values(), self.departments[0].id, self.locations[0].id, self.teams[0].id)

    def documents(self) -> Iterator[TenantRow]:
        """Two releases that share a document; one of them is retired."""
        texts = ["query A { viewer { id } }", "query B { openings { nodes { title } } }"]
        documents = [
            TrustedDocument(document_id=document_id_of(text), text=text, operations=[name])
            for text, name in zip(texts, "AB", strict=True)
        ]
        yield from documents
        admin = self.members[OrganizationRole.ORG_ADMIN].id
        releases = [
            ClientRelease(client="web", release="1", retired_at=NOON, published_by_id=admin),
            ClientRelease(client="web", release="2"),
        ]
        yield from releases
        for release, document in [(0, 0), (1, 0), (1, 1)]:
            yield ReleasedDocument(release_id=releases[release].id, trusted_document_id=documents[document].id)

    async def tables(self) -> dict[str, list[dict[str, Any]]]:
        """Every row of the organization, by table: plain SELECTs."""
        listed = await self.world.rows("SELECT tablename FROM pg_tables WHERE schemaname = 'portal'")
        parents = await self.world.rows(
            "SELECT relname FROM pg_class WHERE relnamespace = 'portal'::regnamespace AND relkind IN ('r', 'p') "
            "AND NOT relispartition"
        )
        names = [row["relname"] for row in parents] or [row["tablename"] for row in listed]
        return {
            name: await self.world.rows(f'SELECT * FROM "{name}"')  # noqa: S608 - our own tables
            for name in names
            if name != "alembic_version"
        }

    def pick(self, items: Any) -> Any:
        return self.rng.choice(list(items))

    def maybe(self, value: Any) -> Any:
        return value if self.rng.random() < 0.5 else None

    def moment(self) -> Any:
        return NOON - timedelta(microseconds=self.rng.randrange(10**12))

    def structure(self) -> Iterator[TenantRow]:
        top = Department(name="Engineering")
        self.departments = [top, Department(name="Backend", parent_id=top.id), Department(name="Sales")]
        yield from self.departments
        us = Location(name="US", workplace_type=WorkplaceType.REMOTE, country="US", remote_regions=["US"])
        self.locations = [us, Location(name="SF", parent_id=us.id, workplace_type=WorkplaceType.ONSITE, city="SF")]
        yield from self.locations
        group = TeamGroup(name="Core", position=0)
        yield group
        self.teams = [
            Team(name=f"Team {index}", group_id=self.maybe(group.id), department_id=self.maybe(top.id))
            for index in range(3)
        ]
        yield from self.teams
        yield CloseReason(name="Filled")
        yield StageTemplate(kind=StageKind.APPLIED, name="Applied", position=0)
        self.skills = [Skill(name=name, slug=name.lower(), aliases=[]) for name in ("Python", "SQL")]
        yield from self.skills

    def people(self) -> Iterator[TenantRow]:
        from portal.people.enums import MembershipStatus  # noqa: PLC0415

        for index, role in enumerate(OrganizationRole):
            email = f"{role.value.lower()}@example.com"
            member = Membership(
                name=NAMES[index],
                email=email,
                email_normalised=email,
                status=MembershipStatus.ACTIVE,
                role=role,
                # An identity provider knows every other one, and has deleted one of them.
                user_name=email if index % 2 else None,
                user_name_normalised=email if index % 2 else None,
                given_name=NAMES[index] if index % 2 else None,
                directory_id=f"d{index}" if index % 2 else None,
                left_directory_at=NOON if index == 3 else None,
            )
            self.members[role] = member
            yield member
        self.account = ServiceAccount(name="HRIS")
        yield self.account
        for member in self.members.values():
            yield Grant(
                membership_id=member.id, role=GrantRole.VIEWER, scope_type=ScopeType.TEAM, scope_id=self.teams[0].id
            )
            yield ApiToken(
                membership_id=member.id,
                name="laptop",
                key_id=member.id.hex[-12:],
                secret_hash=member.id.bytes * 2,
                expires_at=NOON + timedelta(days=30),
            )

            yield from self.sessions_of(member)

    def sessions_of(self, member: Membership) -> Iterator[TenantRow]:
        for name in ("office", "home"):
            began_at = self.moment()
            yield Session(
                membership_id=member.id,
                method=SignInMethod.IDENTITY_PROVIDER,
                secret_hash=member.id.bytes * 2,
                user_agent=self.maybe(name),
                expires_at=began_at + timedelta(days=14),
                last_used_at=began_at + self.pick([timedelta(0), timedelta(days=13, hours=20)]),
                revoked_at=self.maybe(NOON),
            )

    def opening_rows(self) -> Iterator[TenantRow]:
        for index in range(6):
            opening = Opening(
                title=self.pick(["Engineer", "Seller", "Ω", "Staff Engineer"]),
                status=self.pick(OpeningStatus),
                kind=self.pick(OpeningKind),
                is_confidential=index % 3 == 2,
                employment_type=self.pick(EmploymentType),
                department_id=self.maybe(self.pick(self.departments).id),
                requisition_code=self.maybe(f"R{index}"),
                seniority=self.maybe("Senior"),
                opened_at=self.maybe(self.moment()),
            )
            self.openings.append(opening)
            yield opening
            yield from self.of_opening(opening, index)

    def of_opening(self, opening: Opening, index: int) -> Iterator[TenantRow]:
        team = self.pick(self.teams)
        yield OpeningTeam(opening_id=opening.id, team_id=team.id, priority=0)
        yield OpeningLocation(opening_id=opening.id, location_id=self.pick(self.locations).id)
        kinds = [StageKind.APPLIED, StageKind.SCREEN, StageKind.TEAM_MATCH, StageKind.HIRED]
        self.stages[opening.id] = [
            Stage(
                opening_id=opening.id,
                kind=kind,
                name=kind.value.title(),
                position=position,
                archived_at=self.moment() if position == 1 and index % 2 else None,
            )
            for position, kind in enumerate(kinds)
        ]
        yield from self.stages[opening.id]
        for number in range(1, 4):
            yield Seat(opening_id=opening.id, number=number, status=self.pick(SeatStatus), reason=SeatReason.NEW)
        member = self.pick(self.members.values())
        yield HiringTeamMember(opening_id=opening.id, membership_id=member.id, role=self.pick(HiringRole))
        for visibility in BandVisibility:
            yield CompensationBand(
                opening_id=opening.id,
                component=PayComponent.SALARY,
                currency="USD",
                minimum_minor=self.rng.randrange(10**10),
                maximum_minor=self.maybe(10**11),
                pay_interval=PayInterval.YEAR,
                visibility=visibility,
                note=self.maybe("from the board"),
            )
        yield Posting(
            opening_id=opening.id,
            title="Come",
            language="en",
            status=self.pick(PostingStatus),
            body_html="<p>x</p>",
            body_text="x",
            sections=[{"heading": "What", "html": "<p>y</p>", "text": "y"}, {"heading": "Who", "html": "", "text": ""}],
        )
        yield OpeningSkill(opening_id=opening.id, skill_id=self.pick(self.skills).id, level=self.pick(SkillLevel))

    def candidate_rows(self) -> Iterator[TenantRow]:
        self.source = Source(name="Board", type=SourceType.THIRD_PARTY_BOARDS)
        yield self.source
        yield Tag(name="Fast", slug="fast")
        for index in range(9):
            candidate = Candidate(
                name=NAMES[index],
                headline=self.maybe("Engineer"),
                is_private=index % 4 == 3,
                is_internal=index % 5 == 4,
                can_email=True,
                source_id=self.maybe(self.source.id),
                linked_membership_id=self.members[OrganizationRole.RECRUITER_ALL].id if index == 0 else None,
                tags=self.pick([[], ["Fast"], ["a", "b"]]),
            )
            self.candidates.append(candidate)
            yield candidate
            yield ContactPoint(
                candidate_id=candidate.id,
                kind=ContactKind.EMAIL,
                value="x@example.com",
                value_normalised=f"x{index}@example.com",
                is_primary=True,
            )
            url = f"https://example.com/{index}"
            yield CandidateLink(candidate_id=candidate.id, kind=LinkKind.WEBSITE, url=url, url_normalised=url)
            yield Employment(candidate_id=candidate.id, company="Acme", is_current=True, position=0)
            yield Education(candidate_id=candidate.id, institution="MIT", position=0)
            yield CandidateSkill(candidate_id=candidate.id, skill_id=self.skills[0].id, level=self.maybe("Expert"))

    def application_rows(self) -> Iterator[TenantRow]:
        reason = RejectionReason(name="No", type=RejectionType.BY_ORGANIZATION)
        yield reason
        for candidate in self.candidates:
            for opening in self.rng.sample(self.openings, self.rng.randint(0, 4)):
                yield from self.application(candidate, opening, reason)
        yield from self.records()

    def application(self, candidate: Candidate, opening: Opening, reason: RejectionReason) -> Iterator[TenantRow]:
        stage = self.pick(self.stages[opening.id])
        status = self.pick([ApplicationStatus.ACTIVE, ApplicationStatus.ACTIVE, ApplicationStatus.REJECTED])
        application = Application(
            candidate_id=candidate.id,
            opening_id=opening.id,
            stage_id=stage.id,
            status=status,
            rejection_reason_id=reason.id if status is ApplicationStatus.REJECTED else None,
            entered_stage_at=self.moment(),
            applied_at=self.moment(),
            last_activity_at=self.pick([NOON, self.moment()]),
            origin=self.pick(ApplicationOrigin),
            credited_to_id=self.maybe(self.somebody().id),
            recruiter_id=self.maybe(self.pick(self.members.values()).id),
            candidate_is_private=candidate.is_private,
        )
        yield application
        yield StageTransition(
            application_id=application.id,
            to_stage_id=stage.id,
            to_status=ApplicationStatus.ACTIVE,
            occurred_at=self.moment(),
            actor_kind=ActorKind.SYSTEM,
            cause=TransitionCause.MANUAL,
        )
        if self.rng.random() < 0.6:
            ended_at = self.pick([None, None, NOON])
            yield InterviewerAssignment(
                application_id=application.id, membership_id=self.somebody().id, ended_at=ended_at
            )
        if self.rng.random() < 0.4:
            team = self.pick(self.teams)
            yield TeamMatch(application_id=application.id, team_id=team.id, status=TeamMatchStatus.PROPOSED)

    def somebody(self) -> Membership:
        """A member; often the one who has no rights but those that follow from this."""
        listed: list[Membership] = [self.members[OrganizationRole.MEMBER]] * 5 + [*self.members.values()]
        return self.rng.choice(listed)

    def records(self) -> Iterator[TenantRow]:
        for opening in [None, *self.openings]:
            subject = ("Opening", opening.id) if opening else ("Department", self.departments[0].id)
            common: dict[str, Any] = {
                "occurred_at": self.moment(),
                "actor_kind": ActorKind.SYSTEM,
                "request_id": "test",
            }
            opening_id = opening.id if opening else None
            yield AuditEvent(
                **common,
                operation="x",
                entity_type=subject[0],
                entity_id=subject[1],
                opening_id=opening_id,
                after={"a": 1},
            )
            yield DomainEvent(
                **common,
                type="opening.updated",
                subject_type=subject[0],
                subject_id=subject[1],
                opening_id=opening_id,
                recorded_at=NOON,
                origin=Origin.API,
            )
