"""What a job board's file holds, as frozen records: the tree of departments and offices, openings, and their postings.

Greenhouse's words and ours: its job (`internal_job_id`) is our Opening, its job post (`id`) our Posting. A posting is a
source record: it ends as one outcome. Departments, offices and openings are what the postings mention.
"""

from dataclasses import dataclass, field
from datetime import datetime

from portal.openings.enums import EmploymentType, OpeningKind
from portal.openings.rules.pay import Band
from portal.transfer.content import Content
from portal.transfer.documents import NOT_CONTENT, Json, fingerprint
from portal.transfer.outcomes import Outcome, RecordWarning
from portal.transfer.places import Place

SYSTEM = "greenhouse"

Raw = dict[str, Json]


@dataclass(frozen=True, kw_only=True)
class ImportedNode:
    """A department or an office. `parent` is the external id of a node that comes before it in its list."""

    external_id: str
    name: str
    parent: str | None = None
    place: Place | None = None
    raw: Raw = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self)


@dataclass(frozen=True, kw_only=True)
class Metadatum:
    """A custom field of the board. `value_type` is Greenhouse's; `value` has that type's form, or is as it stood.

    By type: texts, selects and url as text, multi_select as a list of texts, yes_no as true or false, number as decimal
    text, currency {amount, unit}, number_range {min_value, max_value}, currency_range {min_value, max_value, unit} with
    decimal texts, date as YYYY-MM-DD, user as given.
    """

    external_id: str | None
    name: str
    value_type: str
    value: Json
    is_public: bool = False


@dataclass(frozen=True, kw_only=True)
class ImportedPosting:
    """One job post. `record` is its place in the file, from 0; `raw` what of it we have no field for.

    `content` is None when the file carries none (a listing without content), so that a writer leaves what it has.
    """

    record: int = field(metadata=NOT_CONTENT)
    external_id: str
    title: str
    language: str
    location_name: str | None
    places: tuple[Place, ...]
    content: Content | None
    url: str | None
    first_published_at: datetime | None
    valid_through: datetime | None
    # When somebody last touched it there: not content, or every touch would count as an update here.
    source_updated_at: datetime | None = field(metadata=NOT_CONTENT)
    metadata: tuple[Metadatum, ...] = ()
    raw: Raw = field(default_factory=dict)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self)


@dataclass(frozen=True, kw_only=True)
class ImportedOpening:
    """One job with its postings, oldest post first. The None of a list says that the file carries nothing about it.

    `external_id` is `job:ID`, or `post:ID` for a post without a job (a prospect post, kind EVERGREEN).
    `requisition_code` is None unless the source's is unique in the file; `source_requisition` is what it says.
    """

    external_id: str
    title: str
    kind: OpeningKind
    requisition_code: str | None
    source_requisition: str | None
    employment_type: EmploymentType
    departments: tuple[str, ...] | None
    offices: tuple[str, ...] | None
    public_bands: tuple[Band, ...] | None
    internal_bands: tuple[Band, ...] | None
    # Postings have fingerprints of their own: a changed text is not a changed opening.
    postings: tuple[ImportedPosting, ...] = field(metadata=NOT_CONTENT)

    @property
    def fingerprint(self) -> str:
        return fingerprint(self)

    @property
    def raw(self) -> Raw:
        """What an ExternalId keeps of the opening beside its fields."""
        return {"requisition_id": self.source_requisition} if self.source_requisition else {}


@dataclass(frozen=True, kw_only=True)
class BoardImport:
    """A whole file. Its `records` are the postings of all openings plus `settled`, which ended while they were read.

    Departments and offices come parents first; openings in the order in which the file first mentions them.
    """

    records: int
    departments: tuple[ImportedNode, ...]
    offices: tuple[ImportedNode, ...]
    openings: tuple[ImportedOpening, ...]
    settled: tuple[Outcome, ...]
    warnings: tuple[RecordWarning, ...]
    system: str = SYSTEM

    @property
    def postings(self) -> tuple[ImportedPosting, ...]:
        return tuple(posting for opening in self.openings for posting in opening.postings)

    @property
    def fingerprint(self) -> str:
        """One hash for the content of the whole file, whatever the order of its jobs."""
        parts = [node.fingerprint for node in (*self.departments, *self.offices)]
        parts += [opening.fingerprint for opening in self.openings]
        parts += [posting.fingerprint for posting in self.postings]
        return fingerprint(sorted(parts))
