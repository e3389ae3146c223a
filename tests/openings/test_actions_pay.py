"""Compensation bands: several for an opening, in whole minor units, and not for everybody's eyes."""

from typing import Any
from uuid import UUID

import pytest

from portal.errors import AlreadyDone, Forbidden, InvalidInput, NotFound
from portal.openings.actions.pay import (
    BandChanges,
    create_compensation_band,
    remove_compensation_band,
    update_compensation_band,
)
from portal.openings.enums import BandVisibility, PayComponent, PayInterval
from portal.openings.rules.pay import Band
from tests.openings.making import ada, an_opening, events, olga, refused_whole
from tests.world import World


def a_band(**more: Any) -> Band:
    given: dict[str, Any] = {
        "component": PayComponent.SALARY,
        "visibility": BandVisibility.INTERNAL,
        "currency": "usd",
        "minimum_minor": 17_250_000,
        "maximum_minor": 25_870_000,
        "pay_interval": PayInterval.YEAR,
    }
    return Band(**(given | more))


async def _a_band(world: World, opening_id: UUID, **more: Any) -> UUID:
    done = await world.perform(world.system, create_compensation_band, opening_id=opening_id, given=a_band(**more))
    return UUID(str(done.compensation_band_id))


async def test_r39_pay_is_whole_minor_units_with_currency_and_interval(acme: World) -> None:
    opening_id = await an_opening(acme)

    await _a_band(acme, opening_id, region="New York", note="From the posting.")
    await _a_band(
        acme,
        opening_id,
        component=PayComponent.EQUITY_PERCENT,
        currency=None,
        minimum_minor=None,
        maximum_minor=None,
        pay_interval=None,
        minimum_basis_points=5,
    )

    rows = await acme.rows("SELECT * FROM compensation_band ORDER BY id")
    assert (rows[0]["currency"], rows[0]["minimum_minor"], rows[0]["maximum_minor"]) == ("USD", 17_250_000, 25_870_000)
    assert (rows[0]["pay_interval"], rows[0]["region"], rows[0]["note"]) == ("YEAR", "New York", "From the posting.")
    assert (rows[1]["currency"], rows[1]["minimum_basis_points"]) == (None, 5)


@pytest.mark.parametrize(
    ("more", "message", "path"),
    [
        ({"currency": None}, "An amount of money needs its currency.", ("currency",)),
        ({"currency": "DOLLARS"}, "This is not a currency's three-letter code, such as USD or EUR.", ("currency",)),
        ({"pay_interval": None}, "Say for which time the amount is paid.", ("payInterval",)),
        ({"minimum_minor": -1}, "An amount of money must not be negative.", ("minorUnits",)),
        ({"maximum_minor": 10**15 + 1}, "This amount of money is too large.", ("minorUnits",)),
        ({"maximum_minor": 1}, "The maximum must not be below the minimum.", ("maximumMinor",)),
    ],
)
async def test_r39_pay_that_says_too_little_or_nonsense_is_refused(
    acme: World, more: dict[str, Any], message: str, path: tuple[str, ...]
) -> None:
    opening_id = await an_opening(acme)

    async with refused_whole(acme, InvalidInput, message, path=path):
        await _a_band(acme, opening_id, **more)


async def test_a_band_is_changed_and_taken_away(acme: World) -> None:
    opening_id = await an_opening(acme)
    band_id = await _a_band(acme, opening_id)
    changes = BandChanges(minimum_minor=None, visibility=BandVisibility.PUBLIC)

    await acme.perform(
        acme.system, update_compensation_band, compensation_band_id=band_id, changes=changes, expected_version=1
    )

    (row,) = await acme.rows("SELECT minimum_minor, maximum_minor, visibility FROM compensation_band")
    assert row == {"minimum_minor": None, "maximum_minor": 25_870_000, "visibility": "PUBLIC"}
    async with refused_whole(acme, AlreadyDone, "The compensation band is like that already."):
        await acme.perform(acme.system, update_compensation_band, compensation_band_id=band_id, changes=changes)
    async with refused_whole(acme, InvalidInput, "This can't be empty.", path=("component",)):
        await acme.perform(
            acme.system,
            update_compensation_band,
            compensation_band_id=band_id,
            changes=BandChanges(component=None),
        )

    await acme.perform(acme.system, remove_compensation_band, compensation_band_id=band_id)

    assert await acme.rows("SELECT id FROM compensation_band") == []
    assert await events(acme, about=band_id) == [
        "compensation_band.created",
        "compensation_band.updated",
        "compensation_band.removed",
    ]


async def test_r26_no_record_says_what_is_paid(acme: World) -> None:
    opening_id = await an_opening(acme)
    band_id = await _a_band(acme, opening_id, note="Ada earns 200k.")
    await acme.perform(
        acme.system,
        update_compensation_band,
        compensation_band_id=band_id,
        changes=BandChanges(maximum_minor=26_000_000),
    )

    said = str(await acme.rows("SELECT before, after FROM audit_event")) + str(
        await acme.rows("SELECT changes, data FROM domain_event")
    )
    for secret in ("17250000", "25870000", "26000000", "200k"):
        assert secret not in said


async def test_r26_an_administrator_neither_reads_nor_changes_internal_pay(acme: World) -> None:
    opening_id, administrator = await an_opening(acme), await olga(acme)
    internal = await _a_band(acme, opening_id)
    await _a_band(acme, opening_id, visibility=BandVisibility.PUBLIC, note="Where it comes from.")

    question = """query($id: ID!) { opening(id: $id) { viewerCan { seePay } compensationBands {
        visibility minimum { amountMinor currency } note redactedFields } } }"""
    shown = await acme.read(administrator, question, id=f"opn_{opening_id.hex}")
    known = await acme.read(await ada(acme), question, id=f"opn_{opening_id.hex}")

    assert shown["opening"] == {
        "viewerCan": {"seePay": False},
        "compensationBands": [
            {
                "visibility": "PUBLIC",
                "minimum": {"amountMinor": 17_250_000, "currency": "USD"},
                "note": None,
                "redactedFields": ["note"],
            }
        ],
    }
    assert [band["note"] for band in known["opening"]["compensationBands"]] == [None, "Where it comes from."]
    async with refused_whole(acme, Forbidden, "You may not do this."):
        await acme.perform(administrator, remove_compensation_band, compensation_band_id=internal)


async def test_a_band_of_another_organization_is_unknown(acme: World, globex: World) -> None:
    band_id = await _a_band(acme, await an_opening(acme))

    async with refused_whole(acme, NotFound, "No such compensation band."):
        await globex.perform(globex.system, remove_compensation_band, compensation_band_id=band_id)
