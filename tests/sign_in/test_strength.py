"""What a password may be, and what judging one may cost."""

import threading

import pytest

from portal.errors import InvalidInput
from portal.sign_in.strength import LONGEST, new_password, normalised
from portal.web.sign_in.attempts import PER_ACCOUNT
from tests.refusals import refused
from tests.sign_in.conftest import Portal
from tests.world import HASHING

# Each in a character and an accent of its own, which are one where they are composed.
APART = "e\u0301" * 150
# Orders of accents that have to be sorted.
ACCENTS = "e" + "\u0300\u0345\u0323" * 3_000


def test_what_is_typed_is_composed_only_as_far_as_a_password_goes() -> None:
    assert normalised("e\u0301tude") == "\u00e9tude"
    assert normalised(ACCENTS) == normalised(ACCENTS[:LONGEST])


@pytest.mark.parametrize("password", [APART, ACCENTS, "\ufdfa" * LONGEST])
def test_what_is_longer_than_it_is_read_at_signing_in_is_refused(password: str) -> None:
    with refused(InvalidInput, "A password has at most 200 characters.", path=("password",)):
        new_password(password, (), path="password")


async def test_a_password_is_judged_beside_the_event_loop() -> None:
    judged: list[str] = []

    def choose() -> str:
        judged.append(threading.current_thread().name)
        return "violet tractor moon harbour"

    made = await HASHING.hash_chosen(choose)

    assert (await HASHING.verify("violet tractor moon harbour", made)).is_right
    assert judged[0].startswith("password")


async def test_whoever_chooses_a_first_password_may_not_choose_on_and_on(portal: Portal) -> None:
    ada = await portal.member("Ada")
    browser = await portal.signed_in(ada.id)

    answers = [(await browser.set_password(None, "password1234")).json() for _ in range(PER_ACCOUNT + 1)]

    codes = [answer["data"]["setPassword"]["userErrors"][0]["code"] for answer in answers]
    assert codes == ["INVALID_INPUT"] * PER_ACCOUNT + ["TOO_MANY_ATTEMPTS"]
