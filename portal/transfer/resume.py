"""What résumés hold, as frozen records: one candidate for each person, in the values of the candidates' own rules."""

from dataclasses import dataclass, field

from portal.candidates.rules.contacts import Contact, Link
from portal.candidates.rules.profiles import Education, Employment, Names
from portal.transfer.documents import NOT_CONTENT, Json, fingerprint
from portal.transfer.outcomes import Outcome, RecordWarning

SYSTEM = "json-resume"


@dataclass(frozen=True, kw_only=True)
class ImportedSkill:
    """A skill under the candidate's own name for it; two with one slug are one."""

    name: str
    level: str | None = None
    keywords: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ImportedCandidate:
    """One person, from one résumé or several.

    `record` is the place of the leading résumé in the import, from 0; the others are skipped as the same person.
    `external_id` stands for the person's best identity (see same_person), `other_ids` for others as sure: no two people
    of an import share any of these, so a writer stores them all, and finds the person again by any. `weaker_ids` may
    be shared, so they are only looked for: a résumé that has gained an e-mail address is found by its old profile.
    """

    record: int = field(metadata=NOT_CONTENT)
    external_id: str
    other_ids: tuple[str, ...] = ()
    weaker_ids: tuple[str, ...] = ()
    names: Names
    headline: str | None = None
    summary: str | None = None
    location: str | None = None
    contacts: tuple[Contact, ...] = ()
    links: tuple[Link, ...] = ()
    employments: tuple[Employment, ...] = ()
    educations: tuple[Education, ...] = ()
    skills: tuple[ImportedSkill, ...] = ()
    raw: dict[str, Json] = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self)


@dataclass(frozen=True, kw_only=True)
class ResumeImport:
    """All résumés of an import. Its `records` are the candidates plus `settled`, which ended while they were read."""

    records: int
    candidates: tuple[ImportedCandidate, ...]
    settled: tuple[Outcome, ...]
    warnings: tuple[RecordWarning, ...]
    system: str = SYSTEM

    @property
    def fingerprint(self) -> str:
        """One hash for the content of all, whatever their order."""
        return fingerprint(sorted(candidate.fingerprint for candidate in self.candidates))
