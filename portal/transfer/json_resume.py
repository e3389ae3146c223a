"""Résumés in the JSON Resume format, of any of its versions and of people who bent it: candidates, one for each person.

Pure: documents in, a frozen ResumeImport out. The same documents always give the same result, bit for bit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from portal.candidates.rules.profiles import MOST_EDUCATIONS, MOST_EMPLOYMENTS, Education, Employment
from portal.transfer.documents import Json, fingerprint
from portal.transfer.fields import BadRecord, Fields, Notes, checked_record, instant_of
from portal.transfer.files import UnusableFile, read_document, shown
from portal.transfer.kinds import Kind, expect
from portal.transfer.outcomes import Outcome, OutcomeCode, OutcomeKind, RecordWarning, WarningCode
from portal.transfer.places import country_code
from portal.transfer.progress import Progress, no_progress
from portal.transfer.resume import ImportedCandidate, ResumeImport
from portal.transfer.resume_contacts import contacts_of, links_of, names_of, united_contacts, united_links
from portal.transfer.resume_history import educations_of, employments_of, location_text, skills_of, united_skills
from portal.transfer.same_person import Identity, identity_of, same_people

T = TypeVar("T")

_NEVER = datetime(1900, 1, 1, tzinfo=UTC)


def read_resume_files(paths: Sequence[Path], *, progress: Progress = no_progress) -> ResumeImport:
    """The résumés in some files; a file may hold one or a list of them.

    Of several files an unusable one is a failed record; when none is usable, UnusableFile is raised for the first.
    """
    problems: list[UnusableFile] = []
    resumes = _Resumes()
    for done, path in enumerate(paths, start=1):
        try:
            document = read_document(path)
            expect(document, Kind.JSON_RESUME, shown(path))
        except UnusableFile as error:
            problems.append(error)
            resumes.fail_file(shown(path), error.message)
        else:
            resumes.add(document, shown(path))
        progress(done, len(paths))
    if problems and len(problems) == len(paths):
        raise problems[0]
    return resumes.result()


def resumes_of(documents: Sequence[Json], *, name: str = "The file") -> ResumeImport:
    """The résumés in some documents, each one or a list of them. Raises UnusableFile for a document of another kind."""
    resumes = _Resumes()
    for document in documents:
        expect(document, Kind.JSON_RESUME, name)
        resumes.add(document, name)
    return resumes.result()


@dataclass(frozen=True)
class _Resume:
    """One résumé that can be imported: its candidate, when it was last changed, and who it is."""

    candidate: ImportedCandidate
    changed_at: datetime
    identity: Identity


class _Resumes:
    """Takes one résumé after the other, then puts those of one person together."""

    def __init__(self) -> None:
        self._records = 0
        self._read: list[_Resume] = []
        self._settled: list[Outcome] = []
        self._warnings: list[RecordWarning] = []

    def add(self, document: Json, name: str) -> None:
        for resume in document if isinstance(document, (list, tuple)) else (document,):
            self._add_one(resume, name)

    def fail_file(self, name: str, message: str) -> None:
        self._settle(self._next(), OutcomeKind.FAILED, OutcomeCode.UNUSABLE_FILE, message, label=name)

    def result(self) -> ResumeImport:
        groups = same_people([resume.identity for resume in self._read])
        candidates = [self._person([self._read[at] for at in group]) for group in groups]
        return ResumeImport(
            records=self._records,
            candidates=tuple(candidates),
            settled=tuple(sorted(self._settled, key=lambda outcome: outcome.record)),
            warnings=tuple(self._warnings),
        )

    def _next(self) -> int:
        self._records += 1
        return self._records - 1

    def _add_one(self, document: Json, name: str) -> None:
        record = self._next()
        notes = Notes(record)
        try:
            resume = _read(record, Fields(checked_record(document), notes))
        except BadRecord as error:
            self._settle(record, OutcomeKind.FAILED, error.code, error.message, label=name)
            return
        if not resume.identity.keys:
            message = "Without e-mail address, profile or phone number, a changed version will be another candidate."
            notes.warn(WarningCode.NO_IDENTITY, "basics", message)
        self._read.append(resume)
        self._warnings += notes.warnings

    def _person(self, resumes: Sequence[_Resume]) -> ImportedCandidate:
        """The newest résumé leads, by meta.lastModified, else the first; others are skipped once they are merged."""
        lead, *others = sorted(resumes, key=lambda resume: resume.changed_at, reverse=True)
        for other in others:
            message = f"The same person as record {lead.candidate.record}, whose candidate it completes."
            record, label = other.candidate.record, other.candidate.names.name
            self._settle(record, OutcomeKind.SKIPPED, OutcomeCode.SAME_PERSON, message, label=label)
        merged = lead.candidate
        for other in others:
            merged = _merged(merged, other.candidate)
        identity = identity_of(merged.contacts, merged.links, lead.identity.content)
        best, *others_as_good = identity.ids
        return replace(merged, external_id=best, other_ids=tuple(others_as_good), weaker_ids=identity.weaker_ids)

    def _settle(
        self, record: int, kind: OutcomeKind, code: OutcomeCode, message: str, *, label: str | None = None
    ) -> None:
        self._settled.append(Outcome(record=record, kind=kind, code=code, message=message, label=label))


def _read(record: int, resume: Fields) -> _Resume:
    """One résumé. Raises BadRecord."""
    changed_at = _changed_at(resume)
    basics = resume.object("basics")
    names = names_of(basics)
    location = basics.object("location", of_text="city")
    country = country_code(location.line("countryCode", "country"))
    contacts, links = contacts_of(basics, country), links_of(basics)
    candidate = ImportedCandidate(
        record=record,
        external_id="",
        names=names,
        headline=basics.line("label", "headline"),
        summary=basics.text("summary"),
        location=location_text(location),
        contacts=contacts,
        links=links,
        employments=employments_of(resume),
        educations=educations_of(resume),
        skills=skills_of(resume),
        # Last: it is what all of the above have left.
        raw=resume.raw(),
    )
    identity = identity_of(contacts, links, fingerprint(candidate))
    return _Resume(candidate, changed_at, identity)


def _changed_at(resume: Fields) -> datetime:
    """When the résumé says that it was last changed; long ago when it does not say."""
    meta = resume.peek("meta")
    stated = meta.get("lastModified") if isinstance(meta, dict) else None
    return (instant_of(stated) if isinstance(stated, str) else None) or _NEVER


def _merged(lead: ImportedCandidate, other: ImportedCandidate) -> ImportedCandidate:
    """The leading résumé completed by another: single values where it has none, lists by what they are about."""
    employments = _united((*lead.employments, *other.employments), _employment_key)
    educations = _united((*lead.educations, *other.educations), _education_key)
    return replace(
        lead,
        headline=lead.headline or other.headline,
        summary=lead.summary or other.summary,
        location=lead.location or other.location,
        contacts=united_contacts((*lead.contacts, *other.contacts)),
        links=united_links((*lead.links, *other.links)),
        employments=employments[:MOST_EMPLOYMENTS],
        educations=educations[:MOST_EDUCATIONS],
        skills=united_skills((*lead.skills, *other.skills)),
        raw={**other.raw, **lead.raw},
    )


def _united(entries: Sequence[T], key: Callable[[T], tuple[object, ...]]) -> tuple[T, ...]:
    distinct: dict[tuple[object, ...], T] = {}
    for entry in entries:
        distinct.setdefault(key(entry), entry)
    return tuple(distinct.values())


def _employment_key(entry: Employment) -> tuple[object, ...]:
    """Two résumés mean the same employment by employer, title and year of its start."""
    return entry.company.casefold(), (entry.title or "").casefold(), entry.started and entry.started.starts_on.year


def _education_key(entry: Education) -> tuple[object, ...]:
    return entry.institution.casefold(), (entry.degree or "").casefold(), (entry.area or "").casefold()
