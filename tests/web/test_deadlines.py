"""An operation that takes too long ends; nothing else is disturbed by it."""

import asyncio

import pytest

from portal.web.errors import TimedOut
from portal.web.server.deadlines import Deadlines

LONG = 60.0  # seconds: never reached
SHORT = 0.05


async def forever() -> None:
    await asyncio.Event().wait()


async def test_what_ends_in_time_is_answered() -> None:
    async def quick() -> int:
        await asyncio.sleep(0)
        return 1

    assert await Deadlines(LONG).keep(quick()) == 1


async def test_what_takes_too_long_is_cancelled_and_has_ended() -> None:
    ended: list[str] = []

    async def slow() -> None:
        try:
            await forever()
        finally:
            ended.append("slow")

    with pytest.raises(TimedOut):
        await Deadlines(SHORT).keep(slow())

    assert ended == ["slow"]
    task = asyncio.current_task()
    assert task is not None
    assert task.cancelling() == 0


async def test_each_has_its_own_time() -> None:
    deadlines = Deadlines(SHORT)

    late = [asyncio.create_task(deadlines.keep(forever())) for _ in range(3)]
    outcomes = await asyncio.gather(*late, return_exceptions=True)
    again = await asyncio.gather(asyncio.create_task(deadlines.keep(forever())), return_exceptions=True)

    assert [type(outcome) for outcome in [*outcomes, *again]] == [TimedOut] * 4


async def test_whoever_cancels_an_operation_gets_a_cancelled_task() -> None:
    task = asyncio.create_task(Deadlines(LONG).keep(forever()))
    await asyncio.sleep(0)

    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()


async def test_both_at_once_is_a_cancelled_task_too() -> None:
    deadlines = Deadlines(LONG)
    task = asyncio.create_task(deadlines.keep(forever()))
    await asyncio.sleep(0)

    deadlines._began[task] -= LONG
    deadlines._look(asyncio.get_running_loop())
    task.cancel()
    await asyncio.wait([task])

    assert task.cancelled()


async def test_a_failure_is_passed_on() -> None:
    async def fail() -> None:
        raise LookupError

    with pytest.raises(LookupError):
        await Deadlines(LONG).keep(fail())
