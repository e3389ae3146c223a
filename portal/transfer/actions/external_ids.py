"""What another system calls our rows, so that the next import finds them again and sees whether they have changed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ARRAY, Text, Uuid, any_, bindparam, select

from portal.access.constraints import means
from portal.access.work import Work
from portal.errors import NotUnique
from portal.records.models import ExternalId
from portal.transfer.documents import Json, canonical

means(
    "uq_external_id_external_id",
    lambda: NotUnique("Another import has written this record at the same time. Import the file again."),
)

_BY_ID = (
    select(ExternalId)
    .where(
        ExternalId.organization_id == bindparam("organization_id", type_=Uuid()),
        ExternalId.system == bindparam("system", type_=Text()),
        ExternalId.entity_type == bindparam("entity_type", type_=Text()),
        ExternalId.external_id == any_(bindparam("external_ids", type_=ARRAY(Text()))),
    )
    .order_by(ExternalId.id)
    .with_for_update(key_share=True)
)


@dataclass(frozen=True, slots=True)
class Foreign:
    """A kind of thing in another system."""

    system: str
    entity: str

    async def known(self, work: Work, external_ids: Iterable[str]) -> dict[str, ExternalId]:
        """What is known of these things, by external id, locked until the commit; new ones are absent."""
        wanted = list(dict.fromkeys(external_ids))
        if not wanted:
            return {}
        rows = await work.lock_all(_BY_ID, ExternalId, system=self.system, entity_type=self.entity, external_ids=wanted)
        return {row.external_id: row for row in rows}

    def keep(
        self,
        work: Work,
        known: ExternalId | None,
        external_id: str,
        row_id: UUID,
        fingerprint: str,
        raw: Mapping[str, Json] | None = None,
    ) -> None:
        """Remember the row of a thing, its fingerprint, and what of it has no field here."""
        kept = canonical(raw) if raw else None
        if known is not None:
            work.change(known, entity_id=row_id, fingerprint=fingerprint, raw=kept)
            return
        work.add(
            ExternalId(
                system=self.system,
                entity_type=self.entity,
                external_id=external_id,
                entity_id=row_id,
                fingerprint=fingerprint,
                raw=kept,  # type: ignore[arg-type] # a mapping's canonical form is an object
            )
        )
