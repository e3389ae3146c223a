"""What the edge needs from the inside: somebody who knows the caller, and somebody who runs an operation."""

from collections.abc import AsyncIterator, Hashable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from portal.access.enums import DocumentMode
from portal.web.documents.document import Document, Operation


class Caller(Protocol):
    """Whoever sent the request, as far as the edge cares."""

    @property
    def is_anonymous(self) -> bool:
        """Whether no credential was sent. An anonymous caller may ask for `{ __typename }` and nothing else."""
        ...

    @property
    def key(self) -> Hashable:
        """What tells one credential from another."""
        ...

    @property
    def organization_key(self) -> Hashable:
        """What tells the credentials of one organization from those of another."""
        ...

    @property
    def headers(self) -> tuple[tuple[bytes, bytes], ...]:
        """Headers for the answer, whatever it is."""
        ...


@dataclass(frozen=True, slots=True)
class Presented:
    """What a request shows of who sent it, before anybody has looked at it."""

    headers: Mapping[bytes, bytes]  # names in lower case
    address: str | None = None  # the client's, None where the transport knows none
    method: str = "POST"
    is_handshake: bool = False  # of a WebSocket: no page can add headers to it, and its answer has none of ours

    def header(self, name: bytes) -> str | None:
        """A header as text: any byte is a character of Latin-1."""
        value = self.headers.get(name)
        return None if value is None else value.decode("latin-1")


@dataclass(frozen=True, slots=True)
class RequestFacts:
    """What an action may want to know of the request it came with."""

    request_id: str
    received_at: datetime
    method: str  # GET or POST
    extensions: dict[str, Any] | None  # the request's own `extensions`: any JSON
    last_event_id: str | None = None  # the cursor up to which a client that connects again has been told


@dataclass(frozen=True, slots=True)
class Answer:
    """The outcome of an operation, ready to be sent.

    `data_json` is the JSON of `data`; b"null" where the operation ran and its answer is null. It is None where the
    operation did not run (a variable could not be coerced, the cost was too high): then `errors` says why, and the
    response has no `data`.
    """

    data_json: bytes | None
    errors: list[dict[str, Any]] | None = None
    extensions: dict[str, Any] | None = None
    headers: tuple[tuple[bytes, bytes], ...] = ()


@dataclass(frozen=True, slots=True)
class Told:
    """One event of a subscription, ready to be sent; `cursor` is where to go on after it."""

    data_json: bytes
    cursor: str
    recorded_at: datetime  # when the change was made
    extensions: dict[str, Any] | None = None


C = TypeVar("C", bound=Caller)


class Executor(Protocol[C]):
    """Runs operations for the edge. Either method may raise a `Refused`; everything else that they raise is masked."""

    async def authenticate(self, presented: Presented) -> C:
        """Who sent a request; the anonymous caller where it holds no credential.

        Raises Unauthenticated for a bad or expired credential.
        """
        ...

    async def admit(self, caller: C, text: str) -> None:
        """Told of a document that is new and has to be parsed and validated. Raises Refused where that is too much."""
        ...

    async def document_mode(self, caller: C) -> DocumentMode:
        """What the caller's credential may send: documents, ids of published ones, or either."""
        ...

    async def published(self, caller: C, document_id: str) -> str | None:
        """The document that the caller's organization has published under an id; None where it has none."""
        ...

    def subscribe(
        self, document: Document, operation: Operation, variables: dict[str, Any], caller: C, request: RequestFacts
    ) -> AbstractAsyncContextManager[AsyncIterator[Told]]:
        """What a subscription tells, for the length of a block; it ends by raising a `Refused` that says why."""
        ...

    async def execute(
        self, document: Document, operation: Operation, variables: dict[str, Any], caller: C, request: RequestFacts
    ) -> Answer:
        """Coerces the variables, runs the operation and serialises its data."""
        ...
