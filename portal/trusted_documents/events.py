"""What happens to releases of clients, for the audit log and the feed. Never a document's text."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from typing_extensions import override  # in typing from Python 3.12

from portal.records.recording import Event


@dataclass(frozen=True, kw_only=True)
class _OfRelease(Event):
    subject_type: ClassVar[str] = "ClientRelease"


@dataclass(frozen=True, kw_only=True)
class DocumentsPublished(_OfRelease):
    """Documents were added to a release: so many that it did not have."""

    type: ClassVar[str] = "client_release.documents_published"

    count: int

    @override
    def data(self) -> Mapping[str, object]:
        return {"count": self.count}


@dataclass(frozen=True, kw_only=True)
class DocumentsRetired(_OfRelease):
    type: ClassVar[str] = "client_release.documents_retired"
