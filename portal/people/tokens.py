"""The text of a token: how it is made, recognised and checked. Nothing here knows the database, or who a token is for.

    portal_live_<organization id>_<key id>_<secret><checksum>

The prefix and checksum let a scanner of source code find a leaked token without asking us; the organization's id makes
its look-up one organization's own. Only the SHA-256 of the secret is kept, which
is enough for one that has 256 bits of chance.
"""

import binascii
import hashlib
import re
import secrets
import string
from base64 import b32decode, b32encode
from dataclasses import dataclass, field
from typing import Self
from uuid import UUID

PREFIX = "portal_live_"

BASE32 = "abcdefghijklmnopqrstuvwxyz234567"
BASE62 = string.digits + string.ascii_uppercase + string.ascii_lowercase

ORGANIZATION_LENGTH = 26  # base32 digits of 16 bytes
KEY_ID_LENGTH = 12  # base32 digits: 60 bits, and unique within an organization anyway
SECRET_LENGTH = 43  # base62 digits: 256 bits
CHECKSUM_LENGTH = 6  # base62 digits of a CRC-32

# For secret scanners too: it does not change while tokens of this kind are in use.
PATTERN = re.compile(
    rf"{PREFIX}([a-z2-7]{{{ORGANIZATION_LENGTH}}})_([a-z2-7]{{{KEY_ID_LENGTH}}})"
    rf"_([0-9A-Za-z]{{{SECRET_LENGTH}}})([0-9A-Za-z]{{{CHECKSUM_LENGTH}}})",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A token in its parts. Its text is shown once, to whoever it is made for, and is never stored."""

    organization_id: UUID
    key_id: str
    secret: str = field(repr=False)

    @classmethod
    def new(cls, organization_id: UUID) -> Self:
        """A token nobody has seen before."""
        return cls(organization_id, _random(BASE32, KEY_ID_LENGTH), _random(BASE62, SECRET_LENGTH))

    @property
    def text(self) -> str:
        """The token as its holder keeps and sends it."""
        organization = b32encode(self.organization_id.bytes).decode("ascii").rstrip("=").lower()
        body = f"{PREFIX}{organization}_{self.key_id}_{self.secret}"
        return body + _checksum(body)

    @property
    def secret_hash(self) -> bytes:
        """What is stored of the secret: 32 bytes."""
        return hashlib.sha256(self.secret.encode("ascii")).digest()


def parse_token(text: str) -> Token | None:
    """The parts of a token's text; None when it can't be one, so that a slip costs no query."""
    match = PATTERN.fullmatch(text)
    if match is None or _checksum(text[:-CHECKSUM_LENGTH]) != match[4]:
        return None
    # 26 digits hold 130 bits: two texts that differ in the last two bits would name the same organization.
    token = Token(UUID(bytes=b32decode(match[1].upper() + "======")), match[2], match[3])
    return token if token.text == text else None


def _checksum(body: str) -> str:
    value, digits = binascii.crc32(body.encode("ascii")), ""
    for _ in range(CHECKSUM_LENGTH):
        value, digit = divmod(value, len(BASE62))
        digits = BASE62[digit] + digits
    return digits


def _random(alphabet: str, length: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(length))
