"""A programme that comes in by files, as a large one does, and every screen of the console on it."""

import pytest

from bench.scale import IN_THE_WINDOW, SCREENS, answered, filled
from mentoring_allinone.stack import Stack
from mentoring_common.clock import MovableClock

PAIRS = 3


@pytest.fixture
async def large(tmp_path):
    stack = await Stack.start(tmp_path, clock=MovableClock(IN_THE_WINDOW), durable=False)
    yield await filled(stack, PAIRS)
    await stack.stop()


async def test_people_applications_and_pairs_come_in_by_files_and_every_screen_shows_them(large):
    found = {screen: await answered(large, screen) for screen in SCREENS}
    codes = {one["extensions"]["code"] for answer in found.values() for one in answer.get("errors", [])}
    assert codes == {"not_of_the_pair"}  # a pair's goals are not the team's to read
    assert len(found["pairs, 50"]["data"]["programme"]["relationships"]["nodes"]) == PAIRS
    assert len(found["applications, 50"]["data"]["programme"]["applications"]["nodes"]) == 2 * PAIRS
    [pair] = found["a mentee's home"]["data"]["me"]["home"]["relationships"]
    assert pair["state"] == "active"
    assert pair["mentor"]["name"] == pair["mentee"]["name"].replace("mentee", "mentor")
