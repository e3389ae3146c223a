"""The Python client of docs/examples: its types, its program, and that it loses and doubles nothing."""

import asyncio
import importlib.util
import runpy
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import aclosing
from types import ModuleType

import pytest

from tests.cli.processes import ROOT
from tests.examples.conftest import Demo
from tests.examples.proxy import Network, a_network

# One worker: the demo takes a few seconds to be made.
pytestmark = pytest.mark.xdist_group("examples")

FOLDER = ROOT / "docs" / "examples" / "python"
PATIENCE_SECONDS = 60.0


@pytest.fixture(scope="module")
def client() -> ModuleType:
    """The client as a module; its classes are looked at by nobody but the tests below and mypy."""
    spec = importlib.util.spec_from_file_location("portal_client", FOLDER / "portal_client.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture
async def network(demo: Demo) -> AsyncIterator[Network]:
    async with a_network(int(demo.address.rpartition(":")[2])) as network:
        yield network


async def an_opening(demo: Demo) -> str:
    found = await demo.ask("recruiter", '{ openings(filter: { title: { startsWith: "Senior" } }) { nodes { id } } }')
    return str(found["openings"]["nodes"][0]["id"])


def test_it_is_typed() -> None:
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file=", "--strict", "."],
        cwd=FOLDER,
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stdout


async def test_the_program_reads_moves_and_is_told(demo: Demo) -> None:
    opening_id = await an_opening(demo)

    printed = await demo.run(sys.executable, "example.py", opening_id, folder=FOLDER, opening_id=opening_id)

    who, count, moved, told = printed.splitlines()
    assert who == "Signed in as RECRUITER_ALL, RECRUITER"
    assert count.endswith(" active applications")
    assert int(count.split()[0]) > 100
    assert moved.startswith("Moved ")
    assert told == "Told: application.stage_changed"


async def test_the_program_says_that_an_opening_has_nobody_to_move(demo: Demo) -> None:
    found = await demo.ask("recruiter", "{ openings(first: 100) { nodes { id activeApplicationCount } } }")
    empty = next(opening["id"] for opening in found["openings"]["nodes"] if opening["activeApplicationCount"] == 0)

    printed = await demo.run(sys.executable, "example.py", empty, folder=FOLDER)

    assert printed.splitlines()[1:] == ["0 active applications", "Nobody is there to be moved: take another opening."]


async def test_the_program_says_what_the_portal_refuses(demo: Demo, client: ModuleType) -> None:
    """The subscription that waits meanwhile is ended first: to close it while it runs would be the error."""
    program = runpy.run_path(str(FOLDER / "example.py"))
    nobody = client.Application(
        id="app_0", candidate=client.Candidate(name="Nobody"), stage=client.Stage(id="stg_0", name="Nowhere")
    )
    async with client.Portal(demo.address, demo.tokens["recruiter"]) as portal:
        with pytest.raises(client.Refused, match="No such application"):
            await program["move_and_hear"](portal, await an_opening(demo), nobody)


async def test_all_pages_are_read_once(demo: Demo, client: ModuleType) -> None:
    opening_id = await an_opening(demo)
    async with client.Portal(demo.address, demo.tokens["recruiter"]) as portal:
        small = [each.id async for each in portal.active_applications(opening_id, page_size=30)]
        large = [each.id async for each in portal.active_applications(opening_id, page_size=100)]

    assert small == large
    assert len(set(small)) == len(small) > 100


async def test_a_move_whose_answer_was_lost_is_done_once(demo: Demo, client: ModuleType, network: Network) -> None:
    opening_id = await an_opening(demo)
    async with client.Portal(f"http://127.0.0.1:{network.port}", demo.tokens["recruiter"]) as portal:
        stages = await portal.stages(opening_id)
        async with aclosing(portal.active_applications(opening_id)) as applications:
            somebody = await anext(applications)
        there = next(stage for stage in stages if stage.id != somebody.stage.id)
        before = await transitions(demo, somebody.id)

        network.answers_to_lose = 2
        moved = await portal.move(somebody.id, somebody.stage.id, there.id)

    assert network.answers_to_lose == 0
    assert moved.stage == there
    assert await transitions(demo, somebody.id) == before + 1


async def test_what_is_refused_is_raised_with_its_code(demo: Demo, client: ModuleType) -> None:
    opening_id = await an_opening(demo)
    async with client.Portal(demo.address, demo.tokens["recruiter"]) as portal:
        first, second = (await portal.stages(opening_id))[:2]
        async with aclosing(portal.active_applications(opening_id)) as applications:
            somebody = await anext(applications)
        elsewhere = first if somebody.stage.id != first.id else second

        with pytest.raises(client.Refused) as refused:
            await portal.move(somebody.id, elsewhere.id, somebody.stage.id)
    async with client.Portal(demo.address, "portal_live_of_nobody") as portal:
        with pytest.raises(client.PortalError) as unknown:
            await portal.roles()

    assert refused.value.code == "STAGE_CHANGED"
    assert unknown.value.code == "UNAUTHENTICATED"


async def test_a_subscription_goes_on_after_a_lost_connection(demo: Demo, client: ModuleType, network: Network) -> None:
    opening_id = await an_opening(demo)
    async with (
        client.Portal(f"http://127.0.0.1:{network.port}", demo.tokens["recruiter"]) as portal,
        aclosing(portal.pipeline_changes(opening_id)) as changes,
    ):
        hearing = asyncio.ensure_future(anext(changes))
        await demo.subscriptions(1)
        moved = [await demo.move_somebody(opening_id)]
        told = [await asyncio.wait_for(hearing, PATIENCE_SECONDS)]
        hearing = asyncio.ensure_future(anext(changes))
        network.cut()
        await demo.subscriptions(0)
        moved += [await demo.move_somebody(opening_id) for _ in range(3)]
        network.mend()
        told.append(await asyncio.wait_for(hearing, PATIENCE_SECONDS))
        told += [await asyncio.wait_for(anext(changes), PATIENCE_SECONDS) for _ in range(2)]

    assert [change.application.id for change in told] == moved
    assert [change.cursor for change in told] == sorted({change.cursor for change in told})


async def transitions(demo: Demo, application_id: str) -> int:
    found = await demo.ask(
        "recruiter", "query($id: ID!) { application(id: $id) { transitions { id } } }", id=application_id
    )
    return len(found["application"]["transitions"])
