"""Reading a topic from its beginning, for whoever checks what was published."""

from aiokafka import ConsumerRecord, TopicPartition

from mentoring_common import broker
from mentoring_common.settings import Settings


async def read_topic(settings: Settings, topic: str) -> list[ConsumerRecord]:
    """Every record of a topic from its beginning to its present end, in the order of each partition."""
    consumer = broker.consumer(settings, None)
    await consumer.start()
    try:
        numbers = await consumer._client._wait_on_metadata(topic)
        partitions = [TopicPartition(topic, number) for number in sorted(numbers)]
        consumer.assign(partitions)
        await consumer.seek_to_beginning(*partitions)
        ends = await consumer.end_offsets(partitions)
        found: list[ConsumerRecord] = []
        waiting = {p for p in partitions if ends[p] > 0}
        while waiting:
            for partition, records in (await consumer.getmany(timeout_ms=500)).items():
                found += records
                if records and records[-1].offset + 1 >= ends[partition]:
                    waiting.discard(partition)
        return found
    finally:
        await consumer.stop()
