"""The outbox: events are rows of the transaction that made them true."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import audit
from mentoring_common.envelope import Envelope
from mentoring_common.errors import EventTooLarge
from mentoring_common.ids import new_id
from mentoring_common.tables import aggregate_versions, outbox
from mentoring_common.tracing import current_traceparent
from mentoring_contracts import Event

MAX_EVENT_BYTES = 512 * 1024


@dataclass(frozen=True)
class _Collected:
    event: Event
    envelope: Envelope
    payload: bytes
    occurred_at: datetime


def emit(db: AsyncSession, event: Event) -> None:
    """Announce `event` if, and only if, the transaction of `db` commits. EventTooLarge above 512 KiB."""
    payload = event.model_dump_json().encode()
    if len(payload) > MAX_EVENT_BYTES:
        raise EventTooLarge()
    occurred_at = db.info["clock"].now()
    envelope = Envelope.of(event, new_id(), db.info["tenant"], occurred_at, current_traceparent())
    db.info.setdefault("events", []).append(_Collected(event, envelope, payload, occurred_at))


async def write_collected(db: AsyncSession) -> int:
    """Flush the session and write the events and audit entries it collected; the number of events written.

    The version row of each aggregate is locked first, in a fixed order: whoever announces something about the same
    aggregate waits for this commit, so the outbox's `seq` follows the order of commits per aggregate.
    """
    await db.flush()
    await audit.write_collected(db)
    collected: list[_Collected] = db.info.pop("events", [])
    if not collected:
        return 0
    versions = await _take_versions(db, collected)
    rows = []
    for item in collected:
        key = (item.event.aggregate, item.event.subject_id())
        versions[key] += 1
        rows.append(_row(item, db.info["tenant"], versions[key]))
    await db.execute(sa.insert(outbox), rows)
    return len(rows)


async def _take_versions(db: AsyncSession, collected: list[_Collected]) -> dict[tuple[str, UUID], int]:
    """Add the number of events to each aggregate's version; the versions before that."""
    counts: dict[tuple[str, UUID], int] = {}
    for item in collected:
        key = (item.event.aggregate, item.event.subject_id())
        counts[key] = counts.get(key, 0) + 1
    rows = [
        {"tenant_id": db.info["tenant"], "aggregate_type": kind, "aggregate_id": id_, "version": n}
        for (kind, id_), n in sorted(counts.items())
    ]
    statement = insert(aggregate_versions).values(rows)
    statement = statement.on_conflict_do_update(
        index_elements=["tenant_id", "aggregate_type", "aggregate_id"],
        set_={"version": aggregate_versions.c.version + statement.excluded.version},
    )
    taken = statement.returning(
        aggregate_versions.c.aggregate_type, aggregate_versions.c.aggregate_id, aggregate_versions.c.version
    )
    return {(kind, id_): version - counts[kind, id_] for kind, id_, version in await db.execute(taken)}


def _row(item: _Collected, tenant: UUID, version: int) -> dict[str, Any]:
    return {
        "tenant_id": tenant,
        "event_id": item.envelope.id,
        "topic": item.event.topic(),
        "type": item.envelope.type,
        "aggregate_type": item.event.aggregate,
        "aggregate_id": item.event.subject_id(),
        "aggregate_version": version,
        "occurred_at": item.occurred_at,
        "headers": item.envelope.headers() | {"ce_aggregateversion": str(version)},
        "payload": item.payload,
    }
