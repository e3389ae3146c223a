"""Secrets that have to be read again, sealed before they are stored: no leak or backup of the database opens them.

The keys are a file in the data directory, `second-factor-keys`, one a line in hexadecimal digits; it is made when it is
first needed. The first line seals, every line opens, so a new key is put in front. Servers of one database share it.
"""

import os
import secrets
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

_NONCE_BYTES = 12
_KEY_BYTES = 32


class Unsealable(Exception):
    """No key opens it: the file of keys is not the one that it was sealed with, or the row is another's."""


class Sealing:
    """Seals texts for one row each."""

    def __init__(self, data_directory: Path) -> None:
        self._file = data_directory / "second-factor-keys"

    def seal(self, text: str, *, organization_id: UUID, row_id: UUID) -> bytes:
        """A text that only this row gives back."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + AESGCM(self._keys[0]).encrypt(nonce, text.encode(), organization_id.bytes + row_id.bytes)

    def open(self, sealed: bytes, *, organization_id: UUID, row_id: UUID) -> str:
        """The text again. Raises Unsealable."""
        nonce, rest = sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:]
        for key in self._keys:
            with suppress(InvalidTag):
                return AESGCM(key).decrypt(nonce, rest, organization_id.bytes + row_id.bytes).decode()
        raise Unsealable(f"No key in {self._file} opens a second factor. Put the file back that was there.")

    @cached_property
    def _keys(self) -> list[bytes]:
        """Read, and made, when the first secret is sealed or opened: most installations have none."""
        self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        with suppress(FileExistsError):
            # Not "x" of open(): the file must never be anybody else's to read.
            descriptor = os.open(self._file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w") as file:
                file.write(secrets.token_hex(_KEY_BYTES) + "\n")
        return [bytes.fromhex(line) for line in self._file.read_text().split()]
