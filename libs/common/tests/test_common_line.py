"""The line in front of the pool: who waits, who is turned away, and that no place is lost."""

import asyncio
import time

import pytest

from mentoring_common.errors import Conflict, Unavailable
from mentoring_common.line import Line, in_time


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
    one, fails, leave = line(stands_s=0.4), asyncio.Event(), asyncio.Event()

    async def fail() -> None:
        async with one.turn():
            await fails.wait()
            raise Unavailable("database")

    async def wait() -> str:
        try:
            async with one.turn():
                return "served"
        except Unavailable:
            return "sent away"

    failing = asyncio.create_task(fail())
    await settle()
    second = asyncio.create_task(hold(one, leave))
    third = asyncio.create_task(wait())
    await asyncio.sleep(0.2)
    fails.set()
    assert await third == "sent away"
    assert not second.done()
    leave.set()
    await second
    assert isinstance((await asyncio.gather(failing, return_exceptions=True))[0], Unavailable)


async def test_a_refusal_moves_the_line():
    one = line(stands_s=0.3)

    async def refuse() -> None:
        async with one.turn():
            await asyncio.sleep(0.1)
            raise Conflict("no")

    answers = await asyncio.gather(*(refuse() for _ in range(10)), return_exceptions=True)
    assert [type(error) for error in answers] == [Conflict] * 10


async def test_nobody_waits_longer_than_that_even_in_a_line_that_moves():
    one = line(stands_s=0.2, longest_s=0.3)
    answers = await asyncio.gather(*(_work(one, 0.05) for _ in range(40)), return_exceptions=True)
    assert {type(answer) for answer in answers} == {type(None), Unavailable}
    async with asyncio.timeout(30), one.turn():
        pass


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


async def test_a_process_that_is_too_busy_to_look_does_not_take_that_for_a_database_that_is_gone():
    """As when a thousand requests come before the first connection was made."""

    async def block() -> None:
        while True:
            time.sleep(0.05)  # noqa: ASYNC251  that is the fault
            await asyncio.sleep(0)

    async def connect() -> str:
        for _ in range(6):  # round trips
            await asyncio.sleep(0)
        return "connected"

    blocking = asyncio.create_task(block())
    one, leave = line(stands_s=0.1), asyncio.Event()
    held = asyncio.create_task(hold(one, leave))
    waiting = asyncio.create_task(_work(one, 0))
    assert await in_time(asyncio.create_task(connect()), 0.1) == "connected"
    leave.set()
    await asyncio.gather(held, waiting)
    blocking.cancel()


async def test_what_does_not_come_in_time_is_called_off():
    never = asyncio.create_task(asyncio.Event().wait())
    with pytest.raises(TimeoutError):
        await in_time(never, 0.1)
    await settle()
    assert never.cancelled()
