"""Documents for tests, checked as they are when they are published."""

from typing import Any

from portal.access.actor import Actor
from portal.trusted_documents.actions import DocumentsResult, publish_documents
from portal.trusted_documents.rules import DraftDocument
from portal.web.documents.limits import Limits
from portal.web.documents.publishing import DocumentCheck
from schema.root import GRAPHQL_SCHEMA
from tests.world import World

WHO = "query Who { viewer { membership { name } } }"
TITLES = "query Titles { openings { nodes { title } } }"

check = DocumentCheck(GRAPHQL_SCHEMA, Limits())


async def publish(
    world: World, *texts: str, actor: Actor | None = None, client: str = "web", release: str = "1", **more: Any
) -> DocumentsResult:
    """Publish documents, as the operator where nobody else is named."""
    done: DocumentsResult = await world.perform(
        actor or world.system,
        publish_documents,
        client=client,
        release=release,
        documents=await check([DraftDocument(text=text) for text in texts]),
        **more,
    )
    return done
