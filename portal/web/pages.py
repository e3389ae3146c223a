"""Everything beside the GraphQL endpoint: GraphiQL, health, metrics, the schema's text. None of it must be fast."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from html import escape
from pathlib import Path

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

from portal.access.enums import DocumentMode
from portal.web.errors import ErrorCode, Refused, Unauthenticated
from portal.web.examples import examples_json
from portal.web.execution import C, Executor
from portal.web.observe import Observer
from portal.web.presenting import presented
from portal.web.server.drain import Drain

ASSETS = Path(__file__).parent / "graphiql"
MEDIA_TYPES = {".js": "text/javascript", ".css": "text/css", ".txt": "text/plain"}

# Scripts, styles and requests of our own origin only; nothing in the page itself, and no frame around it.
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
PAGE_HEADERS = {
    "content-security-policy": CONTENT_SECURITY_POLICY,
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cache-control": "no-cache",
}

READY_WITHIN_SECONDS = 0.5  # a load balancer asks every second or two; a database that takes longer is not ready

Handler = Callable[[Request], Awaitable[Response]]


def graphiql_routes(graphql_path: str) -> list[Route]:
    """GraphiQL at `/`, from files of this package, so it works without a network."""
    page = (ASSETS / "index.html").read_text().replace("{{endpoint}}", escape(graphql_path))
    routes = [
        Route("/", asset(page.encode(), "text/html"), methods=["GET"]),
        Route("/graphiql/examples.json", asset(examples_json(), "application/json"), methods=["GET"]),
    ]
    for path in sorted(ASSETS.iterdir()):
        if path.suffix in MEDIA_TYPES:
            serve = asset(path.read_bytes(), MEDIA_TYPES[path.suffix])
            routes.append(Route(f"/graphiql/{path.name}", serve, methods=["GET"]))
    return routes


def asset(content: bytes, media_type: str) -> Handler:
    """Serves one file from memory; a browser that has it is told so."""
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = PAGE_HEADERS | {"etag": tag}

    async def serve(request: Request) -> Response:
        if request.headers.get("if-none-match") == tag:
            return Response(status_code=304, headers=headers)
        return Response(content, media_type=media_type, headers=headers)

    return serve


def health_routes(ready: Callable[[], Awaitable[bool]], drain: Drain, observer: Observer) -> list[Route]:
    """`/livez`: the process answers. `/readyz`: it should be sent requests. `/metrics`: Prometheus' text format."""

    async def livez(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        if drain.begun:
            return PlainTextResponse("draining\n", status_code=503)
        return PlainTextResponse("ok\n") if await is_ready() else PlainTextResponse("not ready\n", status_code=503)

    async def is_ready() -> bool:
        try:
            async with asyncio.timeout(READY_WITHIN_SECONDS):
                return await ready()
        except Exception as problem:  # noqa: BLE001 - whatever keeps the check from passing, we are not ready
            observer.bug("readyz", problem)
            return False

    async def metrics(_: Request) -> Response:
        return Response(generate_latest(observer.registry), headers={"content-type": CONTENT_TYPE_LATEST})

    return [Route("/livez", livez), Route("/readyz", readyz), Route("/metrics", metrics)]


async def check_introspection(executor: Executor[C], caller: C) -> None:
    """Refuses the schema to strangers, and to who could not ask for it in a document either."""
    if caller.is_anonymous:
        raise Unauthenticated
    if await executor.document_mode(caller) is DocumentMode.ONLY:
        raise Refused(ErrorCode.FORBIDDEN, "You are signed in with what runs published documents only.")


def schema_route(executor: Executor[C], sdl: Callable[[], str]) -> Route:
    """`GET /schema.graphql`: the schema's text, for those who may introspect."""

    async def schema(request: Request) -> Response:
        try:
            caller = await executor.authenticate(presented(request.scope))
            await check_introspection(executor, caller)
        except Refused as refusal:
            return JSONResponse(
                {"errors": [refusal.as_error()]},
                status_code=refusal.status,
                headers={name.decode(): value.decode() for name, value in refusal.headers},
            )
        return Response(
            sdl(), media_type="application/graphql", headers={"cache-control": "no-store", "vary": "Authorization"}
        )

    return Route("/schema.graphql", schema, methods=["GET"])
