"""A consumer of its own that writes every event of the broker to a file, as an integrator would see it."""

import asyncio
import contextlib
import json
import re
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiokafka import ConsumerRecord, TopicPartition

from mentoring_common import broker
from mentoring_common.settings import Settings

TOPICS = "^mentoring\\..*"


class Recorder:
    """Reads all topics from where they end at its start and writes one CloudEvent (JSON format) a line."""

    def __init__(self, settings: Settings, path: Path) -> None:
        self._consumer = broker.consumer(settings, f"demo-recorder-{uuid4()}", metadata_max_age_ms=1000)
        self._settings = settings
        self._ends: dict[TopicPartition, int] = {}
        self._path = path
        self._task: asyncio.Task[None] | None = None
        self.types: dict[str, int] = {}

    @property
    def count(self) -> int:
        return sum(self.types.values())

    async def start(self) -> None:
        self._ends = await self._ends_now()
        self._consumer.subscribe(pattern=TOPICS)
        await self._consumer.start()
        self._task = asyncio.create_task(self._run())

    async def _ends_now(self) -> dict[TopicPartition, int]:
        looking = broker.consumer(self._settings, None)
        await looking.start()
        try:
            topics = [topic for topic in await looking.topics() if re.match(TOPICS, topic)]
            ends: dict[TopicPartition, int] = await looking.end_offsets(await broker.partitions_of(looking, topics))
            return ends
        finally:
            await looking.stop()

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task
        await self._consumer.stop()

    async def caught_up(self, expected: int, within_s: float = 30.0) -> None:
        """Return once `expected` different events were read; TimeoutError if they do not come."""
        async with asyncio.timeout(within_s):
            while self.count < expected:  # noqa: ASYNC110  the broker tells nobody that it is read to the end
                await asyncio.sleep(0.05)

    async def _run(self) -> None:
        seen: set[str] = set()
        with self._path.open("w", encoding="utf-8") as file:
            while True:
                polled = await self._consumer.getmany(timeout_ms=100)
                found = [r for tp, records in polled.items() for r in records if r.offset >= self._ends.get(tp, 0)]
                for record in found:
                    event = cloud_event(record)
                    if event["id"] not in seen:
                        seen.add(event["id"])
                        name = event["type"].split(".")[-2]
                        self.types[name] = self.types.get(name, 0) + 1
                        file.write(json.dumps(event, ensure_ascii=False) + "\n")
                file.flush()


def cloud_event(record: ConsumerRecord) -> dict[str, Any]:
    """The CloudEvents JSON format of a record in binary mode."""
    headers = {name: value.decode() for name, value in record.headers}
    attributes = {name[3:]: value for name, value in headers.items() if name.startswith("ce_")}
    attributes["datacontenttype"] = headers.get("content-type", "application/json")
    return attributes | {"data": json.loads(record.value)}
