"""Checking documents that are to be published, as if they were sent: only what can be run becomes a trusted one."""

import asyncio
from collections.abc import Sequence
from typing import Any

from graphql import GraphQLSchema

from portal.errors import InvalidInput
from portal.trusted_documents.rules import CheckedDocument, DraftDocument, check_claim, document_id_of
from portal.web.documents.document import InvalidDocument
from portal.web.documents.limits import Limits
from portal.web.documents.preparing import prepare


class DocumentCheck:
    """Checks documents by the schema and the limits that requests are held to."""

    def __init__(self, schema: GraphQLSchema, limits: Limits) -> None:
        self._schema = schema
        self._limits = limits

    async def __call__(self, drafts: Sequence[DraftDocument]) -> tuple[CheckedDocument, ...]:
        """The documents with what was found out about them.

        Raises InvalidInput for the first that can't be run, or that is known by another id.
        """
        # One at a time, so that others have the event loop's turns in between.
        return tuple([await asyncio.to_thread(self._check, *numbered) for numbered in enumerate(drafts)])

    def _check(self, position: int, draft: DraftDocument) -> CheckedDocument:
        check_claim(draft, position)
        found = prepare(draft.text, self._schema, self._limits)
        if isinstance(found, InvalidDocument):
            raise InvalidInput(
                f"{draft.at(position)} can't be run: {_said(found.errors[0])} Correct it; nothing was published.",
                path=("documents", str(position), "text"),
            )
        return CheckedDocument(
            document_id=document_id_of(draft.text),
            text=draft.text,
            operations=tuple(name for name in found.operations if name),
        )


def _said(error: dict[str, Any]) -> str:  # Any: JSON
    """An error in a sentence, with the place that it names."""
    message = str(error["message"]).rstrip(".")
    places = error.get("locations") or ()
    return f"{message} (line {places[0]['line']}, column {places[0]['column']})." if places else f"{message}."
