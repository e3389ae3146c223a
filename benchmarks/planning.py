"""Compiling the board's plan, as the portal does when it meets a document for the first time."""

from uuid import UUID

from portal.access.actor import Actor
from portal.access.enums import ActorKind, OrganizationRole
from portal.catalog import CATALOG
from portal.reading.door import compiled
from portal.reading.plans import Plan
from portal.reading.selection import Document as Selections
from portal.web.documents.document import Document
from portal.web.documents.store import DocumentStore
from schema.root import GRAPHQL_SCHEMA

_STORE = DocumentStore(GRAPHQL_SCHEMA)


def compile_board(text: str) -> Plan:
    """A new plan for the only root field of a document, for a recruiter of the whole organization."""
    document = _STORE.get(text)
    query = GRAPHQL_SCHEMA.query_type
    if not isinstance(document, Document) or query is None:
        raise TypeError("The board is a valid document.")
    selections = Selections(GRAPHQL_SCHEMA, document.fragments, {"id": "", "first": 20})
    (selected,) = selections.fields(query, [document.operation(None).node.selection_set])
    somebody = UUID(int=1)
    actor = Actor(somebody, ActorKind.USER, somebody, OrganizationRole.RECRUITER_ALL)
    return compiled(CATALOG, actor, selections, CATALOG.roots[selected.name], selected)
