"""Making the demo, unless it is there already."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal.access.actions import Action, WriteDoor
from portal.access.actor import Actor
from portal.access.work import Call
from portal.database.connection import Database
from portal.database.ids import new_id
from portal.demo.organizations import OTHER_SLUG, Progress, make_other_organization, make_pinterest
from portal.demo.posting import SLUG
from portal.organizations.actions.results import OrganizationResult
from portal.organizations.directory import find_organization


@dataclass(frozen=True, slots=True)
class Demo:
    """The demo's two organizations. `is_new`: at least one of them was made just now."""

    organization_id: UUID
    other_organization_id: UUID
    is_new: bool


async def load_demo(database: Database, now: datetime, progress: Progress) -> Demo:
    """Make the organizations that are missing; what somebody has done in the others stays."""
    found = [await find_organization(database, slug) for slug in (SLUG, OTHER_SLUG)]
    first = found[0] or await _make(database, make_pinterest, now, progress)
    second = found[1] or await _make(database, make_other_organization, now, progress)
    return Demo(first, second, is_new=None in found)


async def _make(database: Database, make: "Action[..., OrganizationResult]", now: datetime, progress: Progress) -> UUID:
    call = Call(Actor.system(new_id()), now, "demo")
    return (await WriteDoor(database).perform(call, make, progress=progress)).organization_id
