"""The schema that clients were last given, and what may differ from it: a release breaks nobody without saying so."""

import re
from pathlib import Path

from graphql import GraphQLSchema, build_schema
from graphql.utilities import find_breaking_changes

from schema.root import GRAPHQL_SCHEMA

# Replaced by schema.graphql with each release; nothing else changes it.
RELEASED = Path(__file__).parent / "released.graphql"
CHANGELOG = Path(__file__).parents[1] / "docs" / "api" / "changelog.md"

# One that is listed in the changelog, with why: - `Field Opening.title was removed.` It was …
LISTED = re.compile(r"^- `([^`]+)` \S", re.MULTILINE)


def unlisted_breaking_changes(released: str, changelog: str, schema: GraphQLSchema = GRAPHQL_SCHEMA) -> list[str]:
    """What breaks clients of the released schema and is not listed in the changelog with a reason, as graphql-core says
    it; in alphabetical order.
    """
    listed = set(LISTED.findall(changelog))
    changes = {change.description for change in find_breaking_changes(build_schema(released), schema)}
    return sorted(changes - listed)
