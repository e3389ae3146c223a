"""Putting a server together: database, doors, credentials and edge."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette

from portal import clock
from portal.access.actions import WriteDoor
from portal.candidates.own_records import own_records
from portal.catalog import CATALOG
from portal.database.connection import Database
from portal.database.migrate import applied_revision, current_head
from portal.people.browser_sessions import BrowserSessions
from portal.people.credentials import BadCredential, Credentials
from portal.reading.door import ReadDoor
from portal.web.app import Inside, PortalApp, WebOptions, build_app
from portal.web.budget import Budget, Counters
from portal.web.callers import Callers, SignIn
from portal.web.documents import DocumentStore
from portal.web.metering import Meter
from portal.web.observe import Observer, PlanCounts
from portal.web.operations import Doors, Operations
from portal.web.same_origin import SameOrigin
from portal.web.scim.endpoint import ScimEndpoint
from portal.web.scim.members import Members
from schema.printing import sdl
from schema.root import COSTS, GRAPHQL_SCHEMA


def app_on(
    database: Database, observer: Observer, options: WebOptions | None = None, counters: Counters | None = None
) -> PortalApp:
    """The whole application on a database that is open; `counters` of budgets that several processes share.

    The database's connections are those of requests. The health check has one of its own: a server that has much to
    do is still ready.
    """
    options = options or WebOptions()
    health = database.apart(1)
    credentials, sessions = Credentials(database, own_records), BrowserSessions(database, own_records)
    sign_in = SignIn(credentials, sessions, BadCredential, SameOrigin(options.public_url))
    reads, writes = ReadDoor(database, CATALOG), WriteDoor(database)
    observer.registry.register(PlanCounts(reads.plans))
    operations = Operations(
        GRAPHQL_SCHEMA,
        Doors(reads, writes),
        Callers(sign_in, clock.now).authenticate,
        Meter(COSTS, Budget(options.points, counters), options.costs),
        observer.bug,
        clock.now,
    )

    members = Members(operations, DocumentStore(GRAPHQL_SCHEMA), writes)
    scim = ScimEndpoint(operations, members, observer, clock.now)

    async def ready() -> bool:
        async with health.pool.connection() as connection:
            return await applied_revision(connection) == current_head()

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        await credentials.close()
        await health.close()
        await sessions.close()

    inside = Inside(GRAPHQL_SCHEMA, operations, ready, sdl, database.pool.most, [scim.mount()], lifespan)
    return build_app(inside, observer, options)
