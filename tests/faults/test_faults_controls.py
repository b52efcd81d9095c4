"""Negative controls: with a mechanism taken away the same ledger that is all zero otherwise says what went wrong."""

import asyncio
import signal

import pytest

from mentoring_common.testing.plugin import AS_IN_PRODUCTION

from .conftest import Account
from .wire import Wire

BROKEN = __file__.replace("test_faults_controls", "broken")
AWAY_S = 15  # longer than a producer tries
PATIENCE_S = 20
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not AS_IN_PRODUCTION, reason="minutes long: make faults"),
]


async def broker_goes(_whole, kafka, _wire):
    await asyncio.sleep(3)
    await asyncio.to_thread(kafka.kill, 1)
    await asyncio.sleep(AWAY_S)
    await asyncio.to_thread(kafka.start_again, 1)
    await asyncio.sleep(10)
    return 1


async def consumers_killed(whole, _kafka, _wire):
    await asyncio.sleep(10)  # in which they get something through
    for number in (1, 2):
        await whole.replicas.end(("integrations", number), signal.SIGKILL)
    await asyncio.sleep(10)
    return 2


async def commits_cut(_whole, _kafka, wire):
    wire.cutting = True
    await asyncio.sleep(20)
    wire.cutting = False
    return wire.cut


# What is taken away, what happens then, and what has to be counted; nothing, where what remains is enough.
CONTROLS = {
    "nobody_waits_for_the_broker": (broker_goes, "lost"),
    "keys_are_not_looked_at": (commits_cut, "doubled"),
    "offsets_are_not_kept": (consumers_killed, None),
    "the_inbox_is_not_asked": (consumers_killed, "again"),
}


@pytest.fixture(scope="module")
async def wire(initialised):
    opened = await Wire(initialised).open()
    yield opened
    await opened.close()


@pytest.fixture(scope="module")
def database_door(wire):
    return wire


@pytest.fixture(scope="module", params=CONTROLS)
def build(request):
    return request.param


@pytest.fixture(scope="module")
def run_module(build):
    return [BROKEN, build]


async def test_what_is_taken_away_is_missed(whole, kafka, wire, build):
    fault, counted = CONTROLS[build]
    load, account = await whole.account(build, lambda: fault(whole, kafka, wire), patience_s=PATIENCE_S)
    assert load.made
    if counted is None:
        assert account == Account()
    else:
        assert getattr(account, counted) > 0
