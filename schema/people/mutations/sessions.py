"""Mutations of sessions. Signing in is no mutation: it begins without anybody signed in (portal/web/sign_in)."""

import strawberry

from portal.people.actions import sessions
from portal.people.reads import MEMBERSHIP, SESSION
from schema.mutating import Info, Payload, id_of, idempotency_key, mutation, optional_id
from schema.reading import described


@strawberry.input(description="Which session to end.")
class RevokeSessionInput:
    session_id: strawberry.ID = described("The session's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(
    description="What ending a session answers. Not the session itself: where it was the viewer's own, there is nobody "
    "left to read it."
)
class RevokeSessionPayload(Payload):
    session_id: strawberry.ID | None = described("The session that ended; null when nothing was changed.", default=None)


@strawberry.input(description="Whom to sign out everywhere.")
class RevokeAllSessionsInput:
    membership_id: strawberry.ID | None = described(
        "The member, for others than yourself with `member:manage`; yourself if not given.", default=None
    )
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What signing out everywhere answers.")
class RevokeAllSessionsPayload(Payload):
    count: int | None = described("How many sessions ended; null when nothing was changed.", default=None)


@strawberry.type
class SessionMutations:
    @mutation("End a session at once: your own or, with `member:manage`, anybody's. Takes `account:manage`.")
    async def revoke_session(self, info: Info, input: RevokeSessionInput) -> RevokeSessionPayload:
        await info.context.perform(
            input.idempotency_key,
            sessions.revoke_session,
            session_id=id_of(SESSION, input.session_id),
        )
        return RevokeSessionPayload(session_id=input.session_id)

    @mutation(
        "Sign out everywhere: end all of your own sessions or, with `member:manage`, those of another member, whose "
        "tokens stay. Takes `account:manage`."
    )
    async def revoke_all_sessions(self, info: Info, input: RevokeAllSessionsInput) -> RevokeAllSessionsPayload:
        done = await info.context.perform(
            input.idempotency_key,
            sessions.revoke_all_sessions,
            membership_id=optional_id(MEMBERSHIP, input.membership_id),
        )
        return RevokeAllSessionsPayload(count=done.count)
