"""The document store: each text is prepared once. Failures are kept too."""

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Generic, TypeVar

from graphql import GraphQLSchema

from portal.web.documents.document import Document, InvalidDocument
from portal.web.documents.limits import Limits
from portal.web.documents.preparing import prepare

V = TypeVar("V")


@dataclass(slots=True)
class StoreCounts:
    """How the store is doing, for the metrics."""

    hits: int = 0
    misses: int = 0
    published: int = 0  # requests by the id of a published document
    unpublished: int = 0  # and by an id that none of the organization's documents has


class DocumentStore:
    """Bounded by entries and by bytes.

    Failures have a store of their own, so that no flood of them drives good documents out.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        *,
        limits: Limits | None = None,
        max_documents: int = 1_000,
        max_bytes: int = 32 * 1024 * 1024,
        max_failures: int = 500,
    ) -> None:
        self.schema = schema
        self.limits = limits or Limits()
        self.counts = StoreCounts()
        self._documents: Bounded[Document] = Bounded(max_documents, max_bytes)
        # By id. No text that anybody sends drives one out.
        self._published: Bounded[Document] = Bounded(max_documents, max_bytes)
        # Failures keep no syntax tree: their text is nearly all they weigh.
        self._failures: Bounded[InvalidDocument] = Bounded(max_failures, max_bytes // 8)

    def get(self, text: str, whose: Hashable = None) -> Document | InvalidDocument:
        """The document of this text, from the store or made now; `whose` is the organization that asks."""
        return self.find(text, whose) or self.make(text, whose)

    def find(self, text: str, whose: Hashable) -> Document | InvalidDocument | None:
        """The document of this text if it is in the store."""
        key = _key(text, whose)
        found = self._documents.get(key) or self._failures.get(key)
        if found is not None:
            self.counts.hits += 1
        return found

    def make(self, text: str, whose: Hashable) -> Document | InvalidDocument:
        """The document of a text that is not in the store; it is from now on."""
        self.counts.misses += 1
        key = _key(text, whose)
        outcome = prepare(text, self.schema, self.limits, key)
        if isinstance(outcome, Document):
            self._documents.put(key, outcome, weight(text, outcome))
        else:
            self._failures.put(key, outcome, len(text) + 500 * len(outcome.errors))
        return outcome

    def published(self, document_id: str, text: str, whose: Hashable = None) -> Document | InvalidDocument:
        """The document that an organization has published under an id, parsed and validated once. It was valid then; it
        may not be any more.
        """
        self.counts.published += 1
        key = _key(text, whose, document_id)
        found = self._published.get(key)
        if found is not None:
            return found
        outcome = self.get(text, whose)
        if isinstance(outcome, Document):
            self._published.put(key, outcome, weight(text, outcome))
        return outcome

    def __len__(self) -> int:
        return len(self._documents) + len(self._failures)


def _key(text: str, whose: Hashable, document_id: str | None = None) -> str:
    """What a document is kept by: its id or its text. One that has texts written into it, an e-mail address say, is
    kept for one organization: how fast it is answered must not tell others that somebody has asked it. Any other is a
    client's code.
    """
    name = document_id or text
    return f"{whose} {name}" if '"' in text else name


def weight(text: str, document: Document) -> int:
    """How many bytes a document takes, with what is kept on it."""
    # A token weighs about 370 bytes in the tree (measured: 67 kB for 183 tokens); the rest is for a plan.
    return len(text) + 500 * (document.node.token_count or 0)


class Bounded(Generic[V]):
    """The values used most recently, by key: as many as there is room for."""

    def __init__(self, max_entries: int, max_bytes: int) -> None:
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._bytes = 0
        self._entries: OrderedDict[str, tuple[V, int]] = OrderedDict()

    def get(self, key: str) -> V | None:
        entry = self._entries.get(key)
        if entry is None:
            return None
        self._entries.move_to_end(key)
        return entry[0]

    def put(self, key: str, value: V, size: int) -> None:
        """Keeps a value of about `size` bytes, at the expense of the ones that were not used for longest."""
        self._entries[key] = (value, size)
        self._bytes += size
        while len(self._entries) > self._max_entries or self._bytes > self._max_bytes:
            _, (_, freed) = self._entries.popitem(last=False)
            self._bytes -= freed

    def __len__(self) -> int:
        return len(self._entries)
