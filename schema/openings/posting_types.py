"""What candidates read about an opening, as GraphQL types."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import strawberry

from schema.openings.enums import PostingStatus
from schema.reading import Node, described

if TYPE_CHECKING:
    from schema.openings.types import Opening
    from schema.organizations.types import Location

_Opening = Annotated["Opening", strawberry.lazy("schema.openings.types")]
_Location = Annotated["Location", strawberry.lazy("schema.organizations.types")]


@strawberry.type(description="A part of a posting under its own heading.")
class PostingSectionValue:
    heading: str = described("Its heading.")
    html: str = described("Its sanitised HTML.")
    text: str = described("The same as plain text.")


@strawberry.type(
    description="What candidates read about an opening; one opening may have several, say one for each city."
)
class Posting(Node):
    opening: _Opening | None = described("The opening that it is for.")
    title: str = described("Its title, which may differ from the opening's.")
    language: str = described("BCP 47 tag of the language that it is written in.")
    status: PostingStatus = described("Where it can be seen.")
    location: _Location | None = described("The location that it is for; null when it is for none in particular.")
    location_name: str | None = described("The location in the posting's own words.")
    body_html: str = described("Its text as sanitised HTML.")
    body_text: str = described("The same as plain text.")
    sections: list[PostingSectionValue] = described("Its parts, in reading order.")
    eeo_statement: str | None = described("The statement on equal opportunity that goes with it.")
    accommodation_contact: str | None = described("Whom to ask for an accommodation.")
    url: str | None = described("Its address on the outside.")
    valid_through: datetime | None = described("When it stops being valid, in UTC; null for no end.")
    first_published_at: datetime | None = described("When it was first published, in UTC.")
    published_at: datetime | None = described("When it was last published, in UTC.")
    unpublished_at: datetime | None = described("When it was last taken down, in UTC.")
    created_at: datetime = described("When it was created, in UTC.")
    updated_at: datetime = described("When it was last changed, in UTC.")
    version: int = described("Counts changes; send it back as `expectedVersion`.")
