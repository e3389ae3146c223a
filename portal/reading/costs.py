"""What reading a field costs, by how it is declared: the weights of the cost model.

A point is about the database's work for one object of a list. What an answer may cost is worked out from the document
alone, before anything is read (portal/web/costs/cost.py); clients work it out from `@cost`, `@listSize` and `@part` in
the schema.
"""

from dataclasses import dataclass
from typing import assert_never

from portal.reading.entity import (
    Column,
    Computed,
    Connection,
    Count,
    Counts,
    Documents,
    Field,
    Group,
    Many,
    Matches,
    Named,
    One,
    Own,
)
from portal.reading.roots import ByFact, ById, Facts, Given, Node, Nodes, Root

# Objects that a closed list is taken to have that does not say it: stages, seats, transitions.
USUAL_LENGTH = 10
DEFAULT_PAGE = 20  # what `first` is when it is not given

# What a list or an object costs once where an operation selects it, however often it is in the answer: the statement
# looks for each of them, and there may be nothing to find.
WEIGHT_OF_PART = 5
# A count looks at all rows of a list, whatever the page: about as much as reading so many objects.
WEIGHT_OF_COUNT = 5
WEIGHT_OF_TOTAL_COUNT = 10
WEIGHT_OF_MATCH = 3


@dataclass(frozen=True, slots=True)
class ListSize:
    """How long a list may be: what one of the `slicing` arguments says, else `assumed`.

    `sized` are the fields below that are lists of this length; none where the field itself is the list.
    """

    assumed: int
    slicing: tuple[str, ...] = ()
    sized: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class FieldCost:
    """What a field costs: its weight and what is selected below it, as often as its list is long.

    Without a weight an object costs 1 and a value 0. `is_part` says whether the field is a part of its own of the
    statement, which costs something by itself: what is not a column of its parent's row.
    """

    weight: int | None = None
    size: ListSize | None = None
    is_part: bool = False


_PAGE = ListSize(DEFAULT_PAGE, ("first", "last"), ("edges", "nodes"))
_PART = FieldCost(is_part=True)


def cost_of_field(declared: Field) -> FieldCost:
    """What a declared field of an entity costs."""
    match declared:
        case Column() | Computed() | Group():
            return FieldCost()
        case One() | Named() | Own():
            return _PART
        case Many():
            return FieldCost(size=ListSize(declared.usual or USUAL_LENGTH), is_part=True)
        case Documents():
            return FieldCost(size=ListSize(USUAL_LENGTH))
        case Matches():
            return FieldCost(WEIGHT_OF_MATCH, ListSize(declared.most), is_part=True)
        case Connection():
            return FieldCost(size=_PAGE, is_part=True)
        case Count() | Counts():
            return FieldCost(WEIGHT_OF_COUNT, is_part=True)
        case _:
            assert_never(declared)


def cost_of_root(root: Root) -> FieldCost:
    """What a field of Query costs."""
    match root:
        case Connection():
            return cost_of_field(root)
        case Nodes():
            return FieldCost(size=ListSize(USUAL_LENGTH, ("ids",)), is_part=True)
        case ById() | ByFact() | Given() | Node() | Facts():
            return _PART
        case _:
            assert_never(root)
