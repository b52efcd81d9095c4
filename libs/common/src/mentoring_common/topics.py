"""Reading a topic from its beginning, for whoever checks what was published."""

from aiokafka import ConsumerRecord, TopicPartition

from mentoring_common import broker
from mentoring_common.polling import POLL_MS, Polling
from mentoring_common.settings import Settings

AT_ONCE = 500


async def read_topic(settings: Settings, topic: str) -> list[ConsumerRecord]:
    """Every record of a topic from its beginning to its present end, in the order of each partition.

    What the client cannot take apart is left out.
    """
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
        polling = Polling(consumer)
        while waiting:
            for partition, records in (await polling.poll(AT_ONCE, POLL_MS)).items():
                found += [record for record in records if isinstance(record, ConsumerRecord)]
                if records and records[-1].offset + 1 >= ends[partition]:
                    waiting.discard(partition)
        return found
    finally:
        await consumer.stop()
