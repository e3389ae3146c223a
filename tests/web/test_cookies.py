"""A browser's session over HTTP: what its cookie is worth, and from whose pages."""

import io
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass

import httpx
import pytest

from portal import clock
from portal.access.enums import OrganizationRole
from portal.people.actions.members import change_member_role
from portal.web.app import WebOptions
from portal.web.assembly import app_on
from portal.web.cookies import SESSION_COOKIE
from portal.web.observe import Observer
from tests.people.making import A_DAY, a_token, olga
from tests.people.signing_in import a_session, text_of
from tests.world import World

OURS = "https://portal.example.com"
QUERY = {"query": "{ viewer { membership { name } } }"}
OWN_PAGE = {"x-requested-with": "portal", "sec-fetch-site": "same-origin"}


@dataclass
class Browser:
    """Sends requests with a session's cookie, as pages make a browser do."""

    http: httpx.AsyncClient
    session: str

    async def ask(self, headers: Mapping[str, str], body: object = None) -> httpx.Response:
        sent = {"cookie": f"{SESSION_COOKIE}={self.session}", **headers}
        return await self.http.post("/graphql", json=body or QUERY, headers=sent)


@pytest.fixture
async def browser(acme: World) -> AsyncIterator[Browser]:
    ada = await acme.member("Ada")
    session = text_of(await a_session(acme, ada.id, at=clock.now()))
    app = app_on(acme.database, Observer(io.BytesIO()), WebOptions(public_url=OURS))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url=OURS) as http:
        http.headers["accept"] = "application/graphql-response+json"
        yield Browser(http, session)


def code_of(response: httpx.Response) -> str:
    return str(response.json()["errors"][0]["extensions"]["code"])


@pytest.mark.parametrize(
    "headers",
    [
        OWN_PAGE,
        {"x-requested-with": "portal", "origin": OURS},
        {"x-requested-with": "portal", "sec-fetch-site": "none", "origin": OURS},
    ],
    ids=["a browser that says its site", "an older one", "none with our origin"],
)
async def test_our_own_pages_are_signed_in_by_the_cookie(browser: Browser, headers: dict[str, str]) -> None:
    answer = await browser.ask(headers)

    assert answer.json()["data"] == {"viewer": {"membership": {"name": "Ada"}}}
    assert "set-cookie" not in answer.headers


@pytest.mark.parametrize(
    "headers",
    [
        {**OWN_PAGE, "sec-fetch-site": "cross-site"},
        {**OWN_PAGE, "sec-fetch-site": "cross-site", "origin": OURS},
        {**OWN_PAGE, "sec-fetch-site": "same-site"},
        {**OWN_PAGE, "sec-fetch-site": "none"},
        {"x-requested-with": "portal"},
        {"x-requested-with": "portal", "origin": "https://evil.example"},
        {"x-requested-with": "portal", "origin": "null"},
        {"x-requested-with": "portal", "origin": f"{OURS}.evil.example"},
        {"sec-fetch-site": "same-origin"},
        {"sec-fetch-site": "same-origin", "x-requested-with": "XMLHttpRequest"},
        {**OWN_PAGE, "on-behalf-of": "mem_00000000000000000000000000000000"},
    ],
)
async def test_no_other_page_is_signed_in_by_the_cookie(browser: Browser, headers: dict[str, str]) -> None:
    answer = await browser.ask(headers)

    assert (answer.status_code, code_of(answer)) == (403, "FORBIDDEN")
    assert "Ada" not in answer.text


async def test_a_page_that_is_opened_elsewhere_is_told_where_the_portal_is(browser: Browser) -> None:
    answer = await browser.ask({"x-requested-with": "portal", "origin": "http://localhost:8000"})

    assert answer.json()["errors"][0]["message"] == (
        "A cookie counts only in requests of the portal's own pages, at https://portal.example.com; others sign in "
        "with a token."
    )


@pytest.mark.parametrize(
    "media_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
async def test_what_a_form_can_send_is_refused(browser: Browser, media_type: str) -> None:
    headers = {"cookie": f"{SESSION_COOKIE}={browser.session}", "content-type": media_type, **OWN_PAGE}

    answer = await browser.http.post("/graphql", content=b'{"query": "{ __typename }"}', headers=headers)

    assert answer.status_code == 415


async def test_the_cookie_counts_for_nothing_in_a_get(browser: Browser) -> None:
    headers = {"cookie": f"{SESSION_COOKIE}={browser.session}", **OWN_PAGE}

    for path in ("/graphql?query={viewer{id}}", "/schema.graphql"):
        answer = await browser.http.get(path, headers=headers)

        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


async def test_a_token_counts_before_the_cookie_and_needs_no_page_of_ours(browser: Browser, acme: World) -> None:
    hugo = await acme.member("Hugo")
    token, _ = await a_token(acme, membership_id=hugo.id, expires_at=clock.now() + A_DAY)

    answer = await browser.ask({"authorization": f"Bearer {token.text}", "sec-fetch-site": "cross-site"})
    bad = await browser.ask({"authorization": "Bearer nonsense", **OWN_PAGE})

    assert answer.json()["data"] == {"viewer": {"membership": {"name": "Hugo"}}}
    assert (bad.status_code, code_of(bad)) == (401, "UNAUTHENTICATED")


async def test_a_sessions_text_counts_for_nothing_as_a_token_nor_a_token_as_a_cookie(
    browser: Browser, acme: World
) -> None:
    hugo = await acme.member("Hugo")
    token, _ = await a_token(acme, membership_id=hugo.id, expires_at=clock.now() + A_DAY)

    as_token = await browser.ask({"authorization": f"Bearer {browser.session}"})
    browser.session = token.text
    as_cookie = await browser.ask(OWN_PAGE)

    assert (as_token.status_code, as_cookie.status_code) == (401, 401)


async def test_two_cookies_of_the_name_are_none(browser: Browser) -> None:
    browser.session = f"{browser.session}; {SESSION_COOKIE}={browser.session}"

    answer = await browser.ask(OWN_PAGE)

    assert answer.status_code == 401


async def test_signing_out_everywhere_answers_and_ends_the_session_that_asked(browser: Browser) -> None:
    everywhere = {"query": "mutation { revokeAllSessions(input: {}) { count userErrors { code } } }"}

    done = await browser.ask(OWN_PAGE, everywhere)
    after = await browser.ask(OWN_PAGE)

    assert done.json()["data"] == {"revokeAllSessions": {"count": 1, "userErrors": []}}
    assert (after.status_code, after.json()["errors"][0]["message"]) == (401, "Your session has ended. Sign in again.")


async def test_the_browser_is_given_a_new_secret_when_its_members_rights_have_changed(
    browser: Browser, acme: World
) -> None:
    await browser.ask(OWN_PAGE)
    (session,) = await acme.rows("SELECT membership_id FROM session")
    changed = {"membership_id": session["membership_id"], "role": OrganizationRole.RECRUITER_ALL}
    for _ in range(1_000):
        if await acme.rows("SELECT FROM session WHERE rights_hash IS NOT NULL"):
            break
    await acme.perform(await olga(acme), change_member_role, **changed)

    # The first request finds out in the middle that the rights have changed; the next brings the new secret.
    answers = [await browser.ask(OWN_PAGE) for _ in range(2)]

    (cookie,) = [answer.headers["set-cookie"] for answer in answers if "set-cookie" in answer.headers]
    value, attributes = cookie.split("; ", 1)
    assert attributes == "Max-Age=1209600; Path=/; Secure; HttpOnly; SameSite=Lax"
    assert value.startswith(f"{SESSION_COOKIE}=")
    assert value != f"{SESSION_COOKIE}={browser.session}"
    browser.session = value.partition("=")[2]
    assert (await browser.ask(OWN_PAGE)).status_code == 200
