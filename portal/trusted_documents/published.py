"""Which documents may be run by their ids, and which ones browsers may send: looked up for each organization, and
remembered for a second, so that a release that is retired is out of use within that time in every process.
"""

from collections.abc import Callable
from time import monotonic
from typing import Final
from uuid import UUID

from portal.access.enums import DocumentMode
from portal.database.connection import Database
from portal.organizations.policies import DEFAULTS
from portal.recent import Recent
from portal.trusted_documents.rules import is_document_id

REMEMBERED_SECONDS: Final = 1.0

MOST_KNOWN = 1_000  # documents, of 2 KB mostly and 20 at most
MOST_UNKNOWN = 5_000  # ids that somebody asked for in vain
MOST_ORGANIZATIONS = 5_000

# Each an expression of its own, so that it is one message (docs/decisions/a-read-is-one-message.md).
_TEXT = """SELECT (
    SELECT document.text FROM trusted_document AS document
    WHERE document.organization_id = $1 AND document.document_id = $2 AND EXISTS (
        SELECT FROM released_document AS released
        JOIN client_release AS release ON release.organization_id = $1 AND release.id = released.release_id
        WHERE released.organization_id = $1 AND released.trusted_document_id = document.id
        AND release.retired_at IS NULL
    )
)"""
_MODE = """SELECT (
    SELECT organization.policies ->> 'browser_documents' FROM organization
    WHERE organization.organization_id = $1 AND organization.id = $1
)"""


class PublishedDocuments:
    """What organizations have published, and not retired since."""

    def __init__(self, database: Database, clock: Callable[[], float] = monotonic) -> None:
        """`clock` gives seconds since some moment."""
        self._database = database
        self._clock = clock
        self._known: Recent[tuple[UUID, str], tuple[str, float]] = Recent(MOST_KNOWN)
        self._unknown: Recent[tuple[UUID, str], float] = Recent(MOST_UNKNOWN)
        self._modes: Recent[UUID, tuple[DocumentMode, float]] = Recent(MOST_ORGANIZATIONS)

    async def text(self, organization_id: UUID, document_id: str) -> str | None:
        """The document that an organization knows by an id; None for what only others know, and for what nobody does.

        Raises NoConnection.
        """
        if not is_document_id(document_id):
            return None
        # As of before the look-up, so that what is retired during it does not count for longer.
        key, now = (organization_id, document_id), self._clock()
        text, until = self._known.get(key) or (None, 0.0)
        if now < until:
            return text
        if now < (self._unknown.get(key) or 0.0):
            return None
        found: str | None = await self._look_up(_TEXT, organization_id, document_id)
        if found is None:
            self._known.pop(key)
            self._unknown.put(key, now + REMEMBERED_SECONDS)
        else:
            self._unknown.pop(key)
            self._known.put(key, (found, now + REMEMBERED_SECONDS))
        return found

    async def browser_mode(self, organization_id: UUID) -> DocumentMode:
        """Which documents an organization's policy lets browsers send. Raises NoConnection."""
        now = self._clock()
        mode, until = self._modes.get(organization_id) or (DEFAULTS.browser_documents, 0.0)
        if now >= until:
            mode = DocumentMode(await self._look_up(_MODE, organization_id) or DEFAULTS.browser_documents)
            self._modes.put(organization_id, (mode, now + REMEMBERED_SECONDS))
        return mode

    async def _look_up(self, sql: str, organization_id: UUID, *values: object) -> str | None:
        (found,) = await self._database.read(organization_id, None, [(sql, [organization_id, *values])])
        return None if found is None else str(found)
