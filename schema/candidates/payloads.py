"""What mutations of candidates, tags and sources answer."""

from typing import Any

import strawberry

from schema.candidates.types import Candidate, Source, Tag
from schema.mutating import Payload

_CANDIDATE = (
    "The candidate as it is now; null when nothing was changed, and when the viewer may not see the candidate: without "
    "the right to search the whole database one is seen through an application only."
)


def _candidate() -> Any:  # Any: what a dataclass field's default is typed as
    return strawberry.field(description=_CANDIDATE, default=None)


@strawberry.type(description="What `createCandidate` answers.")
class CreateCandidatePayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `updateCandidate` answers.")
class UpdateCandidatePayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `setContactPoints` answers.")
class SetContactPointsPayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `addContactPoints` answers.")
class AddContactPointsPayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `removeContactPoint` answers.")
class RemoveContactPointPayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `setCandidateLinks` answers.")
class SetCandidateLinksPayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `setEmployments` answers.")
class SetEmploymentsPayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `setEducations` answers.")
class SetEducationsPayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `setCandidateSkills` answers.")
class SetCandidateSkillsPayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `tagCandidate` answers.")
class TagCandidatePayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `untagCandidate` answers.")
class UntagCandidatePayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `setCandidatePrivacy` answers.")
class SetCandidatePrivacyPayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `linkCandidateToMember` answers.")
class LinkCandidateToMemberPayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `unlinkCandidate` answers.")
class UnlinkCandidatePayload(Payload):
    candidate: Candidate | None = _candidate()


@strawberry.type(description="What `createTag` answers.")
class CreateTagPayload(Payload):
    tag: Tag | None = strawberry.field(description="The new tag; null when there is none.", default=None)


@strawberry.type(description="What `renameTag` answers.")
class RenameTagPayload(Payload):
    tag: Tag | None = strawberry.field(description="The tag as it is now; null when nothing was changed.", default=None)


@strawberry.type(description="What `createSource` answers.")
class CreateSourcePayload(Payload):
    source: Source | None = strawberry.field(description="The new source; null when there is none.", default=None)


@strawberry.type(description="What `archiveSource` answers.")
class ArchiveSourcePayload(Payload):
    source: Source | None = strawberry.field(
        description="The source as it is now; null when nothing was changed.", default=None
    )
