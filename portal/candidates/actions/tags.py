"""Tags: putting them on candidates and taking them off, making and renaming them.

A candidate's row repeats the names of its tags. So whoever changes which tags a candidate has first locks the tags
against renaming, and only then the candidate; whoever renames a tag first locks the tag, and then its candidates.
"""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, select
from sqlalchemy.dialects.postgresql import insert

from portal import bounds
from portal.access.actions import action
from portal.access.constraints import means
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.candidates.actions.keeping import keep_terms, replace, tag_terms
from portal.candidates.actions.results import CandidateResult, TagResult
from portal.candidates.enums import TermKind
from portal.candidates.events import CandidateUpdated, TagCreated, TagRenamed
from portal.candidates.models import Candidate, CandidateTag, CandidateTerm, Tag
from portal.candidates.reads import CANDIDATE, TAG
from portal.candidates.rules import search
from portal.candidates.rules.profiles import MOST_TAGS
from portal.candidates.rules.search import TagName
from portal.database.ids import new_id
from portal.errors import AlreadyDone, InvalidInput, NotUnique
from portal.reading.rows import constant
from portal.records.recording import record

means("uq_tag_organization_id_slug", lambda: NotUnique("There is a tag of that name already.", path=("name",)))

_ORGANIZATION = bindparam("organization_id", type_=Uuid())
_ADD_UNLESS_THERE = (
    insert(Tag)
    .values({column.key: bindparam(column.key, type_=column.type) for column in Tag.__table__.c})
    .on_conflict_do_nothing(index_elements=["organization_id", "slug"])
    .returning(Tag.id)
)
# Shared locks: many may use a tag at once, but nobody renames it meanwhile.
_BY_SLUG = (
    select(Tag)
    .where(Tag.organization_id == _ORGANIZATION, Tag.slug == any_(bindparam("slugs", type_=ARRAY(Text()))))
    .order_by(Tag.id)
    .with_for_update(read=True)
)
_OF_CANDIDATE = (
    select(CandidateTag)
    .where(
        CandidateTag.organization_id == _ORGANIZATION,
        CandidateTag.candidate_id == bindparam("candidate_id", type_=Uuid()),
    )
    .order_by(CandidateTag.id)
    .with_for_update(key_share=True)
)
_CANDIDATES = (
    select(Candidate)
    .join(
        CandidateTag,
        (CandidateTag.organization_id == Candidate.organization_id) & (CandidateTag.candidate_id == Candidate.id),
    )
    .where(
        Candidate.organization_id == _ORGANIZATION,
        CandidateTag.organization_id == _ORGANIZATION,
        CandidateTag.tag_id == bindparam("tag_id", type_=Uuid()),
    )
    .order_by(Candidate.id)
    .with_for_update(key_share=True, of=Candidate)
)
_TERMS = (
    select(CandidateTerm)
    .join(
        CandidateTag,
        (CandidateTag.organization_id == CandidateTerm.organization_id)
        & (CandidateTag.candidate_id == CandidateTerm.candidate_id),
    )
    .where(
        CandidateTerm.organization_id == _ORGANIZATION,
        CandidateTag.organization_id == _ORGANIZATION,
        CandidateTag.tag_id == bindparam("tag_id", type_=Uuid()),
        CandidateTerm.kind == constant(TermKind.TAG),
    )
    .order_by(CandidateTerm.id)
    .with_for_update(key_share=True, of=CandidateTerm)
)


@action(Permission.CANDIDATE_EDIT)
async def tag_candidate(
    work: Work, *, candidate_id: UUID, tags: Sequence[str], expected_version: int | None = None
) -> CandidateResult:
    """Put tags on a candidate, by name; a name that no tag has yet makes a new one.

    Raises InvalidInput for more than 100 tags, AlreadyDone when the candidate has all of them.
    """
    wanted = await tags_named(work, tags)
    candidate = await work.lock(CANDIDATE, candidate_id, expected_version=expected_version)
    has = {row.tag_id for row in await work.all(_OF_CANDIDATE, CandidateTag, candidate_id=candidate.id)}
    new = [tag for tag in wanted if tag.id not in has]
    if not new:
        raise AlreadyDone("The candidate has these tags already.")
    if len(has) + len(new) > MOST_TAGS:
        raise InvalidInput(f"A candidate has at most {MOST_TAGS} tags.", path=("tags",))
    for tag in new:
        work.add(CandidateTag(candidate_id=candidate.id, tag_id=tag.id))
    await _show(work, candidate, [*candidate.tags, *(tag.name for tag in new)])
    return CandidateResult(candidate_id=candidate.id)


@action(Permission.CANDIDATE_EDIT)
async def untag_candidate(
    work: Work, *, candidate_id: UUID, tags: Sequence[str], expected_version: int | None = None
) -> CandidateResult:
    """Take tags off a candidate, by name. Raises AlreadyDone when the candidate has none of them."""
    slugs = [name.slug for name in _names(tags)]
    unwanted = {tag.id: tag for tag in await work.all(_BY_SLUG, Tag, slugs=slugs)}
    candidate = await work.lock(CANDIDATE, candidate_id, expected_version=expected_version)
    rows = await work.lock_all(_OF_CANDIDATE, CandidateTag, candidate_id=candidate.id)
    gone = [row for row in rows if row.tag_id in unwanted]
    if not gone:
        raise AlreadyDone("The candidate has none of these tags.")
    for row in gone:
        work.remove(row)
    names = {unwanted[row.tag_id].name for row in gone}
    await _show(work, candidate, [name for name in candidate.tags if name not in names])
    return CandidateResult(candidate_id=candidate.id)


@action(Permission.CANDIDATE_EDIT)
async def create_tag(work: Work, *, name: str) -> TagResult:
    """Make a tag that nobody has yet. Raises NotUnique when there is one of that name, however it is spelled."""
    named = search.tag(name)
    tag = work.add(Tag(name=named.name, slug=named.slug))
    record(work, TagCreated(subject_id=tag.id))
    return TagResult(tag_id=tag.id)


@action(Permission.ORGANIZATION_MANAGE)
async def rename_tag(work: Work, *, tag_id: UUID, name: str, expected_version: int | None = None) -> TagResult:
    """Rename a tag on all candidates who have it. Raises AlreadyDone, and NotUnique when another tag has the name."""
    tag = await work.lock(TAG, tag_id, expected_version=expected_version)
    named, old = search.tag(name), tag.name
    changes = work.change(tag, name=named.name, slug=named.slug)
    if not changes:
        raise AlreadyDone("The tag has that name already.")
    candidates = await work.lock_all(_CANDIDATES, Candidate, tag_id=tag.id)
    for candidate in candidates:
        candidate.tags = search.tags_shown(named.name if shown == old else shown for shown in candidate.tags)
        # No change of the candidate: its version and when it was last changed stay.
        work.write(Candidate, candidate.id, tags=candidate.tags)
    wanted = [
        CandidateTerm(candidate_id=candidate.id, kind=TermKind.TAG, term=word)
        for candidate in candidates
        for word in sorted(tag_terms(candidate))
    ]
    stored = await work.lock_all(_TERMS, CandidateTerm, tag_id=tag.id)
    replace(work, stored, wanted, lambda term: (term.candidate_id, term.term))
    record(work, TagRenamed(subject_id=tag.id, changes=changes, candidates=len(candidates)))
    return TagResult(tag_id=tag.id)


async def tags_named(work: Work, names: Sequence[str]) -> list[Tag]:
    """The tags of these names, locked against renaming until the commit; the ones that there are not yet are made."""
    wanted = {name.slug: name for name in _names(names)}
    found = {tag.slug: tag for tag in await work.all(_BY_SLUG, Tag, slugs=sorted(wanted))}
    missing = sorted(wanted.keys() - found.keys())
    for slug in missing:
        await _make(work, wanted[slug])
    if missing:
        found = {tag.slug: tag for tag in await work.all(_BY_SLUG, Tag, slugs=sorted(wanted))}
    return [found[slug] for slug in wanted]


async def _make(work: Work, name: TagName) -> None:
    """Make a tag unless somebody else just did; then theirs is the one."""
    values = {"id": new_id(), "name": name.name, "slug": name.slug}
    times = {"created_at": work.now, "updated_at": work.now, "version": 1}
    made = await work.value(_ADD_UNLESS_THERE, **values, **times)
    if made is not None:
        record(work, TagCreated(subject_id=made))


def _names(given: Sequence[str]) -> list[TagName]:
    kept = bounds.items(given, most=MOST_TAGS, least=1, path="tags")
    return [search.tag(name, path=("tags", str(at))) for at, name in enumerate(kept)]


async def _show(work: Work, candidate: Candidate, names: Sequence[str]) -> None:
    """Repeat the names of a candidate's tags in its row and its search terms, and say that they changed."""
    changes = work.change(candidate, tags=search.tags_shown(names))
    await keep_terms(work, candidate.id, TermKind.TAG, tag_terms(candidate))
    record(work, CandidateUpdated(subject_id=candidate.id, changes=changes))
