"""Reads inside graphql-core's execution: where a field's value is a Read, its whole selection is read as JSON bytes.

Everything else (mutations, errors, introspection) runs as always. Nothing below a Read is executed.
"""

from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Self

import orjson
from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLObjectType,
    GraphQLOutputType,
    GraphQLResolveInfo,
    GraphQLSchema,
    get_named_type,
)
from graphql.execution import Executor, default_field_resolver, default_type_resolver
from graphql.execution.collect_fields import FragmentDetails
from graphql.pyutils import Path
from typing_extensions import override  # in typing from Python 3.12

from portal.access.actor import Actor
from portal.access.standing import Standing
from portal.reading.binds import Asked
from portal.reading.door import Read, ReadDoor
from portal.reading.problems import BadInput
from portal.reading.selection import Document, Selected, declared_name
from portal.web.costs.cost import RATE_LIMIT
from portal.web.costs.metering import Asking
from portal.web.errors import ErrorCode
from schema.mutating import Context


@dataclass(frozen=True, slots=True)
class Reading:
    """What reads inside one operation share."""

    door: ReadDoor
    standing: Standing
    key: Hashable  # names the document, its operation and the shape of its variables
    is_dry_run: bool = False  # nothing is read; only what the operation would cost is told

    async def read(self, read: Read, info: GraphQLResolveInfo[Any], nodes: list[FieldNode], path: Path) -> Any:
        """The JSON of what a field selects below a read; None for null."""
        document = Document(info.schema, info.fragments, info.variable_values.coerced)
        selected = _selected(document, info, nodes, str(path.key))

        async def run(actor: Actor) -> bytes | None:
            # Without the places in lists: each item of a bulk payload selects the same.
            key = (self.key, tuple(part for part in path.as_list() if isinstance(part, str)))
            plan = await self.door.plan(key, actor, document, read.root, selected)
            return (await self.door.run([(plan, Asked(actor, document.variables, read.id))], actor))[0]

        try:
            answer = await self.standing.use(run)
        except BadInput as problem:
            raise GraphQLError(str(problem), extensions={"code": ErrorCode.BAD_USER_INPUT}) from problem
        return None if answer is None else orjson.Fragment(answer)


def _selected(
    document: Document, info: GraphQLResolveInfo[Any], nodes: list[FieldNode], response_name: str
) -> Selected:
    """The field being completed, as a selection."""
    declared = info.parent_type.fields[info.field_name]
    below = tuple(node.selection_set for node in nodes if node.selection_set)
    return Selected(
        response_name,
        declared_name(declared, info.field_name),
        info.field_name,
        document.arguments(declared, nodes[0]),
        get_named_type(declared.type),
        below,
    )


class SplicingExecutor(Executor[Any]):
    """graphql-core's executor, which hands Reads to the read door."""

    @classmethod
    def of(cls, schema: GraphQLSchema, asking: Asking, context: Context) -> Self:
        """One for an operation that is found and whose variables are coerced: `build` would do both once more."""
        fragments = asking.document.fragments
        return cls(
            schema,
            fragments,
            {name: FragmentDetails(node) for name, node in fragments.items()},
            None,
            context,
            asking.operation.node,
            asking.variables,
            default_field_resolver,
            default_type_resolver,
            default_field_resolver,
            hide_suggestions=True,
        )

    @override
    def execute_root_grouped_field_set(
        self,
        root_type: GraphQLObjectType,
        root_value: Any,
        grouped_field_set: Any,
        serially: bool,
        position_context: Any,
    ) -> Any:
        if self.context_value.reading.is_dry_run:
            grouped_field_set = {
                name: details for name, details in grouped_field_set.items() if details[0].node.name.value == RATE_LIMIT
            }
        return super().execute_root_grouped_field_set(
            root_type, root_value, grouped_field_set, serially, position_context
        )

    @override
    def complete_value(
        self,
        return_type: GraphQLOutputType,
        field_details_list: Any,
        info: GraphQLResolveInfo[Any],
        path: Path,
        result: Any,
        position_context: Any,
    ) -> Any:
        if not isinstance(result, Read):
            return super().complete_value(return_type, field_details_list, info, path, result, position_context)
        nodes = [details.node for details in field_details_list]
        return self.context_value.reading.read(result, info, nodes, path)
