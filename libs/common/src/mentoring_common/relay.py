"""The relay: publishes unpublished outbox rows in the order of `seq` and marks them after the acknowledgement.

There is no cursor: a cursor passes over rows of transactions that commit late. Two relays at once are safe (the first
occurrence of each event stays in order and consumers drop the second); the advisory lock only saves work.
"""

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Any

import asyncpg
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from mentoring_common.broker import Publisher, Record
from mentoring_common.db import looking
from mentoring_common.driver import begun
from mentoring_common.observability import log
from mentoring_common.progress import Progress, pause
from mentoring_common.settings import Settings
from mentoring_common.tables import outbox
from mentoring_common.tracing import Tracing, published

BATCH = 500
BREATH_S = 0.01  # after a batch that was not full: what is announced meanwhile goes together, with one question
LOCK = 0x6D656E746F72  # advisory lock of the relay, per database


class Relay:
    """Runs for as long as its service; `run` ends only when it is cancelled or `stop` is called."""

    def __init__(
        self,
        engine: AsyncEngine,
        settings: Settings,
        doorbell: asyncio.Event,
        name: str,
        tracing: Tracing | None = None,
    ) -> None:
        self._looking = looking(engine)
        self._publisher = Publisher(settings)
        self._doorbell = doorbell
        self._interval = settings.poll_interval_s
        self._name = name
        self._tracing = tracing
        self._stopping = asyncio.Event()
        self._oldest: tuple[int, float] | None = None  # seq, and since when it waits by this process's clock
        self.progress = Progress()

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                if self._doorbell.is_set() or await self._look():
                    taken = await self._publish_while_leading()
                    if 0 < taken < BATCH:
                        await pause(BREATH_S, self._stopping)
            except Exception as error:
                # Broker or database away: back off and start again from the first unmarked row, for ever.
                seconds = self.progress.failed(error)
                failures = self.progress.failures
                log.warning("relay_failed", service=self._name, error=type(error).__name__, attempt=failures)
                await pause(seconds, self._stopping)
                self._doorbell.set()
            await self._wait_for_ring()
        await self._publisher.close()

    async def stop(self) -> None:
        """Let the batch in hand be marked, then end `run`."""
        self._stopping.set()
        self._doorbell.set()

    @property
    def oldest_age_s(self) -> float:
        """How long the oldest unpublished event has waited, as of the last look; 0 where none does."""
        return time.monotonic() - self._oldest[1] if self._oldest else 0.0

    async def _publish_while_leading(self) -> int:
        """Publish the rows that wait, unless another replica is at it; how many were seen; it rings for more."""
        self._doorbell.clear()
        async with self._looking.connect() as connection, begun(connection) as driver:
            rows = await driver.fetch(_TAKE, LOCK, BATCH)
            leads = bool(rows) and rows[0]["leads"]
            self._note((rows[0]["seq"], rows[0]["age"]) if rows else None)
            if leads:
                began_ns = time.time_ns()
                await self._publisher.publish([_record(row) for row in rows])
                if self._tracing is not None:
                    for row in rows:
                        published(self._tracing, row["topic"], row["headers"], began_ns)
                await mark_published(driver, [row["seq"] for row in rows])
                await driver.execute("COMMIT")
                self._oldest = None
                self.progress.made()
        if rows and not (leads and len(rows) < BATCH):
            self._doorbell.set()
        return len(rows)

    async def _look(self) -> bool:
        """Whether anything waits."""
        async with self._looking.connect() as connection:
            row = (await connection.execute(OLDEST)).first()
        self._note((row.seq, row.age) if row else None)
        return row is not None

    def _note(self, oldest: tuple[int, float] | None) -> None:
        """None, or another than before, is progress: of this relay or of another replica's."""
        self.progress.tried()
        before = self._oldest
        self._oldest = (oldest[0], time.monotonic() - oldest[1]) if oldest else None
        if self._oldest is None or before is None or before[0] != self._oldest[0]:
            self.progress.made()

    async def _wait_for_ring(self) -> None:
        try:
            async with asyncio.timeout(self._interval):
                await self._doorbell.wait()
        except TimeoutError:
            return
        finally:
            self._doorbell.clear()


_AGE = "extract(epoch FROM clock_timestamp() - created_at)::float8 AS age"
OLDEST = sa.text(f"SELECT seq, {_AGE} FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT 1")  # noqa: S608
# The lock and the rows in one round trip; who does not lead is told of the oldest alone. What another replica publishes
# just now may be read once more: consumers drop it.
_TAKE = f"""
    SELECT lock.leads, o.seq, o.topic, o.aggregate_id, o.headers, o.payload, o.age
    FROM (SELECT pg_try_advisory_xact_lock($1) AS leads) AS lock, LATERAL (
        SELECT seq, topic, aggregate_id, headers, payload, {_AGE}
        FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT CASE WHEN lock.leads THEN $2 ELSE 1 END
    ) AS o ORDER BY o.seq
"""  # noqa: S608


async def mark_published(driver: asyncpg.Connection, seqs: Sequence[int]) -> None:
    """Note that these rows are on the broker."""
    marked = "UPDATE outbox SET published_at = clock_timestamp() WHERE seq = ANY ($1::bigint[])"
    await driver.execute(marked, seqs)


async def publish_all_again(engine: AsyncEngine) -> None:
    """Have the outbox published once more: for a broker that starts empty. Consumers drop what they have seen."""
    async with engine.begin() as connection:
        await connection.execute(sa.update(outbox).values(published_at=None))


def _record(row: Mapping[str, Any]) -> Record:
    headers = [(name, value.encode()) for name, value in row["headers"].items()]
    return Record(topic=row["topic"], key=str(row["aggregate_id"]), value=row["payload"], headers=headers)
