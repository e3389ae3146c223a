"""GraphiQL in a real browser: signing in, the examples, a query, a subscription; nothing leaves our origin.

Pictures of it are kept in tests/artifacts, for people to look at.
"""

import hashlib
import json
from collections.abc import AsyncIterator
from uuid import UUID

import pytest

from portal import clock
from portal.access.actions import WriteDoor
from portal.access.actor import Actor
from portal.access.work import Call
from portal.organizations.directory import find_organization
from portal.web.cookies import SESSION_COOKIE
from tests.cli.processes import ROOT
from tests.examples.conftest import Demo
from tests.people.signing_in import let_in, text_of
from tests.sign_in.chromium import CHROMIUM, Page, a_page

# One worker: the demo takes a few seconds to be made.
pytestmark = pytest.mark.xdist_group("examples")
IN_A_BROWSER = pytest.mark.skipif(
    not CHROMIUM.exists(), reason=f"{CHROMIUM} is missing: on Debian, apt-get install chromium"
)

PICTURES = ROOT / "tests" / "artifacts" / "graphiql"
FOLDER = ROOT / "portal" / "web" / "graphiql"
SOURCES = ("examples.jsx", "explorer.jsx", "no_styles.js", "package.json", "sign_in.jsx", "talk.js")


@pytest.fixture
async def page() -> AsyncIterator[Page]:
    async with a_page() as page:
        await page.observe()
        await page.call("Emulation.setDeviceMetricsOverride", width=1440, height=900, deviceScaleFactor=1, mobile=False)
        yield page


def click(what: str) -> str:
    return f"document.querySelector({json.dumps(what)}).click(); 0"


def choose(title: str) -> str:
    """Click an example by its title."""
    return f"""[...document.querySelectorAll('.portal-examples li button')]
        .find(button => button.querySelector('span').textContent === {json.dumps(title)}).click(); 0"""


def shown(editor: str) -> str:
    return f"(document.querySelector('.graphiql-container {editor} .CodeMirror')?.CodeMirror.getValue() ?? '')"


async def answered(page: Page, words: str) -> str:
    """Wait until the answer has some words; the answer."""
    answer: str = await page.until(
        f"{shown('.result-window')}.includes({json.dumps(words)}) && {shown('.result-window')}"
    )
    return answer


async def run_example(page: Page, title: str, name: str) -> None:
    await page.run(choose(title))
    # Its name is on the tab once GraphiQL has read the operation.
    await page.until(f"document.querySelector('.graphiql-tab-active')?.textContent.startsWith({json.dumps(name)})")
    await page.run(click(".graphiql-execute-button"))


async def in_light_and_dark(page: Page, name: str) -> None:
    """Keep two pictures of what the page shows now."""
    for scheme in ("dark", "light"):
        await page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
        await page.keep_picture(PICTURES / f"{name}-{scheme}.png")


async def signed_in(page: Page, name: str) -> None:
    """Wait until the page says who is signed in, and shows their examples."""
    await page.until(f"document.querySelector('.portal-who')?.textContent.startsWith({json.dumps(name)})")
    await page.until("document.querySelectorAll('.portal-examples details[open] li').length > 1")


@IN_A_BROWSER
async def test_a_recruiter_signs_in_asks_and_watches(demo: Demo, page: Page) -> None:
    await page.go(f"{demo.address}/")
    await page.until("document.activeElement?.id === 'token'")
    await in_light_and_dark(page, "sign-in")
    await page.write(demo.tokens["recruiter"])
    await page.until("!document.querySelector('form button').disabled")
    await page.run(click("form button"))
    await signed_in(page, "Ada Abara")

    await run_example(page, "What is open, and how many wait", "OpenOpenings")
    answer = json.loads(await answered(page, "totalCount"))
    await in_light_and_dark(page, "query")
    await run_example(page, "Watch a board: let this run, and move somebody in another tab", "WatchBoard")
    await demo.subscriptions(1)
    opening_id = json.loads(await page.run(shown(".graphiql-editor-tool")))["openingId"]
    moved = await demo.move_somebody(opening_id)
    told = json.loads(await answered(page, "application.stage_changed"))
    await in_light_and_dark(page, "subscription")
    await page.run(click(".graphiql-execute-button"))  # stops it
    await demo.subscriptions(0)
    await page.run(click('[aria-label="Open settings dialog"]'))
    await page.until("document.querySelector('.graphiql-dialog') !== null")
    await in_light_and_dark(page, "settings")

    assert [opening["title"] for opening in answer["data"]["openings"]["nodes"]] != []
    assert told["data"]["pipelineChanged"]["type"] == "application.stage_changed"
    assert moved.startswith("app_")
    assert page.problems == []
    ours = (demo.address, demo.address.replace("http", "ws"), "data:")
    assert [address for address in page.requests if not address.startswith(ours)] == []
    assert f"{demo.address.replace('http', 'ws')}/graphql" in page.requests


@IN_A_BROWSER
async def test_a_token_in_the_address_is_taken_out_of_it_and_signs_in_once_it_is_confirmed(
    demo: Demo, page: Page
) -> None:
    await page.go(f"{demo.address}/#token={demo.tokens['interviewer']}")

    said = await page.until("document.querySelector('[role=status]')?.textContent")
    await page.keep_picture(PICTURES / "offered.png")
    asked = [address for address in page.requests if address.endswith("/graphql")]
    await page.run(click("form button"))
    await signed_in(page, "Iris Ito")
    groups = await page.until(
        "[...document.querySelectorAll('.portal-examples details[open] summary')].map(each => each.textContent)"
    )

    assert await page.run("location.href") == f"{demo.address}/"
    assert demo.tokens["interviewer"] not in await page.run("JSON.stringify({...localStorage, ...sessionStorage})")
    assert groups == ["Employee", "Interviewer"]
    assert said.startswith("Your link holds a token.")
    assert asked == []
    assert page.problems == []


@IN_A_BROWSER
async def test_a_token_that_is_not_good_is_said_to_be(demo: Demo, page: Page) -> None:
    await page.go(f"{demo.address}/#token=portal_live_of_nobody")
    await page.until("document.querySelector('[role=status]')?.textContent")
    await page.run(click("form button"))

    said = await page.until("document.querySelector('[role=alert]')?.textContent")
    await page.keep_picture(PICTURES / "refused.png")

    assert said == "This token is mistyped, has ended or was revoked. Take another one."


@IN_A_BROWSER
async def test_a_browsers_session_signs_in_and_watches(demo: Demo, page: Page) -> None:
    who = (await demo.ask("recruiter", "{ viewer { membership { id } } }"))["viewer"]["membership"]["id"]
    organization_id = await find_organization(demo.database, "pinterest")
    assert organization_id is not None
    call = Call(Actor.system(organization_id), clock.now(), "test")
    session = await WriteDoor(demo.database).perform(call, let_in, membership_id=UUID(who.partition("_")[2]))
    await page.call(
        "Network.setCookie",
        url=f"{demo.address}/",
        name=SESSION_COOKIE,
        value=text_of(session),
        path="/",
        secure=True,
        httpOnly=True,
    )

    await page.go(f"{demo.address}/")
    await page.until("document.querySelector('details .portal-second') !== null")
    await page.run(click("details .portal-second"))
    await signed_in(page, "Ada Abara")
    await run_example(page, "Watch a board: let this run, and move somebody in another tab", "WatchBoard")
    await demo.subscriptions(1)
    await demo.move_somebody(json.loads(await page.run(shown(".graphiql-editor-tool")))["openingId"])
    await answered(page, "application.stage_changed")
    await page.go(f"{demo.address}/")  # a session is found again
    await signed_in(page, "Ada Abara")
    await page.run(click(".portal-quiet"))
    await page.until("document.getElementById('token') !== null")
    await page.until(
        """fetch('/graphql', {
            method: 'POST',
            headers: {'content-type': 'application/json', 'x-requested-with': 'portal'},
            body: '{"query":"{ viewer { id } }"}',
        }).then(answer => answer.status === 401)"""
    )


def test_the_script_is_what_its_sources_make() -> None:
    sources = b"".join((FOLDER / "source" / name).read_bytes() for name in SOURCES)

    with (FOLDER / "graphiql.js").open() as script:
        made_of = script.readline()

    assert hashlib.sha256(sources).hexdigest() in made_of, "Build it anew: sh portal/web/graphiql/source/build.sh"
