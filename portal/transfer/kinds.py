"""What kind of document a file holds, told from its shape, so that a wrong file gets a clear sentence."""

import enum
from collections.abc import Mapping, Sequence

from portal.transfer.documents import Json
from portal.transfer.files import UnusableFile


class Kind(enum.Enum):
    """The kinds that people mix up; the value completes "This file is …"."""

    GREENHOUSE_BOARD = "a Greenhouse job board"
    JSON_RESUME = "a résumé in the JSON Resume format"
    BOARD_TREE = "a Greenhouse board's list of departments, offices or sections, without what the jobs say"
    BOARD_ABOUT = "a Greenhouse board's own description, without its jobs"
    BOARD_LOOKUP = "a Greenhouse board's list of degrees, disciplines or schools"
    HARVEST = "an export of Greenhouse's Harvest API"
    WEBHOOK = "a Greenhouse webhook's message"
    API_ERROR = "an API's error message"
    JSON_SCHEMA = "a JSON schema"
    JSON_LD = "schema.org data (JSON-LD)"
    RESUME_JOB = "a job description in the JSON Resume format"
    OTHER_BOARD = "another system's job board"
    UNKNOWN = "JSON of another kind"


_INSTEAD = {
    Kind.GREENHOUSE_BOARD: "import it with `portal import greenhouse-board`.",
    Kind.JSON_RESUME: "import it with `portal import json-resume`.",
}
_WANTED = {
    Kind.GREENHOUSE_BOARD: "give a Job Board API listing (…/boards/NAME/jobs?content=true) or one of its jobs.",
    Kind.JSON_RESUME: "give a résumé in the JSON Resume format (an object with basics, work, education, skills).",
}

_RESUME_SECTIONS = frozenset(
    ("work", "education", "skills", "volunteer", "awards", "publications", "languages", "interests", "references")
)
_OTHER_BOARD_MARKS = frozenset(("jobUrl", "hostedUrl", "applyUrl", "shortcode"))
_HARVEST_MARKS = frozenset(
    ("hiring_team", "job_id", "keyed_custom_fields", "candidate_id", "email_addresses", "is_template", "confidential")
)
_TREE_MARKS = ("departments", "offices", "sections")


def expect(document: Json, wanted: Kind, name: str) -> None:
    """Raises UnusableFile, with what to do instead, when the document is not of the wanted kind."""
    found = kind_of(document)
    if found is not wanted:
        instead = _INSTEAD.get(found, _WANTED[wanted])
        raise UnusableFile(f"{name} is {found.value}, not {wanted.value}; {instead}")


def kind_of(document: Json) -> Kind:
    """What the document is; a list is what its first objects are."""
    if isinstance(document, Mapping):
        return _kind_of_object(document)
    if isinstance(document, (list, tuple)):
        kinds = [_kind_of_object(item) for item in document[:20] if isinstance(item, Mapping)]
        return next((kind for kind in kinds if kind is not Kind.UNKNOWN), Kind.UNKNOWN)
    return Kind.UNKNOWN


def _kind_of_object(document: Mapping[str, Json]) -> Kind:
    if document.keys() & _HARVEST_MARKS:
        return Kind.HARVEST
    if "basics" in document:
        return Kind.JSON_RESUME
    if isinstance(document.get("jobs"), (list, tuple)):
        return _kind_of_listing(document, document["jobs"])
    if _is_resume(document):
        return Kind.JSON_RESUME
    if _is_board_job(document):
        return Kind.GREENHOUSE_BOARD
    return _kind_of_stranger(document)


def _kind_of_listing(document: Mapping[str, Json], jobs: Json) -> Kind:
    """Departments, offices and sections hold jobs too, but shortened to a title and a link."""
    if "name" in document:
        return Kind.BOARD_TREE
    posts = [job for job in jobs if isinstance(job, Mapping)] if isinstance(jobs, Sequence) else []
    if any(post.keys() & _OTHER_BOARD_MARKS for post in posts):
        return Kind.OTHER_BOARD
    if posts and all(post.keys() & _HARVEST_MARKS for post in posts):
        return Kind.HARVEST
    if posts and not any(post.keys() & {"title", "absolute_url", "internal_job_id"} for post in posts):
        return Kind.OTHER_BOARD
    return Kind.GREENHOUSE_BOARD


def _is_resume(document: Mapping[str, Json]) -> bool:
    if "title" in document:
        return False
    sections = [name for name in _RESUME_SECTIONS if isinstance(document.get(name), (list, tuple))]
    return len(sections) >= 2


def _is_board_job(document: Mapping[str, Json]) -> bool:
    if "title" not in document or document.keys() & (_HARVEST_MARKS | _OTHER_BOARD_MARKS):
        return False
    return bool(document.keys() & {"absolute_url", "internal_job_id"}) or {"id", "location"} <= document.keys()


def _kind_of_stranger(document: Mapping[str, Json]) -> Kind:
    marks = (
        (Kind.JSON_SCHEMA, "$schema" in document and ("properties" in document or "definitions" in document)),
        (Kind.JSON_LD, bool(document.keys() & {"@context", "@graph", "@type"})),
        (Kind.WEBHOOK, {"action", "payload"} <= document.keys()),
        (Kind.HARVEST, bool(document.keys() & _HARVEST_MARKS) or {"first_name", "last_name"} <= document.keys()),
        (Kind.API_ERROR, bool(document.keys() & {"error", "errors"})),
        (Kind.RESUME_JOB, {"title", "company"} <= document.keys() or {"title", "responsibilities"} <= document.keys()),
        (Kind.OTHER_BOARD, bool(document.keys() & _OTHER_BOARD_MARKS)),
        (Kind.BOARD_TREE, _is_tree(document)),
        (Kind.BOARD_LOOKUP, {"items", "meta"} <= document.keys()),
        (Kind.BOARD_ABOUT, document.keys() == {"name", "content"}),
    )
    return next((kind for kind, holds in marks if holds), Kind.UNKNOWN)


def _is_tree(document: Mapping[str, Json]) -> bool:
    if any(isinstance(document.get(name), (list, tuple)) for name in _TREE_MARKS):
        return True
    return {"id", "name"} <= document.keys() and bool(document.keys() & {"children", "child_ids", "parent_id"})
