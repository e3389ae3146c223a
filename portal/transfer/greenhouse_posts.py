"""One job of a Greenhouse board, read on its own: the posting, and what it says of the job behind it.

Whatever the JSON, the answer is a Post or BadRecord.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from portal.bounds import CODE_LENGTH, NAME_LENGTH, URL_LENGTH, language
from portal.errors import InvalidInput
from portal.openings.enums import EmploymentType
from portal.openings.rules.pay import Band
from portal.organizations.enums import WorkplaceType
from portal.transfer.board import ImportedPosting
from portal.transfer.content import Content, content_of
from portal.transfer.fields import BadRecord, Fields, one_line, spelt
from portal.transfer.greenhouse_metadata import employment_type_of, metadata_of, workplace_type_of
from portal.transfer.greenhouse_pay import internal_bands, published_bands
from portal.transfer.greenhouse_trees import TreeReader
from portal.transfer.outcomes import OutcomeCode, WarningCode
from portal.transfer.places import Place, places_of

# What a board's jobs are written in when they don't say.
DEFAULT_LANGUAGE = "en"


@dataclass(frozen=True, kw_only=True)
class Post:
    """A posting with what it says of its job; None where the file says nothing about it."""

    job_id: str | None
    requisition: str | None
    employment_type: EmploymentType | None
    departments: tuple[str, ...] | None
    offices: tuple[str, ...] | None
    public_bands: tuple[Band, ...] | None
    internal_bands: tuple[Band, ...] | None
    posting: ImportedPosting


@dataclass(frozen=True)
class PostReader:
    """Reads jobs one by one; departments and offices gather across them."""

    departments: TreeReader
    offices: TreeReader
    public_names: Collection[str]

    def post(self, record: int, job: Fields) -> Post:
        """Raises BadRecord, and then has left no trace in the trees."""
        post_id = job.identifier("id")
        if post_id is None:
            raise BadRecord(OutcomeCode.NO_ID, "The job has no id, so a second import could not find it again.")
        title, content = _required_title(job), _content(job)
        metadata = metadata_of(job, self.public_names)
        job_id = job.identifier("internal_job_id")
        requisition = job.line("requisition_id", longest=CODE_LENGTH)
        employment_type = employment_type_of(job, metadata)
        departments, offices = self.departments.mention(job), self.offices.mention(job)
        public = published_bands(job, metadata) if job.has("pay_input_ranges") else None
        internal = internal_bands(job, metadata) if job.has("metadata") else None
        posting = ImportedPosting(
            record=record,
            external_id=post_id,
            title=title,
            language=_language(job),
            places=_places(job, workplace_type_of(job, metadata)),
            location_name=_location_name(job),
            content=content,
            url=_url(job),
            first_published_at=job.instant("first_published"),
            valid_through=job.instant("application_deadline"),
            source_updated_at=job.instant("updated_at"),
            metadata=metadata,
            # Last: it is what all of the above have left.
            raw=job.raw(),
        )
        return Post(
            job_id=job_id,
            requisition=requisition,
            employment_type=employment_type,
            departments=departments,
            offices=offices,
            public_bands=public,
            internal_bands=internal,
            posting=posting,
        )


def _required_title(job: Fields) -> str:
    title = one_line(spelt(job.peek("title")) or "")
    if not title:
        raise BadRecord(OutcomeCode.NO_TITLE, "The job has no title.")
    if len(title) > NAME_LENGTH:
        raise BadRecord(OutcomeCode.TOO_LONG, f"The title is longer than {NAME_LENGTH} characters.")
    job.take("title")
    return title


def _content(job: Fields) -> Content | None:
    """None when the file does not carry the content; empty content when the post has none."""
    if not job.has("content"):
        return None
    source = job.peek("content")
    if source is not None and not isinstance(source, str):
        job.unreadable("content", "text")
        return None
    job.take("content")
    return content_of(source or "")


def _location_name(job: Fields) -> str | None:
    return job.object("location").line("name")


def _places(job: Fields, stated: WorkplaceType | None) -> tuple[Place, ...]:
    location = job.peek("location")
    name = location.get("name") if isinstance(location, Mapping) else location
    places = places_of(name if isinstance(name, str) else None)
    return places if stated is None else tuple(place.worked(stated) for place in places)


def _language(job: Fields) -> str:
    """The post's language tag; English, the board's default, when it has none."""
    stated = job.line("language")
    if stated is None:
        return DEFAULT_LANGUAGE
    try:
        return language(stated, path="language")
    except InvalidInput:
        job.keep("language", stated)
        job.warn(WarningCode.UNKNOWN_VALUE, "language", f"{stated} is not a language tag; taken as {DEFAULT_LANGUAGE}.")
        return DEFAULT_LANGUAGE


def _url(job: Fields) -> str | None:
    """The post's public address; only http and https lead to a page, and a cut address leads nowhere."""
    url = one_line(spelt(job.peek("absolute_url")) or "")
    if url.lower().startswith(("https://", "http://")) and len(url) <= URL_LENGTH:
        job.take("absolute_url")
        return url
    if job.peek("absolute_url") not in (None, ""):
        job.unreadable("absolute_url", "the address of a page")
    return None
