"""How a long import tells its caller how far it is."""

from collections.abc import Callable
from typing import TypeAlias

# Called after each record with the number of records that are done and the number there are.
Progress: TypeAlias = Callable[[int, int], None]


def no_progress(done: int, total: int) -> None:
    """For callers that don't show any."""
