"""Sessions that have ended are deleted, and no other."""

from datetime import timedelta

from portal.jobs.sessions import delete_ended_sessions
from portal.people.rules import SESSION_IDLE
from tests.people.signing_in import a_session
from tests.world import NOON, World

A_SECOND = timedelta(seconds=1)


async def test_a_session_is_deleted_once_it_was_idle_for_too_long(acme: World, globex: World) -> None:
    ada, gita = await acme.member("Ada"), await globex.member("Gita")
    await a_session(acme, ada.id)
    await a_session(acme, ada.id, at=NOON + A_SECOND)
    await a_session(globex, gita.id)

    await delete_ended_sessions(acme.database, acme.id, NOON + SESSION_IDLE)
    before = await acme.rows("SELECT last_used_at FROM session")
    await delete_ended_sessions(acme.database, acme.id, NOON + SESSION_IDLE + A_SECOND)

    left = await acme.rows("SELECT last_used_at FROM session")
    assert len(before) == 2
    assert [row["last_used_at"] for row in left] == [NOON + A_SECOND]
    assert len(await globex.rows("SELECT 1 FROM session")) == 1
