"""Budgets: what is taken, what is given back, and when everything begins anew."""

import asyncio
import shutil
import subprocess
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from portal.access.actor import Actor
from portal.access.enums import ActorKind
from portal.web.costs.budget import Budget, Counters, CountersInMemory, Points
from portal.web.costs.shared_counters import SharedCounters
from portal.web.errors import RateLimited

ACME, GLOBEX = UUID(int=1), UUID(int=2)
AT = 1_700_000_000.0  # seconds
A_MINUTE = 60


def somebody(number: int, organization: UUID = ACME) -> Actor:
    return Actor(organization, ActorKind.USER, UUID(int=number), token_id=UUID(int=100 + number))


async def used(budget: Budget, actor: Actor, at: float = AT) -> int:
    left = await budget.left(actor, at)
    assert left is not None
    return left.used


async def test_points_are_taken_until_there_are_too_few() -> None:
    budget = Budget(Points(credential=100))
    ada = somebody(1)

    first = await budget.spend(ada, 60, AT)
    with pytest.raises(RateLimited) as refused:
        await budget.spend(ada, 41, AT)
    last = await budget.spend(ada, 40, AT)

    assert first is not None
    assert last is not None
    assert (first.used, first.remaining, last.remaining) == (60, 40, 0)
    assert refused.value.extensions == {"budget": "credential", "limit": 100, "retryAfter": first.resets_in}
    assert (b"retry-after", str(first.resets_in).encode()) in refused.value.headers


async def test_what_was_not_spent_is_given_back() -> None:
    budget = Budget(Points(credential=100, organization=100))
    ada = somebody(1)

    await budget.spend(ada, 100, AT)
    await budget.refund(ada, 70, AT)

    assert await used(budget, ada) == 30
    await budget.spend(ada, 70, AT)


async def test_a_minute_later_everything_can_be_spent_again() -> None:
    budget = Budget(Points(credential=100))
    ada = somebody(1)
    left = await budget.spend(ada, 100, AT)
    assert left is not None

    with pytest.raises(RateLimited):
        await budget.spend(ada, 1, AT + left.resets_in - 1)
    await budget.spend(ada, 100, AT + left.resets_in)


async def test_a_refund_goes_to_the_window_it_was_taken_from() -> None:
    budget = Budget(Points(credential=100))
    ada = somebody(1)
    await budget.spend(ada, 100, AT)
    await budget.spend(ada, 50, AT + A_MINUTE)

    await budget.refund(ada, 100, AT)

    assert await used(budget, ada, AT + A_MINUTE) == 50


async def test_everybody_has_a_budget_of_their_own_and_all_share_their_organizations() -> None:
    budget = Budget(Points(credential=100, organization=150))

    await budget.spend(somebody(1), 100, AT)
    with pytest.raises(RateLimited) as refused:
        await budget.spend(somebody(2), 51, AT)
    await budget.spend(somebody(3, GLOBEX), 100, AT)

    assert refused.value.extensions is not None
    assert refused.value.extensions["budget"] == "organization"
    assert await used(budget, somebody(2)) == 0


async def test_windows_of_several_credentials_end_at_several_seconds() -> None:
    budget = Budget(Points())

    ends = {left.resets_in for number in range(200) if (left := await budget.left(somebody(number), AT)) is not None}

    assert min(ends) >= 1
    assert max(ends) <= A_MINUTE
    assert len(ends) > 40


async def test_preparation_is_a_budget_of_its_own() -> None:
    budget = Budget(Points(preparation=10))
    ada = somebody(1)

    await budget.prepare(ada, 10, AT)
    with pytest.raises(RateLimited) as refused:
        await budget.prepare(ada, 1, AT)

    assert refused.value.extensions is not None
    assert refused.value.extensions["budget"] == "preparation"
    assert await used(budget, ada) == 0


async def test_without_a_limit_nothing_is_counted() -> None:
    budget = Budget(Points(None, None, None))

    assert await budget.spend(somebody(1), 10**12, AT) is None
    await budget.prepare(somebody(1), 10**12, AT)
    await budget.refund(somebody(1), 1, AT)


async def test_many_at_once_never_take_more_than_there_is() -> None:
    budget = Budget(Points(credential=100))
    ada = somebody(1)

    outcomes = await asyncio.gather(*(budget.spend(ada, 7, AT) for _ in range(50)), return_exceptions=True)

    taken = [outcome for outcome in outcomes if not isinstance(outcome, BaseException)]
    assert len(taken) == 100 // 7
    assert await used(budget, ada) == 7 * len(taken)


@pytest.fixture
async def redis_url(tmp_path: Path) -> AsyncIterator[str]:
    """A Redis of its own on a socket in a folder of its own."""
    program = shutil.which("redis-server") or shutil.which("valkey-server")
    if program is None:
        pytest.skip("needs redis-server or valkey-server")
    socket = tmp_path / "redis.sock"
    process = subprocess.Popen(  # noqa: ASYNC220 - starts, and is waited for below
        [program, "--port", "0", "--unixsocket", str(socket), "--save", "", "--dir", str(tmp_path)],
        stdout=subprocess.DEVNULL,
    )
    try:
        async with asyncio.timeout(20):
            while not socket.exists():  # noqa: ASYNC110 - another process makes it
                await asyncio.sleep(0.02)
        yield f"redis+unix://{socket}"
    finally:
        process.terminate()
        process.wait()


def unreported(what: str, problem: Exception) -> None:
    raise AssertionError(what) from problem


async def test_processes_share_budgets_in_a_redis(redis_url: str) -> None:
    counters = [SharedCounters(redis_url, unreported, answers_within_seconds=60) for _ in range(2)]
    one, other = (Budget(Points(credential=100), each) for each in counters)
    ada = somebody(1)

    await one.spend(ada, 60, AT)
    with pytest.raises(RateLimited):
        await other.spend(ada, 41, AT)
    await one.refund(ada, 20, AT)

    assert await used(other, ada) == 40
    for each in counters:
        await each.close()


async def test_a_redis_that_is_gone_is_reported_and_nobody_is_refused() -> None:
    reported: list[str] = []
    counters: Counters = SharedCounters("redis://127.0.0.1:1/0", lambda what, _problem: reported.append(what))
    budget = Budget(Points(credential=100), counters)

    left = await budget.spend(somebody(1), 60, AT)

    assert left is not None
    assert left.used == 60
    assert "budget" in reported


async def test_memory_is_bounded() -> None:
    counters = CountersInMemory(most=10)

    for number in range(1_000):
        await counters.add(str(number), 1)

    assert len(counters) == 10
