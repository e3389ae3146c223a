"""A candidate's profile: how to reach them, what they did, what they learned and what they can."""

from portal.candidates.entities.candidate import CANDIDATE, CONTACT, READ, of_candidate, shown_candidate
from portal.candidates.models import CandidateLink, CandidateSkill, ContactPoint, Education, Employment
from portal.openings.reads import SKILL
from portal.reading.entity import Entity, Many, One, columns

CONTACT_POINT: Entity[ContactPoint] = Entity(
    "ContactPoint",
    ContactPoint,
    "cpt",
    CONTACT,
    of_candidate(ContactPoint.candidate_id),
    columns(
        ContactPoint.kind,
        ContactPoint.value,
        ContactPoint.label,
        ContactPoint.is_primary,
        ContactPoint.created_at,
        ContactPoint.updated_at,
        ContactPoint.version,
    ),
    unless=shown_candidate(ContactPoint.candidate_id),
)

CANDIDATE_LINK: Entity[CandidateLink] = Entity(
    "CandidateLink",
    CandidateLink,
    "cln",
    CONTACT,
    of_candidate(CandidateLink.candidate_id),
    columns(
        CandidateLink.kind, CandidateLink.url, CandidateLink.created_at, CandidateLink.updated_at, CandidateLink.version
    ),
    unless=shown_candidate(CandidateLink.candidate_id),
)

EMPLOYMENT: Entity[Employment] = Entity(
    "Employment",
    Employment,
    "emp",
    READ,
    of_candidate(Employment.candidate_id),
    columns(
        Employment.company,
        Employment.title,
        Employment.location,
        Employment.url,
        Employment.started_on,
        Employment.started_precision,
        Employment.ended_on,
        Employment.ended_precision,
        Employment.is_current,
        Employment.summary,
        Employment.highlights,
        Employment.created_at,
        Employment.updated_at,
        Employment.version,
    ),
    unless=shown_candidate(Employment.candidate_id),
)

EDUCATION: Entity[Education] = Entity(
    "Education",
    Education,
    "edu",
    READ,
    of_candidate(Education.candidate_id),
    columns(
        Education.institution,
        Education.area,
        Education.degree,
        Education.url,
        Education.started_on,
        Education.started_precision,
        Education.ended_on,
        Education.ended_precision,
        Education.score,
        Education.courses,
        Education.created_at,
        Education.updated_at,
        Education.version,
    ),
    unless=shown_candidate(Education.candidate_id),
)

CANDIDATE_SKILL: Entity[CandidateSkill] = Entity(
    "CandidateSkill",
    CandidateSkill,
    "csk",
    READ,
    of_candidate(CandidateSkill.candidate_id),
    {
        **columns(
            CandidateSkill.level,
            CandidateSkill.keywords,
            CandidateSkill.created_at,
            CandidateSkill.updated_at,
            CandidateSkill.version,
        ),
        "skill": One(lambda: SKILL, CandidateSkill.skill_id),
    },
    unless=shown_candidate(CandidateSkill.candidate_id),
)

CANDIDATE.extend(
    {
        "contact_points": Many(
            lambda: CONTACT_POINT,
            ContactPoint.candidate_id,
            order=(ContactPoint.kind, ContactPoint.created_at),
            usual=3,
        ),
        "links": Many(lambda: CANDIDATE_LINK, CandidateLink.candidate_id, order=(CandidateLink.created_at,), usual=3),
        "employments": Many(lambda: EMPLOYMENT, Employment.candidate_id, order=(Employment.position,), usual=5),
        "educations": Many(lambda: EDUCATION, Education.candidate_id, order=(Education.position,), usual=3),
        "skills": Many(lambda: CANDIDATE_SKILL, CandidateSkill.candidate_id, order=(CandidateSkill.created_at,)),
    }
)
