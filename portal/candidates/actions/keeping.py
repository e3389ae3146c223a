"""Keeping a candidate's lists: the rows of a list are changed into those that are wanted, and the search terms follow.

Callers have locked the candidate; nobody changes rows of a candidate without that.
"""

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ARRAY, Select, Uuid, any_, bindparam, select

from portal.access.work import Work
from portal.candidates.enums import ContactKind, TermKind
from portal.candidates.models import (
    Candidate,
    CandidateLink,
    CandidateSkill,
    CandidateTerm,
    ContactPoint,
    Education,
    Employment,
)
from portal.candidates.rules import search
from portal.database.base import ModelT
from portal.database.statements import values_of
from portal.openings.models import Skill
from portal.reading.entity import Attribute
from portal.wording import terms_of

SelectT = TypeVar("SelectT", bound=Select[Any])

# Of one candidate's skills together; the rest of a very long list is not searchable.
MOST_SKILL_TERMS = 1_000

# What makes a row this one, and what the write door fills in: no content.
_OWN = frozenset({"organization_id", "id", "created_at", "updated_at", "version", "candidate_id"})


def _of_candidate(statement: SelectT, candidate_id: Attribute) -> SelectT:
    """The rows of one candidate in a table, locked in id order."""
    model = candidate_id.class_
    return (
        statement.where(
            model.organization_id == bindparam("organization_id", type_=Uuid()),
            candidate_id == bindparam("candidate_id", type_=Uuid()),
        )
        .order_by(model.id)
        .with_for_update(key_share=True)
    )


CONTACT_POINTS = _of_candidate(select(ContactPoint), ContactPoint.candidate_id)
LINKS = _of_candidate(select(CandidateLink), CandidateLink.candidate_id)
EMPLOYMENTS = _of_candidate(select(Employment), Employment.candidate_id)
EDUCATIONS = _of_candidate(select(Education), Education.candidate_id)
SKILLS = _of_candidate(select(CandidateSkill), CandidateSkill.candidate_id)
_TERMS = _of_candidate(select(CandidateTerm), CandidateTerm.candidate_id).where(CandidateTerm.kind == bindparam("kind"))
# Shared locks: many may name a skill at once, but nobody renames it meanwhile, or its new name would not find them.
_NAMED_SKILLS = (
    select(Skill)
    .where(
        Skill.organization_id == bindparam("organization_id", type_=Uuid()),
        Skill.id == any_(bindparam("ids", type_=ARRAY(Uuid()))),
    )
    .order_by(Skill.id)
    .with_for_update(read=True)
)


def replace(work: Work, stored: Iterable[ModelT], wanted: Iterable[ModelT], same: Callable[[ModelT], Hashable]) -> bool:
    """Change the stored rows of a list into the wanted ones; whether anything was different.

    Two rows for which `same` gives the same value are one row: it keeps its id.
    """
    left: defaultdict[Hashable, list[ModelT]] = defaultdict(list)
    for row in stored:
        left[same(row)].append(row)
    is_different = False
    for row in wanted:
        if left[same(row)]:
            content = {name: value for name, value in values_of(row).items() if name not in _OWN}
            is_different |= bool(work.change(left[same(row)].pop(0), **content))
        else:
            work.add(row)
            is_different = True
    for rows in left.values():
        for row in rows:
            work.remove(row)
            is_different = True
    return is_different


def touch(work: Work, candidate: Candidate) -> None:
    """Count a change of a list as one of the candidate: version and updated_at follow."""
    candidate.__dict__.update(updated_at=work.now, version=candidate.version + 1)
    work.write(Candidate, candidate.id, updated_at=candidate.updated_at, version=candidate.version)


async def keep_terms(work: Work, candidate_id: UUID, kind: TermKind, words: Iterable[str]) -> None:
    """Make these the words of one kind that a candidate is found by."""
    stored = await work.lock_all(_TERMS, CandidateTerm, candidate_id=candidate_id, kind=kind.value)
    wanted = (CandidateTerm(candidate_id=candidate_id, kind=kind, term=word) for word in sorted(words))
    replace(work, stored, wanted, lambda row: row.term)


def name_terms(candidate: Candidate) -> frozenset[str]:
    """The words of a candidate's names."""
    names = (candidate.name, candidate.first_name, candidate.last_name, candidate.preferred_name)
    return _words(search.terms(names=names, emails=(), skills=(), tags=()))


def email_terms(contact_points: Iterable[ContactPoint]) -> frozenset[str]:
    """The words of a candidate's e-mail addresses, and the addresses themselves."""
    emails = [contact.value_normalised for contact in contact_points if contact.kind is ContactKind.EMAIL]
    return _words(search.terms(names=(), emails=emails, skills=(), tags=()))


def tag_terms(candidate: Candidate) -> frozenset[str]:
    """The words of a candidate's tags."""
    return _words(search.terms(names=(), emails=(), skills=(), tags=candidate.tags))


def skill_terms(skills: Iterable[Skill], keywords: Iterable[str]) -> frozenset[str]:
    """The words of a candidate's skills: their names and other names, and what the candidate counts under them."""
    named = list(skills)
    texts = [*(skill.name for skill in named), *(alias for skill in named for alias in skill.aliases), *keywords]
    words: dict[str, None] = {}
    for text in texts:
        words.update(dict.fromkeys(terms_of(text)))
        if len(words) > MOST_SKILL_TERMS:
            break
    return frozenset(list(words)[:MOST_SKILL_TERMS])


async def skills_named(work: Work, ids: Sequence[UUID]) -> dict[UUID, Skill]:
    """The organization's skills with these ids, locked against renaming; unknown ones are absent.

    To be called before a candidate is locked: whoever renames a skill begins with the skill as well.
    """
    return {skill.id: skill for skill in await work.all(_NAMED_SKILLS, Skill, ids=list(ids))} if ids else {}


def _words(terms: Iterable[search.Term]) -> frozenset[str]:
    return frozenset(term.term for term in terms)
