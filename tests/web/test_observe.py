"""What operators see: a line and a count for each request, and nothing that tells on anybody."""

import io
import logging

import pytest

from portal.web.observe import LibraryLines, Observer, RequestCounts, json_logger, trace
from tests.web.conftest import JSON, Client


async def test_a_request_is_one_line_without_personal_data(client: Client) -> None:
    answer = await client.post(
        {"query": "query Hello($name: String) { hello(name: $name) }", "variables": {"name": "Ada Lovelace"}}
    )

    (line,) = client.lines()
    duration, timestamp = line.pop("ms"), line.pop("timestamp")
    assert line == {
        "event": "request",
        "request_id": answer.headers["x-request-id"],
        "operation": "Hello",
        "type": "query",
        "outcome": "ok",
        "status": 200,
        "level": "info",
    }
    assert 0 < duration < 5_000
    assert timestamp.endswith("Z")
    assert b"Lovelace" not in client.log.getvalue()
    assert b"card" not in client.log.getvalue()


async def test_the_name_of_an_invalid_document_is_not_logged(client: Client) -> None:
    await client.ask("query Ada_Lovelace { nothing }")

    (line,) = client.lines()
    assert (line["operation"], line["type"], line["outcome"]) == (None, "none", "GRAPHQL_VALIDATION_FAILED")


async def test_a_long_operation_name_is_cut(client: Client) -> None:
    await client.ask(f"query {'A' * 500} {{ hello }}")

    assert client.lines()[0]["operation"] == "A" * 64


async def test_requests_are_counted_by_type_and_outcome(client: Client) -> None:
    await client.ask("{ hello }")
    await client.ask("{ hello }")
    await client.ask("{ hello broken }")
    await client.ask('mutation { addBook(title: "x") { id } }')
    await client.ask("{ nothing }", accept=JSON)

    metrics = (await client.http.get("/metrics")).text

    for line in (
        'portal_graphql_requests_total{operation="query",outcome="ok"} 2.0',
        'portal_graphql_requests_total{operation="query",outcome="partial"} 1.0',
        'portal_graphql_requests_total{operation="mutation",outcome="ok"} 1.0',
        'portal_graphql_requests_total{operation="none",outcome="GRAPHQL_VALIDATION_FAILED"} 1.0',
        'portal_graphql_request_seconds_count{operation="query"} 3.0',
        "portal_graphql_requests_in_flight 0.0",
        "portal_documents 4.0",
        'portal_document_lookups_total{found="yes"} 1.0',
        'portal_document_lookups_total{found="no"} 4.0',
    ):
        assert line in metrics


def test_a_bug_is_told_with_its_causes_but_without_their_words() -> None:
    cause = KeyError("secret@example.com")
    bug = ValueError("of secret@example.com")
    bug.__cause__ = cause

    told = trace(bug)

    assert [each["type"] for each in told] == ["builtins.ValueError", "builtins.KeyError"]
    assert "secret" not in str(told)


def test_a_circle_of_causes_ends() -> None:
    bug, other = ValueError(), KeyError()
    bug.__context__, other.__context__ = other, bug

    assert len(trace(bug)) == 2


def test_what_libraries_log_goes_into_the_same_stream() -> None:
    stream = io.BytesIO()
    library = logging.getLogger("tests.web.library")
    library.addHandler(LibraryLines(json_logger(stream)))

    library.error("It %s", "failed", exc_info=ValueError("secret@example.com"))

    assert b'"event":"It failed"' in stream.getvalue()
    assert b'"logger":"tests.web.library"' in stream.getvalue()
    assert b"secret" not in stream.getvalue()


@pytest.mark.parametrize("level", ["info", "error"])
def test_the_logger_writes_json(level: str) -> None:
    stream = io.BytesIO()

    getattr(Observer(stream).log, level)("started", port=8000)

    assert stream.getvalue().startswith(b'{"port":8000,"event":"started","level":"%s","timestamp":"' % level.encode())


def test_a_duration_counts_in_its_own_bucket_and_all_above() -> None:
    counts = RequestCounts()
    for seconds in (0.001, 0.0011, 99.0):
        counts.count("query", "ok", seconds)

    _, durations = counts.collect()

    samples = {(sample.name, sample.labels.get("le")): sample.value for sample in durations.samples}
    name = "portal_graphql_request_seconds"
    assert (samples[f"{name}_bucket", "0.001"], samples[f"{name}_bucket", "0.0025"]) == (1, 2)
    assert (samples[f"{name}_bucket", "10.0"], samples[f"{name}_bucket", "+Inf"]) == (2, 3)
    assert samples[f"{name}_sum", None] == pytest.approx(99.0021)
