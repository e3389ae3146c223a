"""How a test says that something is refused: with which error, which sentence, and about which input field."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from portal.errors import UserError


@contextmanager
def refused(kind: type[UserError], message: str, *, path: tuple[str, ...] | None = None) -> Iterator[None]:
    """Passes only if the block raises exactly this refusal."""
    with pytest.raises(UserError) as caught:
        yield
    assert (type(caught.value), caught.value.message, caught.value.path) == (kind, message, path)
