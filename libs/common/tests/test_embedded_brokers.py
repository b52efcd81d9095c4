"""The brokers: real clients against real servers. Apache Kafka where Java and Maven are at hand."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from mentoring_common.embedded import ApacheKafka, EmbeddedBroker, EmbeddedServerError
from mentoring_common.embedded.broker import CLIENT_SETTINGS, PRODUCER_SETTINGS

KAFKA_PRODUCER: dict[str, Any] = {"acks": "all", "enable_idempotence": True}
NEEDS_KAFKA = pytest.mark.skipif(not ApacheKafka.available(), reason="Apache Kafka needs Java and Maven")


@pytest.fixture(scope="module", params=["embedded", pytest.param("kafka", marks=NEEDS_KAFKA)])
async def broker(request: pytest.FixtureRequest) -> AsyncIterator[EmbeddedBroker | ApacheKafka]:
    started = await (EmbeddedBroker if request.param == "embedded" else ApacheKafka).start()
    yield started
    await started.stop()


async def make_topic(broker: EmbeddedBroker | ApacheKafka, name: str, partitions: int) -> list[int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=broker.bootstrap_servers)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, partitions, 1)])
        [topic] = await admin.describe_topics([name])
    finally:
        await admin.close()
    return sorted(partition["partition"] for partition in topic["partitions"])


async def consume(broker: EmbeddedBroker | ApacheKafka, topic: str, group: str, count: int) -> list[Any]:
    consumer = AIOKafkaConsumer(
        topic,
        bootstrap_servers=broker.bootstrap_servers,
        group_id=group,
        enable_auto_commit=False,
        auto_offset_reset="earliest",
        **CLIENT_SETTINGS,
    )
    await consumer.start()
    records: list[Any] = []
    deadline = time.monotonic() + 30
    while len(records) < count and time.monotonic() < deadline:
        for batch in (await consumer.getmany(timeout_ms=200)).values():
            records += batch
    await consumer.commit()
    await consumer.stop()
    return records


@pytest.mark.broker
async def test_a_group_reads_what_was_written_with_headers_and_order(broker: EmbeddedBroker | ApacheKafka) -> None:
    assert await make_topic(broker, "matching.events", 6) == [0, 1, 2, 3, 4, 5]
    settings = KAFKA_PRODUCER if isinstance(broker, ApacheKafka) else PRODUCER_SETTINGS
    producer = AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers, **settings)
    await producer.start()
    for number in range(60):
        key, value = f"match-{number % 10}".encode(), str(number).encode()
        await producer.send_and_wait("matching.events", value, key=key, headers=[("ce_id", value)])
    await producer.stop()

    records = await consume(broker, "matching.events", "evaluation", 60)
    assert sorted(int(record.value) for record in records) == list(range(60))
    assert all(record.headers == (("ce_id", record.value),) for record in records)
    for key in {record.key for record in records}:
        of_key = [int(record.value) for record in records if record.key == key]
        assert of_key == sorted(of_key)
        assert len({record.partition for record in records if record.key == key}) == 1


@pytest.mark.broker
async def test_a_group_goes_on_where_it_committed(broker: EmbeddedBroker | ApacheKafka) -> None:
    await make_topic(broker, "applications.events", 1)
    for value in (b"first", b"second"):
        settings = KAFKA_PRODUCER if isinstance(broker, ApacheKafka) else PRODUCER_SETTINGS
        async with AIOKafkaProducer(bootstrap_servers=broker.bootstrap_servers, **settings) as producer:
            await producer.send_and_wait("applications.events", value)
        assert [record.value for record in await consume(broker, "applications.events", "gateway", 1)] == [value]


@pytest.mark.broker
async def test_listens_on_loopback_only(broker: EmbeddedBroker | ApacheKafka) -> None:
    port = int(broker.bootstrap_servers.removeprefix("127.0.0.1:"))
    with socket.socket() as other:  # refused if the broker held every address
        other.bind(("127.0.0.2", port))
        assert other.getsockname() == ("127.0.0.2", port)


async def test_brokers_do_not_share_topics() -> None:
    first, second = await EmbeddedBroker.start(), await EmbeddedBroker.start()
    try:
        await make_topic(first, "only-here", 1)
        admin = AIOKafkaAdminClient(bootstrap_servers=second.bootstrap_servers)
        await admin.start()
        assert "only-here" not in await admin.list_topics()
        await admin.close()
    finally:
        await first.stop()
        await second.stop()


async def test_a_taken_port_is_refused_in_one_line() -> None:
    first = await EmbeddedBroker.start()
    try:
        with pytest.raises(EmbeddedServerError, match="is the port taken") as refusal:
            await EmbeddedBroker.start(port=int(first.bootstrap_servers.rsplit(":", 1)[1]))
    finally:
        await first.stop()
    assert "\n" not in str(refusal.value)


@pytest.mark.faults
def test_ends_when_its_process_is_killed() -> None:
    program = """
import asyncio, time
from mentoring_common.embedded import EmbeddedBroker
broker = asyncio.run(EmbeddedBroker.start())
print(broker.pid, flush=True)
time.sleep(600)
"""
    holder = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True)
    assert holder.stdout is not None
    pid = int(holder.stdout.readline())
    assert alive(pid)
    holder.kill()
    holder.wait()
    deadline = time.monotonic() + 10
    while alive(pid) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(pid)


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except (ProcessLookupError, FileNotFoundError):
        return False


async def test_kafka_without_its_project_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(EmbeddedServerError, match=r"Java 17, Maven and deploy/kafka/pom\.xml"):
        await ApacheKafka.start(tmp_path)
