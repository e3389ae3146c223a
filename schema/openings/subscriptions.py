"""What is told of openings as it happens."""

from datetime import datetime

import strawberry

from schema.openings.types import Opening
from schema.reading import described
from schema.records.enums import Origin
from schema.subscribing import CURSOR, stream


@strawberry.type(description="That something of an opening has changed.")
class OpeningChange:
    cursor: str = described(CURSOR)
    type: str = described("What happened, such as `opening.closed`.")
    origin: Origin = described("Through what it came about.")
    occurred_at: datetime = described("When it happened, in UTC.")
    opening: Opening | None = described("The opening as it is now, which may be later than the change.")


@strawberry.type
class OpeningSubscriptions:
    opening_changed: OpeningChange = stream(
        OpeningChange,
        "Changes of an opening, with its seats, postings, stages and hiring team for whoever reads it, and its pay for "
        "whoever reads that. Whoever only sees it is told of its status.",
        id="The opening's id.",
    )
