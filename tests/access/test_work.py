"""What an action writes goes out together, in order, and never twice to one row."""

from dataclasses import replace

import pytest

from portal.access.actions import action
from portal.access.actor import Actor
from portal.access.enums import ActorKind
from portal.access.idempotency import fingerprint
from portal.access.permissions import Permission
from portal.access.work import Work
from portal.database.connection import Database
from portal.database.ids import new_id
from portal.errors import Forbidden
from portal.organizations.models import Department
from portal.records.recording import Event, record
from tests.world import World, call


class Renamed(Event):
    type = "department.renamed"
    subject_type = "Department"


@action(Permission.ORGANIZATION_MANAGE)
async def rename_thrice(work: Work) -> None:
    """Adds a department and renames it twice, recording each."""
    row = work.add(Department(name="One"))
    for name in ("Two", "Three"):
        changes = work.change(row, name=name)
        record(work, Renamed(subject_id=row.id, changes=changes))


@action(Permission.ORGANIZATION_MANAGE)
async def change_unlocked(work: Work, *, department: Department) -> None:
    """Changes a row that it has not locked, which is a bug."""
    work.change(department, name="x")


@action(Permission.ORGANIZATION_MANAGE)
async def say_nothing(work: Work) -> None:
    """Changes something and records nothing, which is a bug."""
    work.add(Department(name="Quiet"))


async def test_events_of_one_action_have_positions_in_the_order_they_happened(acme: World) -> None:
    await acme.perform(acme.system, rename_thrice)

    events = await acme.rows("SELECT changes FROM domain_event ORDER BY position")
    departments = await acme.rows("SELECT name, version FROM department")

    assert [event["changes"]["name"] for event in events] == [["One", "Two"], ["Two", "Three"]]
    assert departments == [{"name": "Three", "version": 3}]


async def test_independent_writes_travel_in_one_statement(acme: World) -> None:
    said: list[str] = []
    listening = World(Database(acme.database.pool, lambda sql, _values: said.append(sql)), acme.id)

    await listening.plant(*(Department(name=f"D{number}") for number in range(5)))

    assert len(said) == 1
    assert said[0].count("INSERT INTO") == 1


async def test_a_row_that_was_not_locked_can_not_be_changed(acme: World) -> None:
    department = Department(name="One")
    await acme.plant(department)

    with pytest.raises(RuntimeError, match="not locked first"):
        await acme.perform(acme.system, change_unlocked, department=department)


async def test_an_action_that_records_nothing_changes_nothing(acme: World) -> None:
    with pytest.raises(RuntimeError, match="say_nothing recorded nothing"):
        await acme.perform(acme.system, say_nothing)

    assert await acme.rows("SELECT name FROM department") == []


def test_a_fingerprint_does_not_depend_on_the_order_of_a_set_or_of_arguments() -> None:
    who = new_id()
    actor = Actor(who, ActorKind.SERVICE, id=new_id())

    one = fingerprint("grant", {"to": who, "what": frozenset({"a", "b", "c", "d"})}, actor)
    other = fingerprint("grant", {"what": frozenset({"d", "c", "b", "a"}), "to": who}, actor)

    assert one == other
    assert one != fingerprint("grant", {"to": who, "what": frozenset({"a"})}, actor)


def test_a_fingerprint_tells_on_whose_behalf_a_call_is_made() -> None:
    who = new_id()
    integration = Actor(who, ActorKind.SERVICE, id=new_id())
    ada, hugo = Actor(who, ActorKind.USER, id=new_id()), Actor(who, ActorKind.USER, id=new_id())

    prints = {fingerprint("x", {}, replace(integration, on_behalf_of=member)) for member in (None, ada, hugo)}

    assert len(prints) == 3


async def test_the_actor_needs_the_permission_somewhere_at_all(acme: World) -> None:
    ada = await acme.actor("Ada")

    with pytest.raises(Forbidden):
        await acme.door.perform(call(ada), rename_thrice)
