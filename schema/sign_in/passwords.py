"""Mutations of one's own password. Signing in with it is none: it begins without anybody signed in (portal/web).

They take no idempotency key: what is kept with one could be compared with guesses.
"""

import strawberry

from portal.sign_in.actions import passwords
from schema.mutating import Info, Payload, mutation
from schema.reading import described


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


@strawberry.type
class PasswordMutations:
    @mutation(
        "Set your own password; your other sessions end. Refused where the operator has not switched passwords on, and "
        "with TOO_MANY_ATTEMPTS after too many wrong current ones. Takes `account:manage`."
    )
    async def set_password(self, info: Info, input: SetPasswordInput) -> SetPasswordPayload:
        context = info.context
        chosen = await context.passwords.chosen(context.caller, input.current_password, input.new_password)
        done = await context.perform(None, passwords.set_password, hash=chosen.hash, seen=chosen.seen)
        return SetPasswordPayload(count=done.count)

    @mutation(
        "Remove your own password; your other sessions end. Refused where it is your only way to sign in. "
        "Takes `account:manage`."
    )
    async def remove_password(self, info: Info, input: RemovePasswordInput) -> RemovePasswordPayload:
        context = info.context
        seen = await context.passwords.proved(context.caller, input.current_password)
        done = await context.perform(None, passwords.remove_password, seen=seen)
        return RemovePasswordPayload(count=done.count)
