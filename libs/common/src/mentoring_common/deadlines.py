"""Business deadlines: rows that fall due by the injected clock, each fired exactly once across replicas."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from mentoring_common.clock import Clock
from mentoring_common.db import Database, looking, tenant_of
from mentoring_common.observability import log
from mentoring_common.progress import Progress, pause
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
        self.progress = Progress()

    async def run(self) -> None:
        while not self._stopping.is_set():
            seconds = self._interval
            try:
                if await self.fire_due():
                    seconds = 0.0
                self.progress.made()
            except Exception as error:
                seconds = self.progress.failed(error)
                log.warning("deadlines_failed", error=type(error).__name__, attempt=self.progress.failures)
            await pause(seconds, self._stopping)

    async def stop(self) -> None:
        self._stopping.set()

    async def fire_due(self) -> int:
        """Fire what is due now, in order of its time, and together what is due at the same moment; the number fired."""
        async with self._looking.connect() as connection:
            rows = (await connection.execute(self._due())).all()
        moments = [
            (due_at, [row.tenant_id for row in group]) for due_at, group in groupby(rows, lambda row: row.due_at)
        ]
        return sum([await self._fire_together(*moment) for moment in moments])

    async def _fire_together(self, due_at: datetime, tenants: Sequence[UUID]) -> int:
        """Fire what is due at one moment, several at once, so that a long one does not make the others late.

        `tenants` has one for every deadline. Which of a tenant's is fired is chosen where it is marked, and never one
        that another replica has in hand: no worker waits for another, nor tries what has been fired. At the end it is
        waited for what others have in hand, as the next moment is later.
        """
        waiting, outcomes = random.sample(tenants, len(tenants)), []

        async def work() -> None:
            while waiting:
                tenant = waiting.pop()
                outcome = await self._fire_one(tenant, due_at)
                self.progress.tried()
                outcomes.append(outcome)
                if outcome is None:
                    waiting[:] = [other for other in waiting if other != tenant]

        async with asyncio.TaskGroup() as group:
            for _ in range(min(self._at_once, len(tenants))):
                group.create_task(work())
        if None in outcomes:
            for tenant in dict.fromkeys(tenants):
                await self._wait_for_others(tenant, due_at)
        return outcomes.count(True)

    async def _wait_for_others(self, tenant: UUID, due_at: datetime) -> None:
        c = deadlines.c
        async with self._database.transaction(tenant) as db:
            left = sa.select(c.kind).where(c.tenant_id == tenant, c.due_at == due_at, *self._ready())
            # The weakest lock that waits for a replica that fires a row, and that nobody who moves one waits for.
            await db.execute(left.with_for_update(read=True, key_share=True))

    def _due(self) -> sa.Select[UUID, datetime]:
        c = deadlines.c
        due = sa.select(c.tenant_id, c.due_at).where(*self._ready(), c.due_at <= self._clock.now())
        return due.order_by(c.due_at).limit(100)

    def _ready(self) -> tuple[sa.ColumnElement[bool], ...]:
        c = deadlines.c
        ready = sa.or_(c.not_before.is_(None), c.not_before <= sa.func.clock_timestamp())
        return c.fired_at.is_(None), c.kind.in_(list(self._handlers)), ready

    async def _fire_one(self, tenant: UUID, due_at: datetime) -> bool | None:
        """Fire one deadline of a tenant and a moment; False if it failed, None if there is none that is free."""
        taken: sa.Row[str, UUID] | None = None
        try:
            async with self._database.transaction(tenant) as db:
                taken = (await db.execute(self._take(tenant, due_at))).first()
                if taken is None:
                    return None
                await self._handlers[taken.kind](db, taken.subject_id)
            return True
        except Exception as error:
            if taken is None:  # the next look tries again; the others that are being fired come to their end
                log.warning("deadlines_failed", error=type(error).__name__)
                return None
            kind, subject_id = taken
            log.error("deadline_failed", kind=kind, subject_id=str(subject_id), error=type(error).__name__)
            await self._try_later(tenant, kind, subject_id)
            return False

    def _take(self, tenant: UUID, due_at: datetime) -> sa.Executable:
        c = deadlines.c
        free = sa.select(c.kind, c.subject_id).where(c.tenant_id == tenant, c.due_at == due_at, *self._ready())
        free = free.limit(1).with_for_update(skip_locked=True)
        this = sa.tuple_(c.kind, c.subject_id) == free.scalar_subquery()
        taken = sa.update(deadlines).where(c.tenant_id == tenant, this, c.fired_at.is_(None))
        return taken.values(fired_at=self._clock.now()).returning(c.kind, c.subject_id)

    async def _try_later(self, tenant: UUID, kind: str, subject_id: UUID) -> None:
        """Back off on real time: 1 s, 2 s, 4 s, … up to five minutes."""
        c = deadlines.c
        this = (c.tenant_id == tenant, c.kind == kind, c.subject_id == subject_id)
        async with self._database.transaction(tenant) as db:
            attempts = await db.scalar(sa.select(c.attempts).where(*this)) or 0
            later = datetime.now(UTC) + timedelta(seconds=min(2**attempts, 300))
            await db.execute(sa.update(deadlines).where(*this).values(attempts=attempts + 1, not_before=later))
