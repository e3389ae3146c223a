"""Mutations of passwords. Signing in with one is none: it begins without anybody signed in (portal/web).

Those that carry a password take no idempotency key: what is kept with one could be compared with guesses.
"""

from datetime import datetime

import strawberry

from portal.people.reads import MEMBERSHIP
from portal.sign_in.actions import account_links, passwords
from schema.mutating import Info, Payload, id_of, idempotency_key, mutation
from schema.people.types import Membership
from schema.reading import described, the


@strawberry.input(description="A password to sign in with from now on.")
class SetPasswordInput:
    current_password: str | None = described(
        "The current one. Needed where there is one; without one, the first is set in a browser that is signed in.",
        default=None,
    )
    new_password: str = described(
        "The new one, 12 to 200 characters of any kind; one that is easily guessed is refused."
    )


@strawberry.type(description="What setting a password answers.")
class SetPasswordPayload(Payload):
    count: int | None = described("How many other sessions ended; null when nothing was changed.", default=None)


@strawberry.input(description="What proves that it is one's own password that is removed.")
class RemovePasswordInput:
    current_password: str = described("The current one.")


@strawberry.type(description="What removing a password answers.")
class RemovePasswordPayload(Payload):
    count: int | None = described("How many other sessions ended; null when nothing was changed.", default=None)


@strawberry.input(description="Whom to send their invitation.")
class SendInvitationInput:
    membership_id: strawberry.ID = described("The id of a member who is invited and has not come yet.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What sending an invitation answers. Its link goes to the member's address alone.")
class SendInvitationPayload(Payload):
    membership: Membership | None = described("The member; null when nothing was changed.", default=None)
    expires_at: datetime | None = described(
        "Until when they can come in by it, in UTC; null when nothing was changed.", default=None
    )


@strawberry.type
class PasswordMutations:
    @mutation(
        "Send whoever was invited the link by which they choose a password and become a member; one that was sent "
        "before is over. Takes `member:manage`."
    )
    async def send_invitation(self, info: Info, input: SendInvitationInput) -> SendInvitationPayload:
        context = info.context
        membership_id = id_of(MEMBERSHIP, input.membership_id)
        context.passwords.check_on()
        link = await context.perform(input.idempotency_key, account_links.send_invitation, membership_id=membership_id)
        await context.passwords.send(link, context.call.now)
        return SendInvitationPayload(membership=the(MEMBERSHIP, link.membership_id), expires_at=link.expires_at)

    @mutation(
        "Set your own password; your other sessions end. The first is set within 10 minutes of signing in. Refused "
        "where the operator has not switched passwords on, and with TOO_MANY_ATTEMPTS after too many wrong current "
        "ones. Takes `account:manage`."
    )
    async def set_password(self, info: Info, input: SetPasswordInput) -> SetPasswordPayload:
        context = info.context
        chosen = await context.passwords.chosen(context.own_account, input.current_password, input.new_password)
        done = await context.perform(None, passwords.set_password, hash=chosen.hash, seen=chosen.seen)
        return SetPasswordPayload(count=done.count)

    @mutation(
        "Remove your own password; your other sessions end. Refused where it is your only way to sign in. "
        "Takes `account:manage`."
    )
    async def remove_password(self, info: Info, input: RemovePasswordInput) -> RemovePasswordPayload:
        context = info.context
        seen = await context.passwords.proved(context.own_account, input.current_password)
        done = await context.perform(None, passwords.remove_password, seen=seen)
        return RemovePasswordPayload(count=done.count)
