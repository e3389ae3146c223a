"""Sessions for tests: begun as an action of signing in begins them."""

from datetime import datetime
from uuid import UUID

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.candidates.own_records import own_records
from portal.database.connection import Database
from portal.people.actions.results import NewSession
from portal.people.actions.sessions import Browser, start_session
from portal.people.browser_sessions import BrowserSessions
from portal.people.enums import SignInMethod
from tests.world import NOON, World


@action(Permission.ACCOUNT_MANAGE)
async def let_in(work: Work, *, membership_id: UUID) -> NewSession:
    """Begin a session without asking for a proof, for a scene that is about what comes after."""
    return await start_session(
        work,
        membership_id=membership_id,
        method=SignInMethod.IDENTITY_PROVIDER,
        browser=Browser("192.0.2.7", "Firefox"),
    )


async def a_session(world: World, membership_id: UUID, *, at: datetime = NOON) -> NewSession:
    """A session that has just begun."""
    new: NewSession = await world.perform(world.system, let_in, membership_id=membership_id, at=at)
    return new


def text_of(session: NewSession) -> str:
    assert session.text is not None
    return session.text


def sessions(database: Database) -> BrowserSessions:
    """As a server opens them: each of several is one more process."""
    return BrowserSessions(database, own_records)
