"""How all databases are seen at one moment.

PostgreSQL has no snapshot across databases. What services tell each other are rows: an event begins as a row of the
owner's `outbox`, and is handled with a row of the reader's `inbox`, in the transaction of what it did. So both tables
of every database are locked against writers, all at once; while the locks are held no such transaction is in hand
anywhere, every one before is committed, and a snapshot of each database is exported. Then the locks are let go: the
snapshots stay as long as they are needed. What is written without an event is of one service alone, and each database
is of the moment of its own snapshot, milliseconds apart.
"""

import asyncio
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import asyncpg
from sqlalchemy.engine import URL

from mentoring_allinone.backups.errors import BackupFailed

TRIES = 60
PAUSE_S = 0.5
# Shorter than PostgreSQL waits before it looks for a deadlock: whoever writes is never ended for a backup.
GIVES_WAY_MS = 500
# A reaction writes to the inbox first and to the outbox last; in the same order nobody waits for each other.
_GATE = "LOCK TABLE inbox, outbox IN SHARE MODE"


@dataclass(frozen=True)
class Moment:
    """The snapshot of each database, by service; for how long writers were held up."""

    at: datetime
    snapshots: Mapping[str, str]
    held_s: float


async def connect(url: URL) -> asyncpg.Connection:
    """A connection to a database, under the role of its address; BackupFailed says why there is none."""
    try:
        return await asyncpg.connect(
            host=url.host or url.query.get("host"), port=url.port, user=url.username, password=url.password,
            database=url.database, ssl=url.query.get("ssl"), timeout=10, server_settings={"timezone": "UTC"},
        )  # fmt: skip
    except (OSError, TimeoutError, asyncpg.PostgresError) as error:
        raise BackupFailed(f"{url.database} cannot be reached ({type(error).__name__}): check its address") from None


@asynccontextmanager
async def one_moment(databases: Mapping[str, URL]) -> AsyncIterator[Moment]:
    """Snapshots of all databases of one moment, good until the block ends."""
    async with AsyncExitStack() as opened:
        readers = {service: await _opened(opened, url) for service, url in databases.items()}
        gates = [await _opened(opened, url) for url in databases.values()]
        for reader in readers.values():
            await reader.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        since = await _hold(gates)
        try:
            exported = await asyncio.gather(*(r.fetchval("SELECT pg_export_snapshot()") for r in readers.values()))
            at = datetime.now(UTC)
        finally:
            await asyncio.gather(*(gate.execute("ROLLBACK") for gate in gates))
        yield Moment(at, dict(zip(readers, exported, strict=True)), time.monotonic() - since)


async def _opened(opened: AsyncExitStack, url: URL) -> asyncpg.Connection:
    connection = await connect(url)
    opened.push_async_callback(connection.close)
    return connection


async def _hold(gates: list[asyncpg.Connection]) -> float:
    """Lock writers out of all databases at once, or let all go and try again; since when they are out."""
    for _ in range(TRIES):
        began = time.monotonic()
        tried = await asyncio.gather(*(_shut(gate) for gate in gates), return_exceptions=True)
        refused = [one for one in tried if isinstance(one, BaseException)]
        if not refused:
            return began
        await asyncio.gather(*(gate.execute("ROLLBACK") for gate in gates))
        if not all(isinstance(one, asyncpg.LockNotAvailableError | asyncpg.QueryCanceledError) for one in refused):
            raise BackupFailed(f"the tables of events cannot be locked ({type(refused[0]).__name__}): see the role")
        await asyncio.sleep(PAUSE_S)
    raise BackupFailed(f"something writes for longer than {GIVES_WAY_MS} ms each time: look for long transactions")


async def _shut(gate: asyncpg.Connection) -> None:
    await gate.execute("BEGIN")
    await gate.execute(f"SET LOCAL lock_timeout = {GIVES_WAY_MS}; SET LOCAL statement_timeout = {GIVES_WAY_MS}")
    await gate.execute(_GATE)
