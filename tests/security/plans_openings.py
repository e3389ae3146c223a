"""Plans for the mutations of openings."""

from portal.access.enums import GrantRole
from portal.access.permissions import GRANT_ROLES, Permission
from portal.database.base import TenantRow
from tests.security.plans import Future, Input, Target, id_of, on, plan
from tests.security.plans_organization import LATER, MANAGES, named, referring
from tests.security.scene import Place, Scene

P = Permission

OPEN = "opening OPEN"
EDITS = on(P.OPENING_EDIT, OPEN)


def _new_opening(scene: Scene, place: Place) -> Input:
    return {
        "title": "New",
        "employmentType": "FULL_TIME",
        "kind": "STANDARD",
        "isConfidential": False,
        "requisitionCode": "R-1",
        "departmentId": id_of(place.department),
        "seniority": "Senior",
        "relocationOffered": False,
        "description": "What it is",
        "locationIds": [id_of(place.location)],
        "teams": [{"teamId": id_of(place.team), "seatTarget": 1}],
        "seats": 2,
    }


def _would_be(place: Place) -> Future:
    """Where rights are asked for before a new opening hides: it is not confidential yet."""
    return Future("Opening", {"id": None, "is_confidential": False, "department_id": place.department.id})


def _creates(_scene: Scene, place: Place) -> list[tuple[P, Target]]:
    return [(P.OPENING_CREATE, _would_be(place))]


def _copies(_scene: Scene, place: Place) -> list[tuple[P, Target]]:
    return [(P.OPENING_READ, place.opening()), (P.OPENING_CREATE, _would_be(place))]


def _placed(_scene: Scene, place: Place) -> list[TenantRow]:
    return [place.department, place.location, place.team]


_CHANGED = (
    *("title", "employmentType", "requisitionCode", "departmentId", "seniority", "relocationOffered"),
    "description",
)
plan("createOpening", _new_opening, _creates, _placed)
plan(
    "updateOpening",
    lambda scene, place: (
        {name: value for name, value in _new_opening(scene, place).items() if name in _CHANGED}
        | {"openingId": id_of(place.opening()), "title": "Other"}
    ),
    EDITS,
    lambda _scene, place: [place.department],
)
plan("copyOpening", named({"title": "Copy", "asTemplate": False}, openingId=OPEN), _copies)


def _keeps(_scene: Scene, place: Place) -> list[tuple[Permission, Target]]:
    """Whoever makes an opening confidential gets a recruiter's grant on it, so they have all that already."""
    granted = [permission for permission, _ in GRANT_ROLES[GrantRole.RECRUITER]]
    needed = [P.OPENING_EDIT] if place.opening().is_confidential else granted
    return [(permission, place.opening()) for permission in needed]


plan("makeOpeningConfidential", named(openingId=OPEN), _keeps)
plan("makeOpeningPublic", named({"confirmed": True}, openingId=OPEN), EDITS)
plan("openOpening", named(openingId="opening DRAFT"), on(P.OPENING_EDIT, "opening DRAFT"))
plan("putOpeningOnHold", named(openingId=OPEN), EDITS)
plan("resumeOpening", named(openingId="opening ON_HOLD"), on(P.OPENING_EDIT, "opening ON_HOLD"))
plan("archiveOpening", named(openingId="opening CLOSED"), on(P.OPENING_EDIT, "opening CLOSED"))
plan("unarchiveOpening", named(openingId="opening ARCHIVED"), on(P.OPENING_EDIT, "opening ARCHIVED"))
plan(
    "closeOpening",
    lambda scene, place: {
        "openingId": id_of(place.opening()),
        "closeReasonId": id_of(scene.rows["close reason used"]),
        "remaining": {"disposition": "TRANSFER", "targetOpeningId": id_of(place.rows["opening other"]), "note": "No"},
    },
    lambda _scene, place: [
        (P.OPENING_EDIT, place.opening()),
        (P.APPLICATION_MOVE, place.opening()),
        (P.APPLICATION_MOVE, place.rows["opening other"]),
    ],
)
plan(
    "reopenOpening",
    named({"restoreApplications": False}, openingId="opening CLOSED"),
    on(P.OPENING_EDIT, "opening CLOSED"),
)


def _more_teams(scene: Scene, place: Place) -> list[Input]:
    return [
        {"teamId": id_of(place.team), "seatTarget": 1},
        {"teamId": id_of(scene.rows["team empty"]), "seatTarget": 1},
    ]


plan(
    "setOpeningTeams",
    lambda scene, place: {"openingId": id_of(place.opening()), "teams": _more_teams(scene, place)},
    EDITS,
    lambda scene, place: [place.team, scene.rows["team empty"]],
)
plan(
    "addOpeningTeam",
    lambda scene, place: {"openingId": id_of(place.opening()), "team": _more_teams(scene, place)[1]},
    EDITS,
    referring("team empty"),
)
plan(
    "removeOpeningTeam",
    lambda _scene, place: {"openingId": id_of(place.opening()), "teamId": id_of(place.team)},
    EDITS,
)
plan(
    "setOpeningLocations",
    lambda scene, place: {"openingId": id_of(place.opening()), "locationIds": [id_of(scene.rows["location empty"])]},
    EDITS,
    referring("location empty"),
)
plan(
    "addHiringTeamMember",
    named({"role": "RECRUITER", "isResponsible": True}, openingId=OPEN, membershipId="ACTIVE"),
    EDITS,
    referring("ACTIVE"),
)
plan(
    "replaceHiringTeamMember",
    named(hiringTeamMemberId="hiring team member", membershipId="MEMBER"),
    on(P.OPENING_EDIT, "hiring team member"),
    referring("MEMBER"),
)
plan(
    "removeHiringTeamMember",
    named(hiringTeamMemberId="hiring team member"),
    on(P.OPENING_EDIT, "hiring team member"),
)

SEATS = on(P.SEAT_MANAGE, OPEN)
_SEAT = {"reason": "BACKFILL", "backfillFor": "Somebody", "targetStartOn": "2027-01-01"}
plan(
    "addSeats",
    lambda _scene, place: {"openingId": id_of(place.opening()), "count": 2, "teamId": id_of(place.team)} | _SEAT,
    SEATS,
)
plan(
    "updateSeat",
    lambda _scene, place: {"seatId": id_of(place.rows["seat open"]), "teamId": id_of(place.team)} | _SEAT,
    on(P.SEAT_MANAGE, "seat open"),
)
plan("openSeat", named(seatId="seat planned"), on(P.SEAT_MANAGE, "seat planned"))
plan("closeSeat", named(seatId="seat open", closeReasonId="close reason used"), on(P.SEAT_MANAGE, "seat open"))
plan("reopenSeat", named(seatId="seat closed"), on(P.SEAT_MANAGE, "seat closed"))
plan("changeHeadcount", named({"headcount": 3}, openingId=OPEN, closeReasonId="close reason used"), SEATS)

_BAND = {
    "component": "BONUS",
    "visibility": "INTERNAL",
    "region": "US",
    "currency": "USD",
    "minimumMinor": 1000,
    "maximumMinor": 2000,
    "payInterval": "YEAR",
    "note": "From the board",
}
plan("createCompensationBand", named(_BAND, openingId=OPEN), on(P.COMPENSATION_EDIT, OPEN))
plan("updateCompensationBand", named(_BAND, compensationBandId="band"), on(P.COMPENSATION_EDIT, "band"))
plan("removeCompensationBand", named(compensationBandId="band"), on(P.COMPENSATION_EDIT, "band"))

_CONTENT = {
    "title": "Come",
    "language": "en",
    "bodyHtml": "<p>Come and build</p>",
    "sections": [{"heading": "What", "html": "<p>Work</p>"}],
    "locationName": "Here",
    "eeoStatement": "Everybody",
    "accommodationContact": "help@example.com",
    "url": "https://example.com/jobs/1",
    "validThrough": LATER,
}


def _says(scene: Scene) -> Input:
    return _CONTENT | {"locationId": id_of(scene.rows["location empty"])}


plan(
    "createPosting",
    lambda scene, place: {"openingId": id_of(place.opening()), "content": _says(scene)},
    on(P.POSTING_PUBLISH, OPEN),
    referring("location empty"),
)
plan(
    "updatePosting",
    lambda scene, place: {"postingId": id_of(place.rows["posting draft"]), "content": _says(scene)},
    on(P.POSTING_PUBLISH, "posting draft"),
    referring("location empty"),
)
plan("publishPosting", named({"status": "UNLISTED"}, postingId="posting draft"), on(P.POSTING_PUBLISH, "posting draft"))
plan("unpublishPosting", named(postingId="posting published"), on(P.POSTING_PUBLISH, "posting published"))

plan("createSkill", named({"name": "Rust", "aliases": ["Rust lang"]}), MANAGES)
plan("updateSkill", named({"name": "Rust", "aliases": ["Rust lang"]}, skillId="skill used"), MANAGES)
plan("archiveSkill", named(skillId="skill used"), MANAGES)
plan("unarchiveSkill", named(skillId="skill archived"), MANAGES)
plan(
    "setOpeningSkills",
    lambda scene, place: {
        "openingId": id_of(place.opening()),
        "skills": [{"skillId": id_of(scene.rows["skill used"]), "level": "REQUIRED"}],
    },
    EDITS,
    referring("skill used"),
)

PIPES = on(P.PIPELINE_MANAGE, OPEN)
plan("addStage", named({"kind": "INTERVIEW", "name": "Talk"}, openingId=OPEN), PIPES)
plan("renameStage", named({"name": "Talk"}, stageId="stage screen"), on(P.PIPELINE_MANAGE, "stage screen"))
plan(
    "reorderStages",
    lambda _scene, place: {
        "openingId": id_of(place.opening()),
        "stageIds": [id_of(place.rows[f"stage {name}"]) for name in ("applied", "match", "screen", "hired")],
    },
    PIPES,
)
plan("unarchiveStage", named(stageId="stage archived"), on(P.PIPELINE_MANAGE, "stage archived"))
plan(
    "setStageTemplates",
    named({"stages": [{"kind": "APPLIED", "name": "In"}, {"kind": "HIRED", "name": "Done"}]}),
    MANAGES,
)
plan("createCloseReason", named({"name": "New"}), MANAGES)
plan("renameCloseReason", named({"name": "Other"}, closeReasonId="close reason used"), MANAGES)
plan("archiveCloseReason", named(closeReasonId="close reason used"), MANAGES)
plan("unarchiveCloseReason", named(closeReasonId="close reason archived"), MANAGES)
