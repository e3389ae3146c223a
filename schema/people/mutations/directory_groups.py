"""Mutations of what an identity provider's groups give. Which groups there are and who is in them, it says (SCIM)."""

import strawberry

from portal.openings.reads import OPENING
from portal.people.actions import group_roles
from portal.people.groups.reads import DIRECTORY_GROUP, DIRECTORY_GROUP_ROLE
from portal.people.rules import RoleTerms
from schema.mutating import Info, Payload, id_of, idempotency_key, mutation, optional_id
from schema.people.enums import GrantRole, Privilege, ScopeType
from schema.people.mutations.grants import SCOPES
from schema.people.types import DirectoryGroup, DirectoryGroupRole
from schema.reading import described, the


@strawberry.input(description="A role that a group shall give to its members.")
class AddDirectoryGroupRoleInput:
    directory_group_id: strawberry.ID = described("The group's id.")
    role: GrantRole = described("What it lets them do.")
    scope_type: ScopeType = described("Where it counts; not OPENING.")
    scope_id: strawberry.ID | None = described(
        "The department, location or team where it counts; none for the whole organization.", default=None
    )
    include_confidential: bool = described(
        "Whether it counts in confidential openings too; only for the whole organization.", default=False
    )
    privileges: list[Privilege] = described("What it adds to the role.", default_factory=list)
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What letting a group give a role answers.")
class AddDirectoryGroupRolePayload(Payload):
    directory_group_role: DirectoryGroupRole | None = described(
        "The role; null when nothing was changed.", default=None
    )


@strawberry.input(description="Which role a group shall give no more.")
class RemoveDirectoryGroupRoleInput:
    directory_group_role_id: strawberry.ID = described("The id of the role that the group gives.")
    idempotency_key: str | None = idempotency_key()


@strawberry.type(description="What ending a role that a group gives answers.")
class RemoveDirectoryGroupRolePayload(Payload):
    directory_group: DirectoryGroup | None = described("The group; null when nothing was changed.", default=None)


@strawberry.type
class DirectoryGroupMutations:
    @mutation(
        "Let a group of the identity provider give a role to whoever is in it, now and later. Nobody lets it give more "
        "than they may there, or to a group that they are in. Takes `grant:manage`."
    )
    async def add_directory_group_role(
        self, info: Info, input: AddDirectoryGroupRoleInput
    ) -> AddDirectoryGroupRolePayload:
        done = await info.context.perform(
            input.idempotency_key,
            group_roles.add_directory_group_role,
            directory_group_id=id_of(DIRECTORY_GROUP, input.directory_group_id),
            terms=RoleTerms(
                role=input.role,
                scope_type=input.scope_type,
                scope_id=optional_id(SCOPES.get(input.scope_type, OPENING), input.scope_id),
                include_confidential=input.include_confidential,
                privileges=frozenset(input.privileges),
            ),
        )
        return AddDirectoryGroupRolePayload(
            directory_group_role=the(DIRECTORY_GROUP_ROLE, done.directory_group_role_id)
        )

    @mutation(
        "End a role that a group gives, for all who are in it, from the next request of each on. Takes `grant:manage`."
    )
    async def remove_directory_group_role(
        self, info: Info, input: RemoveDirectoryGroupRoleInput
    ) -> RemoveDirectoryGroupRolePayload:
        done = await info.context.perform(
            input.idempotency_key,
            group_roles.remove_directory_group_role,
            directory_group_role_id=id_of(DIRECTORY_GROUP_ROLE, input.directory_group_role_id),
        )
        return RemoveDirectoryGroupRolePayload(directory_group=the(DIRECTORY_GROUP, done.directory_group_id))
