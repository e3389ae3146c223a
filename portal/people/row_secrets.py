"""Texts that stand for one row: a session's in its cookie, a sign-in's on its way to a provider and back, a link's in a
mail. Nothing here knows the database, or which of them a text is.

    <organization id>.<row id>.<secret>

The ids make its look-up one row of one organization. Only the SHA-256 of the secret is kept, which is enough for one
that has 256 bits of chance. A token (tokens.py) can't be mistaken for it: that is read from another header.
"""

import hashlib
import re
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

_PATTERN = re.compile(r"([\w-]{22})\.([\w-]{22})\.([\w-]{43})", re.ASCII)
_SECRET_BYTES = 32


@dataclass(frozen=True, slots=True)
class RowSecret:
    """Such a text in its parts. It is sent to whom it is for, and never stored."""

    organization_id: UUID
    row_id: UUID
    secret: str = field(repr=False)

    @classmethod
    def new(cls, organization_id: UUID, row_id: UUID) -> Self:
        """A secret that nobody has seen before."""
        return cls(organization_id, row_id, secrets.token_urlsafe(_SECRET_BYTES))

    @property
    def text(self) -> str:
        """What is sent."""
        return f"{_short(self.organization_id)}.{_short(self.row_id)}.{self.secret}"

    @property
    def secret_hash(self) -> bytes:
        """What is stored of the secret: 32 bytes."""
        return hashlib.sha256(self.secret.encode("ascii")).digest()


def parse_row_secret(text: str) -> RowSecret | None:
    """The parts of a text; None when it can't be one, so that rubbish costs no query."""
    match = _PATTERN.fullmatch(text)
    if match is None:
        return None
    found = RowSecret(_id(match[1]), _id(match[2]), match[3])
    # 22 digits hold 132 bits: two texts that differ in the last four bits would name the same row.
    return found if found.text == text else None


def _short(id: UUID) -> str:
    return urlsafe_b64encode(id.bytes).decode("ascii").rstrip("=")


def _id(short: str) -> UUID:
    return UUID(bytes=urlsafe_b64decode(short + "=="))
