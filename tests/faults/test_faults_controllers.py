"""Three brokers that vote on their controller, as a cluster without machines of their own for it has them: the active
one goes, then two of three at once and with them every vote, and all comes back."""

import asyncio
import struct

import pytest

from mentoring_common.embedded.kafka import ApacheKafka
from mentoring_common.testing import eventually
from mentoring_common.testing.plugin import AS_IN_PRODUCTION

CLUSTER = {
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
}
AWAY_S = 15
_DESCRIBE_QUORUM = 55
_METADATA = b"__cluster_metadata"
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not AS_IN_PRODUCTION, reason="minutes long: make faults"),
]


@pytest.fixture(scope="module")
async def kafka():
    if not ApacheKafka.available():
        pytest.skip("Apache Kafka needs Java and Maven")
    running = await ApacheKafka.start(nodes=3, controllers=3, properties=CLUSTER)
    yield running
    await running.stop()


async def controller_seen_by(address):
    """The number of the active controller as the broker at HOST:PORT knows it; None where it knows none.

    By DescribeQuorum, version 0, which the client has not; brokers name any of themselves as controller otherwise.
    """
    header = struct.pack("!hhihx", _DESCRIBE_QUORUM, 0, 1, -1)
    body = bytes([2, len(_METADATA) + 1]) + _METADATA + bytes([2]) + struct.pack("!i", 0) + bytes(3)
    host, port = address.rsplit(":", 1)
    try:
        async with asyncio.timeout(5):
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(struct.pack("!i", len(header + body)) + header + body)
            answer = await reader.readexactly(*struct.unpack("!i", await reader.readexactly(4)))
            writer.close()
    except (OSError, TimeoutError, EOFError):
        return None
    # correlation, tags, error, topics, name, partitions: then partition, error and the leader
    at = 4 + 1 + 2 + 1 + 1 + len(_METADATA) + 1
    _, error, leader = struct.unpack_from("!ihi", answer, at)
    return leader if error == 0 and leader > 0 else None


async def active_controller(kafka, *, other_than=None):
    """The number of the node that the brokers who are there know as the active controller."""

    async def look():
        for number, address in enumerate(kafka.bootstrap_servers.split(","), start=1):
            found = await controller_seen_by(address) if kafka.running(number) else None
            if found is not None and found != other_than:
                return found
        return None

    return await eventually(look, what="a controller")


async def test_the_active_controller_is_killed(whole, kafka):
    seen = []

    async def fault():
        seen.append(await active_controller(kafka))
        await asyncio.to_thread(kafka.kill, seen[0])
        seen.append(await active_controller(kafka, other_than=seen[0]))
        await asyncio.sleep(AWAY_S)
        await asyncio.to_thread(kafka.start_again, seen[0])
        await asyncio.sleep(10)
        return 1

    load = await whole.under("the active controller is killed", fault)
    assert seen[0] != seen[1]
    assert load.made


async def test_the_quorum_is_lost_and_comes_back(whole, kafka):
    """Of two nodes that are killed one is the controller: nobody can be voted for, nothing is acknowledged."""

    async def fault():
        first = await active_controller(kafka)
        gone = [first, first % 3 + 1]
        await asyncio.to_thread(kafka.kill, *gone)
        await asyncio.sleep(AWAY_S)
        before = await waiting()
        for number in gone:
            await asyncio.to_thread(kafka.start_again, number)
        await active_controller(kafka)
        await asyncio.sleep(10)
        assert before > 0  # it was kept in the outbox meanwhile
        return 1

    async def waiting():
        (found,) = await whole.rows("applications", "SELECT count(*) FROM outbox WHERE published_at IS NULL")
        return found

    load = await whole.under("the quorum of the controllers is lost", fault)
    assert load.made
    assert await active_controller(kafka)
