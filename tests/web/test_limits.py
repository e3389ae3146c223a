"""How large a document may be, and that the largest one is still cheap."""

import sys
from collections.abc import Callable
from typing import Any

import pytest
from graphql import build_schema, get_introspection_query, parse

from benchmarks.worst_documents import Recipe, search, written
from portal.web.documents.document import Document, InvalidDocument
from portal.web.documents.limits import Limits, check_limits
from portal.web.documents.preparing import prepare
from portal.web.errors import Refused
from schema.root import GRAPHQL_SCHEMA
from tests.web.library import SDL

LIMITS = Limits()
SCHEMA = build_schema(SDL)

# Calls that the interpreter makes for the worst document: a measure of work that no busy machine can change. They cost
# 0.1 to 0.2 microseconds each, so this is 20 to 40 ms; the most that a document may cost is 50 ms.
MOST_CALLS = 200_000


def repeated(text: str, count: int) -> str:
    return " ".join(text.replace("#", str(i)) for i in range(count))


def test_the_standard_introspection_query_fits() -> None:
    query = get_introspection_query(
        specified_by_url=True, directive_is_repeatable=True, schema_description=True, input_value_deprecation=True
    )

    assert isinstance(prepare(query, SCHEMA, LIMITS), Document)


# What is counted, how much of it there may be, and a document with n of it.
EDGES: dict[str, tuple[str, int, Callable[[int], str]]] = {
    "operations": ("operations", 10, lambda n: repeated("query Q# { a }", n)),
    "fragments": ("fragments", 30, lambda n: "{ ...F0 }" + repeated("fragment F# on Q { a }", n)),
    "fields": ("fields", 300, lambda n: "{ a {" + repeated("f#", n - 1) + "} }"),
    "fields through fragments": (
        "fields",
        300,
        lambda n: (
            "{"
            + repeated("a# { ...F }", 2)
            + "f " * (n - 2 - 2 * 149)
            + "} fragment F on A {"
            + repeated("f#", 149)
            + "}"
        ),
    ),
    "aliases": ("aliases", 30, lambda n: "{ a {" + repeated("a#: b", n) + "} }"),
    "directives of fields": ("directives", 10, lambda n: "{ a {" + repeated("f# @skip(if: true)", n) + "} }"),
    "directives of operations": ("directives", 10, lambda n: "query " + repeated("@a", n) + " { a }"),
    "directives of fragments": (
        "directives",
        10,
        lambda n: "{ a {" + repeated("... @skip(if: true) { f# }", n) + "} }",
    ),
    "repeats": ("repeats of one field", 20, lambda n: "{ a {" + repeated("f", n) + "} }"),
    "repeats in inline fragments": (
        "repeats of one field",
        20,
        lambda n: "{ a {" + repeated("... on A { f }", n) + "} }",
    ),
    "repeats by spreads": (
        "repeats of one field",
        20,
        lambda n: "{ a {" + repeated("...F", n) + "} } fragment F on A { f }",
    ),
    "repeats inside a fragment": (
        "repeats of one field",
        20,
        lambda n: "{ ...F } fragment F on Q { a {" + repeated("f", n) + "} }",
    ),
    "root fields": ("root fields", 10, lambda n: "{" + repeated("f#", n) + "}"),
    "root fields by spreads": (
        "root fields",
        10,
        lambda n: "{" + repeated("...F#", n) + "}" + repeated("fragment F# on Q { f# }", n),
    ),
    "mutations": ("mutations", 10, lambda n: "mutation {" + repeated("f#", n) + "}"),
    "depth": ("levels of fields", 15, lambda n: "{ a" * n + "}" * n),
    "depth through fragments": (
        "levels of fields",
        15,
        lambda n: (
            "{ ...F0 }"
            + " ".join(f"fragment F{i} on Q {{ a {{ ...F{i + 1} }} }}" for i in range(n - 1))
            + f"fragment F{n - 1} on Q {{ a }}"
        ),
    ),
}


@pytest.mark.parametrize("edge", EDGES)
def test_a_document_may_reach_each_limit_but_not_pass_it(edge: str) -> None:
    what, maximum, document = EDGES[edge]

    check_limits(parse(document(maximum)), LIMITS)
    with pytest.raises(Refused) as refusal:
        check_limits(parse(document(maximum + 1)), LIMITS)

    assert refusal.value.message == f"The document is too large: at most {maximum} {what} are allowed."
    assert refusal.value.extensions == {"limit": what, "maximum": maximum}


@pytest.mark.parametrize("levels", [10, 29])
def test_fragments_that_double_at_each_level_are_measured_not_expanded(levels: int) -> None:
    """Twenty-nine levels would be half a milliard fields."""
    bomb = (
        "{ ...F0 }"
        + " ".join(f"fragment F{i} on Q {{ x {{ ...F{i + 1} }} y {{ ...F{i + 1} }} }}" for i in range(levels))
        + f"fragment F{levels} on Q {{ a }}"
    )

    calls, outcome = work(lambda: prepare(bomb, SCHEMA, LIMITS))

    assert isinstance(outcome, InvalidDocument)
    assert outcome.errors[0]["extensions"]["limit"] == "fields"
    assert calls < 50_000


def test_fragments_in_a_circle_end() -> None:
    check_limits(parse("{ ...A } fragment A on Q { a ...B } fragment B on Q { b ...A }"), LIMITS)


def test_a_spread_of_nothing_is_left_to_validation() -> None:
    check_limits(parse("{ ...Missing }"), LIMITS)


def work(job: Callable[[], Any]) -> tuple[int, Any]:
    """How many calls a job makes, and its result."""
    count = 0

    def counted(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        if event in ("call", "c_call"):
            count += 1

    sys.setprofile(counted)
    try:
        result = job()
    finally:
        sys.setprofile(None)
    return count, result


# Documents of one shape, made larger until they are refused. Each attacks something that could be more than linear.
SHAPES: dict[str, Callable[[int], str]] = {
    "equal fields": lambda n: "{" + repeated("book { author { id } }", n) + "}",
    "equal fields of equal fields": lambda n: (
        "{ books {" + ("author {" + repeated("name", min(n, 20)) + "}") * max(1, n // 20) + "} }"
    ),
    "equal fields with large arguments": lambda n: (
        "{" + repeated("books(filter: {and: [" + '{title: "x"}' * 8 + "]}) { id }", n) + "}"
    ),
    "aliases": lambda n: "{ books {" + repeated("a#: title", n) + "} }",
    "inline fragments": lambda n: "{ books {" + repeated("... on Book { id }", n) + "} }",
    "nested inline fragments": lambda n: "{ books" + "{ ... on Book" * n + "{ id }" + "}" * n + "}",
    "many fragments": lambda n: (
        "{ books {"
        + repeated("...F#", n)
        + "} }"
        + repeated("fragment F# on Book { author { id name books { id } } similar { id } }", n)
    ),
    "many spreads": lambda n: (
        "{ books {"
        + " ".join(f"author {{ ...F{i % 10} ...F{(i + 1) % 10} }}" for i in range(n))
        + "} }"
        + repeated("fragment F# on Author { id name }", min(n, 10))
    ),
    "a chain of fragments": lambda n: (
        "{ books { ...F0 } }"
        + " ".join(f"fragment F{i} on Book {{ id title similar {{ id }} ...F{i + 1} }}" for i in range(n))
        + f"fragment F{n} on Book {{ id }}"
    ),
    "operations over fragments with variables": lambda n: (
        " ".join(f"query Q{i}({repeated('$v#: String!', n)}) {{ ...F0 }}" for i in range(10))
        + " ".join(f"fragment F{i} on Query {{ ...F{i + 1} hello(names: [{repeated('$v#', n)}]) }}" for i in range(9))
        + "fragment F9 on Query { hello }"
    ),
    "a list": lambda n: "{ hello(names: [" + '"x" ' * n + "]) }",
    "a list and a long text": lambda n: (
        "{ hello(names: [" + '"x" ' * n + '], name: "' + "\\u0041" * max(0, 3_300 - n) + '") }'
    ),
    "a list of one variable": lambda n: "query Q($v: String!) { hello(names: [" + "$v " * n + "]) }",
    "objects of one variable": lambda n: (
        "query Q($v: String!) { books(filter: {and: [" + "{title: $v} " * n + "]}) { id } }"
    ),
    "deep objects": lambda n: "{ books(filter: " + "{and: [" * n + '{title: "x"}' + "]}" * n + ") { id } }",
    "variables": lambda n: (
        "query Q(" + repeated("$v#: String!", n) + ") { hello(names: [" + repeated("$v#", n) + "]) }"
    ),
    "unused variables": lambda n: "query Q(" + repeated("$v#: String", n) + ") { hello }",
    "one argument many times": lambda n: "{ hello(" + 'name: "1" ' * n + ") }",
    "one input field many times": lambda n: "{ books(filter: {" + 'title: "x" ' * n + "}) { id } }",
    "unknown fields": lambda n: "{ book {" + repeated("unknown#", n) + "} }",
    "unknown arguments": lambda n: "{ hello(" + repeated("unknown#: 1", n) + ") }",
    "definitions of types": lambda n: "type A {" + repeated("f#(a: Int): Int", n) + "}",
    "lines of a block string": lambda n: '{ hello(name: """' + "\n a" * n * 5 + '""") }',
    "comments": lambda n: "#\n" * n + "{ hello }",
}


def largest_accepted(shape: Callable[[int], str]) -> int:
    """The largest size of a shape that is a valid document; 0 if none is."""
    low, high = 0, 2_000
    while high - low > 1:
        middle = (low + high) // 2
        if isinstance(prepare(shape(middle), SCHEMA, LIMITS), Document):
            low = middle
        else:
            high = middle
    return low


@pytest.mark.parametrize("name", SHAPES)
def test_the_worst_document_costs_a_bounded_amount_of_work(name: str) -> None:
    """At the size where a shape is refused, one below it, and at some others: what is refused late also costs."""
    shape = SHAPES[name]
    edge = largest_accepted(shape)

    costs = [cost_of(shape(size)) for size in (edge, edge + 1, 20, 130, 220, 330, 490, 980) if size]

    assert max(costs) <= MOST_CALLS


def test_no_document_that_a_search_finds_costs_more() -> None:
    """The search of `make bench`, on our own schema: it counts work here and measures time there."""
    worst = search(lambda text: work(lambda: prepare(text, GRAPHQL_SCHEMA, LIMITS))[0], 60)

    # Dearer than nearly all shapes above, or the search has lost its way.
    assert MOST_CALLS / 4 <= worst.cost <= MOST_CALLS


def cost_of(text: str) -> int:
    return work(lambda: prepare(text, SCHEMA, LIMITS))[0]


def test_the_search_gives_up_documents_that_would_grow_for_ever() -> None:
    deep = [Recipe(seed=seed, values=30, nesting=12, arguments=6, width=4, depth=2) for seed in range(20)]

    assert None in [written(recipe, GRAPHQL_SCHEMA) for recipe in deep]
