"""The scene of the attacks: an organization in which every mutation has something to act on, in three places.

The places are an opening within the scopes that the cast was granted, one outside of them, and a confidential one.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

import pyotp

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
from portal.candidates.models import Candidate, CandidateLink, CandidateTag, ContactPoint, Source, Tag
from portal.database.base import TenantRow
from portal.database.ids import new_id
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
from portal.people.enums import MembershipStatus, SignInMethod
from portal.people.models import ApiToken, Grant, Membership, ServiceAccount, Session
from portal.records.enums import Origin
from portal.records.models import AuditEvent, DomainEvent
from portal.sign_in.enums import MembershipPolicy
from portal.sign_in.models import Identity, IdentityProvider, Password, SecondFactor
from portal.trusted_documents.models import ClientRelease, ReleasedDocument, TrustedDocument
from portal.trusted_documents.rules import document_id_of
from tests.people.group_rows import a_group_with_a_role
from tests.world import DELIVERY, NOON, World

# Of an authenticator, and what it shows at noon.
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
CODE = pyotp.TOTP(SECRET).at(NOON)
PASSWORD = "correct horse battery staple"
# By parameters that take next to nothing, so that the whole cast can try it.
HASH_OF_PASSWORD = "$argon2id$v=19$m=8,t=1,p=1$PsTa17JLxvb/akj51OXp3w$MXhcmeKrhJS3EQnOcvVOf+4foxIdaZbdZQsWh+zz2qI"

PIPELINE = (
    ("applied", StageKind.APPLIED),
    ("screen", StageKind.SCREEN),
    ("match", StageKind.TEAM_MATCH),
    ("hired", StageKind.HIRED),
    ("archived", StageKind.INTERVIEW),
)


class Where(StrEnum):
    """The three places."""

    INSIDE = "INSIDE"
    OUTSIDE = "OUTSIDE"
    SECRET = "SECRET"


@dataclass
class Place:
    """An opening in use with everything that can belong to one, and others in every other state; rows by name."""

    where: Where
    department: Department
    location: Location
    team: Team
    rows: dict[str, TenantRow] = field(default_factory=dict)
    batch_id: UUID = field(default_factory=new_id)

    def opening(self, status: OpeningStatus = OpeningStatus.OPEN) -> Opening:
        found = self.rows[f"opening {status}"]
        assert isinstance(found, Opening)
        return found

    def stage(self, name: str) -> UUID:
        return self.rows[f"stage {name}"].id


class Scene:
    """All rows that calls of mutations name, planted in one organization."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.rows: dict[str, TenantRow] = {}
        self.places: dict[Where, Place] = {}

    async def plant(self) -> None:
        for rows in (self._structure(), self._people(), self._lists()):
            await self.world.plant(*rows)
        for where in Where:
            place = self.places[where] = self._place(where)
            await self.world.plant(*self._openings(place))
            await self.world.plant(*self._applications(place))

    def named(self, name: str, row: Any) -> Any:  # Any: a row of any kind, as it came
        self.rows[name] = row
        return row

    def _structure(self) -> Iterator[TenantRow]:
        for name in (Where.INSIDE, Where.OUTSIDE, "archived", "empty", "parent", "unproposed"):
            ended = NOON if name == "archived" else None
            yield self.named(f"department {name}", Department(name=f"{name} department", archived_at=ended))
            yield self.named(
                f"location {name}",
                Location(name=f"{name} location", workplace_type=WorkplaceType.ONSITE, archived_at=ended),
            )
            group = self.named(f"group {name}", TeamGroup(name=f"{name} group", position=1, archived_at=ended))
            yield group
            yield self.named(f"team {name}", Team(name=f"{name} team", archived_at=ended))

    def _people(self) -> Iterator[TenantRow]:
        for role in OrganizationRole:
            yield self._member(role.value, role, MembershipStatus.ACTIVE)
        for granted in GrantRole:
            of = OrganizationRole.AGENCY if granted is GrantRole.AGENCY else OrganizationRole.MEMBER
            yield self._member(f"grant {granted.value}", of, MembershipStatus.ACTIVE)
        for status in MembershipStatus:
            yield self._member(status.value, OrganizationRole.MEMBER, status)
        yield self.named("account", ServiceAccount(name="HRIS"))
        yield self.named("cast account", ServiceAccount(name="Careers page"))
        yield self.named(
            "grant",
            Grant(membership_id=self.rows["ACTIVE"].id, role=GrantRole.VIEWER, scope_type=ScopeType.ORG),
        )
        yield self.named("token", self._token(service_account_id=self.rows["account"].id))
        yield self.named("provider", self._provider())
        yield self.named("session", self._session(self.rows["ACTIVE"].id))
        for member in [row for row in self.rows.values() if isinstance(row, Membership)]:
            yield self._second_factor(member.id)
            yield Password(membership_id=member.id, hash=HASH_OF_PASSWORD)
            yield Identity(membership_id=member.id, issuer="https://login.example.com", subject=member.id.hex)
        yield from map(self.named, *zip(*a_group_with_a_role(self.rows["ACTIVE"].id).items(), strict=True))

    def _member(self, name: str, role: OrganizationRole, status: MembershipStatus) -> Membership:
        email = f"{name.lower().replace(' ', '.')}@example.com"
        row = Membership(name=name, email=email, email_normalised=email, status=status, role=role)
        self.rows[name] = row
        return row

    def _token(self, service_account_id: UUID) -> ApiToken:
        token_id = new_id()
        return ApiToken(
            id=token_id,
            name="cli",
            key_id=token_id.hex[-12:],
            secret_hash=token_id.bytes * 2,
            expires_at=NOON + timedelta(days=30),
            service_account_id=service_account_id,
        )

    def _second_factor(self, membership_id: UUID) -> SecondFactor:
        row = SecondFactor(membership_id=membership_id, sealed_secret=b"", last_step=0)
        row.sealed_secret = DELIVERY.sealing.seal(SECRET, organization_id=self.world.id, row_id=row.id)
        return row

    def _provider(self) -> IdentityProvider:
        return IdentityProvider(
            name="okta",
            label="Okta",
            issuer="https://login.example.com",
            client_id="portal",
            email_domains=["example.com"],
            policy=MembershipPolicy.INVITED,
            default_role=OrganizationRole.MEMBER,
        )

    def _session(self, membership_id: UUID) -> Session:
        return Session(
            membership_id=membership_id,
            method=SignInMethod.IDENTITY_PROVIDER,
            secret_hash=membership_id.bytes * 2,
            expires_at=NOON + timedelta(days=1),
            last_used_at=NOON,
        )

    def _lists(self) -> Iterator[TenantRow]:
        for name, ended in (("used", None), ("archived", NOON)):
            yield self.named(f"close reason {name}", CloseReason(name=name, archived_at=ended))
            skill = Skill(name=f"Skill {name}", slug=f"skill {name}", aliases=[], archived_at=ended)
            yield self.named(f"skill {name}", skill)
            yield self.named(f"source {name}", Source(name=name, type=SourceType.THIRD_PARTY_BOARDS, archived_at=ended))
            reason = RejectionReason(name=f"Reason {name}", type=RejectionType.BY_ORGANIZATION, archived_at=ended)
            yield self.named(f"reason {name}", reason)
        yield self.named("reason by candidate", RejectionReason(name="Left", type=RejectionType.BY_CANDIDATE))
        yield self.named("tag", Tag(name="Fast", slug="fast"))
        yield self.named("other tag", Tag(name="Slow", slug="slow"))
        yield from self._records()
        yield from self._documents()
        yield StageTemplate(kind=StageKind.APPLIED, name="Applied", position=1)
        yield StageTemplate(kind=StageKind.HIRED, name="Hired", position=2)

    def _documents(self) -> Iterator[TenantRow]:
        release = self.named("release", ClientRelease(client="web", release="1"))
        text = "query Known { viewer { id } }"
        document = TrustedDocument(document_id=document_id_of(text), text=text, operations=["Known"])
        yield release
        yield self.named("document", document)
        yield self.named("released", ReleasedDocument(release_id=release.id, trusted_document_id=document.id))

    def _records(self) -> Iterator[TenantRow]:
        """One entry of the audit log and one event; mutations add none, because nothing of them lasts."""
        happened: dict[str, Any] = {"occurred_at": NOON, "actor_kind": ActorKind.SYSTEM, "request_id": "r1"}
        tag = self.rows["tag"].id
        yield AuditEvent(**happened, operation="createTag", entity_type="Tag", entity_id=tag, after={"name": "Fast"})
        yield DomainEvent(
            **happened,
            type="tag.created",
            subject_type="Tag",
            subject_id=tag,
            recorded_at=NOON,
            origin=Origin.API,
        )

    def _place(self, where: Where) -> Place:
        of = Where.OUTSIDE if where is Where.OUTSIDE else Where.INSIDE  # the confidential one is within every scope
        rows = self.rows
        return Place(where, rows[f"department {of}"], rows[f"location {of}"], rows[f"team {of}"])  # type: ignore[arg-type] # named so above

    def _openings(self, place: Place) -> Iterator[TenantRow]:
        for name, status in {**{status.value: status for status in OpeningStatus}, "other": OpeningStatus.OPEN}.items():
            opening = place.rows[f"opening {name}"] = Opening(
                title=f"{place.where} {name}",
                status=status,
                kind=OpeningKind.STANDARD,
                is_confidential=place.where is Where.SECRET,
                employment_type=EmploymentType.FULL_TIME,
                department_id=place.department.id,
            )
            yield opening
            yield from self._staffing(place, opening, status)
            yield from self._pipeline(place, opening, name)
        yield from self._of_open(place, place.opening().id)

    def _staffing(self, place: Place, opening: Opening, status: OpeningStatus) -> Iterator[TenantRow]:
        yield OpeningTeam(opening_id=opening.id, team_id=place.team.id, priority=1)
        yield OpeningTeam(opening_id=opening.id, team_id=self.rows["team unproposed"].id, priority=2)
        yield OpeningLocation(opening_id=opening.id, location_id=place.location.id)
        of_seat = SeatStatus.OPEN if status is OpeningStatus.OPEN else SeatStatus.DRAFT
        if status in (OpeningStatus.CLOSED, OpeningStatus.ARCHIVED):
            of_seat = SeatStatus.CLOSED
        yield Seat(opening_id=opening.id, number=1, status=of_seat, reason=SeatReason.NEW)

    def _pipeline(self, place: Place, opening: Opening, of: str) -> Iterator[TenantRow]:
        for position, (name, kind) in enumerate(PIPELINE, start=1):
            stage = Stage(opening_id=opening.id, kind=kind, name=name, position=position)
            stage.archived_at = NOON if name == "archived" else None
            if of == OpeningStatus.OPEN:
                place.rows[f"stage {name}"] = stage
            elif of == "other" and name == "screen":
                place.rows["stage other"] = stage
            yield stage

    def _of_open(self, place: Place, opening_id: UUID) -> Iterator[TenantRow]:
        rows = place.rows
        for number, (name, status) in enumerate(
            (
                ("planned", SeatStatus.DRAFT),
                ("open", SeatStatus.OPEN),
                ("closed", SeatStatus.CLOSED),
                ("filled", SeatStatus.FILLED),
            ),
            start=2,
        ):
            rows[f"seat {name}"] = Seat(opening_id=opening_id, number=number, status=status, reason=SeatReason.NEW)
        member = self.rows["ACTIVE"].id
        rows["hiring team member"] = HiringTeamMember(
            opening_id=opening_id, membership_id=member, role=HiringRole.SOURCER
        )
        rows["band"] = CompensationBand(
            opening_id=opening_id,
            component=PayComponent.SALARY,
            currency="USD",
            minimum_minor=17_250_000,
            pay_interval=PayInterval.YEAR,
            visibility=BandVisibility.INTERNAL,
        )
        for name, shown in (("draft", PostingStatus.DRAFT), ("published", PostingStatus.PUBLISHED)):
            # Where it is published, everybody sees the opening; a confidential one has none.
            unseen = shown is PostingStatus.PUBLISHED and place.where is not Where.INSIDE
            rows[f"posting {name}"] = Posting(
                opening_id=opening_id,
                title="Come",
                language="en",
                status=PostingStatus.UNLISTED if unseen else shown,
                body_html="<p>x</p>",
                body_text="x",
            )
        rows["opening skill"] = OpeningSkill(
            opening_id=opening_id, skill_id=self.rows["skill used"].id, level=SkillLevel.NICE
        )
        kinds = ("seat", "hiring team member", "band", "posting", "opening skill")
        yield from (found for name, found in rows.items() if name.startswith(kinds))

    def _applications(self, place: Place) -> Iterator[TenantRow]:
        for name in ("active", "second", "batched", "rejected", "withdrawn", "hired", "candidate", "linked"):
            candidate = place.rows[f"candidate {name}"] = Candidate(
                name=f"{place.where} {name}",
                is_private=False,
                is_internal=False,
                can_email=True,
                source_id=self.rows["source used"].id,
                tags=["Fast"],
            )
            if name == "linked":
                candidate.linked_membership_id = self.rows["INVITED"].id
            yield candidate
            yield CandidateTag(candidate_id=candidate.id, tag_id=self.rows["tag"].id)
            email = f"{place.where}.{name}@example.com".lower()
            contact = ContactPoint(
                candidate_id=candidate.id, kind=ContactKind.EMAIL, value=email, value_normalised=email, is_primary=True
            )
            place.rows[f"contact {name}"] = contact
            yield contact
            url = f"https://example.com/{place.where}/{name}"
            yield CandidateLink(candidate_id=candidate.id, kind=LinkKind.WEBSITE, url=url, url_normalised=url)
            yield from self._application(place, name, candidate)

    def _application(self, place: Place, name: str, candidate: Candidate) -> Iterator[TenantRow]:
        if name == "candidate":  # one for whom an application can be submitted
            return
        status = ApplicationStatus.__members__.get(name.upper(), ApplicationStatus.ACTIVE)
        application = place.rows[f"application {name}"] = Application(
            candidate_id=candidate.id,
            opening_id=place.opening().id,
            stage_id=place.stage("match" if name == "second" else "hired" if name == "hired" else "screen"),
            status=status,
            entered_stage_at=NOON,
            applied_at=NOON,
            last_activity_at=NOON,
            origin=ApplicationOrigin.APPLIED,
            candidate_is_private=False,
        )
        if status in (ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN):
            application.rejection_reason_id = self.rows["reason used"].id
        if status is ApplicationStatus.HIRED:
            application.seat_id, application.hired_at = place.rows["seat filled"].id, NOON
        yield application
        yield from self._history(place, application, name)
        yield InterviewerAssignment(application_id=application.id, membership_id=self.rows["ACTIVE"].id)
        if place.where is Where.INSIDE:
            credited = self.rows["grant SOURCER"].id
            application.credited_to_id = self.rows["grant AGENCY"].id if name == "second" else credited
            interviewer = self.rows["grant INTERVIEWER"].id
            yield InterviewerAssignment(application_id=application.id, membership_id=interviewer)
            yield TeamMatch(application_id=application.id, team_id=place.team.id, status=TeamMatchStatus.PROPOSED)

    def _history(self, place: Place, application: Application, name: str) -> Iterator[TenantRow]:
        yield StageTransition(
            application_id=application.id,
            to_stage_id=place.stage("applied"),
            to_status=ApplicationStatus.ACTIVE,
            occurred_at=NOON - timedelta(days=1),
            actor_kind=ActorKind.SYSTEM,
            cause=TransitionCause.IMPORT,
        )
        yield StageTransition(
            application_id=application.id,
            from_stage_id=place.stage("applied"),
            from_status=ApplicationStatus.ACTIVE,
            to_stage_id=application.stage_id,
            to_status=application.status,
            occurred_at=NOON,
            actor_kind=ActorKind.SYSTEM,
            cause=TransitionCause.BULK,
            batch_id=place.batch_id if name == "batched" else None,
        )
