"""The schema: all areas' queries and mutations together. Built once per process: Strawberry can't build it twice."""

import strawberry
from graphql import GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from schema.organizations.queries import OrganizationQueries
from schema.reading import Node, root, roots


@strawberry.type(description="Where reads start.")
class Query(OrganizationQueries):
    node: Node | None = root("Anything with an id; null when there is nothing to see.", "node", id="The id.")
    nodes: list[Node | None] = roots(
        "Several things by id, in the order given; null where there is nothing to see.", "nodes", ids="At most 100 ids."
    )


SCHEMA = strawberry.Schema(query=Query, config=StrawberryConfig(auto_camel_case=True))
GRAPHQL_SCHEMA: GraphQLSchema = SCHEMA._schema  # noqa: SLF001 - Strawberry has no public name for it
