"""What is served beside the GraphQL endpoint."""

import asyncio
import io
import re
from collections.abc import Awaitable, Callable

import httpx
import pytest
from graphql import build_schema

from portal.web.app import Inside, WebOptions, build_app
from portal.web.observe import Observer
from tests.web.conftest import Client, a_client
from tests.web.library import SDL, LibraryExecutor


async def test_graphiql_is_served_from_our_own_files(client: Client) -> None:
    page = await client.http.get("/")

    assert page.status_code == 200
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert 'data-endpoint="/graphql"' in page.text
    assert "://" not in page.text
    for address in re.findall(r'(?:src|href)="([^"]+)"', page.text):
        if not address.startswith("data:"):
            asset = await client.http.get(f"/{address}")
            assert asset.status_code == 200
            assert asset.headers["x-content-type-options"] == "nosniff"


async def test_graphiql_runs_under_a_policy_that_allows_our_own_origin_only(client: Client) -> None:
    page = await client.http.get("/")

    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self';" in policy
    assert "unsafe" not in policy
    assert "<script>" not in page.text
    assert "style=" not in page.text


async def test_a_browser_that_has_a_file_is_told_so(client: Client) -> None:
    first = await client.http.get("/graphiql/graphiql.css")

    again = await client.http.get("/graphiql/graphiql.css", headers={"if-none-match": first.headers["etag"]})

    assert again.status_code == 304
    assert again.content == b""


@pytest.mark.parametrize("path", ["/graphiql/explorer.jsx", "/graphiql/../app.py", "/graphql/", "/nothing"])
async def test_nothing_else_is_served(client: Client, path: str) -> None:
    assert (await client.http.get(path)).status_code == 404


async def test_graphiql_can_be_left_out() -> None:
    async with a_client(WebOptions(graphiql=False)) as client:
        assert (await client.http.get("/")).status_code == 404
        assert (await client.http.get("/graphiql/graphiql.js")).status_code == 404


async def test_the_endpoint_may_be_elsewhere() -> None:
    async with a_client(WebOptions(graphql_path="/api")) as client:
        answer = await client.http.post("/api", json={"query": "{ __typename }"})
        page = await client.http.get("/")

    assert answer.status_code == 200
    assert 'data-endpoint="/api"' in page.text


async def test_the_process_is_alive_whatever_else(client: Client) -> None:
    client.app.drain.begun = True

    assert (await client.http.get("/livez")).text == "ok\n"


async def test_a_server_that_drains_is_not_ready(client: Client) -> None:
    before = await client.http.get("/readyz")
    client.app.drain.begun = True
    after = await client.http.get("/readyz")
    answer = await client.ask("{ hello }")

    assert (before.status_code, before.text) == (200, "ok\n")
    assert (after.status_code, after.text) == (503, "draining\n")
    assert (answer.status_code, answer.headers["connection"]) == (200, "close")


async def refuse() -> bool:
    return False


async def fail() -> bool:
    raise OSError("no database at postgres://secret")


async def hang() -> bool:
    await asyncio.sleep(60)
    return True


@pytest.mark.parametrize("ready", [refuse, fail, hang])
async def test_a_server_without_its_database_is_not_ready(ready: Callable[[], Awaitable[bool]]) -> None:
    schema = build_schema(SDL)
    log = io.BytesIO()
    observer = Observer(log)
    inside = Inside(schema, LibraryExecutor(schema, observer), ready=ready, sdl=str)
    transport = httpx.ASGITransport(app=build_app(inside, observer))

    async with httpx.AsyncClient(transport=transport, base_url="http://portal.test") as http:
        answer = await http.get("/readyz")

    assert (answer.status_code, answer.text) == (503, "not ready\n")
    assert b"secret" not in log.getvalue()


async def test_the_schema_is_for_those_who_signed_in(client: Client) -> None:
    signed_in = await client.http.get("/schema.graphql", headers={"authorization": "Bearer card"})
    stranger = await client.http.get("/schema.graphql")
    forger = await client.http.get("/schema.graphql", headers={"authorization": "Bearer forged"})

    assert signed_in.status_code == 200
    assert "type Query {" in signed_in.text
    assert (stranger.status_code, stranger.headers["www-authenticate"]) == (401, "Bearer")
    assert forger.status_code == 401
    assert forger.json()["errors"][0]["extensions"]["code"] == "UNAUTHENTICATED"
