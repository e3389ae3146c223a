"""The one place that reads the wall clock. Everything below the edges is handed the time instead."""

from datetime import UTC, datetime


def now() -> datetime:
    """The current instant in UTC, for the edges (requests, commands, jobs) to pass in."""
    return datetime.now(UTC)  # noqa: TID251 - the one allowed place
