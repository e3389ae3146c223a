"""The cost of an operation, worked out from its document and variables before anything is read.

A field costs its weight and what is selected below it, as often as its list is long (schema/costs.py). One that is a
part of the statement costs something more, once. What an answer cost in the end is the same, less what its lists did
not hold.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    FragmentSpreadNode,
    GraphQLInputObjectType,
    GraphQLInputType,
    GraphQLInterfaceType,
    GraphQLList,
    GraphQLObjectType,
    InlineFragmentNode,
    SelectionSetNode,
    get_named_type,
    get_nullable_type,
    is_leaf_type,
)

from portal.reading.arguments import Leaf, Tree
from portal.reading.costs import WEIGHT_OF_PART, FieldCost, ListSize
from portal.reading.selection import TYPENAME, Document, Selected
from portal.web.errors import ErrorCode, Refused
from schema.costs import WEIGHT_OF_INTROSPECTION, Costs

RATE_LIMIT = "rateLimit"  # the field of Query that tells the cost

MOST_NAMED = 5  # paths that a refusal names

# How an object begins in an answer: a brace in a text is followed by that text, or by its end and a comma.
_OBJECT = b'{"'

# Where there are more than so many times as many objects in lists as beside them, the latter make no difference.
_FEW = 20

_OBJECTS = (GraphQLObjectType, GraphQLInterfaceType)


@dataclass(frozen=True, slots=True)
class Cost:
    """What an operation costs at most, in points.

    `in_lists` is how much of `requested` shorter lists make less, `objects_in_lists` how many objects the lists would
    have if they were all as long as they may be, `objects` how many there are beside them. `parts` counts what the
    operation's statements are made of, which takes time where they are made for the first time.
    """

    requested: int
    in_lists: int
    objects: int
    objects_in_lists: int
    parts: int
    heaviest: tuple[tuple[str, int], ...]  # the paths that cost most, each with what is below it
    is_dry_run: bool = False  # `rateLimit(dryRun: true)` is selected: nothing else is to be run

    def actual(self, data_json: bytes) -> int:
        """What an answer cost: never more than was requested."""
        if not self.objects_in_lists:
            return self.requested
        listed = data_json.count(_OBJECT) - self._objects_in(data_json)
        unfilled = 1 - min(max(listed, 0) / self.objects_in_lists, 1)
        return self.requested - int(self.in_lists * unfilled)

    def _objects_in(self, data_json: bytes) -> int:
        """How many of `objects` an answer has. They are counted where so many may be missing that it makes a
        difference: what is not there would pay for what is in the lists.
        """
        if (self.objects - 1) * _FEW < self.objects_in_lists:
            return self.objects
        return min(_beside_lists(orjson.loads(data_json)), self.objects)


def _beside_lists(value: Any) -> int:  # Any: JSON
    """How many objects there are in no list."""
    return 1 + sum(map(_beside_lists, value.values())) if isinstance(value, dict) else 0


def check_cost(cost: Cost, maximum: int, most_parts: int) -> None:
    """Refuses an operation that costs too much, or whose statements would take too long to make."""
    if cost.requested > maximum:
        raise Refused(
            ErrorCode.MAX_COST_EXCEEDED,
            f"The operation costs {cost.requested} points; at most {maximum} are allowed. Ask for shorter lists, or "
            "for fewer lists inside lists.",
            extensions={
                "cost": cost.requested,
                "maximum": maximum,
                "heaviest": [{"path": path, "cost": points} for path, points in cost.heaviest],
            },
        )
    if cost.parts > most_parts:
        raise Refused(
            ErrorCode.MAX_COST_EXCEEDED,
            f"The operation selects {cost.parts} lists and objects; at most {most_parts} are allowed. Make several of "
            "it.",
            extensions={"cost": cost.requested, "parts": cost.parts, "maximum": most_parts},
        )


def cost_of(costs: Costs, document: Document, type_: GraphQLObjectType, selections: SelectionSetNode) -> Cost:
    """The cost of an operation on a root type."""
    tally = _Tally(costs, document)
    tally.fields(type_, [selections], _Place(1, is_listed=False))
    heaviest = sorted(tally.by_path, key=lambda entry: entry[1], reverse=True)[:MOST_NAMED]
    return Cost(
        requested=max(tally.points, 1),
        in_lists=tally.in_lists,
        objects=tally.objects + 1,  # the answer itself
        objects_in_lists=tally.objects_in_lists,
        parts=tally.parts,
        heaviest=tuple(heaviest),
        is_dry_run=tally.is_dry_run,
    )


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in an answer a selection stands: how often at most, and how long those of its lists are that a field above
    sizes.
    """

    times: int
    is_listed: bool
    path: str = ""
    sized: Sequence[str] = ()
    length: int = 1


@dataclass(slots=True)
class _Tally:
    """Adds up an operation."""

    costs: Costs
    document: Document
    outside_lists: int = 0  # points, as those in lists; parts come on top
    in_lists: int = 0
    objects: int = 0  # outside lists
    objects_in_lists: int = 0
    parts: int = 0
    by_path: list[tuple[str, int]] = field(default_factory=list)
    is_dry_run: bool = False

    @property
    def points(self) -> int:
        """What it costs as far as it is added up."""
        return self.outside_lists + self.in_lists + WEIGHT_OF_PART * self.parts

    def fields(
        self, type_: GraphQLObjectType | GraphQLInterfaceType, sets: Iterable[SelectionSetNode], place: _Place
    ) -> None:
        for selected in self.document.fields(type_, sets):
            if selected.graphql_name.startswith("__"):
                if selected.graphql_name != TYPENAME:
                    self._add(WEIGHT_OF_INTROSPECTION, place)
            else:
                self._field(type_, selected, place)

    def _field(self, type_: GraphQLObjectType | GraphQLInterfaceType, selected: Selected, place: _Place) -> None:
        declared = type_.fields[selected.graphql_name]
        cost = self.costs.fields.get((type_.name, selected.graphql_name), _PLAIN)
        before = self.points
        self._add(
            sum(self._input(declared.args[name].type, given) for name, given in selected.arguments.items()), place
        )
        self.parts += cost.is_part
        self.is_dry_run = self.is_dry_run or (not place.path and _is_dry_run(type_, selected))
        below = self._below(selected, cost, isinstance(get_nullable_type(declared.type), GraphQLList), place)
        is_object = not is_leaf_type(selected.type)
        self._add(int(is_object) if cost.weight is None else cost.weight, below)
        if is_object:
            if below.is_listed:
                self.objects_in_lists += below.times
            else:
                self.objects += 1
            self._selections(selected, below)
            self.by_path.append((below.path, self.points - before))

    def _selections(self, selected: Selected, place: _Place) -> None:
        """What is selected below a field; of an interface, what costs most of the types that it may be."""
        if not isinstance(selected.type, _OBJECTS):
            return
        types = self._possible(selected)
        if len(types) == 1:
            self.fields(types[0], selected.below, place)
            return
        tallies: list[_Tally] = []
        for type_ in types:
            tally = _Tally(self.costs, self.document)
            tally.fields(type_, selected.below, place)
            tallies.append(tally)
        dearest = max(tallies, key=lambda tally: tally.outside_lists + tally.in_lists)
        self._take(dearest, parts=sum(tally.parts for tally in tallies))

    def _take(self, tally: "_Tally", parts: int) -> None:
        self.outside_lists += tally.outside_lists
        self.in_lists += tally.in_lists
        self.objects += tally.objects
        self.objects_in_lists += tally.objects_in_lists
        self.parts += parts
        self.by_path += tally.by_path

    def _possible(self, selected: Selected) -> list[GraphQLObjectType | GraphQLInterfaceType]:
        """The types that an answer may be made of: those that fragments name, and the interface for all the rest."""
        if not isinstance(selected.type, GraphQLInterfaceType):
            return [selected.type]  # type: ignore[list-item] # checked by the caller
        named = dict.fromkeys(self._conditions(selected.below))
        found = [self.document.schema.type_map[name] for name in named if name != selected.type.name]
        return [selected.type, *(type_ for type_ in found if isinstance(type_, GraphQLObjectType))]

    def _conditions(self, sets: Iterable[SelectionSetNode]) -> Iterable[str]:
        """The types that fragments directly in a selection name."""
        for selections in sets:
            for node in selections.selections:
                if isinstance(node, FragmentSpreadNode):
                    fragment = self.document.fragments[node.name.value]
                    yield fragment.type_condition.name.value
                    yield from self._conditions([fragment.selection_set])
                elif isinstance(node, InlineFragmentNode):
                    if node.type_condition:
                        yield node.type_condition.name.value
                    yield from self._conditions([node.selection_set])

    def _below(self, selected: Selected, cost: FieldCost, is_list: bool, place: _Place) -> _Place:
        path = f"{place.path}.{selected.response_name}" if place.path else selected.response_name
        length = place.length if selected.graphql_name in place.sized else 1
        if cost.size is not None:
            said = _length(cost.size, selected.arguments)
            if cost.size.sized:
                return _Place(place.times, place.is_listed, path, cost.size.sized, said)
            length = said
        is_listed = place.is_listed or is_list or selected.graphql_name in place.sized
        return _Place(place.times * length, is_listed, path)

    def _input(self, type_: GraphQLInputType, given: Tree) -> int:
        """What the conditions of a filter cost."""
        named = get_named_type(type_)
        if isinstance(given, list):
            return sum(self._input(type_, item) for item in given)
        if not isinstance(given, dict) or not isinstance(named, GraphQLInputObjectType):
            return 0
        return sum(
            self.costs.inputs.get((named.name, name), 0) + self._input(named.fields[name].type, value)
            for name, value in given.items()
            if value is not None
        )

    def _add(self, points: int, place: _Place) -> None:
        if place.is_listed:
            self.in_lists += points * place.times
        else:
            self.outside_lists += points * place.times


_PLAIN = FieldCost()


def _is_dry_run(type_: GraphQLObjectType | GraphQLInterfaceType, selected: Selected) -> bool:
    given = selected.arguments.get("dryRun")
    is_asked = type_.name == "Query" and selected.graphql_name == RATE_LIMIT
    return is_asked and isinstance(given, Leaf) and given.value is True


def _length(size: ListSize, arguments: Any) -> int:  # Any: a mapping of trees, as a selection has them
    """How long a list may be by its arguments. What is no length is refused when the statement is made."""
    given = [length for argument in size.slicing if (length := _said(arguments, argument.split("."))) is not None]
    return max(given, default=size.assumed)


def _said(arguments: Any, path: Sequence[str]) -> int | None:
    tree: Any = arguments
    for name in path:
        tree = tree.get(name) if isinstance(tree, dict) else None
    if isinstance(tree, list):
        return len(tree)
    if not isinstance(tree, Leaf) or isinstance(tree.value, bool):
        return None
    if isinstance(tree.value, list):
        return len(tree.value)
    return max(tree.value, 0) if isinstance(tree.value, int) else None
