"""The real services as processes, two of each, written to while they or what they stand on is ended: nothing lost,
doubled or out of order."""

import asyncio
import contextlib
import os
import random
import signal

import pytest
from aiokafka.errors import KafkaError

from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common.testing import eventually
from mentoring_common.testing.plugin import AS_IN_PRODUCTION

ROUNDS = int(os.environ.get("FAULTS_ROUNDS", "1"))
PATIENCE_S = 60
PAUSE_S = 13  # a session lasts 10 s
pytestmark = pytest.mark.faults
LONG = pytest.mark.skipif(not AS_IN_PRODUCTION, reason="minutes long: make faults")


async def all_by(replicas, how):
    for which in random.sample(list(replicas.ports), len(replicas.ports)):
        await replicas.end(which, how)
    return len(replicas.ports)


async def members_paused(replicas):
    """One of the two of every service stands still until the group has gone on without it."""
    paused = [replicas.running[name, 1].pid for name in WITH_DATABASE]
    for pid in paused:
        os.kill(pid, signal.SIGSTOP)
    await asyncio.sleep(PAUSE_S)
    for pid in paused:
        os.kill(pid, signal.SIGCONT)
    return len(paused)


async def backend_killed(whole):
    """PostgreSQL ends every connection when one of its processes was killed, and recovers from its log."""
    (pid,) = await whole.rows(
        "applications", "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' "
        "AND datname = current_database() AND pid <> pg_backend_pid() LIMIT 1",
    )  # fmt: skip
    os.kill(pid, signal.SIGKILL)
    await asyncio.sleep(5)
    return 1


async def broker_killed(kafka):
    """The node is killed, away for a while, and started on the data it had."""
    await asyncio.to_thread(kafka.kill, 1)
    await asyncio.sleep(3)
    await asyncio.to_thread(kafka.start_again, 1)
    await asyncio.sleep(10)
    return 1


async def power_lost(server, kafka):
    """Every process of PostgreSQL and of the broker is killed in one moment; both are started on what they had."""
    await asyncio.gather(asyncio.to_thread(kafka.kill, 1), asyncio.to_thread(server.kill))
    await asyncio.sleep(3)
    await asyncio.gather(asyncio.to_thread(kafka.start_again, 1), asyncio.to_thread(server.start_again))
    await asyncio.sleep(10)
    return 1


def lose_last_writes(kafka):
    """Cut off the last third of what a node that is not running holds of our topics; how many files were cut."""
    logs = [log for log in kafka.data(1).glob("mentoring.*/*.log") if log.stat().st_size]
    for log in logs:
        os.truncate(log, log.stat().st_size * 2 // 3)
    return len(logs)


async def database_stopped(server):
    """An operator stops PostgreSQL and starts it again a little later."""
    await asyncio.to_thread(server.restart, away_s=5)
    await asyncio.sleep(10)
    return 1


async def test_some_are_killed(whole):
    """The short one, which every run of the tests makes."""

    async def fault():
        await asyncio.sleep(3)
        some = [("applications", 1), ("gateway", 1), ("integrations", 2)]
        for which in some:
            await whole.replicas.end(which, signal.SIGKILL)
        return len(some)

    load = await whole.under("some are killed", fault)
    assert load.made


@LONG
@pytest.mark.parametrize(
    "fault",
    ["kill -9", "SIGTERM", "members paused", "PostgreSQL crashes", "PostgreSQL stopped", "broker killed", "power lost"],
)
async def test_what_is_answered_is_kept_once(whole, kafka, fault):
    faults = {
        "kill -9": lambda: all_by(whole.replicas, signal.SIGKILL),
        "SIGTERM": lambda: all_by(whole.replicas, signal.SIGTERM),
        "members paused": lambda: members_paused(whole.replicas),
        "PostgreSQL crashes": lambda: backend_killed(whole),
        "PostgreSQL stopped": lambda: database_stopped(whole.server),
        "broker killed": lambda: broker_killed(kafka),
        "power lost": lambda: power_lost(whole.server, kafka),
    }

    async def rounds():
        return sum([await faults[fault]() for _ in range(ROUNDS)])

    load = await whole.under(fault, rounds)
    if fault == "SIGTERM":
        assert load.cut == 0  # what was accepted is answered before the process ends


@LONG
async def test_a_broker_that_lost_its_last_writes_is_filled_from_the_outboxes(whole, kafka):
    """A broker acknowledges before its disk has it: alone, it may lose that with its power. Then everything is
    published again, and read from the beginning, as docs/production.md says: readers that went on where they were
    would pass over what takes the places of what is lost."""

    async def fault():
        await asyncio.sleep(8)
        await asyncio.to_thread(kafka.kill, 1)
        cut = await asyncio.to_thread(lose_last_writes, kafka)
        await asyncio.to_thread(kafka.start_again, 1)
        await eventually(lost, within_s=PATIENCE_S, what="the broker, and what it lost")
        async with whole.replicas.stopped():
            for name in WITH_DATABASE:
                await whole.change(name, "UPDATE outbox SET published_at = NULL")
                await whole.read_from_the_beginning(name)
        await asyncio.sleep(5)
        return cut

    async def lost():
        with contextlib.suppress(KafkaError):
            return (await whole.verdict("applications")).lost

    load = await whole.under("the broker lost its last writes", fault)
    assert load.made
