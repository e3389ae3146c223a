"""Telling a story: the actions that its people took, in their order."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from portal.access.actor import Actor
from portal.applications.actions.hires import hire_application
from portal.applications.actions.moves import move_application
from portal.applications.actions.outcomes import reject_application, withdraw_application
from portal.applications.actions.people import assign_interviewer, propose_team_match
from portal.applications.actions.submissions import Terms, submit_candidate
from portal.applications.enums import ApplicationOrigin
from portal.candidates.actions.create import NewCandidate
from portal.candidates.actions.making import GivenSkill
from portal.demo.scene import Scene
from portal.demo.stories import Channel, Ending, Story, Visit
from portal.openings.enums import StageKind

# Who brings candidates of a channel, and what their applications are then.
_BROUGHT: Mapping[Channel, tuple[str, ApplicationOrigin | None]] = {
    Channel.CAREERS: ("service", ApplicationOrigin.APPLIED),
    Channel.BOARD: ("service", ApplicationOrigin.APPLIED),
    Channel.SOURCED: ("sourcer", ApplicationOrigin.SOURCED),
    Channel.REFERRAL: ("recruiter", ApplicationOrigin.REFERRED),
    Channel.AGENCY: ("agency", ApplicationOrigin.AGENCY),
    Channel.MEETUP: ("recruiter", ApplicationOrigin.APPLIED),
    Channel.INTERNAL: ("recruiter", ApplicationOrigin.INTERNAL),
}

_SOON = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Pipeline:
    """An opening and all that its stories refer to, by name; `actors` by the key of their part."""

    opening_id: UUID
    posting_id: UUID | None
    stages: Mapping[StageKind, UUID]
    sources: Mapping[str, UUID]
    reasons: Mapping[str, UUID]
    skills: Mapping[str, UUID]
    teams: Mapping[str, UUID]
    actors: Mapping[str, Actor]

    def actor(self, key: str, story: Story | None = None) -> Actor:
        """Who plays a part; the recruiter where nobody does, or where the story is of somebody private."""
        is_hidden = story is not None and (story.is_private or story.channel is Channel.INTERNAL)
        return self.actors["recruiter"] if is_hidden or key not in self.actors else self.actors[key]

    def member_id(self, key: str) -> UUID:
        """The membership of whoever plays a part."""
        member_id = self.actors[key].id
        if member_id is None:
            raise LookupError(f"{key} is nobody who could be named.")
        return member_id


async def tell(scene: Scene, pipeline: Pipeline, story: Story) -> UUID:
    """Let everything of a story happen; the application's id."""
    recruiter = pipeline.actor("recruiter")
    application_id = await _submit(scene, pipeline, story)
    before, seen = story.visits[0], {story.visits[0].kind}
    for visit in story.visits[1:]:
        mover = pipeline.actor("hiring_manager", story) if visit.kind is StageKind.TEAM_MATCH else recruiter
        await scene.do(
            mover,
            visit.entered_at,
            move_application,
            application_id=application_id,
            from_stage_id=pipeline.stages[before.kind],
            to_stage_id=pipeline.stages[visit.kind],
        )
        if visit.kind not in seen:
            await _let_in(scene, pipeline, story, application_id, visit)
        before = visit
        seen.add(visit.kind)
    if story.ended_at is not None:
        await _end(scene, pipeline, story, application_id, story.ended_at)
    return application_id


async def _submit(scene: Scene, pipeline: Pipeline, story: Story) -> UUID:
    person = story.person
    key, origin = _BROUGHT[story.channel]
    candidate = NewCandidate(
        names=person.names,
        headline=person.headline,
        location=person.location,
        # The policy makes people private who work here already; nobody asks for it.
        is_private=True if story.is_private else None,
        is_internal=story.channel is Channel.INTERNAL,
        source_id=pipeline.sources[story.channel],
        contact_points=person.contacts,
        employments=person.employments,
        educations=person.educations,
        # An agency does not see the organization's list of skills, so it can't name one.
        skills=tuple(
            GivenSkill(pipeline.skills[name], level)
            for name, level in person.skills
            if story.channel is not Channel.AGENCY
        ),
        tags=person.tags,
    )
    terms = Terms(
        posting_id=pipeline.posting_id if key == "service" else None,
        source_id=pipeline.sources[story.channel],
        origin=origin,
        credited_to_id=pipeline.member_id("employee") if story.channel is Channel.REFERRAL else None,
    )
    made = await scene.do(
        pipeline.actor(key),
        story.began_at,
        submit_candidate,
        candidate=candidate,
        opening_id=pipeline.opening_id,
        terms=terms,
    )
    return made.application_id


async def _let_in(scene: Scene, pipeline: Pipeline, story: Story, application_id: UUID, visit: Visit) -> None:
    """Assign interviewers, or propose the application to teams, soon after it has entered the stage for that."""
    when = visit.entered_at + _SOON
    if visit.kind is StageKind.INTERVIEW:
        for key in story.interviewers:
            member_id = pipeline.member_id(key)
            await scene.do(
                pipeline.actor("coordinator", story),
                when,
                assign_interviewer,
                application_id=application_id,
                membership_id=member_id,
            )
    if visit.kind is StageKind.TEAM_MATCH:
        for team in story.teams:
            team_id = pipeline.teams[team]
            await scene.do(
                pipeline.actor("recruiter"),
                when,
                propose_team_match,
                application_id=application_id,
                team_id=team_id,
            )


async def _end(scene: Scene, pipeline: Pipeline, story: Story, application_id: UUID, ended_at: datetime) -> None:
    recruiter = pipeline.actor("recruiter")
    interviewed = story.visits[-1].kind is StageKind.INTERVIEW
    match story.ending:
        case Ending.HIRED:
            team_id = pipeline.teams[story.teams[0]]
            await scene.do(recruiter, ended_at, hire_application, application_id=application_id, team_id=team_id)
        case Ending.REJECTED:
            decider = pipeline.actor("hiring_manager", story) if interviewed else recruiter
            reason_id = pipeline.reasons[story.reason or ""]
            await scene.do(decider, ended_at, reject_application, application_id=application_id, reason_id=reason_id)
        case Ending.WITHDRAWN:
            reason_id = pipeline.reasons[story.reason or ""]
            await scene.do(
                recruiter, ended_at, withdraw_application, application_id=application_id, reason_id=reason_id
            )
        case Ending.ACTIVE:
            return
