"""The read door: what is selected, for whom, becomes plans; plans run in one read-only transaction.

Nothing else in the portal reads data for an answer. `Read` says where a read starts; what is read and which of it may
be seen is decided by the selection, the declarations and the actor.
"""

import asyncio
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from uuid import UUID

from portal.access.actor import Actor
from portal.access.permissions import Permission
from portal.database.connection import Database
from portal.reading.binds import Asked
from portal.reading.compiler import Compiler
from portal.reading.entity import AnyEntity
from portal.reading.plans import Plan, PlanCache, finished
from portal.reading.roots import Catalog, Root, compile_root
from portal.reading.rows import Viewer
from portal.reading.selection import Document, Selected


@dataclass(frozen=True, slots=True)
class Read:
    """Where a read starts: a root of the catalog, and the row's id where code names it."""

    root: Root
    id: UUID | None = None


class ReadDoor:
    """Compiles and runs reads."""

    def __init__(self, database: Database, catalog: Catalog, plans: PlanCache | None = None) -> None:
        self.catalog = catalog
        self._database = database
        self.plans = PlanCache() if plans is None else plans
        self._making = asyncio.Semaphore(1)

    async def plan(self, key: Hashable, actor: Actor, document: Document, root: Root, selected: Selected) -> Plan:
        """The plan for a selection; `key` names the document, the place in it and the shape of its variables."""
        whole_key = (key, actor.signature_key)
        plan = self.plans.get(whole_key)
        if plan is None:
            # A wide selection takes 0.1 s: in a thread, one at a time, so that others are answered meanwhile.
            async with self._making:
                plan = self.plans.get(whole_key)
                if plan is None:
                    made = await asyncio.to_thread(compiled, self.catalog, actor, document, root, selected)
                    plan = self.plans.put(whole_key, made)
        return plan

    async def sees(self, actor: Actor, entity: AnyEntity, id: UUID) -> bool:
        """Whether an actor may see a row. Raises StaleAccess."""
        permission = entity.permission
        if permission is not None and not actor.may(permission):
            return False
        lookup = entity.lookup(actor, permission or next(iter(Permission)), lock=False)
        async with self._database.reading(actor.organization_id, actor.access_version) as connection:
            return bool(await connection.rows(lookup.sql, lookup.values(actor, id)))

    async def run(self, plans: Sequence[tuple[Plan, Asked]], actor: Actor) -> list[bytes | None]:
        """The JSON of each plan, None for null, all in one transaction. Raises BadInput and StaleAccess."""
        bound = [(plan.sql, plan.values(asked)) for plan, asked in plans]
        return await self._database.read(actor.organization_id, actor.access_version, bound)


def compiled(catalog: Catalog, actor: Actor, document: Document, root: Root, selected: Selected) -> Plan:
    """A new plan for a selection. Raises BadInput for arguments whose structure can't be used."""
    compiler = Compiler(document, Viewer(actor))
    return finished(compile_root(compiler, catalog, root, selected), compiler.binds)
