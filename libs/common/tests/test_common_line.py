"""The line in front of the pool: who waits, who is turned away, and that no place is lost."""

import asyncio

import pytest

from mentoring_common.errors import Conflict, Unavailable
from mentoring_common.line import Line


def line(connections: int = 1, *, most: int = 100, stands_s: float = 60.0, longest_s: float = 60.0) -> Line:
    return Line(connections, most=most, stands_s=stands_s, longest_s=longest_s)


async def hold(one: Line, until: asyncio.Event) -> None:
    async with one.turn():
        await until.wait()


async def settle() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


async def test_who_came_first_goes_first_and_no_more_at_once_than_there_are_connections():
    one, inside, order = line(3), 0, []

    async def pass_through(number: int) -> None:
        nonlocal inside
        async with one.turn():
            inside += 1
            assert inside <= 3
            order.append(number)
            await asyncio.sleep(0.001)
            inside -= 1

    await asyncio.gather(*(pass_through(number) for number in range(50)))
    assert order == list(range(50))


async def test_one_who_comes_while_others_wait_does_not_go_past_them():
    one, leave, order = line(), asyncio.Event(), []
    first = asyncio.create_task(hold(one, leave))
    await settle()

    async def go(name: str) -> None:
        async with one.turn():
            order.append(name)

    waiting = asyncio.create_task(go("waiting"))
    await settle()
    leave.set()
    await asyncio.gather(first, waiting, go("late"))
    assert order == ["waiting", "late"]


async def test_a_line_that_is_too_long_is_not_joined():
    one, leave = line(most=1), asyncio.Event()
    tasks = [asyncio.create_task(hold(one, leave)) for _ in range(2)]
    await settle()
    with pytest.raises(Unavailable):
        async with one.turn():
            pass
    leave.set()
    await asyncio.gather(*tasks)


async def test_a_line_that_stands_still_is_left_and_one_that_moves_is_not():
    one, leave = line(stands_s=0.2), asyncio.Event()
    held = asyncio.create_task(hold(one, leave))
    await settle()
    with pytest.raises(Unavailable):
        async with one.turn():
            pass
    leave.set()
    await held
    # Ten in a row take longer together than the line may stand still, and every one gets through.
    async with asyncio.TaskGroup() as group:
        for _ in range(10):
            group.create_task(_work(one, 0.05))


async def _work(one: Line, seconds: float) -> None:
    async with one.turn():
        await asyncio.sleep(seconds)


async def test_what_fails_for_want_of_the_database_does_not_move_the_line():
    one = line(stands_s=0.15)

    async def fail(error: Exception) -> None:
        async with one.turn():
            await asyncio.sleep(0.1)
            raise error

    gone = await asyncio.gather(*(fail(Unavailable("database")) for _ in range(4)), return_exceptions=True)
    assert [error.detail for error in gone] == ["database", "database", None, None]
    refused = await asyncio.gather(*(fail(Conflict("no")) for _ in range(4)), return_exceptions=True)
    assert [type(error) for error in refused] == [Conflict] * 4


async def test_who_is_called_off_in_the_line_or_at_its_head_takes_no_place_along():
    one, leave = line(), asyncio.Event()
    held = asyncio.create_task(hold(one, leave))
    await settle()
    waiting = [asyncio.create_task(hold(one, asyncio.Event())) for _ in range(2)]
    await settle()
    waiting[1].cancel()
    leave.set()
    await held  # the first in the line has been called up by now and has not run yet
    waiting[0].cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    async with asyncio.timeout(30), one.turn():
        pass
