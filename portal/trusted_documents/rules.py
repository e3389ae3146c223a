"""What a document is called, and which ones can be published together. Whether one is valid only the edge knows."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from portal import bounds
from portal.errors import AlreadyDone, InvalidInput, WrongState

# A large front end has some five hundred operations.
MOST_DOCUMENTS = 1_000
NAME_LENGTH = 100  # characters of a client's name, and of a release's

PREFIX = "sha256:"
_ID = re.compile(rf"{PREFIX}[0-9a-f]{{64}}")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftDocument:
    """A document that is to be published. `claimed_id` is what a manifest says its id is, with or without `sha256:`;
    `called` is what messages call it, None for its position.
    """

    text: str
    claimed_id: str | None = None
    called: str | None = None

    def at(self, position: int) -> str:
        """What a message calls it."""
        return self.called or f"Document {position + 1}"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedDocument:
    """A document that is valid by today's schema and limits."""

    document_id: str
    text: str
    operations: tuple[str, ...]


def document_id_of(text: str) -> str:
    """What a text's document is asked for by."""
    return PREFIX + hashlib.sha256(text.encode()).hexdigest()


def is_document_id(text: str) -> bool:
    """Whether any document can have this id."""
    return _ID.fullmatch(text) is not None


def check_claim(draft: DraftDocument, position: int) -> None:
    """Refuses a document that its manifest knows by another id than the one by which it would be asked for here."""
    if not draft.text.isascii() and any("\ud800" <= letter <= "\udfff" for letter in draft.text):
        raise InvalidInput(
            f"{draft.at(position)} contains half of a character (a lone surrogate).",
            path=("documents", str(position), "text"),
        )
    claimed, actual = draft.claimed_id, document_id_of(draft.text)
    if claimed is not None and PREFIX + claimed.removeprefix(PREFIX) != actual:
        raise InvalidInput(
            f"{draft.at(position)} has an id that is not the SHA-256 of its text, which is {actual}. Have the manifest "
            "made with SHA-256, and publish it as it was made.",
            path=("documents", str(position), "documentId"),
        )


def check_not_retired(retired_at: datetime | None) -> None:
    """Refuses to add documents to a release that is retired."""
    if retired_at is not None:
        raise WrongState("This release is retired. Publish under another release.", state="RETIRED")


def check_retire(retired_at: datetime | None) -> None:
    """Refuses to retire a release again."""
    if retired_at is not None:
        raise AlreadyDone("This release is already retired.")


def distinct(documents: Iterable[CheckedDocument]) -> dict[str, CheckedDocument]:
    """The documents by id: the same text twice is one document."""
    kept = bounds.items(documents, least=1, most=MOST_DOCUMENTS, path="documents")
    return {document.document_id: document for document in kept}
