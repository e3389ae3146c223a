"""A client that leaves: from its socket to the statement in Postgres, nothing of its request goes on."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg

from portal.access.enums import OrganizationRole
from portal.database.connection import Database
from tests.conftest import Postgres
from tests.security.edge import a_token
from tests.subscriptions.watching import Portal, a_portal
from tests.web.sockets import Wire
from tests.web.talking import PATIENCE_SECONDS
from tests.world import World

# Waits for the lock that the test holds: for as long as anybody's statement may wait for one.
READ = b'{"query":"{ openings { nodes { id title } } }"}'
_WAITING = """
    SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%opening%'
"""


async def waiting(admin: asyncpg.Connection, number: int) -> None:
    """Until so many statements wait for a lock."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await admin.fetchval(_WAITING) != number:  # noqa: ASYNC110 - Postgres tells nobody
            await asyncio.sleep(0.01)


@asynccontextmanager
async def asking(portal: Portal, token: str) -> AsyncIterator[Wire]:
    """A connection over which the request was sent; it is closed at the end, whether or not it was answered."""
    reader, writer = await asyncio.open_connection("127.0.0.1", portal.port)
    wire = Wire(reader, writer)
    wire.send(
        b"POST /graphql HTTP/1.1\r\nHost: portal\r\nContent-Type: application/json\r\nAuthorization: Bearer %s\r\n"
        b"Content-Length: %d\r\n\r\n%s" % (token.encode(), len(READ), READ)
    )
    try:
        yield wire
    finally:
        writer.close()
        await writer.wait_closed()


async def test_a_client_that_leaves_leaves_no_query_behind(
    database: Database, acme: World, postgres: Postgres, shared_database: str
) -> None:
    member = await acme.member("Ada", OrganizationRole.RECRUITER_ALL)
    token = (await a_token(acme, membership_id=member.id)).text
    admin = await asyncpg.connect(**postgres.admin(shared_database))
    holder = await asyncpg.connect(**postgres.admin(shared_database))
    try:
        async with a_portal(database) as portal:
            async with holder.transaction():
                await holder.execute("LOCK TABLE portal.opening IN ACCESS EXCLUSIVE MODE")
                async with asking(portal, token):
                    await waiting(admin, 1)
                await waiting(admin, 0)
            async with asking(portal, token) as staying:
                assert (await staying.answer())[0] == 200
            outcomes = [line["outcome"] for line in map(json.loads, portal.log.getvalue().splitlines())]
            assert outcomes == ["gone", "ok"]
    finally:
        await holder.close()
        await admin.close()
