"""Where an opening hires, for which teams, and who works on it."""

from portal.openings.entities.opening import OPENING, READ, of_opening
from portal.openings.enums import HiringRole
from portal.openings.models import HiringTeamMember, OpeningLocation, OpeningTeam
from portal.organizations.reads import LOCATION, TEAM
from portal.people.reads import MEMBERSHIP
from portal.reading.entity import Entity, Many, One, columns
from portal.reading.rows import constant

OPENING_TEAM: Entity[OpeningTeam] = Entity(
    "OpeningTeam",
    OpeningTeam,
    "opt",
    READ,
    of_opening(OpeningTeam.opening_id),
    {
        **columns(
            OpeningTeam.seat_target,
            OpeningTeam.priority,
            OpeningTeam.created_at,
            OpeningTeam.updated_at,
            OpeningTeam.version,
        ),
        "opening": One(lambda: OPENING, OpeningTeam.opening_id),
        "team": One(lambda: TEAM, OpeningTeam.team_id),
    },
)

OPENING_LOCATION: Entity[OpeningLocation] = Entity(
    "OpeningLocation",
    OpeningLocation,
    "opl",
    READ,
    of_opening(OpeningLocation.opening_id),
    {
        **columns(OpeningLocation.created_at, OpeningLocation.updated_at, OpeningLocation.version),
        "opening": One(lambda: OPENING, OpeningLocation.opening_id),
        "location": One(lambda: LOCATION, OpeningLocation.location_id),
    },
)

HIRING_TEAM_MEMBER: Entity[HiringTeamMember] = Entity(
    "HiringTeamMember",
    HiringTeamMember,
    "htm",
    READ,
    of_opening(HiringTeamMember.opening_id),
    {
        **columns(
            HiringTeamMember.role,
            HiringTeamMember.is_responsible,
            HiringTeamMember.created_at,
            HiringTeamMember.updated_at,
            HiringTeamMember.version,
        ),
        "opening": One(lambda: OPENING, HiringTeamMember.opening_id),
        "membership": One(lambda: MEMBERSHIP, HiringTeamMember.membership_id),
    },
)

OPENING.extend(
    {
        "teams": Many(lambda: OPENING_TEAM, OpeningTeam.opening_id, order=(OpeningTeam.priority,), usual=3),
        "locations": Many(lambda: OPENING_LOCATION, OpeningLocation.opening_id, usual=3),
        "hiring_team": Many(
            lambda: HIRING_TEAM_MEMBER, HiringTeamMember.opening_id, order=(HiringTeamMember.role,), usual=5
        ),
        "hiring_managers": Many(
            lambda: HIRING_TEAM_MEMBER,
            HiringTeamMember.opening_id,
            where=lambda _viewer, member: member[HiringTeamMember.role] == constant(HiringRole.HIRING_MANAGER),
            usual=2,
        ),
    }
)
