"""How types and queries say what can be read: fields with a description, pages of lists, and roots of reads.

No field below a root is ever resolved in Python. The read door compiles the whole selection; what stands here is its
schema.
"""

import inspect
from typing import Annotated, Any, Generic, TypeVar

import strawberry

from portal.catalog import CATALOG
from portal.reading.door import Read
from portal.reading.entity import AnyEntity
from portal.reading.roots import Given

NodeT = TypeVar("NodeT")


@strawberry.interface(description="Something with an id of its own, which `node` finds again.")
class Node:
    id: strawberry.ID = strawberry.field(
        description="Opaque, prefixed with its type, and stable: the same in webhooks and exports."
    )


@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="Whether there are more items after this page.")
    has_previous_page: bool = strawberry.field(description="Whether there are items before this page.")
    start_cursor: str | None = strawberry.field(description="The cursor of the first item; null on an empty page.")
    end_cursor: str | None = strawberry.field(description="The cursor of the last item; null on an empty page.")


@strawberry.type(description="One item of a list, with its position.")
class Edge(Generic[NodeT]):
    cursor: str = strawberry.field(description="The item's position, for `after` or `before` of the same list.")
    node: NodeT = strawberry.field(description="The item.")


@strawberry.type(description="A page of a list.")
class Connection(Generic[NodeT]):
    edges: list[Edge[NodeT]] = strawberry.field(description="The items of this page with their cursors.")
    nodes: list[NodeT] = strawberry.field(description="The items of this page.")
    page_info: PageInfo = strawberry.field(description="Where this page stands in the list.")
    total_count: int = strawberry.field(
        description="How many items the whole list has, under the same filter and for this viewer. Costs a count."
    )


def described(description: str, **options: Any) -> Any:  # Any: what a dataclass field's default is typed as
    """A field that is read as it is declared in the area's reads."""
    return strawberry.field(description=description, **options)


_PAGE = {
    "first": (int | None, 20, "How many items from the start, or after `after`: 0 to 100."),
    "after": (str | None, strawberry.UNSET, "Only items after this cursor."),
    "last": (
        int | None,
        strawberry.UNSET,
        "How many items from the end, or before `before`: 0 to 100. Not together with `first`.",
    ),
    "before": (str | None, strawberry.UNSET, "Only items before this cursor."),
}


def pages(description: str, *, filter: type | None = None, order: type | None = None, root: str | None = None) -> Any:
    """A connection field: page arguments, and a filter and orders where the list has them.

    `root` names the field of Query that it is; without one it is a field below another read.
    """
    arguments: dict[str, tuple[Any, object, str]] = {}
    if filter is not None:
        arguments["filter"] = (filter | None, strawberry.UNSET, "Only items that satisfy this.")
    if order is not None:
        arguments["order_by"] = (
            list[order] | None,  # type: ignore[valid-type] # built at run time
            strawberry.UNSET,
            "The order of the list; by default the first one named there.",
        )
    return _read(description, arguments | _PAGE, root)


def root(description: str, name: str, **arguments: str) -> Any:
    """A field of Query that starts a read; `arguments` are ids, each with its description."""
    return _read(
        description, {key: (strawberry.ID, inspect.Parameter.empty, text) for key, text in arguments.items()}, name
    )


def roots(description: str, name: str, **arguments: str) -> Any:
    """The same with lists of ids."""
    return _read(
        description,
        {key: (list[strawberry.ID], inspect.Parameter.empty, text) for key, text in arguments.items()},
        name,
    )


def _read(description: str, arguments: dict[str, tuple[Any, Any, str]], root_name: str | None) -> Any:
    def resolver(**_given: object) -> Any:
        if root_name is None:
            raise AssertionError("The read door answers this field; it is never resolved.")
        return Read(CATALOG.roots[root_name])

    resolver.__signature__ = inspect.Signature(  # type: ignore[attr-defined] # how Strawberry learns the arguments
        [
            inspect.Parameter(
                name,
                inspect.Parameter.KEYWORD_ONLY,
                annotation=Annotated[type_, strawberry.argument(description=text)],
                default=default,
            )
            for name, (type_, default, text) in arguments.items()
        ]
    )
    resolver.__annotations__ = {}
    return strawberry.field(resolver=resolver, description=description)


def the(entity: AnyEntity, id: Any) -> Any:  # Any: stands where the payload's type says the entity's own GraphQL type
    """The row that a payload answers with: read through the read door, with the rights of whoever asked."""
    return Read(Given(entity), id)
