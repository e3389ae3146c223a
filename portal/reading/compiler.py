"""The compiler: a selection on declared entities becomes one SELECT whose single value is the answer's JSON.

For every table in every statement it adds the tenant, who may see the row and each field's permission; nothing above
it can forget them. Pages of connections are in connections.py.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, assert_never
from uuid import UUID

from graphql import GraphQLNamedType
from sqlalchemy import (
    ColumnElement,
    False_,
    Select,
    True_,
    and_,
    case,
    false,
    func,
    literal_column,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import JSONB

from portal.access.permissions import Permission
from portal.reading import connections
from portal.reading.binds import Binds
from portal.reading.entity import (
    AnyEntity,
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
    RowRule,
)
from portal.reading.expressions import Columns, labelled, literal, public_id, row_json
from portal.reading.rows import Names, Predicate, Row, Viewer, child_row, equal_keys
from portal.reading.selection import TYPENAME, Document, Selected, camel

NOTHING: ColumnElement[Any] = literal_column("NULL")


@dataclass
class Compiler:
    """Compiles the selections of one root field for one viewer."""

    document: Document
    viewer: Viewer
    names: Names = field(default_factory=Names)
    binds: Binds = field(default_factory=Binds)

    def object(self, entity: AnyEntity, row: Row, fields: Sequence[Selected]) -> Columns:
        """The columns of one object of an entity: a response name and an expression for each selected field."""
        row.visible(self.viewer)  # first, since what it establishes need not be asked again for the fields
        return [(selected.response_name, self._entity_field(entity, row, selected)) for selected in fields]

    def below(self, selected: Selected, type_: GraphQLNamedType | None = None) -> list[Selected]:
        """What is selected below a field, on its type or a more concrete one."""
        return self.document.fields(type_ or selected.type, selected.below)

    def row(
        self,
        entity: AnyEntity,
        where: Callable[[Row], Predicate],
        fields: Sequence[Selected],
        reached_from: tuple[Row, str] | None = None,
    ) -> ColumnElement[Any]:
        """The JSON of the one visible row that satisfies `where`; NULL when there is none."""
        row = entity.row(self.names)
        row.reached_from = reached_from
        return self.to_one(row, where(row), fields)

    def to_one(self, row: Row, where: Predicate, fields: Sequence[Selected]) -> ColumnElement[Any]:
        """The JSON of the visible row that satisfies `where`, of which there is at most one."""
        columns = self.object(row.entity, row, fields)
        return self.as_object(self.select_rows(row, where, columns), [name for name, _ in columns])

    def select_rows(self, row: Row, where: Predicate, columns: Columns) -> Select[Any]:
        """SELECT of some columns from visible rows of an entity; the tenant and the viewer's rights are added here."""
        return row.select(where, row.visible(self.viewer), columns=labelled(columns))

    def json_object(self, columns: Columns) -> ColumnElement[Any]:
        """A JSON object from expressions over rows that are already in the statement."""
        if not columns:
            return literal_column("'{}'::json")
        return self.as_object(select(*labelled(columns)).correlate_except(), [name for name, _ in columns])

    def json_list(self, statement: Select[Any], columns: Columns) -> ColumnElement[Any]:
        """A JSON list of the rows of a SELECT, in its order; empty when there are none."""
        rows = statement.subquery(self.names.next("q"))
        value = row_json(rows, [name for name, _ in columns])
        return (
            select(func.coalesce(func.json_agg(value), literal_column("'[]'::json")))
            .select_from(rows)
            .correlate_except(rows)
            .scalar_subquery()
        )

    def as_object(self, statement: Select[Any], names: Sequence[str]) -> ColumnElement[Any]:
        """The JSON object of a SELECT of one row."""
        rows = statement.subquery(self.names.next("q"))
        return select(row_json(rows, names)).select_from(rows).correlate_except(rows).scalar_subquery()

    def _entity_field(self, entity: AnyEntity, row: Row, selected: Selected) -> ColumnElement[Any]:
        match selected.name:
            case "__typename":
                return literal(entity.name)
            case "id":
                return public_id(entity.prefix, row.table.c.id)
            case "redacted_fields":
                return redacted_fields(entity, self.viewer, row)
            case name:
                return self.field(entity, row, entity.fields[name], selected)

    def field(self, entity: AnyEntity, row: Row, declared: Field, selected: Selected) -> ColumnElement[Any]:
        """A declared field's expression, null on the rows where its permission is not held."""
        if declared.permission is None:
            return self._expression(entity, row, declared, selected)
        held = entity.holds(self.viewer, declared.permission, row)
        if isinstance(held, False_):
            return _hidden(declared)
        expression = self._expression(entity, row, declared, selected)
        return expression if isinstance(held, True_) else case((held, expression), else_=_hidden(declared))

    def _expression(self, entity: AnyEntity, row: Row, declared: Field, selected: Selected) -> ColumnElement[Any]:
        match declared:
            case Column():
                return row[declared.attribute]
            case Computed():
                return declared.expression(self.viewer, row)
            case Named():
                target = declared.entity().row(self.names)
                wanted = declared.id(self.viewer, row)
                return self.to_one(target, target.table.c.id == wanted, self.below(selected))
            case Group():
                return self._group(entity, row, declared, selected)
            case Connection():
                return connections.page(self, declared, selected, row)
            case _:
                return self._related(row, declared, selected)

    def _related(
        self, row: Row, declared: One | Own | Many | Matches | Count | Counts | Documents, selected: Selected
    ) -> ColumnElement[Any]:
        """A field that is read from other rows, or from the items of a JSON list."""
        match declared:
            case One():
                return self._one(row, declared, selected)
            case Own():
                return self._own(row, declared, selected)
            case Many():
                return self._many(row, declared, selected)
            case Matches():
                return self._matches(row, declared, selected)
            case Count():
                return self._count(row, declared)
            case Counts():
                return self._counts(row, declared, selected)
            case Documents():
                return self._documents(row, declared, selected)
            case _:
                assert_never(declared)

    def _one(self, row: Row, declared: One, selected: Selected) -> ColumnElement[Any]:
        entity, key = declared.entity(), declared.foreign_key
        held = row.referred(key.key)
        if held is not None:
            return self._held_one(replace(held.scoped(), reached_from=(row, key.key)), selected)
        target = entity.row(self.names)
        target.reached_from = (row, key.key)
        # Not by `=`: an index on such a key would lead the planner away from the id, to all rows that share the key.
        same = [key.is_not_distinct_from(equal) for key, equal in equal_keys(target, row, declared.same)]
        return self.to_one(target, and_(target.table.c.id == row[key], *same), self.below(selected))

    def _held_one(self, target: Row, selected: Selected) -> ColumnElement[Any]:
        """The JSON of a row that the statement holds already; NULL where it is not visible."""
        visible = target.visible(self.viewer)
        columns = self.object(target.entity, target, self.below(selected))
        decided = target.decided.values()
        statement = select(*labelled(columns)).select_from(*decided).correlate_except(*decided)
        return self.as_object(
            statement if isinstance(visible, True_) else statement.where(visible), [name for name, _ in columns]
        )

    def _own(self, row: Row, declared: Own, selected: Selected) -> ColumnElement[Any]:
        target = child_row(declared.entity(), declared.foreign_key.key, row, self.names)
        where = and_(target[declared.foreign_key] == row.table.c.id, declared.where(self.viewer, target))
        return self.to_one(target, where, self.below(selected))

    def _many(self, row: Row, declared: Many, selected: Selected) -> ColumnElement[Any]:
        target = child_row(declared.entity(), declared.foreign_key.key, row, self.names)
        return self.many(target, row.table.c.id, declared, selected)

    def many(
        self, target: Row, parent_id: ColumnElement[UUID], declared: Many, selected: Selected
    ) -> ColumnElement[Any]:
        """The JSON list of the visible rows that refer to a row with this id; `target` is one of them."""
        where = and_(
            target[declared.foreign_key] == parent_id,
            true() if declared.where is None else declared.where(self.viewer, target),
        )
        columns = self.object(target.entity, target, self.below(selected))
        order = [target[attribute] for attribute in declared.order]
        return self.json_list(self.select_rows(target, where, columns).order_by(*order, target.table.c.id), columns)

    def _matches(self, row: Row, declared: Matches, selected: Selected) -> ColumnElement[Any]:
        target = declared.entity().row(self.names)
        columns = self.object(target.entity, target, self.below(selected))
        statement = self.select_rows(target, declared.rule(self.viewer, row, target), columns)
        return self.json_list(statement.order_by(target.table.c.id.desc()).limit(declared.most), columns)

    def _group(self, entity: AnyEntity, row: Row, declared: Group, selected: Selected) -> ColumnElement[Any]:
        columns: Columns = []
        for inner in self.below(selected):
            expression = (
                literal(declared.name)
                if inner.name == TYPENAME
                else self.field(entity, row, declared.fields[inner.name], inner)
            )
            columns.append((inner.response_name, expression))
        value = self.json_object(columns)
        return value if declared.present is None else case((declared.present(self.viewer, row), value), else_=NOTHING)

    def _counts(self, row: Row, declared: Counts, selected: Selected) -> ColumnElement[Any]:
        target = child_row(declared.entity(), declared.foreign_key.key, row, self.names)
        columns: Columns = []
        for inner in self.below(selected):
            columns.append(
                (
                    inner.response_name,
                    literal(declared.name)
                    if inner.name == TYPENAME
                    else _counted(self.viewer, target, declared.conditions[inner.name]),
                )
            )
        if not columns:
            return literal_column("'{}'::json")
        statement = self._counting(row, target, declared, columns=labelled(columns))
        return self.as_object(statement, [name for name, _ in columns])

    def _count(self, row: Row, declared: Count) -> ColumnElement[Any]:
        target = child_row(declared.entity(), declared.foreign_key.key, row, self.names)
        same = [key == equal for key, equal in equal_keys(target, row, declared.same)]
        where = true() if declared.where is None else declared.where(self.viewer, target)
        return self._counting(row, target, declared, where, *same, columns=[func.count()]).scalar_subquery()

    def _counting(
        self,
        row: Row,
        target: Row,
        declared: Counts | Count,
        *where: Predicate,
        columns: Sequence[ColumnElement[Any]],
    ) -> Select[Any]:
        counted = declared.counting or target.entity.permission
        permitted = true() if counted is None else _held_anywhere(target.entity, self.viewer, counted, target)
        shown = target.entity.shown(self.viewer, target)
        return target.select(target[declared.foreign_key] == row.table.c.id, *where, permitted, shown, columns=columns)

    def _documents(self, row: Row, declared: Documents, selected: Selected) -> ColumnElement[Any]:
        elements = (
            func.jsonb_array_elements(row[declared.attribute])
            .table_valued("value", with_ordinality="position", name=self.names.next("e"))
            .render_derived()
        )
        item = elements.c.value.cast(JSONB)
        columns: Columns = [
            (
                inner.response_name,
                literal(declared.name)
                if inner.name == TYPENAME
                else item.op("->>")(literal(declared.keys[inner.name])),
            )
            for inner in self.below(selected)
        ]
        listed = select(*labelled(columns)).select_from(elements).correlate_except(elements)
        return self.json_list(listed.order_by(elements.c.position), columns)


def redacted_fields(entity: AnyEntity, viewer: Viewer, row: Row) -> ColumnElement[Any]:
    """The GraphQL names of this row's fields that are null because the viewer may not see them, as a JSON list."""
    by_permission: dict[Permission, list[str]] = {}
    for name, declared in entity.fields.items():
        if declared.permission is not None:
            by_permission.setdefault(declared.permission, []).append(camel(name))
    parts: list[ColumnElement[Any]] = []
    for permission, names in by_permission.items():
        held = entity.holds(viewer, permission, row)
        if not isinstance(held, True_):
            hidden: ColumnElement[Any] = literal_column("'{" + ",".join(sorted(names)) + "}'::text[]")
            parts.append(
                hidden if isinstance(held, False_) else case((held, literal_column("'{}'::text[]")), else_=hidden)
            )
    if not parts:
        return literal_column("'[]'::json")
    together = parts[0]
    for part in parts[1:]:
        together = together.op("||")(part)
    return func.array_to_json(together)


def _held_anywhere(entity: AnyEntity, viewer: Viewer, permission: Permission, row: Row) -> Predicate:
    return false() if not viewer.actor.may(permission) else entity.may(viewer, permission, row)


def _counted(viewer: Viewer, target: Row, condition: RowRule | None) -> ColumnElement[int]:
    counted = func.count(target.table.c.id)
    return counted if condition is None else counted.filter(condition(viewer, target))


def _hidden(declared: Field) -> ColumnElement[Any]:
    # A hidden list is an empty list: lists are never null, so that a client's loop can't break on a missing right.
    match declared:
        case Many() | Matches() | Documents():
            return literal_column("'[]'::json")
        case _:
            return NOTHING
