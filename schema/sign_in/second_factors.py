"""Mutations of one's own second factor. None takes an idempotency key: what they carry or answer is secret."""

import strawberry

from portal.sign_in.actions import second_factors
from portal.sign_in.rules.second_factors import check_code
from schema.mutating import Info, Payload, mutation
from schema.reading import described


@strawberry.input(description="What proves that whoever is signed in is who they say.")
class EnrolSecondFactorInput:
    current_password: str = described("The current password.")


@strawberry.type(description="What an authenticator is told. It is shown this once.")
class EnrolSecondFactorPayload(Payload):
    secret: str | None = described("The secret, to be typed in; null when nothing was changed.", default=None)
    address: str | None = described(
        "The same as an otpauth: address, to be shown as a QR code; null when nothing was changed.", default=None
    )


@strawberry.input(description="What proves that the authenticator works.")
class ConfirmSecondFactorInput:
    code: str = described("The code that it shows, 6 digits.")


@strawberry.type(description="What taking an authenticator into use answers.")
class ConfirmSecondFactorPayload(Payload):
    recovery_codes: list[str] | None = described(
        "Codes for when it is lost, each good once. They are shown this once; null when nothing was changed.",
        default=None,
    )


@strawberry.input(description="What proves that it is one's own second factor that is removed.")
class RemoveSecondFactorInput:
    code: str = described("A code that the authenticator shows, or a recovery code.")


@strawberry.type(description="What removing a second factor answers.")
class RemoveSecondFactorPayload(Payload):
    is_removed: bool | None = described("True; null when nothing was changed.", default=None)


@strawberry.type
class SecondFactorMutations:
    @mutation(
        "Begin with an authenticator (TOTP) as your second factor; it counts once it is confirmed. "
        "Takes `account:manage`."
    )
    async def enrol_second_factor(self, info: Info, input: EnrolSecondFactorInput) -> EnrolSecondFactorPayload:
        context = info.context
        await context.passwords.proved(context.own_account, input.current_password)
        sealing = context.passwords.sealing
        enrolment = await context.perform(None, second_factors.enrol_second_factor, sealing=sealing)
        return EnrolSecondFactorPayload(secret=enrolment.secret, address=enrolment.address)

    @mutation(
        "Take your authenticator into use: from now on a password alone does not sign you in. Takes `account:manage`."
    )
    async def confirm_second_factor(self, info: Info, input: ConfirmSecondFactorInput) -> ConfirmSecondFactorPayload:
        context = info.context
        await context.passwords.count(context.own_account)
        sealing = context.passwords.sealing
        done = await context.perform(None, second_factors.confirm_second_factor, code=input.code, sealing=sealing)
        return ConfirmSecondFactorPayload(recovery_codes=list(done.codes))

    @mutation(
        "Remove your second factor; refused with TOO_MANY_ATTEMPTS after too many wrong codes. Takes `account:manage`."
    )
    async def remove_second_factor(self, info: Info, input: RemoveSecondFactorInput) -> RemoveSecondFactorPayload:
        context = info.context
        await context.passwords.count(context.own_account)
        sealing = context.passwords.sealing
        is_removed = await context.perform(None, second_factors.remove_second_factor, code=input.code, sealing=sealing)
        check_code(is_right=is_removed)
        return RemoveSecondFactorPayload(is_removed=True)
