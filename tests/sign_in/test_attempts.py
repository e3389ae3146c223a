"""How often a secret may be guessed at: per account, per address, and until when."""

from datetime import timedelta
from uuid import UUID

import pytest

from portal.errors import TooManyAttempts
from portal.web.costs.budget import MOST_COUNTED
from portal.web.sign_in.attempts import PER_ACCOUNT, PER_ADDRESS, Attempts
from tests.world import NOON

ACME, GLOBEX = UUID(int=1), UUID(int=2)
ADA = (ACME, "ada@example.com")


async def test_an_account_is_guessed_at_so_often_from_all_addresses_together() -> None:
    attempts = Attempts()
    for number in range(PER_ACCOUNT):
        await attempts.count(ADA, f"192.0.2.{number}", NOON)

    with pytest.raises(TooManyAttempts) as caught:
        await attempts.count(ADA, "192.0.2.200", NOON + timedelta(minutes=1))

    assert caught.value.retry_after_seconds == 14 * 60
    assert caught.value.message == "Too many attempts. Try again in 840 s."
    await attempts.count((ACME, "hugo@example.com"), "192.0.2.200", NOON)
    await attempts.count((GLOBEX, ADA[1]), "192.0.2.200", NOON)
    await attempts.count(ADA, "192.0.2.200", NOON + timedelta(minutes=15))


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("192.0.2.7", "192.0.2.7", True),
        ("192.0.2.7", "192.0.2.8", False),
        ("2001:db8::1", "2001:db8:0:0:ffff::2", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("::ffff:192.0.2.7", "::ffff:192.0.2.8", False),
        ("testclient", "testclient", True),
    ],
)
async def test_an_address_is_what_one_person_can_have(first: str, second: str, *, same: bool) -> None:
    attempts = Attempts()
    for _ in range(PER_ADDRESS):
        await attempts.count_address(first, NOON)

    if same:
        with pytest.raises(TooManyAttempts):
            await attempts.count_address(second, NOON)
    else:
        await attempts.count_address(second, NOON)


async def test_whoever_has_many_ipv6_networks_does_not_drive_out_what_was_counted() -> None:
    attempts = Attempts()
    for _ in range(PER_ACCOUNT):
        await attempts.count(ADA, "192.0.2.7", NOON)

    refused = 0
    for number in range(MOST_COUNTED):
        try:
            await attempts.count_mail((ACME, f"{number}@example.com"), f"2001:db8:0:{number:x}::1", NOON)
        except TooManyAttempts:
            refused += 1

    assert refused == MOST_COUNTED - 10 * PER_ADDRESS
    with pytest.raises(TooManyAttempts):
        await attempts.count(ADA, "192.0.2.8", NOON)
    await attempts.count_mail(ADA, "2001:db8:1::1", NOON)


async def test_leaving_and_guessing_are_counted_apart() -> None:
    attempts = Attempts()
    for _ in range(PER_ADDRESS):
        await attempts.count_departure("192.0.2.7", NOON)

    await attempts.count_address("192.0.2.7", NOON)


async def test_without_an_address_only_the_account_is_counted() -> None:
    attempts = Attempts()
    for number in range(PER_ADDRESS + 1):
        await attempts.count((ACME, f"{number}@example.com"), None, NOON)
