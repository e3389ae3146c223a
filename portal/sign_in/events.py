"""What happens to identity providers and to what members sign in with, for audit and feed. Never a secret, nor who
somebody is elsewhere.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from typing_extensions import override  # in typing from Python 3.12

from portal.records.recording import Event
from portal.sign_in.enums import LinkPurpose


@dataclass(frozen=True, kw_only=True)
class _OfProvider(Event):
    subject_type: ClassVar[str] = "IdentityProvider"


@dataclass(frozen=True, kw_only=True)
class _OfMember(Event):
    subject_type: ClassVar[str] = "Membership"


@dataclass(frozen=True, kw_only=True)
class IdentityProviderCreated(_OfProvider):
    type: ClassVar[str] = "identity_provider.created"


@dataclass(frozen=True, kw_only=True)
class IdentityProviderUpdated(_OfProvider):
    type: ClassVar[str] = "identity_provider.updated"


@dataclass(frozen=True, kw_only=True)
class IdentityLinked(_OfMember):
    """From now on a member is known by who they are at an issuer."""

    type: ClassVar[str] = "user.identity_linked"

    provider_id: UUID

    @override
    def data(self) -> Mapping[str, object]:
        return {"provider_id": self.provider_id}


@dataclass(frozen=True, kw_only=True)
class PasswordSet(_OfMember):
    """A member has a password, or another one than before."""

    type: ClassVar[str] = "user.password_set"


@dataclass(frozen=True, kw_only=True)
class PasswordRemoved(_OfMember):
    type: ClassVar[str] = "user.password_removed"


@dataclass(frozen=True, kw_only=True)
class AccountLinkMade(_OfMember):
    """A member was sent a link by which they choose a password. What it is, nobody is told here."""

    type: ClassVar[str] = "user.link_made"

    purpose: LinkPurpose

    @override
    def data(self) -> Mapping[str, object]:
        return {"purpose": self.purpose}


@dataclass(frozen=True, kw_only=True)
class SecondFactorEnrolled(_OfMember):
    type: ClassVar[str] = "user.second_factor_enrolled"


@dataclass(frozen=True, kw_only=True)
class SecondFactorRemoved(_OfMember):
    type: ClassVar[str] = "user.second_factor_removed"


@dataclass(frozen=True, kw_only=True)
class RecoveryCodeUsed(_OfMember):
    """A recovery code stood in for an authenticator; so many are left."""

    type: ClassVar[str] = "user.recovery_code_used"

    left: int

    @override
    def data(self) -> Mapping[str, object]:
        return {"left": self.left}
