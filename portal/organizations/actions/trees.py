"""What departments and locations have in common: where in its tree a row may stand, and what is below it."""

from dataclasses import dataclass
from typing import Generic, TypeVar
from uuid import UUID

from sqlalchemy import Select, Uuid, bindparam, select

from portal.access.work import Work
from portal.archiving import check_choosable
from portal.errors import InvalidInput
from portal.organizations.models import Department, Location
from portal.organizations.reads import DEPARTMENT, LOCATION
from portal.organizations.rules import check_parent
from portal.reading.entity import Entity

NodeT = TypeVar("NodeT", Department, Location)

_ORGANIZATION_ID = bindparam("organization_id", type_=Uuid())


@dataclass(frozen=True)
class Tree(Generic[NodeT]):
    """One kind of tree. `what` is its entity in words."""

    what: str
    model: type[NodeT]
    entity: Entity[NodeT]
    everything: Select[NodeT]
    everything_locked: Select[NodeT]
    below: Select[NodeT]

    async def check_new(self, work: Work, row_id: UUID, parent_id: UUID | None) -> None:
        """Whether a new row may stand below `parent_id`, which stays as it is until the commit.

        Raises NotFound for a parent that there is not, InvalidInput for an archived one and for one too deep.
        """
        if parent_id is None:
            return
        parent = await work.lock(self.entity, parent_id)
        check_choosable(self.what, parent.name, parent.archived_at, path="parentId")
        parents = {row.id: row.parent_id for row in await work.all(self.everything, self.model)}
        check_parent(row_id, parent_id, parents, path="parentId")

    async def lock_to_move(
        self, work: Work, row_id: UUID, parent_id: UUID | None, expected_version: int | None
    ) -> NodeT:
        """The row that is about to be placed below `parent_id`, if it may be.

        Raises CycleRefused, and what `check_new` raises.
        """
        # All of the tree: two moves at once, each fine by itself, could make a ring together.
        rows = {row.id: row for row in await work.lock_all(self.everything_locked, self.model)}
        row = await work.lock(self.entity, row_id, expected_version=expected_version)
        if parent_id is not None:
            parent = await work.find(self.entity, parent_id)
            check_choosable(self.what, parent.name, parent.archived_at, path="parentId")
            check_parent(row.id, parent.id, {each.id: each.parent_id for each in rows.values()}, path="parentId")
        return row

    async def names_below(self, work: Work, row: NodeT) -> list[str]:
        """The names of what stands directly below a row and is in use."""
        return [child.name for child in await work.all(self.below, self.model, parent_id=row.id)]

    async def check_above(self, work: Work, row: NodeT) -> None:
        """Refuses to take up a row again while what is above it is archived."""
        if row.parent_id is None:
            return
        parent = await work.lock(self.entity, row.parent_id)
        if parent.archived_at is not None:
            raise InvalidInput(f"The {self.what} above it, {parent.name}, is archived. Take that up again first.")


def _tree(what: str, model: type[NodeT], entity: Entity[NodeT]) -> Tree[NodeT]:
    everything = select(model).where(model.organization_id == _ORGANIZATION_ID).order_by(model.id)
    below = everything.where(model.parent_id == bindparam("parent_id", type_=Uuid()), model.archived_at.is_(None))
    return Tree(what, model, entity, everything, everything.with_for_update(key_share=True), below)


DEPARTMENTS = _tree("department", Department, DEPARTMENT)
LOCATIONS = _tree("location", Location, LOCATION)
