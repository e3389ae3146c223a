"""The document store: made once, kept within bounds, failures too."""

import hashlib

import pytest
from graphql import build_schema

from portal.web.documents.document import Document, InvalidDocument
from portal.web.documents.store import Bounded, DocumentStore
from tests.web.library import SDL

SCHEMA = build_schema(SDL)


def test_a_document_is_made_once_and_keeps_what_is_kept_on_it() -> None:
    store = DocumentStore(SCHEMA)

    first = store.get("{ hello }")
    assert isinstance(first, Document)
    first.scratch["plan"] = "a plan"
    second = store.get("{ hello }")

    assert second is first
    assert (store.counts.hits, store.counts.misses) == (1, 1)
    assert first.id == hashlib.sha256(b"{ hello }").hexdigest()


def test_a_failure_is_found_out_once() -> None:
    store = DocumentStore(SCHEMA)

    first = store.get("{ nothing }")

    assert isinstance(first, InvalidDocument)
    assert store.get("{ nothing }") is first


def test_what_has_texts_of_its_own_is_kept_for_one_organization() -> None:
    store = DocumentStore(SCHEMA)
    code, personal = "query($name: String!) { hello(name: $name) }", '{ hello(name: "Ada Abara") }'
    wrong = '{ nothing(name: "Ada Abara") }'

    of_acme = [store.get(text, "acme") for text in (code, personal, wrong)]
    of_globex = [store.get(text, "globex") for text in (code, personal, wrong)]

    assert [mine is theirs for mine, theirs in zip(of_acme, of_globex, strict=True)] == [True, False, False]
    assert [store.get(text, "acme") for text in (code, personal, wrong)] == of_acme
    # Plans go by the id.
    assert len({each.id for each in (*of_acme, *of_globex) if isinstance(each, Document)}) == 3


def test_the_oldest_documents_go_when_there_are_too_many() -> None:
    store = DocumentStore(SCHEMA, max_documents=2)

    a = store.get("query A { hello }")
    b = store.get("query B { hello }")
    assert store.get("query A { hello }") is a
    store.get("query C { hello }")

    assert len(store) == 2
    assert store.get("query A { hello }") is a
    assert store.get("query B { hello }") is not b


def test_failures_do_not_drive_documents_out() -> None:
    store = DocumentStore(SCHEMA, max_documents=2, max_failures=3)

    good = store.get("{ hello }")
    for i in range(10):
        store.get(f"{{ unknown{i} }}")

    assert store.get("{ hello }") is good
    assert len(store) == 4


def test_bytes_are_bounded_too() -> None:
    kept: Bounded[str] = Bounded(max_entries=100, max_bytes=10)

    kept.put("a", "first", 6)
    kept.put("b", "second", 6)
    kept.put("c", "larger than all", 11)
    kept.put("d", "last", 10)

    assert [kept.get(text) for text in "abcd"] == [None, None, None, "last"]


@pytest.mark.parametrize(
    ("text", "operations"),
    [
        ("{ hello }", {"": ("query", None)}),
        ('mutation M { addBook(title: "x") { id } }', {"M": ("mutation", "M")}),
        ("query A { hello } subscription B { bookAdded { id } }", {"A": ("query", "A"), "B": ("subscription", "B")}),
    ],
)
def test_a_document_knows_its_operations(text: str, operations: dict[str, tuple[str, str | None]]) -> None:
    document = DocumentStore(SCHEMA).get(text)

    assert isinstance(document, Document)
    assert {key: (each.type, each.name) for key, each in document.operations.items()} == operations


def test_the_quadratic_rule_stops_at_its_budget() -> None:
    fields = "author { " + "name " * 20 + "}"
    text = "{ books {" + fields * 13 + "} }"

    outcome = DocumentStore(SCHEMA).get(text)

    assert isinstance(outcome, InvalidDocument)
    assert outcome.errors[0]["message"] == "Validation aborted."
