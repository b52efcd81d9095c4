"""One part of the toy service as a process: the real relay or consumer, with a kill -9 of itself at a named point."""

import asyncio
import json
import os
import signal
import sys
from typing import Any

from aiokafka import TopicPartition

from mentoring_common import broker, consumer, relay
from mentoring_common.clock import SystemClock
from mentoring_common.consumer import EventConsumer
from mentoring_common.db import Database, create_engine
from mentoring_common.observability import configure_logging
from mentoring_common.relay import Relay
from mentoring_common.settings import Settings
from mentoring_common.testing import toy


def die(*_: Any, **__: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def take_all(_db: Any, _service: str, items: Any) -> set[Any]:
    return {item.envelope.id for item in items}


CRASH_POINTS = {
    "after publish, before mark": lambda: setattr(relay, "mark_published", die),
    "after commit, before offsets": lambda: setattr(consumer, "_commit", die),
    # Not a crash: a consumer that was built wrong, which the checker has to catch.
    "no inbox": lambda: setattr(consumer, "take", take_all),
    "no inbox, after commit, before offsets": lambda: (
        setattr(consumer, "take", take_all),
        setattr(consumer, "_commit", die),
    ),
}


async def run_relay(settings: Settings, until_idle: bool) -> None:
    engine = create_engine(settings.system_database_url, settings, pool_size=2, name="relay")
    part = Relay(engine, settings, asyncio.Event(), "toy")
    running = asyncio.create_task(part.run())
    while until_idle:
        await asyncio.sleep(0.1)
        async with engine.connect() as connection:
            if not (await connection.execute(relay.OLDEST)).all():
                break
    if until_idle:
        await part.stop()
    await running
    await engine.dispose()


async def caught_up(settings: Settings) -> None:
    """Return once the group has committed every record of its topics."""
    watcher = broker.consumer(settings, settings.kafka_group)
    await watcher.start()
    names = {cls.topic() for cls in toy.DESIGN.reactions}
    behind = True
    while behind:
        await asyncio.sleep(0.1)
        numbers = {name: await watcher._client._wait_on_metadata(name) for name in names}
        partitions = [TopicPartition(name, number) for name in names for number in numbers[name]]
        ends = await watcher.end_offsets(partitions)
        behind = any([(await watcher.committed(p) or 0) < ends[p] for p in partitions])
    await watcher.stop()


async def run_consumer(settings: Settings, until_idle: bool) -> None:
    database = Database(settings, SystemClock(), "consumer")
    part = EventConsumer(database, settings, "toy", toy.DESIGN.reactions)
    running = asyncio.create_task(part.run())
    if until_idle:
        await caught_up(settings)
        await part.stop()
    await running
    await database.close()


def main() -> None:
    order = json.loads(sys.argv[1])
    configure_logging("ERROR")
    if order["die_at"]:
        CRASH_POINTS[order["die_at"]]()
    run = {"relay": run_relay, "consumer": run_consumer}[order["part"]]
    asyncio.run(run(Settings(**order["settings"]), order["until_idle"]))


if __name__ == "__main__":
    main()
