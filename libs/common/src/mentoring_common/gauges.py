"""The numbers that every service has, read when somebody asks: its loops, its connections, what waits, what lags."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from mentoring_common.clock import Clock
from mentoring_common.consumer import EventConsumer
from mentoring_common.db import Database
from mentoring_common.metrics import Gauge
from mentoring_common.relay import OLDEST
from mentoring_common.supervision import Loop
from mentoring_common.tables import deadlines, parked_events, unreadable_records

ASKED_FOR_S = 2.0  # how long the database has to answer


def of_loops(loops: Sequence[Loop]) -> Iterator[Gauge]:
    """How the loops beside the requests fare."""
    for loop in loops:
        name = (("loop", loop.name),)
        yield Gauge(
            "mentoring_loop_running", "Whether the loop runs; 0 while it is about to begin anew.", loop.running, name
        )
        yield Gauge(
            "mentoring_loop_restarts", "How often the loop ended though nobody asked for it.", loop.restarts, name
        )
        yield Gauge("mentoring_loop_failures", "Failures of the loop in a row.", loop.progress.failures, name)
        stuck = loop.steady and loop.progress.stuck
        yield Gauge("mentoring_loop_stuck", "Whether the loop got nothing through for a minute.", stuck, name)


def of_connections(database: Database) -> Iterator[Gauge]:
    """The pool of the application role and the line in front of it."""
    yield Gauge("mentoring_pool_size", "Connections of the application role at most.", database.pool_size)
    yield Gauge("mentoring_pool_in_use", "Connections of the application role in use.", database.in_use)
    yield Gauge("mentoring_pool_waiting", "Transactions that wait for a connection.", database.waiting)


async def of_consumer(consumer: EventConsumer | None) -> list[Gauge]:
    """How far reacting is behind."""
    behind = await consumer.behind() if consumer else {}
    lag = "mentoring_consumer_lag_records", "Records that were not read yet."
    return [Gauge(*lag, records, (("topic", topic),)) for topic, records in behind.items()]


OwnGauges = Callable[[AsyncConnection], Awaitable[Sequence[Gauge]]]
"""What a service reads of its own tables, of all organisations together."""


async def of_database(
    looking: AsyncEngine, service: str, clock: Clock, of_its_own: Sequence[OwnGauges] = ()
) -> list[Gauge]:
    """What waits in the tables; `mentoring_database_up` is 0, and alone, where the database does not answer."""
    try:
        async with asyncio.timeout(ASKED_FOR_S), looking.connect() as connection:
            aside = (await connection.execute(_put_aside(service))).one()
            overdue = (await connection.execute(_overdue(clock))).all()
            unpublished = (await connection.execute(OLDEST)).first()
            own = [gauge for read in of_its_own for gauge in await read(connection)]
    except Exception:
        return [_up(0)]
    waiting = "mentoring_events_parked", "Events that are parked, and wait to be replayed."
    late = "mentoring_work_waiting", "Deadlines and other work that is due and not done."
    oldest = "mentoring_work_oldest_seconds", "For how long the oldest of it has been due."
    age = unpublished.age if unpublished else 0.0
    return [
        _up(1),
        Gauge("mentoring_outbox_oldest_seconds", "Age of the oldest event that is not published.", age),
        Gauge(*waiting, aside.parked),
        Gauge("mentoring_records_unreadable", "Records that are no events, and were put aside.", aside.unreadable),
        *(Gauge(*late, row.number, (("kind", row.kind),)) for row in overdue),
        *(Gauge(*oldest, row.seconds, (("kind", row.kind),)) for row in overdue),
        *own,
    ]


def _up(value: int) -> Gauge:
    return Gauge("mentoring_database_up", "Whether the database answers.", value)


def _put_aside(service: str) -> sa.Select[int, int]:
    parked, unreadable = parked_events.c, unreadable_records.c
    count = sa.func.count()
    waits = sa.select(count).where(parked.consumer == service, parked.replayed_at.is_(None)).scalar_subquery()
    aside = sa.select(count).select_from(unreadable_records).where(unreadable.consumer == service).scalar_subquery()
    return sa.select(waits.label("parked"), aside.label("unreadable"))


def _overdue(clock: Clock) -> sa.Select[str, int, float]:
    c, moment = deadlines.c, clock.now()
    seconds = sa.cast(sa.extract("epoch", sa.literal(moment) - sa.func.min(c.due_at)), sa.Float)
    due = sa.select(c.kind, sa.func.count().label("number"), seconds.label("seconds"))
    return due.where(c.fired_at.is_(None), c.due_at <= moment).group_by(c.kind)
