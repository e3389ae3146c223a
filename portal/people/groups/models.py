"""The tables of an identity provider's groups, of who is in them, and of what an administrator lets them give."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from portal.access.enums import GrantRole, Privilege, ScopeType
from portal.database.base import Enumerated, TenantRow, bounded, bounded_list, closed_set, indexed, reference, unique


def _unique_while_there(column: str) -> Index:
    """A value that only one of the groups may have that the provider has not deleted."""
    return Index(
        f"uq_directory_group_{column}",
        "organization_id",
        column,
        unique=True,
        postgresql_where=text("left_directory_at IS NULL"),
    )


class DirectoryGroup(TenantRow, kw_only=True):
    """A group of members as the organization's identity provider has it (SCIM).

    `directory_id` is what the provider calls it, null where it does not say. `left_directory_at` is when it deleted the
    group; the row stays, because grants say which group they came from.
    """

    __tablename__ = "directory_group"
    __table_args__ = (
        bounded("name", 200),
        bounded("name_normalised", 200),
        bounded("directory_id", 320),
        _unique_while_there("name_normalised"),
        _unique_while_there("directory_id"),
    )

    name: Mapped[str]
    name_normalised: Mapped[str]
    directory_id: Mapped[str | None] = mapped_column(default=None)
    left_directory_at: Mapped[datetime | None] = mapped_column(default=None)


class DirectoryGroupMember(TenantRow, kw_only=True):
    """That a member is in a group, for as long as they are."""

    __tablename__ = "directory_group_member"
    __table_args__ = (
        reference("directory_group", "directory_group_id"),
        reference("membership", "membership_id"),
        unique("directory_group_id", "membership_id", name="uq_directory_group_member"),
        indexed("directory_group_id", "created_at", name="ix_directory_group_member_page"),
        indexed("membership_id"),
    )

    directory_group_id: Mapped[UUID]
    membership_id: Mapped[UUID]


class DirectoryGroupRole(TenantRow, kw_only=True):
    """A role that an administrator lets a group give to its members, for as long as it does.

    What it means is as in Grant. Each member of the group holds one grant of these terms, which names the group.
    """

    __tablename__ = "directory_group_role"
    __table_args__ = (
        closed_set("role", GrantRole),
        closed_set("scope_type", ScopeType),
        CheckConstraint("scope_type <> 'OPENING'", name="scope_is_no_opening"),
        CheckConstraint("(scope_type = 'ORG') = (scope_id IS NULL)", name="scope_id"),
        CheckConstraint("NOT include_confidential OR scope_type = 'ORG'", name="include_confidential"),
        CheckConstraint(
            "privileges <@ ARRAY[" + ", ".join(f"'{privilege.value}'" for privilege in Privilege) + "]::text[]",
            name="privileges",
        ),
        bounded_list("privileges", 20, 1_000),
        reference("directory_group", "directory_group_id"),
        reference("membership", "created_by_id"),
        indexed("directory_group_id"),
        indexed("created_by_id"),
        indexed("scope_type", "scope_id"),
    )

    directory_group_id: Mapped[UUID]
    role: Mapped[GrantRole] = mapped_column(Enumerated(GrantRole))
    scope_type: Mapped[ScopeType] = mapped_column(Enumerated(ScopeType))
    scope_id: Mapped[UUID | None] = mapped_column(default=None)
    include_confidential: Mapped[bool] = mapped_column(default=False)
    privileges: Mapped[list[str]] = mapped_column(default_factory=list)
    created_by_id: Mapped[UUID | None] = mapped_column(default=None)
