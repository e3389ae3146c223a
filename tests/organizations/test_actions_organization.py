"""Creating an organization, changing it, and its policies."""

from typing import Any
from uuid import UUID

import pytest

from portal.access.actor import Actor
from portal.access.enums import OrganizationRole
from portal.database.connection import Database
from portal.database.ids import new_id
from portal.errors import AlreadyDone, Forbidden, InvalidInput, NotUnique, StaleVersion
from portal.organizations.actions.organization import (
    OrganizationDraft,
    PolicyChanges,
    create_organization,
    set_policies,
    update_organization,
)
from portal.organizations.directory import find_organization
from portal.organizations.policies import TeamRequiredAt
from tests.organizations.making import events, olga, refused_whole, the_row
from tests.refusals import refused
from tests.world import World


def a_slug() -> str:
    return f"initech-{new_id().hex}"


async def begin(database: Database, slug: str, **more: Any) -> UUID:
    world = World(database, new_id())
    done = await world.perform(
        world.system, create_organization, draft=OrganizationDraft(slug=slug, name="Initech", **more)
    )
    assert done.organization_id == world.id
    return world.id


async def test_the_operator_creates_an_organization_that_is_found_by_its_slug(database: Database) -> None:
    slug = a_slug()

    organization_id = await begin(database, slug, default_currency="EUR", default_timezone="Europe/Berlin")

    assert await find_organization(database, slug) == organization_id
    world = World(database, organization_id)
    row = await the_row(world, "organization", organization_id)
    assert (row["slug"], row["name"], row["default_currency"], row["default_timezone"]) == (
        slug,
        "Initech",
        "EUR",
        "Europe/Berlin",
    )
    assert [kind for kind, _ in await events(world, organization_id)] == ["organization.created"]
    assert await world.rows("SELECT access_version FROM organization_access") == [{"access_version": 1}]


async def test_a_slug_that_nobody_has_finds_nothing(database: Database) -> None:
    assert await find_organization(database, a_slug()) is None


async def test_a_slug_is_one_organizations_only(database: Database) -> None:
    slug = a_slug()
    first = await begin(database, slug)
    second = World(database, new_id())

    with refused(NotUnique, "Another organization has this slug.", path=("slug",)):
        await second.perform(second.system, create_organization, draft=OrganizationDraft(slug=slug, name="Initrode"))

    assert await find_organization(database, slug) == first
    assert await second.rows("SELECT id FROM organization") == []


async def test_nobody_but_the_operator_creates_an_organization(acme: World) -> None:
    administrator = await olga(acme)

    async with refused_whole(acme, Forbidden, "Only this installation's operator creates organizations."):
        await acme.perform(administrator, create_organization, draft=OrganizationDraft(slug=a_slug(), name="X"))


async def test_an_administrator_changes_what_is_given_and_nothing_else(acme: World) -> None:
    await acme.perform(await olga(acme), update_organization, name="  Acme Corporation ", default_currency="eur")

    row = await the_row(acme, "organization", acme.id)
    assert (row["name"], row["default_currency"], row["default_timezone"], row["version"]) == (
        "Acme Corporation",
        "EUR",
        "America/New_York",
        2,
    )
    assert await events(acme, acme.id) == [
        ("organization.updated", {"name": ["Acme", "Acme Corporation"], "default_currency": ["USD", "EUR"]})
    ]


@pytest.mark.parametrize(
    ("given", "message", "path"),
    [
        ({"name": None}, "This can't be empty.", "name"),
        ({"name": "\x00"}, "This contains a NUL character.", "name"),
        ({"default_currency": "DOLLARS"}, "This is not a currency's three-letter code, such as USD or EUR.", None),
        ({"default_timezone": "Mars/Base"}, "This is not a time zone's name, such as America/New_York.", None),
    ],
)
async def test_values_out_of_bounds_change_nothing(
    acme: World, given: dict[str, Any], message: str, path: str | None
) -> None:
    administrator = await olga(acme)
    names = {"default_currency": "defaultCurrency", "default_timezone": "defaultTimezone"}

    async with refused_whole(acme, InvalidInput, message, path=(path or names[next(iter(given))],)):
        await acme.perform(administrator, update_organization, **given)


async def test_an_update_of_nothing_is_refused(acme: World) -> None:
    administrator = await olga(acme)

    async with refused_whole(acme, AlreadyDone, "The organization is like that already."):
        await acme.perform(administrator, update_organization, name="Acme")


async def test_a_lost_update_is_refused(acme: World) -> None:
    administrator = await olga(acme)
    message = "This was changed since you read it; it is now at version 1. Read it again, then repeat."

    async with refused_whole(acme, StaleVersion, message, path=("expectedVersion",)):
        await acme.perform(administrator, update_organization, name="Other", expected_version=7)


async def test_policies_change_one_by_one(acme: World) -> None:
    administrator = await olga(acme)
    await acme.perform(administrator, set_policies, changes=PolicyChanges(require_source=True))

    await acme.perform(
        administrator,
        set_policies,
        changes=PolicyChanges(reapply_after_days=90, team_required_at=TeamRequiredAt.HIRE),
    )

    stored = (await the_row(acme, "organization", acme.id))["policies"]
    assert {name: stored[name] for name in ("require_source", "reapply_after_days", "team_required_at")} == {
        "require_source": True,
        "reapply_after_days": 90,
        "team_required_at": "HIRE",
    }
    assert await events(acme, acme.id) == [
        ("organization.policies_changed", {"require_source": [False, True]}),
        ("organization.policies_changed", {"reapply_after_days": [0, 90], "team_required_at": ["OFFER", "HIRE"]}),
    ]


@pytest.mark.parametrize(
    ("changes", "kind", "message", "path"),
    [
        (
            PolicyChanges(require_rejection_reason=False),
            InvalidInput,
            "A rejection always has a reason.",
            ("requireRejectionReason",),
        ),
        (
            PolicyChanges(reapply_after_days=3_651),
            InvalidInput,
            "This must be a whole number from 0 to 3650.",
            ("reapplyAfterDays",),
        ),
        (PolicyChanges(opening_approval=None), InvalidInput, "This can't be empty.", ("openingApproval",)),
        (PolicyChanges(), AlreadyDone, "The policies are like that already.", None),
        (PolicyChanges(require_source=False), AlreadyDone, "The policies are like that already.", None),
    ],
)
async def test_policies_that_make_no_sense_change_nothing(
    acme: World, changes: PolicyChanges, kind: Any, message: str, path: tuple[str, ...] | None
) -> None:
    administrator = await olga(acme)

    async with refused_whole(acme, kind, message, path=path):
        await acme.perform(administrator, set_policies, changes=changes)


async def _recruiter(world: World) -> Actor:
    return await world.actor("Ada", OrganizationRole.RECRUITER_ALL)


async def test_only_who_manages_the_organization_changes_it(acme: World) -> None:
    recruiter = await _recruiter(acme)

    async with refused_whole(acme, Forbidden, "You may not do this."):
        await acme.perform(recruiter, update_organization, name="Mine")
    async with refused_whole(acme, Forbidden, "You may not do this."):
        await acme.perform(recruiter, set_policies, changes=PolicyChanges(require_source=True))
