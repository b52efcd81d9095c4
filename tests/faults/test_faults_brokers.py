"""Three brokers as a cluster has them, and one of them goes: everything goes on, and nothing is lost."""

import asyncio

import pytest
from aiokafka.admin import AIOKafkaAdminClient

from mentoring_common.embedded.kafka import ApacheKafka
from mentoring_common.testing.plugin import AS_IN_PRODUCTION

CLUSTER = {
    "offsets.topic.replication.factor": "3",
    "transaction.state.log.replication.factor": "3",
    "transaction.state.log.min.isr": "2",
}
AWAY_S = 15
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not AS_IN_PRODUCTION, reason="minutes long: make faults"),
]


@pytest.fixture(scope="module")
async def kafka():
    if not ApacheKafka.available():
        pytest.skip("Apache Kafka needs Java and Maven")
    running = await ApacheKafka.start(nodes=3, properties=CLUSTER)
    yield running
    await running.stop()


async def test_one_of_three_brokers_is_killed_and_comes_back(whole, kafka):
    async def fault():
        for number in (3, 2):  # the first is the controller, which has no other
            await asyncio.to_thread(kafka.kill, number)
            await asyncio.sleep(AWAY_S)
            await asyncio.to_thread(kafka.start_again, number)
            await asyncio.sleep(10)
        return 2

    await whole.under("one of three brokers is gone", fault)
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka.bootstrap_servers)
    await admin.start()
    (topic,) = await admin.describe_topics(["mentoring.applications"])
    await admin.close()
    assert {len(partition["replicas"]) for partition in topic["partitions"]} == {3}
