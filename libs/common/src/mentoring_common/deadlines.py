"""Business deadlines: rows that fall due by the injected clock, each fired exactly once across replicas.

Who fires one holds its row and then wants what it is about; a request holds that and then moves the deadline. So that
the two never end each other, the deadline gives way and is fired a little later.
"""

import asyncio
import random
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import groupby
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from mentoring_common.clock import Clock
from mentoring_common.db import Database, leave_work, looking, tenant_of
from mentoring_common.errors import Unavailable
from mentoring_common.observability import log
from mentoring_common.progress import Progress, pause
from mentoring_common.tables import deadlines

Handler = Callable[[AsyncSession, UUID], Awaitable[None]]
Handlers = Mapping[str, Handler]
LEAST_PAUSE_S = 0.05  # between two rounds: another replica may have in hand what is due


async def schedule(db: AsyncSession, kind: str, subject_id: UUID, due_at: datetime) -> None:
    """Have the handler of `kind` called with `subject_id` once it is `due_at`; a later call moves the deadline."""
    await schedule_all(db, kind, {subject_id: due_at})


async def schedule_all(db: AsyncSession, kind: str, moments: Mapping[UUID, datetime]) -> None:
    """As `schedule`, for many subjects in one statement."""
    if moments:
        subjects = sorted(moments)  # in one order, so that two transactions never wait for each other
        values = {"tenant": tenant_of(db), "kind": kind, "subjects": subjects}
        await db.execute(_SCHEDULE, values | {"moments": [moments[subject] for subject in subjects]})
        leave_work(db)


_SCHEDULE = sa.text("""
    INSERT INTO deadlines (tenant_id, kind, subject_id, due_at)
    SELECT :tenant, :kind, subject_id, due_at FROM unnest(:subjects, :moments) AS s (subject_id, due_at)
    ON CONFLICT (tenant_id, kind, subject_id) DO UPDATE
    SET due_at = excluded.due_at, fired_at = NULL, attempts = 0, not_before = NULL
""").bindparams(
    sa.bindparam("tenant", type_=sa.Uuid()),
    sa.bindparam("kind", type_=sa.Text()),
    sa.bindparam("subjects", type_=ARRAY(sa.Uuid())),
    sa.bindparam("moments", type_=ARRAY(sa.DateTime(timezone=True))),
)


async def cancel(db: AsyncSession, kind: str, subject_id: UUID) -> None:
    """Forget a deadline that has not fired."""
    c = deadlines.c
    mine = (c.tenant_id == tenant_of(db), c.kind == kind, c.subject_id == subject_id, c.fired_at.is_(None))
    await db.execute(sa.delete(deadlines).where(*mine))


def waiting(kind: str) -> sa.ColumnElement[float]:
    """For the lookout: whether there is a row of a kind that is work to be done now, and no deadline."""
    c = deadlines.c
    any_ = sa.select(sa.cast(0, sa.Float)).where(c.kind == kind, c.fired_at.is_(None)).limit(1)
    return any_.scalar_subquery()


def until_due(kinds: Collection[str], clock: Clock) -> sa.ColumnElement[float]:
    """For the lookout: the seconds until the next deadline of these kinds, or the next try of one that failed."""
    c = deadlines.c
    moment = sa.bindparam("moment", callable_=clock.now, type_=sa.DateTime(timezone=True))
    until, again = _seconds(c.due_at - moment), _seconds(c.not_before - sa.func.clock_timestamp())
    mine = (c.kind.in_(list(kinds)), c.fired_at.is_(None))
    first = sa.select(until).where(*mine, c.not_before.is_(None)).order_by(c.due_at).limit(1)
    failed = sa.select(sa.func.min(sa.func.greatest(until, again))).where(*mine, c.not_before.is_not(None))
    return sa.func.least(first.scalar_subquery(), failed.scalar_subquery())


def _seconds(span: sa.ColumnElement[timedelta]) -> sa.ColumnElement[float]:
    return sa.cast(sa.extract("epoch", span), sa.Float)


async def subjects_waiting(system: AsyncEngine, kind: str, each: int) -> Sequence[tuple[UUID, UUID]]:
    """Work that waits in the table of deadlines as (tenant, subject): the oldest `each` of every organisation."""
    c = deadlines.c
    place = sa.func.row_number().over(partition_by=c.tenant_id, order_by=(c.due_at, c.subject_id)).label("place")
    all_ = sa.select(c.tenant_id, c.subject_id, c.due_at, place).where(c.kind == kind, c.fired_at.is_(None)).subquery()
    rows = sa.select(all_.c.tenant_id, all_.c.subject_id).where(all_.c.place <= each)
    async with system.connect() as connection:
        return [(t, s) for t, s in await connection.execute(rows.order_by(all_.c.due_at, all_.c.subject_id))]


class DeadlinePoller:
    """Looks for due rows under the system role and fires each in a transaction of its tenant."""

    def __init__(
        self,
        system: AsyncEngine,
        database: Database,
        handlers: Handlers,
        clock: Clock,
        interval_s: float,
        due: asyncio.Event | None = None,
    ) -> None:
        """`due` is the lookout's bell; every `interval_s` the poller says that it is there."""
        self._looking = looking(system)
        self._database = database
        self._handlers = handlers
        self._clock = clock
        self._interval = interval_s
        self._due_now = due or asyncio.Event()
        self._at_once = max(1, database.pool_size // 2)  # the rest of the pool is for requests
        self._stopping = asyncio.Event()
        self.progress = Progress()

    async def run(self) -> None:
        """Fire what is due whenever the bell rings, and have it looked for more."""
        while not self._stopping.is_set():
            seconds = LEAST_PAUSE_S
            try:
                if self._due_now.is_set():
                    self._due_now.clear()
                    while await self.fire_due() and not self._stopping.is_set():
                        self.progress.made()
                    self._database.work.set()
                self.progress.made()
            except Exception as error:
                seconds = self.progress.failed(error)
                log.warning("deadlines_failed", error=type(error).__name__, attempt=self.progress.failures)
                self._due_now.set()
            await pause(seconds, self._stopping)
            await pause(self._interval, self._due_now)

    async def stop(self) -> None:
        self._stopping.set()
        self._due_now.set()

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
            async with self._database.transaction(tenant, gives_way=True) as db:
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
            say = log.warning if isinstance(error, Unavailable) else log.error
            say("deadline_failed", kind=kind, subject_id=str(subject_id), error=type(error).__name__)
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
            leave_work(db)
            attempts = await db.scalar(sa.select(c.attempts).where(*this)) or 0
            later = datetime.now(UTC) + timedelta(seconds=min(2**attempts, 300))
            await db.execute(sa.update(deadlines).where(*this).values(attempts=attempts + 1, not_before=later))
