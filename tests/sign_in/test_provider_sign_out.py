"""Back-channel logout: whoever signs out at their provider is signed out here, and nobody else can have it so."""

import time
from base64 import urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from joserfc.jwk import OctKey, RSAKey

from portal.web.sign_in.attempts import REFUSALS_PER_ADDRESS
from tests.sign_in.conftest import Portal
from tests.sign_in.provider import Provider

EVENT = "http://schemas.openid.net/event/backchannel-logout"


def logout_claims(provider: Provider, **more: Any) -> dict[str, Any]:
    now = int(time.time())
    return {
        "iss": provider.issuer,
        "aud": "portal",
        "iat": now,
        "exp": now + 120,
        "sub": "ada",
        "jti": "one",
        "events": {EVENT: {}},
    } | more


async def told(portal: Portal, token: str, provider: str = "okta") -> httpx.Response:
    return await portal.http.post(f"/auth/{portal.slug}/{provider}/back-channel-logout", data={"logout_token": token})


async def test_who_signs_out_at_their_provider_is_signed_out_here(portal: Portal, okta: Provider) -> None:
    await portal.member("Ada")
    await portal.member("Hugo")
    await portal.trusts(okta)
    ada, hugo = portal.browser(), portal.browser()
    await ada.sign_in(okta)
    await hugo.sign_in(okta, sub="hugo", email="hugo@example.com")

    answer = await told(portal, okta.signed(logout_claims(okta), header={"typ": "logout+jwt"}))

    assert (answer.status_code, answer.headers["cache-control"]) == (200, "no-store")
    assert (await ada.who(), await hugo.who()) == (None, "Hugo")
    assert (await portal.events())[-1] == "session.revoked"


async def test_a_logout_token_counts_once(portal: Portal, okta: Provider) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    token = okta.signed(logout_claims(okta))

    first = await told(portal, token)
    browser = portal.browser()
    await browser.sign_in(okta)
    again = await told(portal, token)

    assert (first.status_code, again.status_code, await browser.who()) == (200, 400, "Ada")


def without(name: str) -> Callable[[Provider], str]:
    return lambda okta: okta.signed({key: value for key, value in logout_claims(okta).items() if key != name})


def saying(**more: Any) -> Callable[[Provider], str]:
    return lambda okta: okta.signed(logout_claims(okta, **more))


FORGED: dict[str, Callable[[Provider], str]] = {
    **{f"without {name}": without(name) for name in ("iss", "aud", "iat", "exp", "sub", "jti", "events")},
    "another issuer's": saying(iss="https://evil.example"),
    "for another client": saying(aud="another"),
    "for several clients": saying(aud=["portal", "another"]),
    "another event": saying(events={"http://schemas.openid.net/event/other": {}}),
    "no event": saying(events={EVENT: "yes"}),
    "an ID token": saying(nonce="n"),
    "over": saying(exp=1),
    "from the future": saying(iat=int(time.time()) + 3_600),
    "too old": saying(iat=int(time.time()) - 3_600),
    "of nobody": saying(sub=""),
    "signed by another key": lambda okta: okta.signed(
        logout_claims(okta), key=RSAKey.generate_key(2048, {"kid": "one"})
    ),
    "of another type": lambda okta: okta.signed(logout_claims(okta), header={"typ": "at+jwt"}),
    "signed with a shared secret": lambda okta: okta.signed(
        logout_claims(okta), key=OctKey.import_key("x" * 32, {"kid": "one"}), header={"alg": "HS256"}
    ),
    "rubbish": lambda _okta: "rubbish",
    "nothing": lambda _okta: "",
}


@pytest.mark.parametrize("forged", FORGED)
async def test_what_no_honest_provider_says_signs_nobody_out(portal: Portal, okta: Provider, forged: str) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    browser = portal.browser()
    await browser.sign_in(okta)

    answer = await told(portal, FORGED[forged](okta))

    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})
    assert await browser.who() == "Ada"


async def test_one_providers_word_does_not_count_for_anothers_people(
    portal: Portal, okta: Provider, entra: Provider
) -> None:
    await portal.member("Ada")
    await portal.trusts(okta)
    await portal.trusts(entra, "entra")
    browser = portal.browser()
    await browser.sign_in(okta)

    theirs = await told(portal, entra.signed(logout_claims(entra)), "entra")
    wrong = await told(portal, entra.signed(logout_claims(entra, jti="two")), "okta")
    nobody = await told(portal, okta.signed(logout_claims(okta, jti="three")), "nobody")

    assert (theirs.status_code, wrong.status_code, nobody.status_code) == (200, 400, 400)
    assert await browser.who() == "Ada"


@pytest.mark.parametrize(
    ("content", "media_type", "status"),
    [
        (b'{"logout_token": "x"}', "application/json", 415),
        (b"logout_token=" + b"x" * 30_000, "application/x-www-form-urlencoded", 413),
        (b"logout_token=x&logout_token=y", "application/x-www-form-urlencoded", 400),
        (b"\xff", "application/x-www-form-urlencoded", 400),
    ],
    ids=["JSON", "too long", "two", "no text"],
)
async def test_what_is_no_such_form_is_refused(portal: Portal, content: bytes, media_type: str, status: int) -> None:
    answer = await portal.http.post(
        f"/auth/{portal.slug}/okta/back-channel-logout", content=content, headers={"content-type": media_type}
    )

    assert answer.status_code == status


@pytest.mark.parametrize(
    "header",
    [
        b'{"alg":"RS256","typ":["JWT"]}',
        b'{"alg":"RS256","typ":{}}',
        b'{"alg":["RS256"]}',
        b'{"alg":"RS256","kid":{}}',
        b'["alg"]',
        b'{"alg":"RS256","x":' + b"[" * 5_000 + b"]" * 5_000 + b"}",
        b'{"alg":"RS256","b64":false,"crit":["b64"]}',
        b"\xff",
    ],
    ids=["types", "an object as type", "algorithms", "an object as key", "a list", "deep", "critical", "no text"],
)
async def test_a_header_that_is_made_to_confuse_is_refused_as_any_other(
    portal: Portal, okta: Provider, header: bytes
) -> None:
    await portal.trusts(okta)
    token = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in (header, b"{}", b"signature"))

    answer = await told(portal, token[:20_000])

    assert (answer.status_code, answer.json()) == (400, {"error": "invalid_request"})


async def test_who_sends_token_after_token_in_vain_is_turned_away_and_a_provider_is_not(
    portal: Portal, okta: Provider
) -> None:
    await portal.trusts(okta)

    honest = [
        (await told(portal, okta.signed(logout_claims(okta, jti=str(number))))).status_code
        for number in range(REFUSALS_PER_ADDRESS + 1)
    ]
    vain = [(await told(portal, "rubbish")).status_code for _ in range(REFUSALS_PER_ADDRESS + 1)]

    assert set(honest) == {200}
    assert vain == [400] * REFUSALS_PER_ADDRESS + [429]
    assert portal.said().count('"event":"bug"') == REFUSALS_PER_ADDRESS
