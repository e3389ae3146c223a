"""What happens to members, their grants, tokens and sessions, for audit and feed. Never a secret or a name."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from typing_extensions import override  # in typing from Python 3.12

from portal.people.enums import SignInMethod
from portal.records.recording import Event


@dataclass(frozen=True, kw_only=True)
class _OfMembership(Event):
    subject_type: ClassVar[str] = "Membership"


@dataclass(frozen=True, kw_only=True)
class MemberInvited(_OfMembership):
    type: ClassVar[str] = "user.invited"


@dataclass(frozen=True, kw_only=True)
class MemberActivated(_OfMembership):
    type: ClassVar[str] = "user.activated"


@dataclass(frozen=True, kw_only=True)
class MemberUpdated(_OfMembership):
    type: ClassVar[str] = "user.updated"


@dataclass(frozen=True, kw_only=True)
class MemberRoleChanged(_OfMembership):
    type: ClassVar[str] = "user.role_changed"


@dataclass(frozen=True, kw_only=True)
class MemberDeactivated(_OfMembership):
    type: ClassVar[str] = "user.deactivated"


@dataclass(frozen=True, kw_only=True)
class MemberReactivated(_OfMembership):
    type: ClassVar[str] = "user.reactivated"


@dataclass(frozen=True, kw_only=True)
class _OfServiceAccount(Event):
    subject_type: ClassVar[str] = "ServiceAccount"


@dataclass(frozen=True, kw_only=True)
class ServiceAccountCreated(_OfServiceAccount):
    type: ClassVar[str] = "service_account.created"


@dataclass(frozen=True, kw_only=True)
class ServiceAccountDeactivated(_OfServiceAccount):
    type: ClassVar[str] = "service_account.deactivated"


@dataclass(frozen=True, kw_only=True)
class _OfSubject(Event):
    """About a grant or token; exactly one of the two is whose."""

    membership_id: UUID | None
    service_account_id: UUID | None

    @override
    def data(self) -> Mapping[str, object]:
        return {"membership_id": self.membership_id, "service_account_id": self.service_account_id}


@dataclass(frozen=True, kw_only=True)
class GrantCreated(_OfSubject):
    type: ClassVar[str] = "grant.created"
    subject_type: ClassVar[str] = "Grant"


@dataclass(frozen=True, kw_only=True)
class GrantRevoked(_OfSubject):
    type: ClassVar[str] = "grant.revoked"
    subject_type: ClassVar[str] = "Grant"


@dataclass(frozen=True, kw_only=True)
class ApiTokenCreated(_OfSubject):
    """Its `replaces_key_id`, where it has one, is the token whose place it takes."""

    type: ClassVar[str] = "api_key.created"
    subject_type: ClassVar[str] = "ApiToken"


@dataclass(frozen=True, kw_only=True)
class ApiTokenUpdated(_OfSubject):
    """Its name or networks are different, or it ends earlier, because another takes its place."""

    type: ClassVar[str] = "api_key.updated"
    subject_type: ClassVar[str] = "ApiToken"


@dataclass(frozen=True, kw_only=True)
class ApiTokenRevoked(_OfSubject):
    type: ClassVar[str] = "api_key.revoked"
    subject_type: ClassVar[str] = "ApiToken"


@dataclass(frozen=True, kw_only=True)
class ApiTokenRefused(_OfSubject):
    """Somebody has its secret and tried to use it, but it is over, or they were elsewhere than it may be used."""

    type: ClassVar[str] = "api_key.refused"
    subject_type: ClassVar[str] = "ApiToken"


@dataclass(frozen=True, kw_only=True)
class _OfDirectoryGroup(Event):
    subject_type: ClassVar[str] = "DirectoryGroup"


@dataclass(frozen=True, kw_only=True)
class DirectoryGroupCreated(_OfDirectoryGroup):
    type: ClassVar[str] = "directory_group.created"


@dataclass(frozen=True, kw_only=True)
class DirectoryGroupUpdated(_OfDirectoryGroup):
    type: ClassVar[str] = "directory_group.updated"


@dataclass(frozen=True, kw_only=True)
class DirectoryGroupMembersChanged(_OfDirectoryGroup):
    """Its changes are the ids of those who were taken out, and of those who came in."""

    type: ClassVar[str] = "directory_group.members_changed"


@dataclass(frozen=True, kw_only=True)
class DirectoryGroupRemoved(_OfDirectoryGroup):
    type: ClassVar[str] = "directory_group.removed"


@dataclass(frozen=True, kw_only=True)
class DirectoryGroupRoleAdded(_OfDirectoryGroup):
    """An administrator lets the group give a role to its members."""

    type: ClassVar[str] = "directory_group.role_added"


@dataclass(frozen=True, kw_only=True)
class DirectoryGroupRoleRemoved(_OfDirectoryGroup):
    type: ClassVar[str] = "directory_group.role_removed"


@dataclass(frozen=True, kw_only=True)
class _OfSession(Event):
    subject_type: ClassVar[str] = "Session"

    membership_id: UUID
    method: SignInMethod

    @override
    def data(self) -> Mapping[str, object]:
        return {"membership_id": self.membership_id, "method": self.method}


@dataclass(frozen=True, kw_only=True)
class SessionStarted(_OfSession):
    type: ClassVar[str] = "session.started"


@dataclass(frozen=True, kw_only=True)
class SessionRotated(_OfSession):
    """Its secret was replaced, because the member's rights have changed."""

    type: ClassVar[str] = "session.rotated"


@dataclass(frozen=True, kw_only=True)
class SessionRevoked(_OfSession):
    type: ClassVar[str] = "session.revoked"
