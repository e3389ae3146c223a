"""The openings of the demo's employer: the posting's, and a few beside it, so that lists are lists."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from portal.access.actor import Actor, HeldGrant
from portal.access.enums import GrantRole, ScopeType
from portal.demo import posting
from portal.demo.cast import Granted
from portal.demo.founding import ENGINEERING, Employer
from portal.openings.actions.close_reasons import create_close_reason
from portal.openings.actions.hiring_team import add_hiring_team_member
from portal.openings.actions.openings import OpeningDraft, create_opening
from portal.openings.actions.pay import create_compensation_band
from portal.openings.actions.postings import PostingContent, create_posting, publish_posting
from portal.openings.actions.skills import WantedSkill, set_opening_skills
from portal.openings.actions.staffing import TeamTerms
from portal.openings.actions.states import open_opening, put_opening_on_hold
from portal.openings.enums import EmploymentType, HiringRole, OpeningKind, PostingStatus, SkillLevel

REMOTE = "Remote, United States"

# One seat for each of the posting's teams: it does not say how many people are wanted.
SEATS = 15

# Days before now at which the openings beside the main one were made.
_ON_HOLD_DAYS, _INTERNAL_DAYS, _CONFIDENTIAL_DAYS, _DRAFT_DAYS = 200, 90, 60, 4

_HIRING_TEAM = (
    ("hiring_manager", HiringRole.HIRING_MANAGER, True),
    ("recruiter", HiringRole.RECRUITER, True),
    ("coordinator", HiringRole.COORDINATOR, True),
    ("sourcer", HiringRole.SOURCER, True),
    ("interviewer", HiringRole.INTERVIEWER, False),
    ("interviewer_2", HiringRole.INTERVIEWER, False),
    ("interviewer_3", HiringRole.INTERVIEWER, False),
    ("interviewer_4", HiringRole.INTERVIEWER, False),
)


async def open_posting(employer: Employer, actors: Mapping[str, Actor], when: datetime) -> tuple[UUID, UUID]:
    """The posting's opening, staffed, open and published: its id and its posting's."""
    do, recruiter = employer.scene.do, actors["recruiter"]
    draft = OpeningDraft(
        title=posting.TITLE,
        employment_type=EmploymentType.FULL_TIME,
        requisition_code="ENG-1042",
        department_id=employer.departments[ENGINEERING],
        seniority=posting.SENIORITY,
        relocation_offered=False,
        location_ids=(employer.locations[REMOTE],),
        teams=tuple(TeamTerms(team_id=team_id, seat_target=1) for team_id in employer.teams.values()),
        seats=SEATS,
    )
    opening_id = (await do(recruiter, when - timedelta(days=2), create_opening, draft=draft)).opening_id
    await do(recruiter, when, create_compensation_band, opening_id=opening_id, given=posting.PAY)
    wanted = [WantedSkill(skill_id=employer.skills[name], level=SkillLevel.REQUIRED) for name in posting.SKILLS]
    await do(recruiter, when, set_opening_skills, opening_id=opening_id, skills=wanted)
    for key, role, is_responsible in _HIRING_TEAM:
        await do(
            recruiter,
            when,
            add_hiring_team_member,
            opening_id=opening_id,
            membership_id=employer.people[key],
            role=role,
            is_responsible=is_responsible,
        )
    await do(recruiter, when, open_opening, opening_id=opening_id)
    content = PostingContent(
        title=posting.TITLE,
        body_html=posting.BODY,
        sections=posting.SECTIONS,
        location_id=employer.locations[REMOTE],
        location_name="United States (remote)",
        eeo_statement=posting.EEO_STATEMENT,
        accommodation_contact=posting.ACCOMMODATION_CONTACT,
    )
    written = await do(recruiter, when, create_posting, opening_id=opening_id, content=content)
    await do(recruiter, when, publish_posting, posting_id=written.posting_id, to=PostingStatus.PUBLISHED)
    return opening_id, written.posting_id


async def share(employer: Employer, opening_id: UUID, when: datetime) -> None:
    """Who else works on the posting's opening, and what that lets them do."""
    for granted in (
        Granted("hiring_manager", GrantRole.HIRING_MANAGER, ScopeType.OPENING, opening_id),
        Granted("coordinator", GrantRole.COORDINATOR, ScopeType.OPENING, opening_id),
        Granted("agency", GrantRole.AGENCY, ScopeType.OPENING, opening_id),
    ):
        await employer.grant(granted, when)


async def open_internally(employer: Employer, actors: Mapping[str, Actor]) -> UUID:
    """An opening that only members see posted; its id."""
    do, recruiter, when = employer.scene.do, actors["recruiter"], employer.ago(_INTERNAL_DAYS)
    draft = OpeningDraft(
        title="Site Reliability Engineer",
        employment_type=EmploymentType.FULL_TIME,
        requisition_code="ENG-1077",
        department_id=employer.departments["Core Engineering"],
        location_ids=(employer.locations["San Francisco"],),
        seats=2,
    )
    opening_id = (await do(recruiter, when, create_opening, draft=draft)).opening_id
    await do(recruiter, when, open_opening, opening_id=opening_id)
    content = PostingContent(body_html="<p>For members only: keep what the others build running.</p>")
    written = await do(recruiter, when, create_posting, opening_id=opening_id, content=content)
    await do(recruiter, when, publish_posting, posting_id=written.posting_id, to=PostingStatus.INTERNAL)
    return opening_id


async def open_confidentially(employer: Employer, actors: Mapping[str, Actor]) -> tuple[UUID, Actor]:
    """An opening that only the recruiter and the hiring manager know of: its id, and the former as who keeps it.

    Not even the administrator sees it: a confidential opening takes a grant that says so (R20).
    """
    do, recruiter, when = employer.scene.do, actors["recruiter"], employer.ago(_CONFIDENTIAL_DAYS)
    draft = OpeningDraft(
        title="Director of Engineering, Monetization",
        employment_type=EmploymentType.FULL_TIME,
        is_confidential=True,
        department_id=employer.departments["Monetization Engineering"],
    )
    opening_id = (await do(recruiter, when, create_opening, draft=draft)).opening_id
    # What the portal gave the opening's creator, so that they do not lose sight of it.
    kept = HeldGrant(GrantRole.RECRUITER, ScopeType.OPENING, frozenset({opening_id}), include_confidential=True)
    keeper = replace(recruiter, grants=(*recruiter.grants, kept))
    await do(keeper, when, open_opening, opening_id=opening_id)
    told = Granted("hiring_manager", GrantRole.HIRING_MANAGER, ScopeType.OPENING, opening_id, include_confidential=True)
    await employer.grant(told, when)
    return opening_id, keeper


async def draft_others(employer: Employer, actors: Mapping[str, Actor]) -> None:
    """A draft, a template, and an opening on hold; and the reasons for which openings are closed."""
    do, recruiter = employer.scene.do, actors["recruiter"]
    for name in ("All seats filled", "Budget withdrawn", "Reorganised"):
        await do(employer.system, employer.founded_at, create_close_reason, name=name)
    for title, kind, days in (
        ("Engineering Manager, Shopping Catalog", OpeningKind.STANDARD, _DRAFT_DAYS),
        ("Software Engineer (template)", OpeningKind.TEMPLATE, _ON_HOLD_DAYS),
        ("Data Platform Engineer", OpeningKind.STANDARD, _ON_HOLD_DAYS),
    ):
        draft = OpeningDraft(
            title=title,
            employment_type=EmploymentType.FULL_TIME,
            kind=kind,
            department_id=employer.departments["Core Engineering"],
        )
        made = await do(recruiter, employer.ago(days), create_opening, draft=draft)
    await do(recruiter, employer.ago(_ON_HOLD_DAYS), open_opening, opening_id=made.opening_id)
    await do(recruiter, employer.ago(_DRAFT_DAYS), put_opening_on_hold, opening_id=made.opening_id)
