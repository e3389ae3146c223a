"""Letting months of work happen in one transaction, each deed at its own time and by whoever did it."""

from dataclasses import replace
from datetime import datetime
from typing import ParamSpec, TypeVar

from portal.access.actions import Action
from portal.access.actor import Actor
from portal.access.work import Work

P = ParamSpec("P")
R = TypeVar("R")


class Scene:
    """Performs actions as the write door does: with their permission, audit entry and event, but without a commit.

    One transaction for all, because a demo that was interrupted must leave nothing behind, and because it is faster.
    """

    def __init__(self, work: Work) -> None:
        self._work = work

    async def do(self, who: Actor, when: datetime, action: Action[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """One action, as if it had been called then."""
        self._work.call = replace(self._work.call, actor=who, now=when)
        self._work.operation = action.name
        return await action.within(self._work, *args, **kwargs)
