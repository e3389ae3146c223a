"""The drain: that the process is to stop, for whatever has to know it before its connections are closed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field


@dataclass(slots=True)
class Drain:
    """Set once, when the process is asked to stop: from then on load balancers are told to go elsewhere."""

    begun: bool = False
    _closing: set[asyncio.Future[None]] = field(default_factory=set)

    @contextmanager
    def closing(self) -> Iterator[asyncio.Future[None]]:
        """Done when the door closes, for what would otherwise stay open."""
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._closing.add(future)
        try:
            yield future
        finally:
            self._closing.discard(future)

    def close(self) -> None:
        """The door closes now."""
        for future in self._closing:
            if not future.done():
                future.set_result(None)
