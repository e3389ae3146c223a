"""Departments, locations, team groups and teams: adding, changing, moving and archiving them."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

import pytest

from portal.access.actions import Action
from portal.access.enums import OrganizationRole
from portal.errors import AlreadyDone, CycleRefused, Forbidden, InvalidInput, NotFound
from portal.organizations.actions import departments, locations, teams
from portal.organizations.actions.locations import PlaceChanges
from portal.organizations.enums import WorkplaceType
from portal.organizations.rules import Place
from tests.organizations.making import a_department, a_location, events, olga, refused_whole, snapshot, the_row
from tests.world import NOON, World

Make = Callable[..., Awaitable[UUID]]

TREES = [
    pytest.param("department", a_department, departments, id="departments"),
    pytest.param("location", a_location, locations, id="locations"),
]


def deed(module: Any, verb: str, noun: str) -> Action[Any, Any]:
    found: Action[Any, Any] = getattr(module, f"{verb}_{noun}")
    return found


def about(noun: str, row_id: UUID, **more: Any) -> dict[str, Any]:
    """The arguments of an action on one row."""
    return {f"{noun}_id": row_id, **more}


@pytest.mark.parametrize(("noun", "make", "module"), TREES)
async def test_a_tree_grows_and_its_rows_move(acme: World, noun: str, make: Make, module: Any) -> None:
    top, other = await make(acme, "Top"), await make(acme, "Other")
    child = await make(acme, "Child", top)

    await acme.perform(await olga(acme), deed(module, "move", noun), **about(noun, child, parent_id=other))

    assert (await the_row(acme, noun, child))["parent_id"] == other
    created, moved = await events(acme, child)
    assert (created[0], created[1]["parent_id"]) == (f"{noun}.created", [None, top.hex])
    assert moved == (f"{noun}.updated", {"parent_id": [top.hex, other.hex]})


@pytest.mark.parametrize(("noun", "make", "module"), TREES)
async def test_nothing_moves_below_itself(acme: World, noun: str, make: Make, module: Any) -> None:
    administrator = await olga(acme)
    top = await make(acme, "Top")
    middle = await make(acme, "Middle", top)
    leaf = await make(acme, "Leaf", middle)

    for parent in (top, middle, leaf):
        async with refused_whole(acme, CycleRefused, "It can't be placed below itself.", path=("parentId",)):
            await acme.perform(administrator, deed(module, "move", noun), **about(noun, top, parent_id=parent))


@pytest.mark.parametrize(("noun", "make", "module"), TREES)
async def test_two_moves_at_once_never_make_a_ring(acme: World, noun: str, make: Make, module: Any) -> None:
    administrator = await olga(acme)
    one, two = await make(acme, "One"), await make(acme, "Two")
    move = deed(module, "move", noun)

    done = await asyncio.gather(
        acme.perform(administrator, move, **about(noun, one, parent_id=two)),
        acme.perform(administrator, move, **about(noun, two, parent_id=one)),
        return_exceptions=True,
    )

    assert sorted(type(each).__name__ for each in done) == [
        "CycleRefused",
        "DepartmentResult" if noun == "department" else "LocationResult",
    ]
    parents = {row["id"]: row["parent_id"] for row in await acme.rows(f"SELECT id, parent_id FROM {noun}")}  # noqa: S608
    assert sorted(parents.values(), key=str) in ([two, None], [one, None], [None, two], [None, one])


@pytest.mark.parametrize(("noun", "make", "module"), TREES)
async def test_a_tree_has_ten_levels_at_most(acme: World, noun: str, make: Make, module: Any) -> None:
    administrator = await olga(acme)
    chain = [await make(acme, "1")]
    for level in range(2, 11):
        chain.append(await make(acme, str(level), chain[-1]))
    single = await make(acme, "Single")

    async with refused_whole(acme, InvalidInput, "At most 10 levels are allowed.", path=("parentId",)):
        await acme.perform(administrator, deed(module, "move", noun), **about(noun, single, parent_id=chain[-1]))
    async with refused_whole(acme, InvalidInput, "At most 10 levels are allowed.", path=("parentId",)):
        await make(acme, "11", chain[-1])


@pytest.mark.parametrize(("noun", "make", "module"), TREES)
async def test_r33_what_is_archived_stays_and_is_chosen_no_more(
    acme: World, noun: str, make: Make, module: Any
) -> None:
    administrator = await olga(acme)
    top = await make(acme, "Top")
    child = await make(acme, "Child", top)
    other = await make(acme, "Other")

    async with refused_whole(
        acme, InvalidInput, f"There is still something below this {noun}: Child. Archive or move it first."
    ):
        await acme.perform(administrator, deed(module, "archive", noun), **about(noun, top))
    await acme.perform(administrator, deed(module, "archive", noun), **about(noun, child))
    await acme.perform(administrator, deed(module, "archive", noun), **about(noun, top))

    row = await the_row(acme, noun, top)
    assert (row["name"], row["archived_at"]) == ("Top", NOON)
    chosen = f"The {noun} Top is archived. Choose another one."
    async with refused_whole(acme, InvalidInput, chosen, path=("parentId",)):
        await acme.perform(administrator, deed(module, "move", noun), **about(noun, other, parent_id=top))
    async with refused_whole(acme, InvalidInput, chosen, path=("parentId",)):
        await make(acme, "New", top)


@pytest.mark.parametrize(("noun", "make", "module"), TREES)
async def test_an_archived_row_is_taken_up_again_after_the_one_above(
    acme: World, noun: str, make: Make, module: Any
) -> None:
    administrator = await olga(acme)
    top = await make(acme, "Top")
    child = await make(acme, "Child", top)
    for row_id in (child, top):
        await acme.perform(administrator, deed(module, "archive", noun), **about(noun, row_id))
    again = deed(module, "unarchive", noun)

    above = f"The {noun} above it, Top, is archived. Take that up again first."
    async with refused_whole(acme, InvalidInput, above):
        await acme.perform(administrator, again, **about(noun, child))
    await acme.perform(administrator, again, **about(noun, top))
    await acme.perform(administrator, again, **about(noun, child))

    assert (await the_row(acme, noun, child))["archived_at"] is None
    assert [kind for kind, _ in await events(acme, child)] == [
        f"{noun}.created",
        f"{noun}.archived",
        f"{noun}.unarchived",
    ]


@pytest.mark.parametrize(("noun", "make", "module"), TREES)
async def test_what_is_already_so_is_said(acme: World, noun: str, make: Make, module: Any) -> None:
    administrator = await olga(acme)
    top = await make(acme, "Top")

    async def said(verb: str, message: str, **more: object) -> None:
        async with refused_whole(acme, AlreadyDone, message):
            await acme.perform(administrator, deed(module, verb, noun), **about(noun, top, **more))

    await said("move", f"The {noun} is there already.", parent_id=None)
    await said("unarchive", f"This {noun} is not archived.")
    await acme.perform(administrator, deed(module, "archive", noun), **about(noun, top))
    await said("archive", f"This {noun} is already archived.")


@pytest.mark.parametrize(("noun", "make", "module"), TREES)
async def test_another_organizations_row_is_no_parent_and_is_not_moved(
    acme: World, globex: World, noun: str, make: Make, module: Any
) -> None:
    administrator = await olga(acme)
    own, theirs = await make(acme, "Own"), await make(globex, "Theirs")
    move = deed(module, "move", noun)

    before = await snapshot(globex)

    async with refused_whole(acme, NotFound, f"No such {noun}."):
        await acme.perform(administrator, move, **about(noun, own, parent_id=theirs))
    async with refused_whole(acme, NotFound, f"No such {noun}."):
        await acme.perform(administrator, move, **about(noun, theirs, parent_id=None))

    assert await snapshot(globex) == before


async def test_a_department_is_renamed(acme: World) -> None:
    administrator = await olga(acme)
    department_id = await a_department(acme, "Engineering")

    await acme.perform(
        administrator, departments.update_department, department_id=department_id, name="R&D", expected_version=1
    )

    assert (await the_row(acme, "department", department_id))["name"] == "R&D"
    async with refused_whole(acme, AlreadyDone, "The department has that name already."):
        await acme.perform(administrator, departments.update_department, department_id=department_id, name=" R&D ")


async def test_a_department_with_a_team_in_use_is_not_archived(acme: World) -> None:
    administrator = await olga(acme)
    department_id = await a_department(acme, "Engineering")
    team = await acme.perform(administrator, teams.create_team, name="Storage", department_id=department_id)

    message = "There is still something below this department: Storage. Archive or move it first."
    async with refused_whole(acme, InvalidInput, message):
        await acme.perform(administrator, departments.archive_department, department_id=department_id)

    await acme.perform(administrator, teams.archive_team, team_id=team.team_id)
    await acme.perform(administrator, departments.archive_department, department_id=department_id)


async def test_a_location_is_changed_in_part(acme: World) -> None:
    location_id = await a_location(
        acme, "Remote US", workplace_type=WorkplaceType.REMOTE, country="US", remote_regions=("US", "US-CA")
    )

    await acme.perform(
        await olga(acme),
        locations.update_location,
        location_id=location_id,
        changes=PlaceChanges(city="Austin", country=None),
    )

    row = await the_row(acme, "location", location_id)
    assert (row["name"], row["city"], row["country"], row["remote_regions"]) == (
        "Remote US",
        "Austin",
        None,
        ["US", "US-CA"],
    )


@pytest.mark.parametrize(
    ("changes", "message", "path"),
    [
        (PlaceChanges(name=None), "This can't be empty.", "name"),
        (PlaceChanges(workplace_type=None), "This can't be empty.", "workplaceType"),
        (PlaceChanges(remote_regions=None), "This can't be empty.", "remoteRegions"),
        (PlaceChanges(country="USA"), "This is not a country's two-letter code, such as US or DE.", "country"),
        (PlaceChanges(workplace_type=WorkplaceType.ONSITE), "Work on site has no remote regions.", "remoteRegions"),
        (PlaceChanges(timezone="EST5"), "This is not a time zone's name, such as America/New_York.", "timezone"),
    ],
)
async def test_a_location_that_makes_no_sense_is_refused(
    acme: World, changes: PlaceChanges, message: str, path: str
) -> None:
    administrator = await olga(acme)
    location_id = await a_location(acme, "Remote US", workplace_type=WorkplaceType.REMOTE, remote_regions=("US",))

    async with refused_whole(acme, InvalidInput, message, path=(path,)):
        await acme.perform(administrator, locations.update_location, location_id=location_id, changes=changes)


async def test_a_location_that_is_like_that_already_is_left_alone(acme: World) -> None:
    administrator = await olga(acme)
    location_id = await a_location(acme, "Austin", city="Austin")

    async with refused_whole(acme, AlreadyDone, "The location is like that already."):
        await acme.perform(
            administrator, locations.update_location, location_id=location_id, changes=PlaceChanges(city=" Austin ")
        )


async def test_team_groups_stand_in_order_and_a_new_one_comes_last(acme: World) -> None:
    administrator = await olga(acme)
    made = [
        (await acme.perform(administrator, teams.create_team_group, name=name)).team_group_id
        for name in ("Databases", "Networks")
    ]
    positions = [(await the_row(acme, "team_group", each))["position"] for each in made]

    await acme.perform(administrator, teams.update_team_group, team_group_id=made[0], position=5, name="Data")

    assert positions == [0, 1]
    row = await the_row(acme, "team_group", made[0])
    assert (row["name"], row["position"]) == ("Data", 5)
    async with refused_whole(acme, AlreadyDone, "The team group is like that already."):
        await acme.perform(administrator, teams.update_team_group, team_group_id=made[0], position=5)
    async with refused_whole(acme, InvalidInput, "This must be a whole number from 0 to 10000.", path=("position",)):
        await acme.perform(administrator, teams.create_team_group, name="X", position=-1)


async def test_a_team_changes_its_name_group_and_department(acme: World) -> None:
    administrator = await olga(acme)
    group = (await acme.perform(administrator, teams.create_team_group, name="Data")).team_group_id
    department = await a_department(acme, "Engineering")
    team = (await acme.perform(administrator, teams.create_team, name="Storage", group_id=group)).team_id

    await acme.perform(
        administrator, teams.update_team, team_id=team, name="Disks", group_id=None, department_id=department
    )

    row = await the_row(acme, "team", team)
    assert (row["name"], row["group_id"], row["department_id"]) == ("Disks", None, department)
    assert (await events(acme, team))[1] == (
        "team.updated",
        {"name": ["Storage", "Disks"], "group_id": [group.hex, None], "department_id": [None, department.hex]},
    )
    async with refused_whole(acme, AlreadyDone, "The team is like that already."):
        await acme.perform(administrator, teams.update_team, team_id=team, name="Disks")


async def test_r33_a_group_in_use_is_not_archived_and_an_archived_one_takes_no_team(acme: World) -> None:
    administrator = await olga(acme)
    group = (await acme.perform(administrator, teams.create_team_group, name="Data")).team_group_id
    team = (await acme.perform(administrator, teams.create_team, name="Storage", group_id=group)).team_id

    below = "There is still something below this team group: Storage. Archive or move it first."
    async with refused_whole(acme, InvalidInput, below):
        await acme.perform(administrator, teams.archive_team_group, team_group_id=group)
    await acme.perform(administrator, teams.archive_team, team_id=team)
    await acme.perform(administrator, teams.archive_team_group, team_group_id=group)

    archived = "The team group Data is archived. Choose another one."
    async with refused_whole(acme, InvalidInput, archived, path=("groupId",)):
        await acme.perform(administrator, teams.create_team, name="Other", group_id=group)
    async with refused_whole(acme, InvalidInput, archived, path=("groupId",)):
        await acme.perform(administrator, teams.unarchive_team, team_id=team)
    await acme.perform(administrator, teams.unarchive_team_group, team_group_id=group)
    await acme.perform(administrator, teams.unarchive_team, team_id=team)


ALL: list[tuple[Action[Any, Any], dict[str, Any]]] = [
    (departments.create_department, {"name": "X"}),
    (departments.update_department, {"department_id": UUID(int=1), "name": "X"}),
    (departments.move_department, {"department_id": UUID(int=1), "parent_id": None}),
    (departments.archive_department, {"department_id": UUID(int=1)}),
    (departments.unarchive_department, {"department_id": UUID(int=1)}),
    (locations.create_location, {"place": Place(name="X", workplace_type=WorkplaceType.ONSITE)}),
    (locations.update_location, {"location_id": UUID(int=1), "changes": PlaceChanges(name="X")}),
    (locations.move_location, {"location_id": UUID(int=1), "parent_id": None}),
    (locations.archive_location, {"location_id": UUID(int=1)}),
    (locations.unarchive_location, {"location_id": UUID(int=1)}),
    (teams.create_team_group, {"name": "X"}),
    (teams.update_team_group, {"team_group_id": UUID(int=1), "name": "X"}),
    (teams.archive_team_group, {"team_group_id": UUID(int=1)}),
    (teams.unarchive_team_group, {"team_group_id": UUID(int=1)}),
    (teams.create_team, {"name": "X"}),
    (teams.update_team, {"team_id": UUID(int=1), "name": "X"}),
    (teams.archive_team, {"team_id": UUID(int=1)}),
    (teams.unarchive_team, {"team_id": UUID(int=1)}),
]


@pytest.mark.parametrize(("what", "arguments"), ALL, ids=lambda value: getattr(value, "name", ""))
async def test_only_who_manages_the_organization_changes_its_structure(
    acme: World, what: Action[Any, Any], arguments: dict[str, Any]
) -> None:
    recruiter = await acme.actor("Ada", OrganizationRole.RECRUITER_ALL)

    async with refused_whole(acme, Forbidden, "You may not do this."):
        await acme.perform(recruiter, what, **arguments)


@pytest.mark.parametrize(
    ("what", "arguments"),
    [each for each in ALL if "create" not in each[0].name],
    ids=lambda value: getattr(value, "name", ""),
)
async def test_what_is_unknown_is_not_found(acme: World, what: Action[Any, Any], arguments: dict[str, Any]) -> None:
    administrator = await olga(acme)
    noun = what.name.split("_", 1)[1].replace("_", " ")

    async with refused_whole(acme, NotFound, f"No such {noun}."):
        await acme.perform(administrator, what, **arguments)


async def test_r34_a_repeated_call_creates_one_department(acme: World) -> None:
    administrator = await olga(acme)

    first = await acme.perform(administrator, departments.create_department, name="Engineering", key="k1")
    again = await acme.perform(administrator, departments.create_department, name="Engineering", key="k1")

    assert again == first
    assert len(await acme.rows("SELECT id FROM department")) == 1
