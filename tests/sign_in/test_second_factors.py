"""Second factors: an authenticator beside a password, what is needed when, and what no attacker achieves."""

import asyncio
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pyotp
import pytest

from portal import clock
from portal.organizations.actions.organization import PolicyChanges, set_policies
from portal.sign_in import one_time_codes
from portal.sign_in.actions.second_factors import forget_second_factor
from portal.sign_in.models import SecondFactor
from portal.sign_in.rules.second_factors import MOST_WRONG_CODES
from portal.sign_in.sealing import Sealing, Unsealable
from tests.sign_in.conftest import Portal
from tests.sign_in.test_password_sign_in import PASSWORD, with_password
from tests.world import NOON

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
RECOVERY = "abcd-efgh-ijkl-mnop"


def codes(at: datetime | None = None, secret: str = SECRET) -> list[str]:
    """What an authenticator shows now, and what it showed and shows half a minute before and after."""
    totp, now = pyotp.TOTP(secret), at or clock.now()
    return [totp.at(now, counter_offset=step) for step in (0, -1, 1)]


async def with_second_factor(portal: Portal, name: str = "Ada", **more: Any) -> UUID:
    """A member who has the password, an authenticator with the secret, and one recovery code."""
    member_id = await with_password(portal, name)
    row = SecondFactor(
        membership_id=member_id,
        sealed_secret=b"",
        last_step=0,
        confirmed_at=NOON,
        recovery_hashes=[one_time_codes.recovery_hash(RECOVERY)],
        **more,
    )
    sealing = Sealing(portal.data_directory)
    row.sealed_secret = sealing.seal(SECRET, organization_id=portal.world.id, row_id=row.id)
    await portal.world.plant(row)
    return member_id


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["errors"][0]["extensions"]["secondFactor"]


async def test_an_authenticator_is_enrolled_and_then_needed(portal: Portal) -> None:
    await with_password(portal, "Ada")
    browser = portal.browser()
    await browser.enter("ada@example.com", PASSWORD)

    enrolled = await browser.enrol(PASSWORD)
    secret = enrolled["secret"]
    not_yet = await portal.browser().enter("ada@example.com", PASSWORD)
    wrong = await browser.confirm("000000" if "000000" not in codes(secret=secret) else "111111")
    confirmed = await browser.confirm(codes(secret=secret)[0])
    needed = await portal.browser().enter("ada@example.com", PASSWORD)
    after = await portal.browser().enter(
        "ada@example.com", PASSWORD, code=pyotp.TOTP(secret).at(clock.now(), counter_offset=1)
    )

    assert enrolled["address"].startswith("otpauth://totp/Acme:ada%40example.com?secret=")
    assert wrong["userErrors"][0]["path"] == ["code"]
    assert len(set(confirmed["recoveryCodes"])) == 10
    assert (not_yet.status_code, told(needed), after.status_code) == (204, (401, "CODE"), 204)
    assert "user.second_factor_enrolled" in await portal.events()


async def test_a_code_counts_once_even_for_many_at_once(portal: Portal) -> None:
    await with_second_factor(portal)
    code = codes()[2]

    answers = await asyncio.gather(*(portal.browser().enter("ada@example.com", PASSWORD, code=code) for _ in range(4)))
    before = await portal.browser().enter("ada@example.com", PASSWORD, code=codes()[1])

    assert sorted(answer.status_code for answer in answers) == [204, 401, 401, 401]
    assert told(before) == (401, "ANOTHER_CODE")


async def test_a_recovery_code_counts_once(portal: Portal) -> None:
    await with_second_factor(portal)

    first = await portal.browser().enter("ada@example.com", PASSWORD, code=RECOVERY.upper().replace("-", " "))
    second = await portal.browser().enter("ada@example.com", PASSWORD, code=RECOVERY)

    assert (first.status_code, told(second)) == (204, (401, "ANOTHER_CODE"))
    assert await portal.events() == ["user.recovery_code_used", "session.started"]


async def test_a_code_without_the_password_is_worth_nothing(portal: Portal) -> None:
    await with_second_factor(portal)

    answer = await portal.browser().enter("ada@example.com", "another password", code=codes()[0])

    assert (answer.status_code, "secondFactor" in answer.text) == (401, False)
    (row,) = await portal.table("second_factor")
    assert (row["failures"], row["last_step"]) == (0, 0)


async def test_who_guesses_codes_is_left_with_recovery_codes(portal: Portal) -> None:
    await with_second_factor(portal, failures=MOST_WRONG_CODES - 1)

    last = await portal.browser().enter("ada@example.com", PASSWORD, code="12345")
    right = await portal.browser().enter("ada@example.com", PASSWORD, code=codes()[0])
    recovery = await portal.browser().enter("ada@example.com", PASSWORD, code=RECOVERY)
    again = await portal.browser().enter("ada@example.com", PASSWORD, code=codes()[2])

    assert (told(last), told(right)) == ((401, "ANOTHER_CODE"), (401, "ANOTHER_CODE"))
    assert (recovery.status_code, again.status_code) == (204, 204)


async def test_an_organization_may_ask_everybody_for_one(portal: Portal) -> None:
    await with_password(portal, "Ada")
    changes = PolicyChanges(require_second_factor=True)
    await portal.world.perform(portal.world.system, set_policies, changes=changes)

    asked = await portal.browser().enter("ada@example.com", PASSWORD)
    secret = asked.json()["errors"][0]["extensions"]["secret"]
    wrong = await portal.browser().enter("ada@example.com", PASSWORD, code="12345")
    browser = portal.browser()
    done = await browser.enter("ada@example.com", PASSWORD, code=codes(secret=secret)[0])

    assert (told(asked), told(wrong)) == ((401, "ENROLMENT"), (401, "ANOTHER_CODE"))
    assert (done.status_code, len(done.json()["recoveryCodes"])) == (200, 10)
    assert await browser.who() == "Ada"


async def test_removing_it_takes_a_code_and_each_mention_is_an_attempt(portal: Portal) -> None:
    await with_second_factor(portal)
    browser = portal.browser()
    await browser.enter("ada@example.com", PASSWORD, code=codes()[0])
    guesses = " ".join(
        f'g{number}: removeSecondFactor(input: {{code: "{number}"}}) {{ userErrors {{ code }} }}' for number in range(6)
    )

    answers = [await browser.ask(f"mutation {{ {guesses} }}") for _ in range(2)]

    found = [called["userErrors"][0]["code"] for answer in answers for called in answer.json()["data"].values()]
    assert found == ["INVALID_INPUT"] * 9 + ["TOO_MANY_ATTEMPTS"] * 3
    assert (await portal.table("second_factor"))[0]["failures"] == 9


async def test_it_is_removed_with_a_code_and_forgotten_by_the_operator(portal: Portal) -> None:
    await with_second_factor(portal)
    hugo = await with_second_factor(portal, "Hugo")
    browser = portal.browser()
    await browser.enter("ada@example.com", PASSWORD, code=codes()[0])

    removed = await browser.remove_second_factor(codes()[2])
    await portal.world.perform(portal.world.system, forget_second_factor, membership_id=hugo)

    assert removed == {"isRemoved": True, "userErrors": []}
    assert await portal.table("second_factor") == []
    assert [
        (await portal.browser().enter(f"{name}@example.com", PASSWORD)).status_code for name in ("ada", "hugo")
    ] == [204, 204]


async def test_no_secret_is_kept_in_the_clear(portal: Portal) -> None:
    await with_password(portal, "Ada")
    browser = portal.browser()
    await browser.enter("ada@example.com", PASSWORD)
    secret = (await browser.enrol(PASSWORD))["secret"]
    recovery = (await browser.confirm(codes(secret=secret)[0]))["recoveryCodes"]

    tables = [await portal.table(name) for name in ("second_factor", "audit_event", "domain_event", "idempotency_key")]

    said = str(tables) + portal.said()
    assert [text for text in (secret, *recovery) if text in said] == []
    assert (portal.data_directory / "second-factor-keys").stat().st_mode & 0o077 == 0


def test_a_sealed_secret_opens_for_its_row_alone_and_after_a_new_key(tmp_path: Path) -> None:
    row, organization, another = UUID(int=1), UUID(int=2), UUID(int=3)
    sealed = Sealing(tmp_path).seal("secret", organization_id=organization, row_id=row)
    keys = tmp_path / "second-factor-keys"
    keys.write_text("ab" * 32 + "\n" + keys.read_text())

    assert Sealing(tmp_path).open(sealed, organization_id=organization, row_id=row) == "secret"
    for ids in ({"organization_id": another, "row_id": row}, {"organization_id": organization, "row_id": another}):
        with pytest.raises(Unsealable):
            Sealing(tmp_path).open(sealed, **ids)


@pytest.mark.parametrize(
    ("seconds", "after", "is_accepted"), [(0, 0, True), (29, 0, True), (59, 0, True), (60, 0, False), (0, 10**9, False)]
)
def test_a_code_is_good_for_its_half_minute_and_the_next(*, seconds: int, after: int, is_accepted: bool) -> None:
    code = pyotp.TOTP(SECRET).at(NOON)

    step = one_time_codes.accepted_step(SECRET, code, at=NOON + timedelta(seconds=seconds), after=after)

    assert step == (int(NOON.timestamp()) // 30 if is_accepted else None)
