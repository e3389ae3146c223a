"""What the caller may still spend, as the edge has it: see portal/web/costs/metering.py."""

from datetime import datetime
from typing import Annotated

import strawberry

from schema.mutating import Info
from schema.reading import described


@strawberry.type(description="The caller's budget of points, which every operation takes its cost from.")
class RateLimit:
    cost: int = described("What this operation costs at most, in points.")
    limit: int | None = described("How many points the credential may spend in a minute; null for as many as it likes.")
    used: int | None = described("How many of them are spent, this operation's included; null without a limit.")
    remaining: int | None = described("How many are left; null without a limit.")
    resets_at: datetime | None = described("When all of them can be spent again, in UTC; null without a limit.")


DryRun = Annotated[
    bool,
    strawberry.argument(
        description="Run nothing and spend nothing: the answer has no other field of `Query` than this one."
    ),
]


@strawberry.type
class RateLimitQueries:
    @strawberry.field(  # type: ignore[untyped-decorator] # Strawberry's overloads give Any for a resolver with Annotated
        description="What this operation costs, and what the caller may still spend."
    )
    def rate_limit(self, info: Info, dry_run: DryRun = False) -> RateLimit:  # noqa: ARG002 - the edge heeds it
        limit: RateLimit = info.context.rate_limit
        return limit
