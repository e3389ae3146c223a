"""Where reads of candidates, sources and tags start."""

import strawberry

from schema.candidates.lists import CandidateFilter, CandidateListOrder, CandidateOrder, SourceFilter, TagFilter
from schema.candidates.types import Candidate, Source, Tag
from schema.reading import Connection, pages, root


@strawberry.type
class CandidateQueries:
    candidate: Candidate | None = root("A candidate by id.", "candidate", id="The candidate's id.")
    candidates: Connection[Candidate] = pages(
        "The candidates that the viewer may see.", filter=CandidateFilter, order=CandidateOrder, root="candidates"
    )
    sources: Connection[Source] = pages(
        "The channels that candidates come through.", filter=SourceFilter, order=CandidateListOrder, root="sources"
    )
    tags: Connection[Tag] = pages(
        "The tags of the organization.", filter=TagFilter, order=CandidateListOrder, root="tags"
    )
