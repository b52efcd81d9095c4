"""The answer to COMMIT is cut on the wire: the server has committed and nobody hears of it. What is repeated under its
key is there once, and events are neither lost nor doubled."""

import asyncio

import pytest

from mentoring_common.testing.plugin import AS_IN_PRODUCTION

from .wire import Wire

LONG_S = 30
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not AS_IN_PRODUCTION, reason="minutes long: make faults"),
]


@pytest.fixture(scope="module")
async def wire(initialised):
    opened = await Wire(initialised).open()
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def database_door(wire):
    return wire


async def test_the_answer_to_a_commit_is_cut(whole, wire):
    async def fault():
        wire.cutting = True
        await asyncio.sleep(LONG_S)
        wire.cutting = False
        return wire.cut

    await whole.under("the answer to COMMIT is cut", fault)
    assert wire.cut > 0
