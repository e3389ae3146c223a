"""Whoever waits in line is served in order, told when it takes too long, and takes nothing along when going away."""

import asyncio
from random import Random

import pytest

from portal.line import Line, WaitedTooLong

SHORT = 0.05
NOWHERE: list[int] = []


def a_line(patience: float | None = None, jam: float | None = None) -> tuple[Line[int], list[int]]:
    """A line, and what came back to it."""
    back: list[int] = []
    return Line(back.append, patience_seconds=patience, jam_patience_seconds=jam), back


async def standing(line: Line[int], count: int) -> list["asyncio.Task[int]"]:
    tasks = [asyncio.create_task(line.wait()) for _ in range(count)]
    await asyncio.sleep(0)
    return tasks


async def test_the_first_in_line_is_served_first() -> None:
    line, _ = a_line()
    first, second = await standing(line, 2)

    served = [line.serve(1), line.serve(2), line.serve(3)]

    assert (await first, await second) == (1, 2)
    assert served == [True, True, False]


async def test_whoever_waits_too_long_is_told() -> None:
    line, _ = a_line(SHORT)
    tasks = await standing(line, 3)

    outcomes = await asyncio.gather(*tasks, return_exceptions=True)

    assert [type(outcome) for outcome in outcomes] == [WaitedTooLong] * 3
    assert not line.serve(1)


async def test_in_a_jam_nobody_waits_for_long() -> None:
    """An empty line does not end it: the next ones would wait for long again, in vain."""
    line = Line[int](NOWHERE.append, patience_seconds=SHORT, jam_patience_seconds=0.0, jam_seconds=3_600.0)
    before = line.is_jammed
    await asyncio.gather(*await standing(line, 1), return_exceptions=True)
    emptied = line.serve(1)
    line._patience = 3_600.0

    (sent_away,) = await asyncio.gather(*await standing(line, 1), return_exceptions=True)

    assert (before, emptied, type(sent_away), line.is_jammed) == (False, False, WaitedTooLong, True)


async def test_a_jam_is_over_some_time_after_the_last_who_waited_in_vain() -> None:
    line = Line[int](NOWHERE.append, patience_seconds=0.0, jam_patience_seconds=0.0, jam_seconds=SHORT)
    await asyncio.gather(*await standing(line, 1), return_exceptions=True)
    jammed = line.is_jammed

    await asyncio.sleep(SHORT * 1.5)

    assert (jammed, line.is_jammed) == (True, False)


async def test_who_goes_away_passes_the_turn_and_what_was_given() -> None:
    line, back = a_line()
    gone, late, last = await standing(line, 3)
    gone.cancel()
    await asyncio.sleep(0)

    line.serve(1)
    late.cancel()  # in the moment in which its turn has come
    await asyncio.wait([late])
    line.serve(2)

    assert back == [1]
    assert await last == 2
    assert (gone.cancelled(), late.cancelled()) == (True, True)


@pytest.mark.parametrize("seed", range(20))
async def test_nothing_is_lost_whoever_comes_and_goes(seed: int) -> None:
    random = Random(seed)
    free = [1, 2, 3]

    def give(thing: int) -> None:
        if not line.serve(thing):
            free.append(thing)

    line: Line[int] = Line(give, patience_seconds=0.002, jam_patience_seconds=0.001)

    async def use() -> None:
        thing = free.pop() if free else await line.wait()
        try:
            await asyncio.sleep(random.random() / 1_000)
        finally:
            give(thing)

    users = [asyncio.create_task(use()) for _ in range(300)]
    for user in users:
        if random.random() < 0.4:
            asyncio.get_running_loop().call_later(random.random() / 50, user.cancel)
    await asyncio.gather(*users, return_exceptions=True)

    assert sorted(free) == [1, 2, 3]
    assert len(line) == 0
