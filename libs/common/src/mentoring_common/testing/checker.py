"""The checker of the invariants: compares outbox and topic, and counts what is lost, ghost, inverted, repeated."""

import contextlib
from collections import Counter, defaultdict
from dataclasses import dataclass
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine

from mentoring_common import topics
from mentoring_common.envelope import Envelope
from mentoring_common.settings import Settings
from mentoring_common.tables import outbox


@dataclass(frozen=True)
class Verdict:
    """Counts of broken promises; all zero is right. `repeated` records are allowed: consumers drop them."""

    lost: int
    ghosts: int
    inversions: int
    repeated: int


async def read_topic(settings: Settings, topic: str) -> list[Envelope]:
    """Every event of a topic from its beginning, in the order of each partition; not what others left there."""
    found: list[Envelope] = []
    for record in await topics.read_topic(settings, topic):
        with contextlib.suppress(ValueError, AttributeError):
            found.append(Envelope.from_headers(record.headers))
    return found


async def check(engine: AsyncEngine, settings: Settings, topic: str, tenant: UUID) -> Verdict:
    """Compare one tenant's outbox with the topic."""
    rows = sa.select(outbox.c.event_id).where(outbox.c.tenant_id == tenant, outbox.c.topic == topic)
    async with engine.connect() as connection:
        committed = set((await connection.scalars(rows)).all())
    records = [e for e in await read_topic(settings, topic) if e.tenantid == tenant]
    times = Counter(e.id for e in records)
    return Verdict(
        lost=len(committed - set(times)),
        ghosts=len(set(times) - committed),
        inversions=inversions(records),
        repeated=sum(n - 1 for n in times.values()),
    )


def inversions(records: list[Envelope]) -> int:
    """How often a first occurrence comes after a later version of the same aggregate."""
    newest: dict[UUID, int] = defaultdict(int)
    seen: set[UUID] = set()
    count = 0
    for envelope in records:
        if envelope.id not in seen:
            seen.add(envelope.id)
            count += envelope.aggregateversion < newest[envelope.subject]
            newest[envelope.subject] = max(newest[envelope.subject], envelope.aggregateversion)
    return count
