"""Runs the application in this process, and lets it finish what it has begun before it stops."""

import gc
import logging
import resource
import signal
import socket
import sys
from asyncio import get_running_loop
from dataclasses import dataclass, field
from time import monotonic
from types import FrameType

import uvicorn
from typing_extensions import override  # in typing from Python 3.12

from portal.web.app import PortalApp
from portal.web.observe import LibraryLines, Observer
from portal.web.server.connection import ConnectionLimits
from portal.web.server.connections import ConnectionCounts, Connections
from portal.web.server.drain import Drain
from portal.web.server.sockets import Socket

FURTHER_FILES = 200  # the database's connections, the log, the process's own


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """How the server listens and stops."""

    host: str = "127.0.0.1"
    port: int = 8000
    # Whose X-Forwarded-For says where a request came from: addresses and networks; nobody's where there is none.
    trusted_proxies: tuple[str, ...] = ()
    connections: ConnectionLimits = field(default_factory=ConnectionLimits)
    # Between SIGTERM and closing the door: load balancers need a few looks at /readyz to notice.
    drain_delay_seconds: float = 5.0
    finish_seconds: int = 25  # for requests in flight, once the door is closed; an operation takes 10 s at most


class DrainingServer(uvicorn.Server):
    """On SIGTERM: /readyz says 503 at once, the door closes after the delay, what is in flight is finished.

    On Ctrl-C, or on a second signal, the door closes at once; a second Ctrl-C doesn't wait for anything.
    """

    def __init__(self, config: uvicorn.Config, connections: Connections, drain: Drain, delay_seconds: float) -> None:
        super().__init__(config)
        self.connections = connections
        self._drain = drain
        self._delay_seconds = delay_seconds
        self._close_at: float | None = None

    @override
    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        # Not uvicorn's own: it raises the signal again after a clean stop, which would make the exit status a failure.
        if self.should_exit and sig == signal.SIGINT:
            self.force_exit = True
        elif sig == signal.SIGINT or self._drain.begun:
            self.should_exit = True
        else:
            self._close_at = monotonic() + self._delay_seconds
        self._drain.begun = True

    @override
    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._drain.close()
        await super().shutdown(sockets)

    @override
    async def on_tick(self, counter: int) -> bool:
        self.connections.look(self.server_state.connections, get_running_loop().time())
        if self._close_at is not None and monotonic() >= self._close_at:
            self.should_exit = True
        return await super().on_tick(counter)


def settle_memory() -> None:
    """Tell the collector that what is loaded by now stays: looking through a schema and its code again and again, with
    every few hundred objects that requests make, takes more time than the requests.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)  # objects, then collections of the younger generation; Python's own: 700, 10, 10


def allow_open_files(connections: int) -> None:
    """Let the process have as many connections as it may: usually it is started with room for a thousand files."""
    wanted = connections + FURTHER_FILES
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def share_the_interpreter() -> None:
    """Let the event loop have its turn soon while a thread makes a plan; Python's own interval is 5 ms."""
    sys.setswitchinterval(0.0005)


def build_server(app: PortalApp, observer: Observer, options: ServeOptions) -> DrainingServer:
    """A uvicorn server for the application, with our log and without its own."""
    settle_memory()
    share_the_interpreter()
    connections = Connections(options.connections, app.turnstile)
    observer.registry.register(ConnectionCounts(connections))
    allow_open_files(options.connections.connections)
    config = uvicorn.Config(
        app,
        host=options.host,
        port=options.port,
        loop="uvloop",
        http=connections.protocol(),
        ws=Socket,
        ws_max_size=options.connections.body_bytes,
        ws_per_message_deflate=False,  # what a client may blow up is no bomb then
        interface="asgi3",
        lifespan="on",
        access_log=False,  # the endpoint writes a better line
        log_config=None,
        server_header=False,
        # Read from the right, up to the first address that is no trusted proxy's: what stands left of it anybody can
        # have written. Otherwise the address is that of whoever connected.
        proxy_headers=bool(options.trusted_proxies),
        forwarded_allow_ips=list(options.trusted_proxies),
        timeout_graceful_shutdown=options.finish_seconds,
    )
    for name in ("uvicorn", "uvicorn.error", "asyncio"):
        library = logging.getLogger(name)
        library.handlers = [LibraryLines(observer.log)]
        library.propagate = False
        library.setLevel(logging.WARNING)
    return DrainingServer(config, connections, app.drain, options.drain_delay_seconds)


def serve(app: PortalApp, observer: Observer, options: ServeOptions, listener: socket.socket | None = None) -> None:
    """Serves until told to stop. Exits with status 3 if the application could not start, or the address is taken.

    `listener` is a socket that listens already, for callers who must know that the address is theirs beforehand.
    """
    build_server(app, observer, options).run(sockets=[listener] if listener is not None else None)
