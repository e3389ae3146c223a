"""The organization's list of reasons."""

from portal.applications.actions.reasons import (
    add_default_rejection_reasons,
    add_rejection_reason,
    archive_rejection_reason,
    rename_rejection_reason,
    unarchive_rejection_reason,
)
from portal.applications.enums import RejectionType
from portal.errors import AlreadyDone, Forbidden, NotUnique, WrongState
from tests.applications.making import a_reason, ada, events, row_of, untouched
from tests.refusals import refused
from tests.world import NOON, World


async def test_an_organization_begins_with_reasons_of_every_kind_but_only_once(acme: World) -> None:
    done = await acme.perform(acme.system, add_default_rejection_reasons)

    async with untouched(acme):
        with refused(AlreadyDone, "This organization has reasons already."):
            await acme.perform(acme.system, add_default_rejection_reasons)
    rows = await acme.rows("SELECT type, system_code FROM rejection_reason")
    assert done.made == len(rows) == 13
    assert {row["type"] for row in rows} == {"BY_ORGANIZATION", "BY_CANDIDATE", "OTHER"}
    assert len({row["system_code"] for row in rows if row["system_code"]}) == 4


async def test_a_reason_is_added_renamed_archived_and_taken_back(acme: World) -> None:
    olga = acme.system
    added = await acme.perform(olga, add_rejection_reason, name="  Too far ", type=RejectionType.OTHER)
    reason_id = added.rejection_reason_id
    await acme.perform(olga, rename_rejection_reason, rejection_reason_id=reason_id, name="Too far away")
    await acme.perform(olga, archive_rejection_reason, rejection_reason_id=reason_id)
    assert (await row_of(acme, "rejection_reason", reason_id))["archived_at"] == NOON

    await acme.perform(olga, unarchive_rejection_reason, rejection_reason_id=reason_id)

    row = await row_of(acme, "rejection_reason", reason_id)
    assert (row["name"], row["type"], row["archived_at"], row["version"]) == ("Too far away", "OTHER", None, 4)
    assert await events(acme) == ["rejection_reason.changed"] * 4


async def test_two_reasons_have_two_names(acme: World) -> None:
    await a_reason(acme, "Unsuitable")
    other = await a_reason(acme, "Other")

    async with untouched(acme):
        with refused(NotUnique, "There is a reason of that name already.", path=("name",)):
            await acme.perform(acme.system, add_rejection_reason, name="Unsuitable", type=RejectionType.OTHER)
        with refused(NotUnique, "There is a reason of that name already.", path=("name",)):
            await acme.perform(acme.system, rename_rejection_reason, rejection_reason_id=other, name="Unsuitable")
        with refused(AlreadyDone, "The reason already has that name."):
            await acme.perform(acme.system, rename_rejection_reason, rejection_reason_id=other, name="Other")


async def test_what_the_portal_itself_gives_is_not_archived(acme: World) -> None:
    await acme.perform(acme.system, add_default_rejection_reasons)
    (row,) = await acme.rows("SELECT id FROM rejection_reason WHERE system_code = 'DUPLICATE'")

    async with untouched(acme):
        with refused(WrongState, "The portal itself gives this reason. Rename it if you like."):
            await acme.perform(acme.system, archive_rejection_reason, rejection_reason_id=row["id"])


async def test_what_is_archived_or_in_use_stays_so(acme: World) -> None:
    reason_id = await a_reason(acme)

    with refused(AlreadyDone, "This reason is not archived."):
        await acme.perform(acme.system, unarchive_rejection_reason, rejection_reason_id=reason_id)
    await acme.perform(acme.system, archive_rejection_reason, rejection_reason_id=reason_id)
    with refused(AlreadyDone, "This reason is already archived."):
        await acme.perform(acme.system, archive_rejection_reason, rejection_reason_id=reason_id)


async def test_a_recruiter_uses_the_list_but_does_not_change_it(acme: World) -> None:
    async with untouched(acme):
        with refused(Forbidden, "You may not do this."):
            await acme.perform(await ada(acme), add_rejection_reason, name="Mine", type=RejectionType.OTHER)
