"""Secrets of this portal's clients at identity providers: files that the operator puts on the machine.

    <data directory>/client-secrets/<organization's id>/<provider's name>

So no administrator, backup or leak of the database gives one away, and each organization has its own: nobody can have
another's secret sent to an address of theirs. Without a file the client is a public one, which PKCE alone protects.
"""

import asyncio
from pathlib import Path
from uuid import UUID


class ClientSecrets:
    """The secrets in a data directory."""

    def __init__(self, data_directory: Path) -> None:
        self._directory = data_directory / "client-secrets"

    async def of(self, organization_id: UUID, provider_name: str) -> str | None:
        """A provider's secret; None where there is none. Read at each sign-in, so it can be replaced at any time."""
        return await asyncio.to_thread(_read, self._file(organization_id, provider_name))

    def keep(self, organization_id: UUID, provider_name: str, secret: str) -> Path:
        """Write a secret down where only its owner reads it."""
        file = self._file(organization_id, provider_name)
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.touch(mode=0o600)
        file.write_text(secret)
        return file

    def _file(self, organization_id: UUID, provider_name: str) -> Path:
        return self._directory / organization_id.hex / provider_name


def _read(file: Path) -> str | None:
    try:
        return file.read_text().strip() or None
    except FileNotFoundError:
        return None
