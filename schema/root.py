"""The schema: all areas' queries and mutations together. Built once per process: Strawberry can't build it twice."""

import strawberry
from graphql import GraphQLObjectType, GraphQLSchema
from strawberry.schema.config import StrawberryConfig

from portal.catalog import CATALOG, PAYLOADS
from portal.reading.selection import camel
from schema.applications.mutations.together import ApplicationMutations
from schema.applications.queries import ApplicationQueries
from schema.applications.subscriptions import PIPELINE_CHANGES, ApplicationSubscriptions
from schema.candidates.list_mutations import CandidateListMutations
from schema.candidates.mutations import CandidateMutations
from schema.candidates.queries import CandidateQueries
from schema.costs import COST_DIRECTIVES, costs_of
from schema.inputs import prepare_inputs
from schema.openings.mutations.together import OpeningMutations
from schema.openings.queries import OpeningQueries
from schema.openings.subscriptions import OpeningSubscriptions
from schema.organizations.mutations.together import OrganizationMutations
from schema.organizations.queries import OrganizationQueries
from schema.people.mutations.together import PeopleMutations
from schema.people.queries import PeopleQueries
from schema.problems import PROBLEM_TYPES
from schema.rate_limit import RateLimitQueries
from schema.reading import Node, root, roots
from schema.records.queries import RecordQueries
from schema.scalars import SCALARS
from schema.sign_in.mutations import SignInMutations
from schema.sign_in.passwords import PasswordMutations
from schema.sign_in.queries import SignInQueries
from schema.sign_in.second_factors import SecondFactorMutations
from schema.trusted_documents.mutations import TrustedDocumentMutations
from schema.trusted_documents.queries import TrustedDocumentQueries


@strawberry.type(description="Where reads start.")
class Query(
    OrganizationQueries,
    PeopleQueries,
    SignInQueries,
    TrustedDocumentQueries,
    OpeningQueries,
    CandidateQueries,
    ApplicationQueries,
    RecordQueries,
    RateLimitQueries,
):
    node: Node | None = root("Anything with an id; null when there is nothing to see.", "node", id="The id.")
    nodes: list[Node | None] = roots(
        "Several things by id, in the order given; null where there is nothing to see.", "nodes", ids="At most 100 ids."
    )


@strawberry.type(description="Where changes start: one mutation per use case.")
class Mutation(
    OrganizationMutations,
    PeopleMutations,
    SignInMutations,
    PasswordMutations,
    SecondFactorMutations,
    TrustedDocumentMutations,
    OpeningMutations,
    CandidateMutations,
    CandidateListMutations,
    ApplicationMutations,
):
    pass


@strawberry.type(description="What can be told as it happens: one field for each subscription.")
class Subscription(OpeningSubscriptions, ApplicationSubscriptions):
    pass


def _say_permissions(schema: GraphQLSchema) -> None:
    """Add to each restricted field's description which permission it takes, from its declaration."""
    for entity in (*CATALOG.entities, *PAYLOADS):
        type_ = schema.type_map.get(entity.name)
        if not isinstance(type_, GraphQLObjectType):
            continue
        for name, declared in entity.fields.items():
            field = type_.fields.get(camel(name))
            if declared.permission is not None and field is not None:
                field.description = f"{field.description or ''} Takes `{declared.permission}`.".strip()


def _describe_inputs(schema: GraphQLSchema) -> None:
    """Say of each mutation's one argument what it is."""
    for field in schema.mutation_type.fields.values() if schema.mutation_type else ():
        for argument in field.args.values():
            argument.description = argument.description or "What to do, and to what."


SCHEMA = strawberry.Schema(
    query=Query,
    mutation=Mutation,
    subscription=Subscription,
    types=[*PROBLEM_TYPES, *PIPELINE_CHANGES],
    config=StrawberryConfig(auto_camel_case=True, scalar_map=SCALARS),
)
GRAPHQL_SCHEMA: GraphQLSchema = SCHEMA._schema  # noqa: SLF001 - Strawberry has no public name for it
GRAPHQL_SCHEMA.directives = (*GRAPHQL_SCHEMA.directives, *COST_DIRECTIVES)
COSTS = costs_of(GRAPHQL_SCHEMA, CATALOG)
_say_permissions(GRAPHQL_SCHEMA)
_describe_inputs(GRAPHQL_SCHEMA)
prepare_inputs(GRAPHQL_SCHEMA)
