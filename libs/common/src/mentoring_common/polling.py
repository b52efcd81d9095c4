"""Polling past what the client cannot take apart: brokers let producers write such batches, and one would stop all."""

import contextlib
import struct
from collections.abc import Mapping, Sequence

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.errors import CorruptRecordException, IllegalStateError, UnsupportedCodecError

from mentoring_common.records import Unreadable

Polled = Mapping[TopicPartition, Sequence[ConsumerRecord | Unreadable]]

POLL_MS = 200  # of one round in single steps
_UNDECODABLE = (ValueError, TypeError, IndexError, struct.error, UnsupportedCodecError, CorruptRecordException)
_GIVE_UP_AFTER = 20  # rounds in which nothing comes: the partition went to another member


class Polling:
    """Reads a consumer batch by batch; around a record that the client fails over, record by record.

    The client drops what it has read of a batch that fails, so the positions before it are gone back to. What it cannot
    take apart comes as an Unreadable without bytes; of the same batch what stands behind it as well.
    """

    def __init__(self, consumer: AIOKafkaConsumer) -> None:
        self._consumer = consumer
        self._careful = self._passed = False
        self._empty = 0

    async def poll(self, max_records: int, timeout_ms: int) -> Polled:
        """What there is, up to `max_records`; nothing after `timeout_ms`. KafkaError as the consumer raises it."""
        if self._careful:
            return await self._single_steps()
        before = await self._positions()
        try:
            polled: Polled = await self._consumer.getmany(timeout_ms=timeout_ms, max_records=max_records)
            return polled
        except _UNDECODABLE:
            for partition, offset in before.items():
                self._consumer.seek(partition, offset)
            self._careful, self._passed, self._empty = True, False, 0
            return {}

    async def _positions(self) -> dict[TopicPartition, int]:
        found: dict[TopicPartition, int] = {}
        for partition in self._consumer.assignment():
            with contextlib.suppress(IllegalStateError):  # it went to another member meanwhile
                found[partition] = await self._consumer.position(partition)
        return found

    async def _single_steps(self) -> Polled:
        """One record of each partition."""
        found: dict[TopicPartition, Sequence[ConsumerRecord | Unreadable]] = {}
        assigned = self._consumer.assignment()
        for partition in assigned:
            try:
                each_ms = max(1, POLL_MS // len(assigned))
                found |= await self._consumer.getmany(partition, timeout_ms=each_ms, max_records=1)
            except _UNDECODABLE as error:
                offset = await self._consumer.position(partition)
                found[partition] = [Unreadable.at(partition, offset, error)]
                self._consumer.seek(partition, offset + 1)
        self._careful = not self._is_over(found)
        return found

    def _is_over(self, found: Polled) -> bool:
        if any(isinstance(record, Unreadable) for records in found.values() for record in records):
            self._passed = True
            return False
        self._empty = 0 if found else self._empty + 1
        return self._passed or self._empty > _GIVE_UP_AFTER
