"""Plans for the mutations of candidates and applications."""

from typing import Any

from portal.access.permissions import Permission
from tests.security.plans import Input, Target, anywhere, id_of, on, plan, row
from tests.security.plans_openings import OPEN
from tests.security.plans_organization import MANAGES, named, referring
from tests.security.scene import Place, Scene

P = Permission

WHO = "candidate active"
EDITS = on(P.CANDIDATE_EDIT, WHO)

_PHONE = {"kind": "PHONE", "value": "+1 415 555 2671", "label": "mobile", "isPrimary": True}
_LINK = {"url": "https://github.com/cora", "kind": "GITHUB"}
_PAST = {"started": {"on": "2020-01-01", "precision": "MONTH"}, "ended": {"on": "2021-01-01", "precision": "DAY"}}
_JOB = {
    "company": "Acme",
    "title": "Engineer",
    "location": "Here",
    "url": "https://example.com",
    "isCurrent": False,
    "summary": "Did things",
    "highlights": ["One"],
} | _PAST
_SCHOOL = {
    "institution": "MIT",
    "area": "Physics",
    "degree": "BSc",
    "url": "https://example.com",
    "score": "A",
    "courses": ["One"],
} | _PAST
_PERSON = {
    "name": "Nora New",
    "firstName": "Nora",
    "lastName": "New",
    "preferredName": "No",
    "headline": "Engineer",
    "summary": "Long story",
    "location": "Here",
    "timezone": "UTC",
    "isInternal": False,
    "canEmail": True,
}


def _skills(scene: Scene) -> list[Input]:
    return [{"skillId": id_of(scene.rows["skill used"]), "level": "Expert", "keywords": ["asyncio"]}]


def _somebody(scene: Scene) -> Input:
    return _PERSON | {
        "isPrivate": False,
        "sourceId": id_of(scene.rows["source used"]),
        "contactPoints": [_PHONE],
        "country": "US",
        "links": [_LINK],
        "employments": [_JOB],
        "educations": [_SCHOOL],
        "skills": _skills(scene),
        "tags": ["Fast"],
    }


def both(*pairs: tuple[P, str]) -> Any:
    """Takes several permissions, each on a named row."""

    def build(scene: Scene, place: Place) -> list[tuple[P, Target]]:
        return [(permission, row(scene, place, name)) for permission, name in pairs]

    return build


plan(
    "createCandidate",
    lambda scene, _place: {"candidate": _somebody(scene)},
    anywhere(P.CANDIDATE_CREATE),
    referring("source used", "skill used"),
)
plan("updateCandidate", named(_PERSON, candidateId=WHO, sourceId="source used"), EDITS)

CONTACTS = both((P.CANDIDATE_EDIT, WHO), (P.CANDIDATE_CONTACT, WHO))
_POINTS = {"contactPoints": [_PHONE], "country": "US"}
plan("setContactPoints", named(_POINTS, candidateId=WHO), CONTACTS)
plan("addContactPoints", named(_POINTS, candidateId=WHO), CONTACTS)
plan("removeContactPoint", named(candidateId=WHO, contactPointId="contact active"), CONTACTS)
plan("setCandidateLinks", named({"links": [_LINK]}, candidateId=WHO), CONTACTS)
plan("setEmployments", named({"employments": [_JOB]}, candidateId=WHO), EDITS)
plan("setEducations", named({"educations": [_SCHOOL]}, candidateId=WHO), EDITS)
plan(
    "setCandidateSkills",
    lambda scene, place: {"candidateId": id_of(place.rows[WHO]), "skills": _skills(scene)},
    EDITS,
    referring("skill used"),
)
plan(
    "setCandidatePrivacy",
    named({"isPrivate": True}, candidateId=WHO),
    both((P.CANDIDATE_PRIVATE, WHO), (P.CANDIDATE_EDIT, WHO)),
)
plan("linkCandidateToMember", named(candidateId=WHO, membershipId="INVITED"), EDITS, referring("INVITED"))
plan("unlinkCandidate", named(candidateId="candidate linked"), on(P.CANDIDATE_EDIT, "candidate linked"))
plan("tagCandidate", named({"tags": ["Brand new"]}, candidateId=WHO), EDITS)
plan("untagCandidate", named({"tags": ["Fast"]}, candidateId=WHO), EDITS)
plan("createTag", named({"name": "New tag"}), anywhere(P.CANDIDATE_EDIT))
plan("renameTag", named({"name": "New tag"}, tagId="tag"), MANAGES)
plan("createSource", named({"name": "New", "type": "OTHER"}), MANAGES)
plan("archiveSource", named(sourceId="source used"), MANAGES)


# Without terms: those are for whoever recruits there.
plan(
    "submitApplication",
    named({"submission": {}}, candidateId="candidate candidate", openingId=OPEN),
    both((P.APPLICATION_CREATE, OPEN), (P.CANDIDATE_SEE, "candidate candidate")),
)
plan(
    "submitCandidate",
    lambda scene, place: {
        "candidate": _somebody(scene),
        "openingId": id_of(place.opening()),
        "submission": {},
    },
    lambda _scene, place: [(P.CANDIDATE_CREATE, None), (P.APPLICATION_CREATE, place.opening())],
    referring("source used", "skill used"),
)

ONE = "application active"
MOVES = on(P.APPLICATION_MOVE, ONE)
plan(
    "moveApplication",
    named({"note": "Good"}, applicationId=ONE, fromStageId="stage screen", toStageId="stage match"),
    MOVES,
)
plan(
    "transferApplication",
    lambda _scene, place: {
        "applicationId": id_of(place.rows[ONE]),
        "openingId": id_of(place.rows["opening other"]),
        "stageId": id_of(place.rows["stage other"]),
        "note": "Better there",
    },
    both((P.APPLICATION_MOVE, ONE), (P.APPLICATION_MOVE, "opening other")),
)
_ENDS = {"note": "Not now"}
plan("rejectApplication", named(_ENDS, applicationId=ONE, reasonId="reason used"), on(P.APPLICATION_REJECT, ONE))
plan(
    "withdrawApplication",
    named(_ENDS, applicationId=ONE, reasonId="reason by candidate"),
    on(P.APPLICATION_REJECT, ONE),
)
plan(
    "unrejectApplication",
    named({"reason": "A mistake"}, applicationId="application rejected", stageId="stage screen"),
    on(P.APPLICATION_REJECT, "application rejected"),
)
plan(
    "hireApplication",
    lambda _scene, place: {
        "applicationId": id_of(place.rows[ONE]),
        "seatId": id_of(place.rows["seat open"]),
        "teamId": id_of(place.team),
    },
    on(P.APPLICATION_HIRE, ONE),
)
plan(
    "unhireApplication",
    named(_ENDS, applicationId="application hired"),
    on(P.APPLICATION_HIRE, "application hired"),
)
plan(
    "bulkMoveApplications",
    lambda _scene, place: {
        "moves": [{"applicationId": id_of(place.rows[ONE]), "fromStageId": id_of(place.rows["stage screen"])}],
        "toStageId": id_of(place.rows["stage match"]),
        "note": "All",
    },
    both((P.APPLICATION_BULK, ONE), (P.APPLICATION_MOVE, ONE)),
)
plan(
    "bulkRejectApplications",
    lambda scene, place: {
        "applicationIds": [id_of(place.rows[ONE])],
        "reasonId": id_of(scene.rows["reason used"]),
        "note": "All",
    },
    both((P.APPLICATION_BULK, ONE), (P.APPLICATION_REJECT, ONE)),
)
plan(
    "undoBatch",
    lambda _scene, place: {"batchId": f"bat_{place.batch_id.hex}"},
    both((P.APPLICATION_BULK, "application batched"), (P.APPLICATION_MOVE, "application batched")),
)
plan(
    "archiveStage",
    named(stageId="stage match", destinationStageId="stage screen"),
    both((P.PIPELINE_MANAGE, "stage match"), (P.APPLICATION_MOVE, OPEN)),
)
ASSIGNS = on(P.APPLICATION_ASSIGN, ONE)
plan("assignInterviewer", named(applicationId=ONE, membershipId="MEMBER"), ASSIGNS, referring("MEMBER"))
plan("unassignInterviewer", named(applicationId=ONE, membershipId="ACTIVE"), ASSIGNS)
plan(
    "proposeTeamMatch",
    lambda scene, place: {
        "applicationId": id_of(place.rows["application batched"]),
        "teamId": id_of(scene.rows["team unproposed"]),
    },
    on(P.TEAM_MATCH_PROPOSE, "application batched"),
    referring("team unproposed"),
)
plan("addRejectionReason", named({"name": "New", "type": "OTHER"}), MANAGES)
plan("renameRejectionReason", named({"name": "Other"}, rejectionReasonId="reason used"), MANAGES)
plan("archiveRejectionReason", named(rejectionReasonId="reason used"), MANAGES)
plan("unarchiveRejectionReason", named(rejectionReasonId="reason archived"), MANAGES)
plan("addDefaultRejectionReasons", named({}), MANAGES)
