"""Putting a server together: database, doors, credentials and edge."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Protocol

from starlette.applications import Starlette

from portal import clock
from portal.access.actions import WriteDoor
from portal.candidates.own_records import own_records
from portal.catalog import CATALOG, STREAMS
from portal.database.connection import Database
from portal.database.migrate import applied_revision, current_head
from portal.people.browser_sessions import BrowserSessions
from portal.people.credentials import BadCredential, Credentials
from portal.reading.door import ReadDoor
from portal.records.feed import Feed
from portal.sign_in.client_secrets import ClientSecrets
from portal.sign_in.hashing import Hashing
from portal.sign_in.mail import OutgoingMail
from portal.sign_in.oidc.fetching import Fetching
from portal.sign_in.passwords import Delivery, Passwords
from portal.sign_in.relying_party import RelyingParty
from portal.sign_in.sealing import Sealing
from portal.trusted_documents.published import PublishedDocuments
from portal.web.app import Inside, Lifespan, PortalApp, WebOptions, admission_of, build_app
from portal.web.callers import Callers, SignIn
from portal.web.costs.budget import Budget, Counters
from portal.web.costs.metering import Meter
from portal.web.documents.publishing import DocumentCheck
from portal.web.documents.store import DocumentStore
from portal.web.live.subscribing import Subscriptions
from portal.web.observe import Observer, PlanCounts
from portal.web.operations import Doors, Operations
from portal.web.same_origin import SameOrigin
from portal.web.scim.endpoint import ScimEndpoint, ScimLimits
from portal.web.scim.group_requests import GroupRequests
from portal.web.scim.groups import Groups
from portal.web.scim.members import Members
from portal.web.scim.reading import ScimDoors
from portal.web.scim.searches import Searches
from portal.web.scim.user_requests import UserRequests
from portal.web.sign_in.attempts import Attempts
from portal.web.sign_in.parts import SignInParts
from portal.web.sign_in.routes import sign_in_routes
from schema.printing import sdl
from schema.root import COSTS, GRAPHQL_SCHEMA


@dataclass(frozen=True, slots=True)
class Proving:
    """What stands between a guess and the secret that it is about."""

    attempts: Attempts
    hashing: Hashing


def app_on(
    database: Database,
    observer: Observer,
    options: WebOptions | None = None,
    counters: Counters | None = None,
    feed: Feed | None = None,
    proving: Proving | None = None,
) -> PortalApp:
    """The whole application on a database that is open; `counters` of budgets that several processes share,
    `feed` and `proving` for whoever looks into them.

    The database's connections are those of requests. Subscriptions have some of their own, so that they can't starve
    requests, and the health check has one: a server that has much to do is still ready.
    """
    options = options or WebOptions()
    health = database.apart(1)
    credentials, sessions = Credentials(database, own_records), BrowserSessions(database, own_records)
    same_origin = SameOrigin(options.public_url)
    sign_in = SignIn(credentials, sessions, BadCredential, same_origin)
    relying_party = _relying_party(options)
    proving = proving or Proving(Attempts(counters), Hashing())
    parts = SignInParts(
        database, relying_party, sessions, BadCredential, same_origin, clock.now, observer.bug, proving.attempts
    )
    passwords = _passwords(proving, options)
    reads, writes = ReadDoor(database, CATALOG), WriteDoor(database)
    observer.registry.register(PlanCounts(reads.plans))
    telling = database.apart(options.live.database_connections)
    feed = Feed(telling, STREAMS, observer.bug) if feed is None else feed
    subscriptions = Subscriptions(feed, ReadDoor(telling, CATALOG, reads.plans), STREAMS, clock.now)
    operations = Operations(
        GRAPHQL_SCHEMA,
        Doors(reads, writes, subscriptions, passwords, *_trusted_documents(database, options)),
        Callers(sign_in, clock.now).authenticate,
        Meter(COSTS, Budget(options.points, counters), options.costs),
        observer.bug,
        clock.now,
    )

    admission = admission_of(options, database.pool.most)
    scim = _scim(operations, writes, observer, ScimLimits(admission, options.timeout_seconds))

    async def ready() -> bool:
        async with health.pool.connection() as connection:
            return await applied_revision(connection) == current_head()

    lifespan = _lifespan(feed, (credentials, sessions, relying_party, proving.hashing, health, telling))
    routes = [scim.mount(), *sign_in_routes(parts, passwords)]
    inside = Inside(GRAPHQL_SCHEMA, operations, ready, sdl, database.pool.most, routes, admission, lifespan)
    return build_app(inside, observer, options)


def _scim(operations: Operations, writes: WriteDoor, observer: Observer, limits: ScimLimits) -> ScimEndpoint:
    doors = ScimDoors(operations, DocumentStore(GRAPHQL_SCHEMA), writes)
    members, groups = Members(doors), Groups(doors)
    parts = (UserRequests(members), GroupRequests(groups, doors), Searches(members, groups))
    served = {path: handlers for part in parts for path, handlers in part.handlers().items()}
    return ScimEndpoint(operations, served, observer, limits, clock.now)


def _passwords(proving: Proving, options: WebOptions) -> Passwords:
    mail = OutgoingMail(options.data_directory, options.public_url)
    delivery = Delivery(mail, Sealing(options.data_directory))
    return Passwords(proving.attempts, proving.hashing, delivery, is_on=options.passwords)


def _trusted_documents(database: Database, options: WebOptions) -> tuple[PublishedDocuments, DocumentCheck]:
    """Which documents are published, and what checks those that are to be."""
    return PublishedDocuments(database), DocumentCheck(GRAPHQL_SCHEMA, options.limits)


class Closed(Protocol):
    """What is closed when the server stops."""

    async def close(self) -> None: ...


def _lifespan(feed: Feed, closed: Iterable[Closed]) -> Lifespan:
    """What begins and ends with the server."""

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        feed.start()
        yield
        await feed.stop()
        for each in closed:
            await each.close()

    return lifespan


def _relying_party(options: WebOptions) -> RelyingParty:
    """Providers may be asked over plain HTTP on this machine only, and only where the portal is served so too."""
    fetching = Fetching(allow_loopback=options.public_url.startswith("http:"))
    secrets = ClientSecrets(options.data_directory)
    return RelyingParty(fetching, secrets, f"{options.public_url}/auth/callback")
