"""The value of an argument that was not given, where null has a meaning of its own."""

import enum
from dataclasses import fields
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


class Unchanged(enum.Enum):
    """In an update, a field that stays as it is: absent is not the same as null."""

    UNCHANGED = "UNCHANGED"


UNCHANGED: Final = Unchanged.UNCHANGED


def given(changes: "DataclassInstance") -> dict[str, Any]:  # Any: fields of all types
    """The fields of a dataclass of changes that do not stay as they are, by name."""
    values = {field.name: getattr(changes, field.name) for field in fields(changes)}
    return {name: value for name, value in values.items() if value is not UNCHANGED}
