"""The value of an argument that was not given, where null has a meaning of its own."""

import enum
from typing import Final


class Unchanged(enum.Enum):
    """In an update, a field that stays as it is: absent is not the same as null."""

    UNCHANGED = "UNCHANGED"


UNCHANGED: Final = Unchanged.UNCHANGED
