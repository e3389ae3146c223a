"""What can be read of candidates and their profiles, and by whom: all entities together, and where reads start."""

from portal.candidates.entities.candidate import CANDIDATE, of_candidate, shown_candidate
from portal.candidates.entities.lists import SOURCE, TAG
from portal.candidates.entities.profile import CANDIDATE_LINK, CANDIDATE_SKILL, CONTACT_POINT, EDUCATION, EMPLOYMENT
from portal.candidates.models import Candidate, Source, Tag
from portal.candidates.search import BY_EMAIL, BY_SEARCH, BY_SKILL, BY_TAG, POSSIBLE_DUPLICATES
from portal.reading import filters
from portal.reading.entity import Connection, Order
from portal.reading.roots import ById, Root

__all__ = [
    "CANDIDATE",
    "CANDIDATE_LINK",
    "CANDIDATE_SKILL",
    "CONTACT_POINT",
    "EDUCATION",
    "EMPLOYMENT",
    "ENTITIES",
    "ROOTS",
    "SOURCE",
    "TAG",
    "of_candidate",
    "shown_candidate",
]

ENTITIES = (SOURCE, TAG, CANDIDATE, CONTACT_POINT, CANDIDATE_LINK, EMPLOYMENT, EDUCATION, CANDIDATE_SKILL)

CANDIDATE.extend({"possible_duplicates": POSSIBLE_DUPLICATES})

ROOTS: dict[str, Root] = {
    "candidate": ById(CANDIDATE),
    "candidates": Connection(
        lambda: CANDIDATE,
        orders={
            "UPDATED_AT": Order(Candidate.updated_at, descending=True),
            "CREATED_AT": Order(Candidate.created_at, descending=True),
            "NAME": Order(Candidate.name),
        },
        default_order="UPDATED_AT",
        filters={
            "search": BY_SEARCH,
            "email": BY_EMAIL,
            "skill": BY_SKILL,
            "tag": BY_TAG,
            "name": filters.text(Candidate.name),
            "isInternal": filters.flag(Candidate.is_internal),
            "isPrivate": filters.flag(Candidate.is_private),
            "source": filters.id_of(SOURCE.prefix, Candidate.source_id),
            "createdAt": filters.instant(Candidate.created_at),
            "updatedAt": filters.instant(Candidate.updated_at),
        },
    ),
    "sources": Connection(
        lambda: SOURCE,
        orders={"NAME": Order(Source.name), "CREATED_AT": Order(Source.created_at)},
        default_order="NAME",
        filters={
            "name": filters.text(Source.name),
            "type": filters.choice(Source.type),
            "archivedAt": filters.instant(Source.archived_at),
        },
    ),
    "tags": Connection(
        lambda: TAG,
        orders={"NAME": Order(Tag.name), "CREATED_AT": Order(Tag.created_at)},
        default_order="NAME",
        filters={"name": filters.text(Tag.name), "slug": filters.text(Tag.slug)},
    ),
}
