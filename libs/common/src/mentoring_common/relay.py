"""The relay: publishes unpublished outbox rows in the order of `seq` and marks them after the acknowledgement.

There is no cursor: a cursor passes over rows of transactions that commit late. Two relays at once are safe (the first
occurrence of each event stays in order and consumers drop the second); the advisory lock only saves work.
"""

import asyncio
import time
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mentoring_common.broker import Publisher, Record
from mentoring_common.db import looking
from mentoring_common.observability import log
from mentoring_common.progress import Progress, pause
from mentoring_common.settings import Settings
from mentoring_common.tables import outbox

BATCH = 500
LOCK = 0x6D656E746F72  # advisory lock of the relay, per database


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
        self._oldest: tuple[int, float] | None = None  # seq, and since when it waits by this process's clock
        self.progress = Progress()

    async def run(self) -> None:
        while not self._stopping.is_set():
            published = 0
            try:
                published = await self._publish_while_leading()
            except Exception as error:
                # Broker or database away: back off and start again from the first unmarked row, for ever.
                seconds = self.progress.failed(error)
                failures = self.progress.failures
                log.warning("relay_failed", service=self._name, error=type(error).__name__, attempt=failures)
                await pause(seconds, self._stopping)
            if not published:
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
        if not await self._look():
            return 0
        async with self._engine.connect() as connection:
            if not await connection.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(LOCK))):
                return 0
            rows = (await connection.execute(unpublished(BATCH))).all()
            if rows:
                await self._publisher.publish([_record(row) for row in rows])
                await mark_published(connection, [row.seq for row in rows])
            await connection.commit()
            self.progress.made()
            return len(rows)

    async def _look(self) -> bool:
        """Whether anything waits. None, or another than before, is progress: of this relay or of another replica's."""
        async with self._looking.connect() as connection:
            row = (await connection.execute(_OLDEST)).first()
        self.progress.tried()
        before, self._oldest = self._oldest, (row.seq, time.monotonic() - row.age) if row else None
        if self._oldest is None or before is None or before[0] != self._oldest[0]:
            self.progress.made()
        return row is not None

    async def _wait_for_ring(self) -> None:
        try:
            async with asyncio.timeout(self._interval):
                await self._doorbell.wait()
        except TimeoutError:
            return
        finally:
            self._doorbell.clear()


_OLDEST = (
    sa.select(
        outbox.c.seq,
        sa.cast(sa.extract("epoch", sa.func.clock_timestamp() - outbox.c.created_at), sa.Float).label("age"),
    )
    .where(outbox.c.published_at.is_(None))
    .order_by(outbox.c.seq)
    .limit(1)
)


def unpublished(limit: int) -> sa.Select[int, str, object, dict[str, str], bytes]:
    """The first rows that wait, in the order of `seq`."""
    columns = (outbox.c.seq, outbox.c.topic, outbox.c.aggregate_id, outbox.c.headers, outbox.c.payload)
    return sa.select(*columns).where(outbox.c.published_at.is_(None)).order_by(outbox.c.seq).limit(limit)


async def mark_published(connection: AsyncConnection, seqs: Sequence[int]) -> None:
    """Note that these rows are on the broker."""
    marked = sa.update(outbox).where(outbox.c.seq == sa.any_(sa.cast(seqs, sa.ARRAY(sa.BigInteger))))
    await connection.execute(marked.values(published_at=sa.func.clock_timestamp()))


async def publish_all_again(engine: AsyncEngine) -> None:
    """Have the outbox published once more: for a broker that starts empty. Consumers drop what they have seen."""
    async with engine.begin() as connection:
        await connection.execute(sa.update(outbox).values(published_at=None))


def _record(row: sa.Row[int, str, object, dict[str, str], bytes]) -> Record:
    headers = [(name, value.encode()) for name, value in row.headers.items()]
    return Record(topic=row.topic, key=str(row.aggregate_id), value=row.payload, headers=headers)
