"""Business deadlines: rows that fall due by the injected clock, each fired exactly once across replicas."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from mentoring_common.clock import Clock
from mentoring_common.db import Database, looking, tenant_of
from mentoring_common.observability import log
from mentoring_common.tables import deadlines

Handler = Callable[[AsyncSession, UUID], Awaitable[None]]
Handlers = Mapping[str, Handler]


async def schedule(db: AsyncSession, kind: str, subject_id: UUID, due_at: datetime) -> None:
    """Have the handler of `kind` called with `subject_id` once it is `due_at`; a later call moves the deadline."""
    values = {"tenant_id": tenant_of(db), "kind": kind, "subject_id": subject_id, "due_at": due_at}
    statement = insert(deadlines).values(values)
    moved = {"due_at": due_at, "fired_at": None, "attempts": 0, "not_before": None}
    await db.execute(statement.on_conflict_do_update(index_elements=["tenant_id", "kind", "subject_id"], set_=moved))


async def cancel(db: AsyncSession, kind: str, subject_id: UUID) -> None:
    """Forget a deadline that has not fired."""
    c = deadlines.c
    mine = (c.tenant_id == tenant_of(db), c.kind == kind, c.subject_id == subject_id, c.fired_at.is_(None))
    await db.execute(sa.delete(deadlines).where(*mine))


class DeadlinePoller:
    """Looks for due rows under the system role and fires each in a transaction of its tenant."""

    def __init__(self, system: AsyncEngine, database: Database, handlers: Handlers, clock: Clock, interval_s: float):
        self._looking = looking(system)
        self._database = database
        self._handlers = handlers
        self._clock = clock
        self._interval = interval_s
        self._at_once = max(1, database.pool_size // 2)  # the rest of the pool is for requests
        self._stopping = asyncio.Event()

    async def run(self) -> None:
        while not self._stopping.is_set():
            try:
                fired = await self.fire_due()
            except Exception as error:
                log.warning("deadlines_failed", error=type(error).__name__)
                fired = 0
            if not fired:
                await asyncio.sleep(self._interval)

    async def stop(self) -> None:
        self._stopping.set()

    async def fire_due(self) -> int:
        """Fire what is due now, in order of its time, and together what is due at the same moment; the number fired."""
        async with self._looking.connect() as connection:
            rows = (await connection.execute(self._due())).all()
        moments = [[row[:3] for row in group] for _, group in groupby(rows, key=lambda row: row.due_at)]
        return sum([await self._fire_together(moment) for moment in moments])

    async def _fire_together(self, rows: Sequence[Any]) -> int:
        """Fire rows whose order does not matter, several at once, so that a long one does not make the others late."""
        # Every replica takes them in another order: in the same one they would wait for each other at every row.
        waiting = random.sample(rows, len(rows))

        async def work() -> int:
            fired = 0
            while waiting:
                fired += await self._fire(*waiting.pop())
            return fired

        async with asyncio.TaskGroup() as group:
            workers = [group.create_task(work()) for _ in range(min(self._at_once, len(rows)))]
        return sum(worker.result() for worker in workers)

    def _due(self) -> sa.Select[UUID, str, UUID, datetime]:
        c = deadlines.c
        ready = sa.or_(c.not_before.is_(None), c.not_before <= sa.func.clock_timestamp())
        due = sa.select(c.tenant_id, c.kind, c.subject_id, c.due_at)
        due = due.where(c.fired_at.is_(None), c.due_at <= self._clock.now())
        return due.where(c.kind.in_(list(self._handlers)), ready).order_by(c.due_at).limit(100)

    async def _fire(self, tenant: UUID, kind: str, subject_id: UUID) -> bool:
        c = deadlines.c
        this = (c.tenant_id == tenant, c.kind == kind, c.subject_id == subject_id)
        try:
            async with self._database.transaction(tenant) as db:
                taken = sa.update(deadlines).where(*this, c.fired_at.is_(None), c.due_at <= self._clock.now())
                if (await db.execute(taken.values(fired_at=self._clock.now()).returning(c.kind))).first() is None:
                    return False
                await self._handlers[kind](db, subject_id)
            return True
        except Exception as error:
            log.error("deadline_failed", kind=kind, subject_id=str(subject_id), error=type(error).__name__)
            await self._try_later(tenant, this)
            return False

    async def _try_later(self, tenant: UUID, this: tuple[sa.ColumnElement[bool], ...]) -> None:
        """Back off on real time: 1 s, 2 s, 4 s, … up to five minutes."""
        async with self._database.transaction(tenant) as db:
            attempts = await db.scalar(sa.select(deadlines.c.attempts).where(*this)) or 0
            later = datetime.now(UTC) + timedelta(seconds=min(2**attempts, 300))
            await db.execute(sa.update(deadlines).where(*this).values(attempts=attempts + 1, not_before=later))
