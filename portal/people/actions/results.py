"""What actions on people and their rights answer with: the row that they were about."""

from dataclasses import dataclass, field
from typing import Annotated
from uuid import UUID

from pydantic import Field


@dataclass(frozen=True, slots=True)
class MembershipResult:
    membership_id: UUID


@dataclass(frozen=True, slots=True)
class ServiceAccountResult:
    service_account_id: UUID


@dataclass(frozen=True, slots=True)
class GrantResult:
    grant_id: UUID


@dataclass(frozen=True, slots=True)
class DirectoryGroupResult:
    directory_group_id: UUID


@dataclass(frozen=True, slots=True)
class DirectoryGroupRoleResult:
    directory_group_role_id: UUID


@dataclass(frozen=True, slots=True)
class ApiTokenResult:
    token_id: UUID


@dataclass(frozen=True, slots=True)
class NewToken:
    """A token that was just made.

    `text` is the token itself, for whoever asked for it. It is never part of what an idempotency key stores, so a
    repeated call finds the token, but not its text: None.
    """

    token_id: UUID
    text: Annotated[str | None, Field(exclude=True)] = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class SessionResult:
    session_id: UUID


@dataclass(frozen=True, slots=True)
class SessionsResult:
    """How many sessions ended."""

    count: int


@dataclass(frozen=True, slots=True)
class NewSession:
    """A session that has just begun, or has a new secret.

    `text` is for the browser's cookie. Like a token's it is never stored with an idempotency key.
    """

    session_id: UUID
    text: Annotated[str | None, Field(exclude=True)] = field(default=None, repr=False)
