"""Deprecated things in use are told to the client that uses them, and counted for whoever wants to remove them."""

import pytest
from graphql import build_schema, get_introspection_query

from portal.web.documents.document import Document, Operation
from portal.web.documents.limits import Limits
from portal.web.documents.preparing import prepare
from portal.web.documents.uses import Uses
from portal.web.usage import MOST_CLIENTS, MOST_OPERATIONS, Usage
from tests.web.conftest import GRAPHQL, JSON, Client, a_client

SCHEMA = build_schema(
    """
    type Query { book(id: ID, isbn: ID @deprecated(reason: "Use id."), in: Shelf): Book }
    type Book { title: String, oldTitle(shout: Boolean @deprecated(reason: "Shout yourself.")): String
                @deprecated(reason: "Use title."), next: Book }
    input Shelf { row: Int, side: Side, column: Int @deprecated(reason: "Use row.") }
    enum Side { LEFT RIGHT MIDDLE @deprecated(reason: "Gone.") }
    """
)


def uses_of(text: str, name: str = "") -> Uses:
    return operation_of(text, name).uses


def operation_of(text: str, name: str = "") -> Operation:
    document = prepare(text, SCHEMA, Limits())
    assert isinstance(document, Document)
    return document.operations[name]


@pytest.mark.parametrize(
    ("text", "deprecated"),
    [
        ("{ book { title } }", {}),
        ("{ book { oldTitle } }", {"Book.oldTitle": "Use title."}),
        ("{ book { a: oldTitle b: oldTitle } }", {"Book.oldTitle": "Use title."}),
        ('{ book(isbn: "1") { title } }', {"Query.book(isbn:)": "Use id."}),
        (
            "{ book { oldTitle(shout: true) } }",
            {"Book.oldTitle": "Use title.", "Book.oldTitle(shout:)": "Shout yourself."},
        ),
        (
            "{ book(in: {column: 1, side: MIDDLE}) { title } }",
            {"Shelf.column": "Use row.", "Side.MIDDLE": "Gone."},
        ),
        (
            "query ($side: Side = MIDDLE, $skip: Boolean!) { book(in: {side: $side}) { title @skip(if: $skip) } }",
            {"Side.MIDDLE": "Gone."},
        ),
        ("{ book { ...F } } fragment F on Book { next { ...G } } fragment G on Book { oldTitle }",
         {"Book.oldTitle": "Use title."}),
    ],
)  # fmt: skip
def test_what_is_deprecated_is_found_in_fields_arguments_inputs_and_values(
    text: str, deprecated: dict[str, str]
) -> None:
    assert uses_of(text).deprecated == deprecated


def test_fields_are_those_of_the_operation_with_its_fragments_and_of_no_other() -> None:
    text = """query A { book { ...F } } query B { __typename __schema { types { name } } }
              fragment F on Book { title next { ...G } } fragment G on Book { title }"""

    assert uses_of(text, "A").fields == {"Query.book", "Book.title", "Book.next"}
    assert uses_of(text, "B").fields == set()


def test_introspection_uses_nothing() -> None:
    assert uses_of(get_introspection_query(), "IntrospectionQuery") == Uses(frozenset(), {})


@pytest.mark.parametrize("accept", [GRAPHQL, JSON])
async def test_each_answer_warns_of_what_is_deprecated(client: Client, accept: str) -> None:
    answer = await client.ask("{ book(id: 1) { name } }", accept=accept)

    assert answer.status_code == 200
    assert answer.json() == {
        "data": {"book": {"name": "Notes"}},
        "extensions": {
            "caller": "Ada",
            "warnings": [
                {
                    "code": "DEPRECATED",
                    "message": "Book.name is deprecated: Use title. Removal on 2027-07-01.",
                    "coordinate": "Book.name",
                }
            ],
        },
    }


async def test_nobody_is_warned_of_nothing(client: Client) -> None:
    answer = await client.ask("{ book(id: 1) { title } }")

    assert answer.json()["extensions"] == {"caller": "Ada"}


@pytest.mark.parametrize("prefix", ["graphql", "apollographql"])
async def test_operations_and_fields_are_counted_by_client(prefix: str) -> None:
    async with a_client() as client:
        named = {f"{prefix}_client_name": "board", f"{prefix}_client_version": "1.2.0"}
        for _ in range(3):
            await client.post({"query": "query Shelf { book(id: 1) { title name } }"}, **named)
        await client.ask("{ hello }")
        await client.post({"query": "{ __typename }"}, authorization=None, graphql_client_name="stranger")

        metrics = (await client.http.get("/metrics")).text

    board = 'client="board",'
    for line in (
        f'portal_graphql_operations_total{{{board}operation="Shelf",type="query",version="1.2.0"}} 3.0',
        f'portal_graphql_fields_total{{{board}coordinate="Query.book",version="1.2.0"}} 3.0',
        f'portal_graphql_fields_total{{{board}coordinate="Book.title",version="1.2.0"}} 3.0',
        f'portal_graphql_deprecated_total{{{board}coordinate="Book.name",version="1.2.0"}} 3.0',
        'portal_graphql_operations_total{client="",operation="",type="query",version=""} 1.0',
        'portal_graphql_fields_total{client="",coordinate="Query.hello",version=""} 1.0',
    ):
        assert line in metrics.splitlines()
    assert "stranger" not in metrics


def test_clients_that_make_up_names_are_counted_together() -> None:
    usage = Usage()
    operation = operation_of("query Title { book { title } }", "Title")

    for number in range(10 * MOST_CLIENTS):
        usage.count({b"graphql-client-name": b"client-%d" % number}, operation)
    usage.count({b"graphql-client-name": b'"}\n\xff'}, operation)

    samples = [sample for family in usage.collect() for sample in family.samples]
    clients = {sample.labels["client"] for sample in samples}
    assert len(clients) == MOST_CLIENTS + 1
    assert sum(sample.value for sample in samples if sample.name == "portal_graphql_operations_total") == (
        10 * MOST_CLIENTS + 1
    )


def test_operations_that_make_up_names_are_counted_together() -> None:
    usage = Usage()

    for number in range(MOST_OPERATIONS + 500):
        usage.count({}, operation_of(f"query Q{number} {{ book {{ title }} }}", f"Q{number}"))

    names = [
        sample.labels["operation"]
        for family in usage.collect()
        for sample in family.samples
        if sample.name == "portal_graphql_operations_total"
    ]
    assert len(names) == MOST_OPERATIONS + 1
    assert "other" in names
