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
