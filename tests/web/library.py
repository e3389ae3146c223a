"""A small library behind the edge: a real schema and a real executor on graphql-core, for these tests only."""

import asyncio
import inspect
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import orjson
from graphql import (
    ExecutionResult,
    GraphQLSchema,
    build_schema,
    execute,
    print_schema,
)
from graphql.execution.values import get_variable_values

from portal import clock
from portal.access.enums import DocumentMode
from portal.errors import InvalidInput
from portal.web.app import Inside, PortalApp, WebOptions, build_app
from portal.web.documents.document import Document, Operation
from portal.web.errors import ErrorCode, Unauthenticated, public_errors, shown
from portal.web.execution import Answer, Presented, RequestFacts, Told
from portal.web.observe import Observer

SDL = """
    "The library."
    type Query {
        hello(name: String = "world", names: [String!], shelf: ShelfInput): String!
        book(id: ID): Book
        books(first: Int = 20, filter: BookFilter): [Book!]!
        broken: String
        brokenAndNeeded: String!
        refused: String
        slow(seconds: Float!): String
    }
    input BookFilter { title: String, and: [BookFilter!], or: [BookFilter!] }
    input ShelfInput { depth: Int!, inner: ShelfInput }
    type Book {
        name: String @deprecated(reason: "Use title. Removal on 2027-07-01.")
        id: ID!, title: String!, author: Author!, similar(first: Int): [Book!]!, tags: [String!]!
    }
    type Author { id: ID!, name: String!, books(first: Int): [Book!]! }
    type Mutation { addBook(title: String!): Book, addSlowly(title: String!): Book }
    type Subscription { bookAdded: Book }
"""


@dataclass(frozen=True)
class Reader:
    """The caller: somebody with a library card, or nobody."""

    name: str | None
    headers: tuple[tuple[bytes, bytes], ...] = ()

    @property
    def is_anonymous(self) -> bool:
        return self.name is None

    @property
    def key(self) -> str | None:
        return self.name

    @property
    def organization_key(self) -> str | None:
        return None if self.name is None else "library"


class Resolvers:
    """Root values. Where they fail, they fail as the real inside may: with a bug, with a refusal, too late."""

    def __init__(self) -> None:
        self.added: list[str] = []  # titles of books that were added slowly

    def hello(self, _info: Any, name: str, **_others: Any) -> str:
        return f"Hello {name}"

    def book(self, _info: Any, id: str | None = None) -> dict[str, Any] | None:
        return A_BOOK if id == "1" else None

    def books(self, _info: Any, first: int, **_others: Any) -> list[dict[str, Any]]:
        return [A_BOOK][:first]

    def broken(self, _info: Any) -> str:
        raise ValueError("boom: secret@example.com")

    def brokenAndNeeded(self, _info: Any) -> str:  # noqa: N802 - named as in the schema
        raise ValueError("boom: secret@example.com")

    def refused(self, _info: Any) -> str:
        raise InvalidInput("At most 100 rows a page.")

    async def slow(self, _info: Any, seconds: float) -> str:
        await asyncio.sleep(seconds)
        return "done"

    def addBook(self, _info: Any, title: str) -> dict[str, Any]:  # noqa: N802 - named as in the schema
        return A_BOOK | {"title": title}

    async def addSlowly(self, _info: Any, title: str) -> dict[str, Any]:  # noqa: N802 - named as in the schema
        await asyncio.sleep(0.3)
        self.added.append(title)
        return A_BOOK | {"title": title}


AN_AUTHOR: dict[str, Any] = {"id": "7", "name": "Ada", "books": []}
A_BOOK: dict[str, Any] = {
    "id": "1",
    "title": "Notes",
    "name": "Notes",
    "author": AN_AUTHOR,
    "similar": [],
    "tags": ["science"],
}


@dataclass
class LibraryExecutor:
    """Runs operations with graphql-core. Remembers what it was asked, so tests can look."""

    schema: GraphQLSchema
    observer: Observer
    seen: list[RequestFacts] = field(default_factory=list)
    failure: Exception | None = None  # raised instead of executing
    resolvers: Resolvers = field(default_factory=Resolvers)
    shelves: list["asyncio.Queue[Told | Exception]"] = field(default_factory=list)  # one for each subscription
    admitted: list[str] = field(default_factory=list)  # texts that had to be parsed
    documents: dict[str, str] = field(default_factory=dict)  # that are published, by id
    mode: DocumentMode = DocumentMode.ALLOW

    async def authenticate(self, presented: Presented) -> Reader:
        authorization = presented.header(b"authorization")
        if authorization is None:
            return Reader(None)
        if authorization != "Bearer card":
            raise Unauthenticated("The token is not valid.")
        return Reader("Ada")

    async def admit(self, caller: Reader, text: str) -> None:
        """The library has time for every document."""
        self.admitted.append(text)

    async def document_mode(self, caller: Reader) -> DocumentMode:
        return self.mode

    async def published(self, caller: Reader, document_id: str) -> str | None:
        return self.documents.get(document_id)

    @asynccontextmanager
    async def subscribe(
        self, document: Document, operation: Operation, variables: dict[str, Any], caller: Reader, request: RequestFacts
    ) -> AsyncIterator[AsyncIterator[Told]]:
        """Every book that is added from now on."""
        shelf: asyncio.Queue[Told | Exception] = asyncio.Queue()
        self.shelves.append(shelf)

        async def telling() -> AsyncIterator[Told]:
            while True:
                told = await shelf.get()
                if isinstance(told, Exception):
                    raise told
                yield told

        try:
            yield telling()
        finally:
            self.shelves.remove(shelf)

    def add(self, number: int) -> None:
        """Tell everybody who subscribed of a book."""
        data = orjson.dumps({"bookAdded": {"id": str(number)}})
        for shelf in self.shelves:
            shelf.put_nowait(Told(data, f"{number:032x}", clock.now()))

    def end(self, problem: Exception) -> None:
        """End every subscription."""
        for shelf in self.shelves:
            shelf.put_nowait(problem)

    async def execute(
        self, document: Document, operation: Operation, variables: dict[str, Any], caller: Reader, request: RequestFacts
    ) -> Answer:
        self.seen.append(request)
        if self.failure is not None:
            raise self.failure
        definitions = operation.node.variable_definitions or ()
        coerced = get_variable_values(self.schema, definitions, variables, max_errors=5, hide_suggestions=True)
        if isinstance(coerced, list):
            return Answer(None, [shown(error, ErrorCode.BAD_USER_INPUT) for error in coerced])
        result = await run(self.schema, document, operation, variables, self.resolvers)
        errors, bugs = public_errors(result.errors or [], request.request_id)
        for bug in bugs:
            self.observer.bug(request.request_id, bug)
        return Answer(orjson.dumps(result.data), errors or None, {"caller": caller.name})


async def run(
    schema: GraphQLSchema, document: Document, operation: Operation, variables: dict[str, Any], resolvers: Resolvers
) -> ExecutionResult:
    result = execute(schema, document.node, resolvers, variable_values=variables, operation_name=operation.name)
    return await result if inspect.isawaitable(result) else result


def a_library(observer: Observer, options: WebOptions | None = None) -> tuple[PortalApp, LibraryExecutor]:
    """The application, and the executor behind it."""
    schema = build_schema(SDL)
    executor = LibraryExecutor(schema, observer)

    async def ready() -> bool:
        return True

    inside = Inside(schema, executor, ready=ready, sdl=lambda: print_schema(schema))
    return build_app(inside, observer, options), executor
