"""How many active applications an opening has: asked here before it is put away, known only by an area above.

That area says so once, when it is imported. Until then the question is an error, not a zero: nothing may be put away
because nobody was asked.
"""

from collections.abc import Awaitable, Callable
from uuid import UUID

from portal.access.work import Work

CountActive = Callable[[Work, UUID], Awaitable[int]]

_answers: list[CountActive] = []


def answered_by(count: CountActive) -> None:
    """Say who knows: a function of the work and the opening's id. Raises RuntimeError when somebody said so already."""
    if _answers:
        raise RuntimeError("Active applications are counted twice.")
    _answers.append(count)


async def active_applications(work: Work, opening_id: UUID) -> int:
    """How many applications of an opening are active, whether or not the actor may see them."""
    if not _answers:
        raise RuntimeError("Nobody counts active applications: portal.applications is not imported.")
    return await _answers[0](work, opening_id)
