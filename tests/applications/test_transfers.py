"""Transferring an application to another opening."""

from datetime import timedelta
from typing import Any

import pytest

from portal.access.enums import GrantRole, OrganizationRole, Privilege, ScopeType
from portal.applications.actions.transfers import transfer_application
from portal.errors import AlreadyDone, DuplicateActiveApplication, Forbidden, NotFound, WrongState
from portal.openings.enums import OpeningStatus
from tests.applications.making import (
    a_pipeline,
    ada,
    an_application,
    events,
    history,
    row_of,
    untouched,
)
from tests.refusals import refused
from tests.world import NOON, World, grant

LATER = NOON + timedelta(hours=1)


async def test_r7_a_transfer_keeps_the_history_and_goes_on_for_the_other_opening(acme: World) -> None:
    here, there = await a_pipeline(acme), await a_pipeline(acme, title="Frontend Engineer")
    eve = await acme.member("Eve")
    application = await an_application(acme, here, "Interview", credited_to=eve.id)

    done = await acme.perform(
        await ada(acme), transfer_application, application_id=application.id, opening_id=there.id, at=LATER
    )

    old = await row_of(acme, "application", application.id)
    new = await row_of(acme, "application", done.application_id)
    assert (old["status"], old["stage_id"]) == ("TRANSFERRED", here.stages["Interview"])
    assert (new["status"], new["stage_id"], new["opening_id"]) == ("ACTIVE", there.stages["Applied"], there.id)
    assert (new["transferred_from_id"], new["candidate_id"]) == (application.id, application.candidate_id)
    assert (new["applied_at"], new["entered_stage_at"], new["credited_to_id"]) == (NOON, LATER, eve.id)
    assert await history(acme, application.id) == ["Interview ACTIVE → Interview TRANSFERRED (MANUAL)"]
    rows = await acme.rows("SELECT type, opening_id, changes::text || data::text AS said FROM domain_event ORDER BY id")
    assert [row["type"] for row in rows] == ["application.transferred", "application.created"]
    # R20: who reads of the one opening need not know of the other.
    assert there.id.hex not in rows[0]["said"].replace("-", "")
    assert done.application_id.hex not in rows[0]["said"].replace("-", "")
    assert here.id.hex not in rows[1]["said"].replace("-", "")
    assert application.id.hex not in rows[1]["said"].replace("-", "")


async def test_a_stage_of_the_other_opening_may_be_chosen(acme: World) -> None:
    here, there = await a_pipeline(acme), await a_pipeline(acme)
    application = await an_application(acme, here)
    recruiter = await ada(acme)
    arguments: dict[str, Any] = {"application_id": application.id, "opening_id": there.id}

    async with untouched(acme):
        with refused(NotFound, "No such stage.", path=("stageId",)):
            await acme.perform(recruiter, transfer_application, **arguments, stage_id=here.stages["Offer"])
    done = await acme.perform(recruiter, transfer_application, **arguments, stage_id=there.stages["Offer"])

    assert (await row_of(acme, "application", done.application_id))["stage_id"] == there.stages["Offer"]


async def test_r7_whoever_may_see_more_there_than_here_does_not_carry_over(acme: World) -> None:
    here, there = await a_pipeline(acme), await a_pipeline(acme)
    application = await an_application(acme, here)
    contact = frozenset({Privilege.CONTACT_DETAILS})
    hugo = await acme.actor(
        "Hugo",
        OrganizationRole.MEMBER,
        grant(GrantRole.HIRING_MANAGER, ScopeType.OPENING, here.id),
        grant(GrantRole.HIRING_MANAGER, ScopeType.OPENING, there.id, privileges=contact),
    )

    async with untouched(acme):
        with pytest.raises(Forbidden, match="You may do more on the other opening than on this one"):
            await acme.perform(hugo, transfer_application, application_id=application.id, opening_id=there.id)
    back = await an_application(acme, there, name="Bea")
    await acme.perform(hugo, transfer_application, application_id=back.id, opening_id=here.id)

    assert await events(acme) == ["application.transferred", "application.created"]


async def test_r7_the_actor_needs_rights_on_both_openings(acme: World) -> None:
    here, there, secret = await a_pipeline(acme), await a_pipeline(acme), await a_pipeline(acme, confidential=True)
    application = await an_application(acme, here)
    scope = grant(GrantRole.HIRING_MANAGER, ScopeType.OPENING, here.id)
    hugo = await acme.actor("Hugo", OrganizationRole.MEMBER, scope, grant(GrantRole.VIEWER))

    async with untouched(acme):
        with refused(Forbidden, "You may see this opening, but not do this to it."):
            await acme.perform(hugo, transfer_application, application_id=application.id, opening_id=there.id)
        with refused(NotFound, "No such opening."):
            await acme.perform(hugo, transfer_application, application_id=application.id, opening_id=secret.id)


async def test_r1_nobody_is_transferred_to_where_they_are_already(acme: World) -> None:
    here, there = await a_pipeline(acme), await a_pipeline(acme)
    application = await an_application(acme, here)
    already = await an_application(acme, there, candidate_id=application.candidate_id)
    recruiter = await ada(acme)

    async with untouched(acme):
        with pytest.raises(DuplicateActiveApplication) as caught:
            await acme.perform(recruiter, transfer_application, application_id=application.id, opening_id=there.id)
        with refused(AlreadyDone, "The application is already for this opening."):
            await acme.perform(recruiter, transfer_application, application_id=application.id, opening_id=here.id)

    assert caught.value.application_id == already.id


async def test_r17_nobody_is_transferred_to_an_opening_that_is_not_open(acme: World) -> None:
    here, there = await a_pipeline(acme), await a_pipeline(acme, status=OpeningStatus.CLOSED)
    application = await an_application(acme, here)

    async with untouched(acme):
        with refused(WrongState, "This opening is closed; it takes no applications."):
            await acme.perform(
                await ada(acme), transfer_application, application_id=application.id, opening_id=there.id
            )


async def test_r4_what_was_transferred_stays_so(acme: World) -> None:
    here, there = await a_pipeline(acme), await a_pipeline(acme)
    application = await an_application(acme, here)
    recruiter = await ada(acme)
    arguments: dict[str, Any] = {"application_id": application.id, "opening_id": there.id}
    await acme.perform(recruiter, transfer_application, **arguments)

    async with untouched(acme):
        with refused(AlreadyDone, "This application is already transferred."):
            await acme.perform(recruiter, transfer_application, **arguments)
