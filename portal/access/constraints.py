"""Which refusal a violated constraint means: the database holds uniqueness and ranges, this table gives them words."""

from collections.abc import Callable

from portal.errors import UserError

_refusals: dict[str, Callable[[], UserError]] = {}


def means(constraint: str, refusal: Callable[[], UserError]) -> None:
    """Say what a constraint's violation means to the caller.

    Areas call this next to the actions that can violate it.
    """
    _refusals[constraint] = refusal


def refusal_of(constraint: str | None) -> UserError | None:
    """The refusal for a violated constraint; None when nobody expects it, so that it is a bug."""
    refusal = _refusals.get(constraint or "")
    return refusal() if refusal else None
