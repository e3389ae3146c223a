"""The demo's two organizations, each made in one transaction: interrupted, it leaves nothing behind."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Uuid, bindparam, select

from portal.access.actions import action
from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.applications.actions.loading import stages_of
from portal.applications.models import Application, RejectionReason
from portal.candidates.actions.privacy import link_candidate_to_member
from portal.demo import cast, openings
from portal.demo.cast import OTHER
from portal.demo.founding import Employer, found_pinterest
from portal.demo.pipeline import Pipeline, tell
from portal.demo.scene import Scene
from portal.demo.stories import OPEN_FOR, Channel, Story, few_stories, stories
from portal.openings.actions.openings import OpeningDraft, create_opening
from portal.openings.actions.states import open_opening
from portal.openings.enums import EmploymentType, StageKind
from portal.organizations.actions.organization import OrganizationDraft
from portal.organizations.actions.results import OrganizationResult

# Told after each application with the number of them that are made and the number there will be.
Progress: TypeAlias = Callable[[int, int], None]

OTHER_SLUG = "globex"

_AGE = timedelta(days=400)
_REASONS = select(RejectionReason.id, RejectionReason.name).where(
    RejectionReason.organization_id == bindparam("organization_id", type_=Uuid())
)
_CANDIDATE = select(Application.candidate_id).where(
    Application.organization_id == bindparam("organization_id", type_=Uuid()),
    Application.id == bindparam("application_id", type_=Uuid()),
)

_INTERNAL = (*[StageKind.APPLIED] * 6, *[StageKind.SCREEN] * 4, *[StageKind.INTERVIEW] * 2)
_CONFIDENTIAL = (StageKind.SCREEN, StageKind.SCREEN, StageKind.INTERVIEW)
_OTHERS = (*[StageKind.APPLIED] * 7, *[StageKind.SCREEN] * 3, *[StageKind.INTERVIEW] * 2)


@action(Permission.ORGANIZATION_MANAGE)
async def make_pinterest(work: Work, *, progress: Progress) -> OrganizationResult:
    """The posting's employer with its openings, and some 400 people who applied in the ten months since."""
    employer = _employer(work)
    await found_pinterest(employer)
    parts = (*cast.PARTS, *cast.MORE_INTERVIEWERS)
    opened_at = employer.now - OPEN_FOR
    opening_id, posting_id = await openings.open_posting(employer, employer.actors(parts), opened_at)
    await openings.share(employer, opening_id, opened_at)
    internal_id = await openings.open_internally(employer, employer.actors(parts))
    confidential_id, keeper = await openings.open_confidentially(employer, employer.actors(parts))
    await openings.draft_others(employer, employer.actors(parts))

    actors = employer.actors(parts)
    hidden = {key: actor for key, actor in actors.items() if key in {"employee", "interviewer"}} | {"recruiter": keeper}
    main = await _pipeline(work, employer, opening_id, actors, posting_id)
    beside = await _pipeline(work, employer, internal_id, actors)
    secret = await _pipeline(work, employer, confidential_id, hidden)
    told: list[tuple[Pipeline, Story]] = [(main, story) for story in stories(employer.now)]
    told += [(beside, story) for story in few_stories(employer.now, 2, _INTERNAL)]
    told += [(secret, story) for story in few_stories(employer.now, 3, _CONFIDENTIAL)]
    for done, (pipeline, story) in enumerate(told, start=1):
        await tell(employer.scene, pipeline, story)
        progress(done, len(told) + 1)
    await _apply_internally(work, employer, beside)
    progress(len(told) + 1, len(told) + 1)
    return OrganizationResult(work.actor.organization_id)


@action(Permission.ORGANIZATION_MANAGE)
async def make_other_organization(work: Work, *, progress: Progress) -> OrganizationResult:
    """A second employer, which never learns of the first: one administrator, one opening, a dozen candidates."""
    employer = _employer(work)
    draft = OrganizationDraft(slug=OTHER_SLUG, name="Globex", default_currency="GBP", default_timezone="Europe/London")
    await employer.found(draft, (OTHER,))
    admin = employer.actors((OTHER,))[OTHER.key]
    opening = OpeningDraft(title="Data Engineer", employment_type=EmploymentType.FULL_TIME, requisition_code="D-7")
    made = await employer.scene.do(admin, employer.ago(80), create_opening, draft=opening)
    await employer.scene.do(admin, employer.ago(80), open_opening, opening_id=made.opening_id)
    pipeline = await _pipeline(work, employer, made.opening_id, {"recruiter": admin, "employee": admin})
    told = few_stories(employer.now, 4, _OTHERS)
    for done, story in enumerate(told, start=1):
        await tell(employer.scene, pipeline, story)
        progress(done, len(told))
    return OrganizationResult(work.actor.organization_id)


def _employer(work: Work) -> Employer:
    return Employer(scene=Scene(work), system=work.actor, now=work.now, founded_at=work.now - _AGE)


async def _pipeline(
    work: Work, employer: Employer, opening_id: UUID, actors: Mapping[str, Actor], posting_id: UUID | None = None
) -> Pipeline:
    stages = {stage.kind: stage.id for stage in (await stages_of(work, opening_id)).values()}
    reasons = {row["name"]: row["id"] for row in await work.rows(_REASONS)}
    return Pipeline(
        opening_id=opening_id,
        posting_id=posting_id,
        stages=stages,
        sources=employer.sources,
        reasons=reasons,
        skills=employer.skills,
        teams=employer.teams,
        actors=actors,
    )


async def _apply_internally(work: Work, employer: Employer, pipeline: Pipeline) -> None:
    """The employee applies for the internal opening: a record that they never see themselves (R22)."""
    story = replace(few_stories(employer.now, 5, (StageKind.SCREEN,))[0], channel=Channel.INTERNAL)
    emil = next(part for part in cast.PARTS if part.key == "employee")
    names = replace(story.person.names, name=emil.name, first_name="Emil", last_name="Eriksson")
    contact = replace(story.person.contacts[0], value=emil.email)
    story = replace(story, person=replace(story.person, names=names, contacts=(contact,)))
    application_id = await tell(employer.scene, pipeline, story)
    candidate_id: UUID = await work.value(_CANDIDATE, application_id=application_id)
    await employer.scene.do(
        employer.system,
        employer.now,
        link_candidate_to_member,
        candidate_id=candidate_id,
        membership_id=employer.people["employee"],
    )
