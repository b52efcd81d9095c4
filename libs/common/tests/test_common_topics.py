"""Topics are made as the cluster allows, and what is wrong with those that are there is said."""

import contextlib
import uuid
from contextlib import asynccontextmanager

import pytest
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from mentoring_common.broker import ensure_topics
from mentoring_common.databases import Urls
from mentoring_common.embedded import ApacheKafka
from mentoring_common.testing import eventually
from mentoring_common.testing.harness import Servers, settings_for

NOWHERE = Urls("postgresql+asyncpg://x/y", "postgresql+asyncpg://x/y", "postgresql+asyncpg://x/y")


def settings(bootstrap_servers, **changes):
    return settings_for(Servers("", bootstrap_servers), NOWHERE, **changes)


@asynccontextmanager
async def admin_of(bootstrap_servers):
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap_servers)
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def described(admin, topic):
    """Partitions, copies, and the settings of a topic."""
    [found] = await admin.describe_topics([topic])
    [answer] = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)])
    configs = {name: value for name, value, *_ in answer.resources[0][4]}
    copies = {len(partition["replicas"]) for partition in found["partitions"]}
    return len(found["partitions"]), copies, configs["retention.ms"], configs.get("min.insync.replicas")


async def said(admin, topic, expected):
    """A broker that was just told of a topic may say so, and another not yet."""
    with contextlib.suppress(KeyError):
        return await described(admin, topic) == expected


async def test_a_topic_is_made_on_one_broker_with_nothing_set(each_broker):
    topic, servers = f"fresh-{uuid.uuid4()}", each_broker.kafka_bootstrap_servers
    assert await ensure_topics(settings(servers, kafka_partitions=3), [topic]) == []
    async with admin_of(servers) as admin:
        assert await described(admin, topic) == (3, {1}, "-1", "1")


async def test_a_topic_that_is_there_is_left_and_what_is_wrong_is_said(each_broker):
    topic, servers = f"old-{uuid.uuid4()}", each_broker.kafka_bootstrap_servers
    async with admin_of(servers) as admin:
        await admin.create_topics([NewTopic(topic, 1, 1, topic_configs={"retention.ms": "1000"})])
        wrong = await ensure_topics(settings(servers, kafka_replication=3), [topic])
        assert wrong == [f"{topic} has 1 of 3 copies", f"{topic} has retention.ms=1000"]
        assert (await described(admin, topic))[:3] == (1, {1}, "1000")


@pytest.mark.skipif(not ApacheKafka.available(), reason="Apache Kafka needs Java and Maven")
async def test_three_brokers_keep_three_copies_of_which_one_may_be_away():
    kafka = await ApacheKafka.start(nodes=3)
    try:
        assert await ensure_topics(settings(kafka.bootstrap_servers), ["three"]) == []
        assert await ensure_topics(settings(kafka.bootstrap_servers, kafka_replication=1), ["one"]) == []
        async with admin_of(kafka.bootstrap_servers) as admin:
            for topic, expected in {"three": (2, {3}, "-1", "2"), "one": (2, {1}, "-1", "1")}.items():
                await eventually(lambda t=topic, e=expected: said(admin, t, e), what=f"topic {topic}")
    finally:
        await kafka.stop()
