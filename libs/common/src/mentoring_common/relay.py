"""The relay: publishes unpublished outbox rows in the order of `seq` and marks them after the acknowledgement.

There is no cursor: a cursor passes over rows of transactions that commit late. Two relays at once are safe (the first
occurrence of each event stays in order and consumers drop the second); the advisory lock only saves work.
"""

import asyncio
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mentoring_common.broker import Publisher, Record
from mentoring_common.db import looking
from mentoring_common.observability import log
from mentoring_common.retention import EVENTS, younger_than
from mentoring_common.settings import Settings
from mentoring_common.tables import outbox

BATCH = 500
LOCK = 0x6D656E746F72  # advisory lock of the relay, per database
_BACKOFF_S = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)


class Relay:
    """Runs for as long as its service; `run` ends only when it is cancelled or `stop` is called."""

    def __init__(self, engine: AsyncEngine, settings: Settings, doorbell: asyncio.Event, name: str) -> None:
        self._engine = engine
        self._looking = looking(engine)
        self._publisher = Publisher(settings)
        self._doorbell = doorbell
        self._interval = settings.poll_interval_s
        self._name = name
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            try:
                published = await self._publish_while_leading()
                failures = 0
            except Exception as error:
                # Broker or database away: back off and start again from the first unmarked row, for ever.
                published = 0
                pause = _BACKOFF_S[min(failures, len(_BACKOFF_S) - 1)]
                failures += 1
                log.warning("relay_failed", service=self._name, error=type(error).__name__, attempt=failures)
                await self._sleep(pause)
            if not published:
                await self._wait_for_ring()
        await self._publisher.close()

    async def stop(self) -> None:
        """Let the batch in hand be marked, then end `run`."""
        self._stopping.set()
        self._doorbell.set()

    async def _publish_while_leading(self) -> int:
        async with self._looking.connect() as connection:
            if (await connection.execute(unpublished(1))).first() is None:
                return 0
        async with self._engine.connect() as connection:
            if not await connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK))):
                return 0
            rows = (await connection.execute(unpublished(BATCH))).all()
            if rows:
                await self._publisher.publish([_record(row) for row in rows])
                await mark_published(connection, [row.seq for row in rows])
            await connection.commit()
            return len(rows)

    async def _wait_for_ring(self) -> None:
        try:
            async with asyncio.timeout(self._interval):
                await self._doorbell.wait()
        except TimeoutError:
            return
        finally:
            self._doorbell.clear()

    async def _sleep(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._stopping.wait()
        except TimeoutError:
            return


def unpublished(limit: int) -> sa.Select[int, str, object, dict[str, str], bytes]:
    """The first rows that wait, in the order of `seq`."""
    columns = (outbox.c.seq, outbox.c.topic, outbox.c.aggregate_id, outbox.c.headers, outbox.c.payload)
    return sa.select(*columns).where(outbox.c.published_at.is_(None)).order_by(outbox.c.seq).limit(limit)


async def mark_published(connection: AsyncConnection, seqs: Sequence[int]) -> None:
    """Note that these rows are on the broker."""
    marked = sa.update(outbox).where(outbox.c.seq == sa.any_(sa.cast(seqs, sa.ARRAY(sa.BigInteger))))
    await connection.execute(marked.values(published_at=sa.func.clock_timestamp()))


async def publish_all_again(engine: AsyncEngine) -> None:
    """Have the outbox published once more: for a broker that starts empty. Consumers drop what they have seen.

    Not what is over its time: consumers may have forgotten by now that they have seen it.
    """
    kept = younger_than(outbox.c.created_at, EVENTS)
    async with engine.begin() as connection:
        await connection.execute(sa.update(outbox).where(kept).values(published_at=None))


def _record(row: sa.Row[int, str, object, dict[str, str], bytes]) -> Record:
    headers = [(name, value.encode()) for name, value in row.headers.items()]
    return Record(topic=row.topic, key=str(row.aggregate_id), value=row.payload, headers=headers)
