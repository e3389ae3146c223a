"""The whole application that a server runs: the GraphQL endpoint in front, everything else routed by Starlette."""

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic

from graphql import GraphQLSchema
from starlette.applications import Starlette
from starlette.routing import BaseRoute

from portal.web.costs.budget import Points
from portal.web.costs.metering import CostLimits
from portal.web.documents.limits import Limits
from portal.web.documents.store import DocumentStore
from portal.web.execution import C, Executor
from portal.web.graphql import Edge, EndpointLimits, GraphQLEndpoint, Scope, Send
from portal.web.live.event_stream import EventStreams
from portal.web.live.open import LiveCounts, LiveLimits, Open
from portal.web.live.operations import LiveOperations
from portal.web.live.websocket import WebSocketEndpoint
from portal.web.observe import Observer
from portal.web.pages import graphiql_routes, health_routes, schema_route
from portal.web.requests import MAX_BODY_BYTES, Receive
from portal.web.responses import Responder, Statuses
from portal.web.server.admission import REQUESTS_PER_CONNECTION, Admission
from portal.web.server.drain import Drain
from portal.web.server.turning_away import Turnstile

Lifespan = Callable[[Starlette], AbstractAsyncContextManager[None]]


@dataclass(frozen=True, slots=True)
class WebOptions:
    """What an operator may choose about the edge."""

    graphql_path: str = "/graphql"
    public_url: str = "http://127.0.0.1:8000"  # where browsers find the portal: an origin, without a path
    data_directory: Path = Path(".portal")  # where secrets are kept, and outgoing mail
    graphiql: bool = True  # at `/`
    passwords: bool = False  # whether members may sign in with them
    max_in_flight: int | None = None  # requests worked on at once; None: what the inside can do
    timeout_seconds: float = 10.0  # an operation's; a statement has 5 s, a lock 2 s
    max_body_bytes: int = MAX_BODY_BYTES
    limits: Limits = field(default_factory=Limits)
    statuses: Statuses = field(default_factory=Statuses)
    costs: CostLimits = field(default_factory=CostLimits)
    points: Points = field(default_factory=Points)
    live: LiveLimits = field(default_factory=LiveLimits)
    origins: frozenset[str] = frozenset()  # other sites whose pages may connect from a browser


@dataclass(frozen=True, slots=True)
class Inside(Generic[C]):
    """What the edge stands in front of."""

    schema: GraphQLSchema
    executor: Executor[C]
    ready: Callable[[], Awaitable[bool]]  # whether requests can be answered: database reachable, migrations applied
    sdl: Callable[[], str]  # the schema as text
    connections: int = 4  # to the database: what the requests that are worked on share
    routes: Sequence[BaseRoute] = ()  # what else the inside answers by itself
    admission: Admission | None = None  # what lets those in as well as GraphQL requests; None: one for these alone
    lifespan: Lifespan | None = None  # opens and closes what the executor needs


class PortalApp:
    """The ASGI application. Whoever runs it sets `drain` when it is to stop, and may turn requests away by `turnstile`
    before it sees them.
    """

    def __init__(
        self,
        graphql_path: str,
        endpoint: Callable[[Scope, Receive, Send], Awaitable[None]],
        side: Starlette,
        drain: Drain,
        socket: Callable[[Scope, Receive, Send], Awaitable[None]],
        turnstile: Turnstile,
    ) -> None:
        self._socket = socket
        self._graphql_path = graphql_path
        self._endpoint = endpoint
        self._side = side
        self.drain = drain
        self.turnstile = turnstile

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        # No router on the hot path: Starlette's costs as much as the rest of the edge.
        if scope["type"] == "http" and scope["path"] == self._graphql_path:
            await self._endpoint(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._side(scope, receive, send)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["path"] == self._graphql_path:
            await self._socket(scope, receive, send)
        else:
            await send({"type": "websocket.close"})  # before it is accepted: 403


def admission_of(options: WebOptions, connections: int) -> Admission:
    """What lets so many requests in at once as the options say, or the connections to the database can do."""
    return Admission(options.max_in_flight or REQUESTS_PER_CONNECTION * connections)


def build_app(inside: Inside[C], observer: Observer, options: WebOptions | None = None) -> PortalApp:
    """Puts the edge in front of the inside."""
    options = options or WebOptions()
    drain = Drain()
    admission = inside.admission or admission_of(options, inside.connections)
    store = DocumentStore(inside.schema, limits=options.limits)
    edge = Edge(store, inside.executor, observer, admission, drain)
    opened = Open(options.live, drain)
    observer.registry.register(LiveCounts(opened))
    live = LiveOperations(edge, opened, options.timeout_seconds)
    endpoint = GraphQLEndpoint(
        edge,
        EndpointLimits(options.timeout_seconds, options.max_body_bytes, options.statuses),
        EventStreams(live),
    )
    routes: list[BaseRoute] = [
        *inside.routes,
        *health_routes(inside.ready, drain, observer),
        schema_route(inside.executor, inside.sdl),
    ]
    if options.graphiql:
        routes += graphiql_routes(options.graphql_path)
    return PortalApp(
        options.graphql_path,
        endpoint,
        Starlette(routes=routes, lifespan=inside.lifespan),
        drain,
        WebSocketEndpoint(live, inside.executor, options.origins | {options.public_url}),
        Turnstile(options.graphql_path, admission, Responder(options.statuses), observer),
    )
