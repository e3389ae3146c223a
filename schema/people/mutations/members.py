"""Mutations of members."""

import strawberry

from portal.people.actions import members
from portal.people.reads import MEMBERSHIP
from schema.mutating import Info, Payload, expected_version, given, id_of, idempotency_key, mutation
from schema.people.enums import OrganizationRole
from schema.people.types import Membership
from schema.reading import described, the


@strawberry.input(description="Somebody who is asked to join.")
class InviteMemberInput:
    name: str = described("Their name, 1 to 200 characters.")
    email: str = described("Their e-mail address; nobody else's in the organization.")
    role: OrganizationRole = described("What they may do without any grant.", default=OrganizationRole.MEMBER)
    timezone: str | None = described("The IANA time zone that they work in.", default=None)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What inviting a member answers.")
class InviteMemberPayload(Payload):
    membership: Membership | None = described("The membership; null when nothing was changed.", default=None)


@strawberry.input(description="Which invited member to activate.")
class ActivateMemberInput:
    membership_id: strawberry.ID = described("The membership's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What activating a member answers.")
class ActivateMemberPayload(Payload):
    membership: Membership | None = described("The membership; null when nothing was changed.", default=None)


@strawberry.input(description="What is different about a member. What is left out stays.")
class UpdateMemberInput:
    membership_id: strawberry.ID = described("The membership's id.")
    name: str | None = described("Their name, 1 to 200 characters; not null.", default=strawberry.UNSET)
    timezone: str | None = described(
        "The IANA time zone that they work in; null for the organization's.", default=strawberry.UNSET
    )
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing a member answers.")
class UpdateMemberPayload(Payload):
    membership: Membership | None = described("The membership; null when nothing was changed.", default=None)


@strawberry.input(description="Which role to give a member.")
class ChangeMemberRoleInput:
    membership_id: strawberry.ID = described("The membership's id.")
    role: OrganizationRole = described("What they may do without any grant from now on.")
    expected_version: int | None = expected_version()
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What changing a member's role answers.")
class ChangeMemberRolePayload(Payload):
    membership: Membership | None = described("The membership; null when nothing was changed.", default=None)


@strawberry.input(description="Whose access to end.")
class DeactivateMemberInput:
    membership_id: strawberry.ID = described("The membership's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What deactivating a member answers.")
class DeactivateMemberPayload(Payload):
    membership: Membership | None = described("The membership; null when nothing was changed.", default=None)


@strawberry.input(description="Whose access to give back.")
class ReactivateMemberInput:
    membership_id: strawberry.ID = described("The membership's id.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What reactivating a member answers.")
class ReactivateMemberPayload(Payload):
    membership: Membership | None = described("The membership; null when nothing was changed.", default=None)


@strawberry.type
class MemberMutations:
    @mutation(
        "Ask somebody to join the organization. No mail is sent; activate them when they may sign in. Takes "
        "`member:manage`."
    )
    async def invite_member(self, info: Info, input: InviteMemberInput) -> InviteMemberPayload:
        done = await info.context.perform(
            input.idempotency_key,
            members.invite_member,
            name=input.name,
            email=input.email,
            role=input.role,
            timezone=input.timezone,
        )
        return InviteMemberPayload(membership=the(MEMBERSHIP, done.membership_id))

    @mutation("Let somebody who was invited sign in. Takes `member:manage`.")
    async def activate_member(self, info: Info, input: ActivateMemberInput) -> ActivateMemberPayload:
        done = await info.context.perform(
            input.idempotency_key,
            members.activate_member,
            membership_id=id_of(MEMBERSHIP, input.membership_id),
        )
        return ActivateMemberPayload(membership=the(MEMBERSHIP, done.membership_id))

    @mutation("Change a member's name or time zone. Takes `member:manage`.")
    async def update_member(self, info: Info, input: UpdateMemberInput) -> UpdateMemberPayload:
        done = await info.context.perform(
            input.idempotency_key,
            members.update_member,
            membership_id=id_of(MEMBERSHIP, input.membership_id),
            name=given(input.name),
            timezone=given(input.timezone),
            expected_version=input.expected_version,
        )
        return UpdateMemberPayload(membership=the(MEMBERSHIP, done.membership_id))

    @mutation(
        "Give another member another role; their grants stay. Refused where no administrator would be left. Takes "
        "`member:manage`."
    )
    async def change_member_role(self, info: Info, input: ChangeMemberRoleInput) -> ChangeMemberRolePayload:
        done = await info.context.perform(
            input.idempotency_key,
            members.change_member_role,
            membership_id=id_of(MEMBERSHIP, input.membership_id),
            role=input.role,
            expected_version=input.expected_version,
        )
        return ChangeMemberRolePayload(membership=the(MEMBERSHIP, done.membership_id))

    @mutation(
        "End a member's access at once, and revoke their tokens. Refused where no administrator would be left. Takes "
        "`member:manage`."
    )
    async def deactivate_member(self, info: Info, input: DeactivateMemberInput) -> DeactivateMemberPayload:
        done = await info.context.perform(
            input.idempotency_key,
            members.deactivate_member,
            membership_id=id_of(MEMBERSHIP, input.membership_id),
        )
        return DeactivateMemberPayload(membership=the(MEMBERSHIP, done.membership_id))

    @mutation(
        "Let a deactivated member sign in again, with the grants still in force; their tokens stay revoked. Takes "
        "`member:manage`."
    )
    async def reactivate_member(self, info: Info, input: ReactivateMemberInput) -> ReactivateMemberPayload:
        done = await info.context.perform(
            input.idempotency_key,
            members.reactivate_member,
            membership_id=id_of(MEMBERSHIP, input.membership_id),
        )
        return ReactivateMemberPayload(membership=the(MEMBERSHIP, done.membership_id))
