"""Second factors: an authenticator that a member enrols, what it and its recovery codes prove, and losing it."""

from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid, bindparam, select

from portal.access.actions import action
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.database.ids import new_id
from portal.errors import AlreadyDone, InvalidInput
from portal.organizations.models import Organization
from portal.organizations.policies import from_json
from portal.people.actions.results import MembershipResult
from portal.people.reads import MEMBERSHIP
from portal.records.recording import record
from portal.sign_in import one_time_codes
from portal.sign_in.actions.accounts import own_member
from portal.sign_in.events import RecoveryCodeUsed, SecondFactorEnrolled, SecondFactorRemoved
from portal.sign_in.models import SecondFactor
from portal.sign_in.rules import second_factors as rules
from portal.sign_in.sealing import Sealing

_ORGANIZATION_ID = bindparam("organization_id", type_=Uuid())
_FACTOR = (
    select(SecondFactor)
    .where(
        SecondFactor.organization_id == _ORGANIZATION_ID,
        SecondFactor.membership_id == bindparam("membership_id", type_=Uuid()),
    )
    .with_for_update(key_share=True)
)
_ORGANIZATION = select(Organization).where(Organization.organization_id == _ORGANIZATION_ID)

_NEVER = 0  # before every step


@dataclass(frozen=True, slots=True)
class Enrolment:
    """What an authenticator is told, once: the secret, and the same as an address for a QR code."""

    secret: str = field(repr=False)
    address: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class RecoveryCodes:
    """Codes that are shown this once."""

    codes: Annotated[tuple[str, ...], Field(exclude=True)] = field(default=(), repr=False)


async def factor_of(work: Work, membership_id: UUID) -> SecondFactor | None:
    """A member's second factor, locked, confirmed or not; None where they have none."""
    found = await work.lock_all(_FACTOR, SecondFactor, membership_id=membership_id)
    return found[0] if found else None


async def is_required(work: Work) -> bool:
    """Whether the organization lets nobody in with a password alone."""
    (organization,) = await work.all(_ORGANIZATION, Organization)
    return from_json(organization.policies).require_second_factor


async def enrol(work: Work, membership_id: UUID, email: str, sealing: Sealing) -> Enrolment:
    """Begin with an authenticator, in the place of one that was never confirmed. Raises AlreadyDone."""
    before = await factor_of(work, membership_id)
    if before is not None:
        if before.confirmed_at is not None:
            raise AlreadyDone("There is a second factor already. Remove it first.")
        work.remove(before)
        await work.flush()
    (organization,) = await work.all(_ORGANIZATION, Organization)
    row_id, secret = new_id(), one_time_codes.new_secret()
    sealed = sealing.seal(secret, organization_id=work.actor.organization_id, row_id=row_id)
    work.add(SecondFactor(id=row_id, membership_id=membership_id, sealed_secret=sealed, last_step=_NEVER))
    return Enrolment(secret, one_time_codes.address(secret, email=email, issuer=organization.name))


def confirm(work: Work, factor: SecondFactor, code: str, sealing: Sealing) -> RecoveryCodes | None:
    """Take an authenticator into use that shows the right code; None for a wrong one."""
    step = _step(work, factor, code, sealing)
    if step is None:
        return None
    codes = one_time_codes.new_recovery_codes()
    hashes = [one_time_codes.recovery_hash(each) for each in codes]
    work.change(factor, confirmed_at=work.now, last_step=step, recovery_hashes=hashes, failures=0)
    record(work, SecondFactorEnrolled(subject_id=factor.membership_id))
    return RecoveryCodes(codes)


def proves(work: Work, factor: SecondFactor, code: str, sealing: Sealing) -> bool:
    """Whether a code is the authenticator's or a recovery code, each of which counts once. A wrong one is counted.

    After too many wrong ones in a row only recovery codes count: a million codes are soon tried by a patient guesser.
    """
    hashed = one_time_codes.recovery_hash(code)
    if hashed in factor.recovery_hashes:
        left = [each for each in factor.recovery_hashes if each != hashed]
        work.change(factor, recovery_hashes=left, failures=0)
        record(work, RecoveryCodeUsed(subject_id=factor.membership_id, left=len(left)))
        return True
    step = _step(work, factor, code, sealing) if rules.may_guess(factor.failures) else None
    if step is None:
        work.change(factor, failures=factor.failures + 1)
        return False
    work.change(factor, last_step=step, failures=0)
    return True


def _step(work: Work, factor: SecondFactor, code: str, sealing: Sealing) -> int | None:
    secret = sealing.open(factor.sealed_secret, organization_id=work.actor.organization_id, row_id=factor.id)
    return one_time_codes.accepted_step(secret, code, at=work.now, after=factor.last_step)


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def enrol_second_factor(work: Work, *, sealing: Sealing) -> Enrolment:
    """Begin with an authenticator for the actor, who has just proved their password; it counts once confirmed."""
    member = await own_member(work)
    return await enrol(work, member.id, member.email, sealing)


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def confirm_second_factor(work: Work, *, code: str, sealing: Sealing) -> RecoveryCodes:
    """Take the actor's authenticator into use. Raises InvalidInput for a wrong code, AlreadyDone."""
    member = await own_member(work)
    factor = await factor_of(work, member.id)
    if factor is None:
        raise InvalidInput("Enrol an authenticator first.", path=("code",))
    if factor.confirmed_at is not None:
        raise AlreadyDone("This second factor is confirmed already.")
    codes = confirm(work, factor, code, sealing)
    rules.check_code(is_right=codes is not None)
    return codes or RecoveryCodes()


@action(Permission.ACCOUNT_MANAGE, may_record_nothing=True)
async def remove_second_factor(work: Work, *, code: str, sealing: Sealing) -> bool:
    """Remove the actor's second factor; False for a wrong code, which counts. Raises AlreadyDone."""
    member = await own_member(work)
    factor = await factor_of(work, member.id)
    if factor is None:
        raise AlreadyDone("You have no second factor.")
    if not proves(work, factor, code, sealing):
        return False
    await work.flush()
    work.remove(factor)
    record(work, SecondFactorRemoved(subject_id=member.id))
    return True


@action(Permission.MEMBER_MANAGE)
async def forget_second_factor(work: Work, *, membership_id: UUID) -> MembershipResult:
    """Remove the second factor of a member who has lost it and its recovery codes, for the operator."""
    member = await work.lock(MEMBERSHIP, membership_id)
    factor = await factor_of(work, member.id)
    if factor is None:
        raise AlreadyDone("This member has no second factor.")
    work.remove(factor)
    record(work, SecondFactorRemoved(subject_id=member.id))
    return MembershipResult(member.id)
