"""Pages of growing lists: keyset pagination, filters and orders of one connection, compiled into its statement."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import orjson
from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Integer,
    Select,
    Subquery,
    Text,
    True_,
    and_,
    case,
    func,
    literal_column,
    not_,
    or_,
    select,
    true,
    tuple_,
)

from portal.reading.arguments import Leaf, Tree, Variables, resolve
from portal.reading.binds import Asked
from portal.reading.cursors import cursor_expression, decode_cursor
from portal.reading.entity import Connection, Order
from portal.reading.expressions import Columns, literal, row_json
from portal.reading.filters import check_size
from portal.reading.problems import BadInput
from portal.reading.rows import Predicate, Row, child_row, equal_keys
from portal.reading.selection import TYPENAME, Selected

if TYPE_CHECKING:
    from portal.reading.compiler import Compiler

MAX_PAGE_SIZE = 100  # rows; above this the cost limit refuses the query anyway
MAX_DEPTH_OF_FILTER = 5  # levels of and/or/not; deeper ones only slow the planner down
MOST_ORDERS = 5


@dataclass(frozen=True)
class SortKey:
    """One column of an order, ascending or descending."""

    column: ColumnElement[Any]
    descending: bool

    def sorted(self, *, reverse: bool) -> ColumnElement[Any]:
        return self.column.desc() if self.descending is not reverse else self.column.asc()


@dataclass
class Page:
    """One connection of a statement, while it is compiled."""

    compiler: "Compiler"
    declared: Connection
    selected: Selected
    parent: Row | None

    def rows(self) -> tuple[Row, Predicate]:
        """A row of the list and the condition of being in the list: its parent, the list's own rule and the client's
        filter.
        """
        entity = self.declared.entity()
        names = self.compiler.names
        conditions: list[Predicate] = []
        if self.parent is None or self.declared.foreign_key is None:
            row = entity.row(names)
        else:
            row = child_row(entity, self.declared.foreign_key.key, self.parent, names)
            conditions.append(row[self.declared.foreign_key] == self.parent.table.c.id)
            conditions += [key == equal for key, equal in equal_keys(row, self.parent, self.declared.same)]
        row.visible(self.compiler.viewer)  # before the filter and the order, which need not ask the same again
        if self.declared.where is not None:
            conditions.append(self.declared.where(self.compiler.viewer, row))
        given = self.selected.arguments.get("filter")
        if isinstance(given, dict):
            check_size(given, self.declared.filters)
            conditions.append(self._filter(row, given, 0))
        return row, and_(true(), *conditions)

    def _filter(self, row: Row, given: Mapping[str, Tree], depth: int) -> Predicate:
        if depth > MAX_DEPTH_OF_FILTER:
            raise BadInput(f"A filter nests at most {MAX_DEPTH_OF_FILTER} levels of and, or and not.")
        predicates: list[Predicate] = []
        for name, value in given.items():
            match name, value:
                case _, None:
                    continue
                case "and", list():
                    predicates.append(and_(true(), *(self._filter(row, item, depth + 1) for item in value)))
                case "or", list():
                    parts = [self._filter(row, item, depth + 1) for item in value]
                    predicates.append(or_(*parts) if parts else true())
                case "not", dict():
                    predicates.append(not_(func.coalesce(self._filter(row, value, depth + 1), literal_column("false"))))
                case _:
                    predicates.append(self._compared(row, name, value))
        return and_(true(), *predicates)

    def _compared(self, row: Row, name: str, value: Tree) -> Predicate:
        declared = self.declared.filters[name]
        bind = self.compiler.binds.argument
        viewer = self.compiler.viewer
        compared = value.items() if isinstance(value, dict) else (("", value),)
        predicates = [declared.compare(viewer, row, how, what, bind) for how, what in compared if what is not None]
        permission = row.entity.permission_of(declared.attribute)
        seen = true() if permission is None else row.entity.holds(viewer, permission, row)
        return and_(true(), seen, *predicates)

    def sort_keys(self, row: Row) -> list[SortKey]:
        """The order of the list: what the client asked for, or the default, with the id appended."""
        given = self.selected.arguments.get("orderBy")
        if isinstance(given, list) and len(given) > MOST_ORDERS:
            raise BadInput(f"Order by at most {MOST_ORDERS} fields.")
        keys: list[SortKey] = []
        for item in given if isinstance(given, list) else []:
            chosen = item["field"].known()
            order = self.declared.orders[chosen.value]
            direction = item.get("direction")
            descending = order.descending if direction is None else direction.known().value == "DESC"
            keys.append(SortKey(self._sorted_by(row, order), descending))
        if not keys:
            order = self.declared.orders[self.declared.default_order]
            keys.append(SortKey(self._sorted_by(row, order), order.descending))
        return [*keys, SortKey(row.table.c.id, keys[-1].descending)]

    def _sorted_by(self, row: Row, order: Order) -> ColumnElement[Any]:
        """The column of an order, or what stands in for it where the viewer may not see it."""
        column = row[order.attribute]
        permission = row.entity.permission_of(order.attribute)
        if permission is None or order.instead is None:
            return column
        held = row.entity.holds(self.compiler.viewer, permission, row)
        return column if isinstance(held, True_) else case((held, column), else_=row[order.instead])

    def mark(self, variables: Variables) -> str:
        """A short mark of this list, order and filter, so that a cursor of another one is recognised."""
        arguments = {
            name: resolve(tree, variables)
            for name, tree in self.selected.arguments.items()
            if name in ("filter", "orderBy")
        }
        text = orjson.dumps(arguments, default=str, option=orjson.OPT_SORT_KEYS)
        name = f"{self.parent.entity.name if self.parent else ''}.{self.selected.name}".encode()
        return hashlib.blake2b(name + text, digest_size=6).hexdigest()

    def beyond(self, keys: list[SortKey], argument: str, *, after: bool) -> Predicate:
        """The rows strictly after (or before) a cursor in the order of the keys."""
        tree = self.selected.arguments[argument]
        types = [key.column.type for key in keys]
        bounds = [self._bound(tree, types, position) for position in range(len(types))]
        if len({key.descending for key in keys}) == 1:
            left, right = tuple_(*(key.column for key in keys)), tuple_(*bounds)
            return left < right if keys[0].descending is after else left > right
        return self._beyond_mixed(keys, bounds, after=after)

    def _bound(self, tree: Tree, types: list[Any], position: int) -> ColumnElement[Any]:
        """One value of a cursor, as a bind."""

        def extract(asked: Asked) -> object:
            return decode_cursor(resolve(tree, asked.variables), self.mark(asked.variables), types)[position]

        return self.compiler.binds.derived(extract, types[position])

    def _beyond_mixed(self, keys: list[SortKey], bounds: list[ColumnElement[Any]], *, after: bool) -> Predicate:
        """The same for keys of mixed directions: equal on the first ones and beyond on the next."""
        alternatives: list[Predicate] = []
        for position, key in enumerate(keys):
            equal = [earlier.column == bound for earlier, bound in zip(keys[:position], bounds[:position], strict=True)]
            beyond = key.column < bounds[position] if key.descending is after else key.column > bounds[position]
            alternatives.append(and_(true(), *equal, beyond))
        return or_(*alternatives)


def page(compiler: "Compiler", declared: Connection, selected: Selected, parent: Row | None) -> ColumnElement[Any]:
    """The JSON of one page of a connection, with exactly the parts that are selected."""
    list_page = Page(compiler, declared, selected, parent)
    backwards = _direction(selected)
    parts = compiler.below(selected)
    row, inside = list_page.rows()
    needed = {part.name for part in parts}
    columns: Columns = []
    window = (
        _Window(list_page, row, inside, parts, backwards=backwards)
        if needed & {"edges", "nodes", "page_info"}
        else None
    )
    for part in parts:
        columns.append((part.response_name, _part(list_page, part, window)))
    if window is None:
        return compiler.json_object(columns)
    return window.wrapped(columns)


def _direction(selected: Selected) -> bool:
    """Whether the page is read backwards; both `first` and `last` is refused."""
    given = {name for name in ("first", "last") if selected.arguments.get(name) is not None}
    first = selected.arguments.get("first")
    if "last" in given and isinstance(first, Leaf) and not first.is_default:
        raise BadInput("Give either first or last, not both.")
    return "last" in given


def _part(list_page: Page, part: Selected, window: "_Window | None") -> ColumnElement[Any]:
    compiler = list_page.compiler
    if part.name == TYPENAME:
        return literal(part.type.name)
    if part.name == "total_count":
        row, inside = list_page.rows()
        return row.select(inside, row.visible(compiler.viewer), columns=[func.count()]).scalar_subquery()
    if window is None:
        raise TypeError(f"A connection has no field {part.name}.")
    return window.part(part)


class _Window:
    """The rows of one page: selected in order, with one more than asked for where somebody asks for more."""

    def __init__(self, list_page: Page, row: Row, inside: Predicate, parts: list[Selected], *, backwards: bool) -> None:
        self.page = list_page
        self.compiler = list_page.compiler
        self.row = row
        self.inside = inside
        self.parts = parts
        self.backwards = backwards
        self.keys = list_page.sort_keys(row)
        self.size = self._size()
        about = {inner.name for part in parts if part.name == "page_info" for inner in list_page.compiler.below(part)}
        self.looks_further = ("has_previous_page" if backwards else "has_next_page") in about
        self.has_cursors = bool(about & {"start_cursor", "end_cursor"})
        self.whole = self._whole()

    def _size(self) -> ColumnElement[int]:
        argument = "last" if self.backwards else "first"
        tree = self.page.selected.arguments.get(argument)
        return self.compiler.binds.derived(lambda asked: page_size(resolve(tree, asked.variables), argument), Integer())

    def _whole(self) -> Subquery:
        """The page in one row: a list for each part, and what `pageInfo` needs."""
        listed = [(index, part) for index, part in enumerate(self.parts) if part.name in ("nodes", "edges")]
        if len(listed) == 1 and listed[0][1].name == "nodes" and not (self.backwards or self.has_page_info):
            (index, part) = listed[0]
            columns = self.compiler.object(self.row.entity, self.row, self.compiler.below(part))
            page = self._rows(columns).subquery(self.compiler.names.next("page"))
            lists: list[ColumnElement[Any]] = [
                func.json_agg(row_json(page, [name for name, _ in columns])).label(f"part${index}")
            ]
        else:
            page = self._page([(f"part${index}", self._object(part)) for index, part in listed])
            lists = [self._list(page, index) for index, _ in listed]
            lists += [
                func.array_agg(page.c[f"key${index}"], type_=ARRAY(key.column.type)).label(f"keys${index}")
                for index, key in enumerate(self.keys)
                if self.has_cursors
            ]
        statement = select(func.count().label("count$"), *lists).select_from(page).correlate_except(page)
        return statement.subquery(self.compiler.names.next("whole"))

    @property
    def has_page_info(self) -> bool:
        return any(part.name == "page_info" for part in self.parts)

    def _object(self, part: Selected) -> ColumnElement[Any]:
        """The JSON of one row, as a node or as an edge."""
        below = self.compiler.below(part)
        if part.name == "nodes":
            return self.compiler.json_object(self.compiler.object(self.row.entity, self.row, below))
        return self.compiler.json_object(self._edge(below))

    def _edge(self, below: list[Selected]) -> Columns:
        columns: Columns = []
        for inner in below:
            match inner.name:
                case "cursor":
                    columns.append((inner.response_name, self._cursor([key.column for key in self.keys])))
                case "node":
                    fields = self.compiler.object(self.row.entity, self.row, self.compiler.below(inner))
                    columns.append((inner.response_name, self.compiler.json_object(fields)))
                case _:
                    columns.append((inner.response_name, literal(f"{self.row.entity.name}Edge")))
        return columns

    def _cursor(self, keys: list[ColumnElement[Any]]) -> ColumnElement[str]:
        mark = self.compiler.binds.derived(lambda asked: self.page.mark(asked.variables), Text())
        return cursor_expression(mark, keys)

    def _rows(self, columns: Columns) -> Select[Any]:
        """The page's rows, in the order in which they are read."""
        arguments = self.page.selected.arguments
        conditions = [self.inside]
        if arguments.get("after") is not None:
            conditions.append(self.page.beyond(self.keys, "after", after=True))
        if arguments.get("before") is not None:
            conditions.append(self.page.beyond(self.keys, "before", after=False))
        statement = self.compiler.select_rows(self.row, and_(*conditions), columns or [("row$", literal_column("1"))])
        most = self.size + literal_column("1") if self.looks_further else self.size
        return statement.order_by(*(key.sorted(reverse=self.backwards) for key in self.keys)).limit(most)

    def _page(self, objects: Columns) -> Subquery:
        """The page's rows, numbered as they were read where one may be too many, in the order of the list."""
        has_keys = self.backwards or self.has_cursors
        keys = [(f"key${index}", key.column) for index, key in enumerate(self.keys)] if has_keys else []
        page = self._rows([*objects, *keys]).subquery(self.compiler.names.next("page"))
        if self.looks_further:
            number = func.row_number().over().label("number$")
            numbered = select(*page.c, number).select_from(page).correlate_except(page)
            page = numbered.subquery(self.compiler.names.next("page"))
        if self.backwards:
            order = [
                SortKey(page.c[f"key${index}"], key.descending).sorted(reverse=False)
                for index, key in enumerate(self.keys)
            ]
            reversed_ = select(*page.c).select_from(page).order_by(*order).correlate_except(page)
            page = reversed_.subquery(self.compiler.names.next("page"))
        return page

    def _list(self, page: Subquery, index: int) -> ColumnElement[Any]:
        listed = func.json_agg(page.c[f"part${index}"])
        inside = listed.filter(page.c["number$"] <= self.size) if self.looks_further else listed
        return inside.label(f"part${index}")

    def part(self, part: Selected) -> ColumnElement[Any]:
        """One selected part of the connection."""
        if part.name == "page_info":
            return self._page_info(part)
        index = self.parts.index(part)
        return func.coalesce(self.whole.c[f"part${index}"], literal_column("'[]'::json"))

    def _page_info(self, part: Selected) -> ColumnElement[Any]:
        count = self.whole.c["count$"]
        more = count > self.size
        first = func.greatest(count - self.size + 1, literal_column("1")) if self.backwards else literal_column("1")
        last = count if self.backwards else func.least(count, self.size)
        columns: Columns = []
        for inner in self.compiler.below(part):
            match inner.name:
                case "has_next_page":
                    value = self._exists_beyond("before") if self.backwards else more
                case "has_previous_page":
                    value = more if self.backwards else self._exists_beyond("after")
                case "start_cursor":
                    value = self._cursor_at(first)
                case "end_cursor":
                    value = self._cursor_at(last)
                case _:
                    value = literal("PageInfo")
            columns.append((inner.response_name, value))
        return self.compiler.json_object(columns)

    def _cursor_at(self, position: ColumnElement[Any]) -> ColumnElement[Any]:
        """The cursor of a row of the page; null where the page is empty."""
        keys = [self.whole.c[f"keys${index}"][position] for index in range(len(self.keys))]
        return case((func.least(self.whole.c["count$"], self.size) > literal_column("0"), self._cursor(keys)))

    def _exists_beyond(self, argument: str) -> ColumnElement[Any]:
        """Whether there are rows on the other side of the given cursor; there are none without a cursor."""
        if self.page.selected.arguments.get(argument) is None:
            return literal_column("false")
        row, inside = self.page.rows()
        keys = self.page.sort_keys(row)
        strictly_inside = self.page.beyond(keys, argument, after=argument == "after")
        statement = self.compiler.select_rows(row, and_(inside, not_(strictly_inside)), [("row$", literal_column("1"))])
        return statement.exists()

    def wrapped(self, columns: Columns) -> ColumnElement[Any]:
        """The connection's object, read from the page."""
        labelled = [expression.label(name) for name, expression in columns]
        statement = select(*labelled).select_from(self.whole).correlate_except(self.whole)
        return self.compiler.as_object(statement, [name for name, _ in columns])


def page_size(value: object, argument: str) -> int:
    """A page's size within its bounds. Raises BadInput otherwise."""
    if not isinstance(value, int) or not 0 <= value <= MAX_PAGE_SIZE:
        raise BadInput(f"{argument} must be between 0 and {MAX_PAGE_SIZE}.")
    return value
