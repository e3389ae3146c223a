"""Signing in with a password: who gets in, how, and what no attacker achieves."""

import asyncio
from datetime import timedelta
from uuid import UUID

import pytest

from portal import clock
from portal.errors import TooManyAttempts
from portal.people.enums import MembershipStatus
from portal.sign_in.hashing import Hashing
from portal.sign_in.models import Identity, Password
from portal.sign_in.rules import passwords as rules
from portal.web.cookies import SESSION_COOKIE
from portal.web.sign_in.attempts import PER_ACCOUNT, PER_ADDRESS
from tests.sign_in.conftest import OWN_PAGE, Browser, Portal
from tests.sign_in.provider import Provider
from tests.world import HASHING

PASSWORD = "correct horse battery staple"
OTHER = "violet tractor moon harbour"
WRONG = (
    "That did not work: the address or the password is wrong, or the account can't sign in. Try again, or ask for "
    "a new password."
)


async def with_password(portal: Portal, name: str, status: MembershipStatus = MembershipStatus.ACTIVE) -> UUID:
    """A member who has the password."""
    member = await portal.member(name, status)
    await portal.world.plant(Password(membership_id=member.id, hash=await HASHING.hash(PASSWORD)))
    return member.id


async def test_a_member_signs_in_with_a_password(portal: Portal) -> None:
    ada = await with_password(portal, "Ada")
    browser = portal.browser()

    answer = await browser.enter(" ADA@Example.com ", PASSWORD)

    assert (answer.status_code, answer.content) == (204, b"")
    assert answer.headers["cache-control"] == "no-store"
    assert await browser.who() == "Ada"
    (session,) = await portal.table("session")
    assert (session["membership_id"], session["method"]) == (ada, "PASSWORD")
    assert await portal.events() == ["session.started"]


async def test_a_hash_by_other_parameters_is_made_anew(portal: Portal) -> None:
    await with_password(portal, "Ada")
    (before,) = await portal.table("password")

    await portal.browser().enter("ada@example.com", PASSWORD)
    (after,) = await portal.table("password")
    answer = await portal.browser().enter("ada@example.com", PASSWORD)

    assert before["hash"].startswith("$argon2id$v=19$m=8,t=1,p=1$")
    assert after["hash"].startswith("$argon2id$v=19$m=16,t=1,p=1$")
    assert answer.status_code == 204
    assert (await portal.table("password"))[0]["hash"] == after["hash"]


@pytest.mark.parametrize("cause", ["unknown", "malformed", "wrong", "no password", "invited", "deactivated"])
async def test_every_refusal_reads_the_same_and_takes_the_same_work(portal: Portal, cause: str) -> None:
    await with_password(portal, "Ada")
    await with_password(portal, "Ivo", MembershipStatus.INVITED)
    await with_password(portal, "Dora", MembershipStatus.DEACTIVATED)
    await portal.member("Hugo")
    await portal.browser().enter("nobody@example.com", PASSWORD)
    email, password = {
        "unknown": ("zoe@example.com", PASSWORD),
        "malformed": ("\u202e@", PASSWORD),
        "wrong": ("ada@example.com", OTHER),
        "no password": ("hugo@example.com", PASSWORD),
        "invited": ("ivo@example.com", OTHER),
        "deactivated": ("dora@example.com", OTHER),
    }[cause]
    before = portal.hashing.done

    answer = await portal.browser().enter(email, password)

    assert (answer.status_code, answer.json()["errors"]) == (
        401,
        [{"message": WRONG, "extensions": {"code": "UNAUTHENTICATED"}}],
    )
    assert portal.hashing.done - before == 1
    assert "set-cookie" not in answer.headers
    assert await portal.table("session") == []


@pytest.mark.parametrize(
    ("name", "status"), [("Ivo", MembershipStatus.INVITED), ("Dora", MembershipStatus.DEACTIVATED)]
)
async def test_the_right_password_lets_nobody_in_who_is_no_active_member(
    portal: Portal, name: str, status: MembershipStatus
) -> None:
    await with_password(portal, name, status)

    answer = await portal.browser().enter(f"{name.lower()}@example.com", PASSWORD)

    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (401, WRONG)
    assert await portal.table("session") == []


async def test_there_is_no_way_in_where_passwords_are_off(portal_without_passwords: Portal) -> None:
    portal = portal_without_passwords
    await with_password(portal, "Ada")

    answer = await portal.browser().enter("ada@example.com", PASSWORD)

    assert (answer.status_code, answer.json()["errors"][0]["message"]) == (
        403,
        "Passwords are switched off here. Sign in with an identity provider.",
    )


async def test_neither_log_nor_records_nor_answers_have_the_password(portal: Portal) -> None:
    ada = await with_password(portal, "Ada")
    browser = portal.browser()
    await browser.enter("ada@example.com", PASSWORD)

    answers = [
        await browser.enter("ada@example.com", OTHER),
        await browser.set_password(PASSWORD, OTHER),
        await browser.set_password(PASSWORD, OTHER),
        await browser.set_password(OTHER, "password1234"),
    ]

    records = [await portal.table(table) for table in ("audit_event", "domain_event", "idempotency_key", "session")]
    said = portal.said() + str(records) + "".join(answer.text for answer in answers)
    assert str(ada.hex) in said.replace("-", "")
    assert [secret for secret in (PASSWORD, OTHER, "password1234", "$argon2id") if secret in said] == []


async def test_a_session_from_before_is_replaced_and_its_cookie_dead(portal: Portal) -> None:
    await with_password(portal, "Ada")
    browser = portal.browser()
    await browser.enter("ada@example.com", PASSWORD)
    before = browser.cookies[SESSION_COOKIE]

    await browser.enter("ada@example.com", PASSWORD)

    assert browser.cookies[SESSION_COOKIE] != before
    stolen = portal.browser()
    stolen.cookies[SESSION_COOKIE] = before
    assert (await browser.who(), await stolen.who()) == ("Ada", None)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-requested-with": "portal", "sec-fetch-site": "cross-site"},
        {"x-requested-with": "portal", "sec-fetch-site": "same-site"},
        {"x-requested-with": "portal", "origin": "https://evil.example"},
        {"sec-fetch-site": "same-origin"},
    ],
)
async def test_no_other_sites_page_signs_anybody_in(portal: Portal, headers: dict[str, str]) -> None:
    await with_password(portal, "Ada")

    answer = await portal.browser().enter("ada@example.com", PASSWORD, headers=headers)

    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
    assert await portal.table("session") == []


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b"email=a&password=b", "application/x-www-form-urlencoded", 415),
        (b'{"email": "ada@example.com", "password": "x"}', "text/plain", 415),
        (b"[]", "application/json", 400),
        (b"{", "application/json", 400),
        (b'{"email": "ada@example.com", "password": 1}', "application/json", 400),
        (b'{"email": "ada@example.com", "password": "\\u0000"}', "application/json", 400),
        (b'{"email": "' + b"a" * 20_000 + b'", "password": "x"}', "application/json", 413),
    ],
)
async def test_what_is_no_such_request_is_refused(portal: Portal, content: bytes, media_type: str, status: int) -> None:
    headers = OWN_PAGE | {"content-type": media_type}

    answer = await portal.http.post(f"/auth/{portal.slug}/password", content=content, headers=headers)

    assert answer.status_code == status
    assert "aaaa" not in answer.text


async def test_an_organization_that_is_none_is_not_found(portal: Portal) -> None:
    browser = Browser(portal.http, "no-such")

    answer = await browser.enter("ada@example.com", PASSWORD)

    assert answer.status_code == 404


@pytest.mark.parametrize("email", ["ada@example.com", "nobody@example.com"])
async def test_an_account_can_be_guessed_at_a_few_times_whether_or_not_it_exists(portal: Portal, email: str) -> None:
    await with_password(portal, "Ada")

    answers = [await portal.browser().enter(email, OTHER) for _ in range(PER_ACCOUNT)]
    answers += [await portal.browser().enter(spelt, PASSWORD) for spelt in (email, email.upper())]

    assert [answer.status_code for answer in answers] == [401] * PER_ACCOUNT + [429] * 2
    seconds = answers[-1].headers["retry-after"]
    assert answers[-1].json()["errors"] == [
        {
            "message": f"Too many attempts. Try again in {seconds} s.",
            "extensions": {"code": "RATE_LIMITED", "retryAfter": int(seconds)},
        }
    ]
    assert portal.hashing.done <= PER_ACCOUNT + 1


async def test_an_address_can_guess_at_so_many_accounts(portal: Portal) -> None:
    attempts = portal.attempts
    for number in range(PER_ADDRESS):
        await attempts.count((portal.world.id, f"{number}@example.com"), "127.0.0.1", clock.now())

    answer = await portal.browser().enter("somebody@example.com", OTHER)

    assert answer.status_code == 429


async def test_leaving_for_a_provider_is_counted_too(portal: Portal) -> None:
    for _ in range(300):
        await portal.attempts.count_departure("127.0.0.1", clock.now())

    answer = await portal.browser().get(f"/auth/{portal.slug}/okta")

    assert (answer.status_code, "retry-after" in answer.headers) == (429, True)
    assert await portal.table("sign_in_attempt") == []


async def test_a_document_with_many_guesses_is_many_attempts(portal: Portal) -> None:
    await with_password(portal, "Ada")
    browser = portal.browser()
    await browser.enter("ada@example.com", PASSWORD)
    document = "mutation {" + "".join(
        f'g{number}: removePassword(input: {{currentPassword: "guess number {number}"}}) {{ userErrors {{ code }} }}'
        for number in range(7)
    )
    before = portal.hashing.done

    answers = [await browser.ask(document + "}") for _ in range(2)]

    codes = [called["userErrors"][0]["code"] for answer in answers for called in answer.json()["data"].values()]
    # Signing in was the first attempt.
    assert codes == ["INVALID_INPUT"] * (PER_ACCOUNT - 1) + ["TOO_MANY_ATTEMPTS"] * 5
    assert portal.hashing.done - before == PER_ACCOUNT - 1
    assert (await portal.browser().enter("ada@example.com", PASSWORD)).status_code == 429


async def test_another_password_ends_the_other_sessions(portal: Portal) -> None:
    await with_password(portal, "Ada")
    here, there = portal.browser(), portal.browser()
    for browser in (here, there):
        await browser.enter("ada@example.com", PASSWORD)

    answer = await here.set_password(PASSWORD, OTHER)

    assert answer.json()["data"] == {"setPassword": {"count": 1, "userErrors": []}}
    assert (await here.who(), await there.who()) == ("Ada", None)
    assert [(await portal.browser().enter("ada@example.com", word)).status_code for word in (PASSWORD, OTHER)] == [
        401,
        204,
    ]
    assert await portal.events() == ["session.started"] * 2 + [
        "user.password_set",
        "session.revoked",
        "session.started",
    ]


@pytest.mark.parametrize(
    ("current", "new", "path", "message"),
    [
        (None, OTHER, "currentPassword", "Send your current password."),
        (OTHER, OTHER, "currentPassword", "This is not your current password."),
        (PASSWORD, "short one", "newPassword", "A password has at least 12 characters. Try several words."),
        (PASSWORD, "x" * 201, "newPassword", "A password has at most 200 characters."),
        (PASSWORD, "password1234", "newPassword", "This password is too easily guessed"),
        (PASSWORD, "qwertyuiop[]", "newPassword", "This password is too easily guessed"),
        (PASSWORD, "ada@example.com", "newPassword", "This password is too easily guessed"),
        (PASSWORD, "aaaaaaaaaaaaaaaaaaaa", "newPassword", "This password is too easily guessed"),
    ],
)
async def test_a_password_that_can_not_be_set(
    portal: Portal, current: str | None, new: str, path: str, message: str
) -> None:
    await with_password(portal, "Ada")
    browser = portal.browser()
    await browser.enter("ada@example.com", PASSWORD)
    before = await portal.table("password")

    answer = await browser.set_password(current, new)

    (error,) = answer.json()["data"]["setPassword"]["userErrors"]
    assert (error["code"], error["path"]) == ("INVALID_INPUT", [path])
    assert error["message"].startswith(message)
    assert await portal.table("password") == before


async def test_a_first_password_is_set_in_a_browser_and_not_with_a_token(portal: Portal, okta: Provider) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    browser = portal.browser()
    await browser.sign_in(okta)
    token = await browser.token()

    with_token = await portal.browser().set_password(None, PASSWORD, token=token)
    in_browser = await browser.set_password(None, PASSWORD)

    assert [error["code"] for error in with_token.json()["data"]["setPassword"]["userErrors"]] == ["FORBIDDEN"]
    assert in_browser.json()["data"]["setPassword"]["userErrors"] == []
    assert (await portal.browser().enter("ada@example.com", PASSWORD)).status_code == 204


async def test_a_first_password_is_set_soon_after_the_sign_in_and_any_other_at_any_time(portal: Portal) -> None:
    ada = await portal.member("Ada")
    browser = await portal.signed_in(ada.id)
    began_at = (await portal.table("session"))[0]["created_at"]

    async def began(before: timedelta) -> None:
        await portal.changed("UPDATE session SET created_at = $1", began_at - before)

    await began(rules.FRESH_SIGN_IN)
    late = await browser.set_password(None, PASSWORD)
    kept = await portal.table("password")
    await began(rules.FRESH_SIGN_IN - timedelta(minutes=1))
    soon = await browser.set_password(None, PASSWORD)
    await began(rules.FRESH_SIGN_IN)
    other = await browser.set_password(PASSWORD, OTHER)

    (error,) = late.json()["data"]["setPassword"]["userErrors"]
    assert error["code"] == "FORBIDDEN"
    assert "within 10 minutes" in error["message"]
    assert kept == []
    assert soon.json()["data"]["setPassword"]["userErrors"] == []
    assert other.json()["data"]["setPassword"]["userErrors"] == []


async def test_the_only_way_in_is_not_removed(portal: Portal) -> None:
    ada = await with_password(portal, "Ada")
    browser = portal.browser()
    await browser.enter("ada@example.com", PASSWORD)

    refused = await browser.remove_password(PASSWORD)
    await portal.world.plant(Identity(membership_id=ada, issuer="https://login.example.com", subject="ada"))
    removed = await browser.remove_password(PASSWORD)
    again = await browser.remove_password(PASSWORD)

    codes = [
        [error["code"] for error in answer.json()["data"]["removePassword"]["userErrors"]]
        for answer in (refused, removed, again)
    ]
    assert codes == [["WRONG_STATE"], [], ["ALREADY_DONE"]]
    assert (await portal.browser().enter("ada@example.com", PASSWORD)).status_code == 401


async def test_a_hash_is_made_by_owasps_parameters_and_more_than_can_be_served_soon_are_refused() -> None:
    hashing = Hashing()

    made = await asyncio.gather(*(hashing.hash(PASSWORD) for _ in range(23)), return_exceptions=True)

    hashes = [each for each in made if isinstance(each, str)]
    assert len(set(hashes)) == len(hashes) == 22
    assert {each.rpartition("$")[0].rpartition("$")[0] for each in hashes} == {"$argon2id$v=19$m=47104,t=1,p=1"}
    assert [type(each) for each in made if not isinstance(each, str)] == [TooManyAttempts]
    await hashing.close()
