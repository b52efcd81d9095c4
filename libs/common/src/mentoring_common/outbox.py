"""The outbox: events are rows of the transaction that made them true."""

from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from mentoring_common import audit
from mentoring_common.envelope import Envelope
from mentoring_common.errors import EventTooLarge
from mentoring_common.ids import new_id
from mentoring_common.tracing import current_traceparent
from mentoring_contracts import Event

MAX_EVENT_BYTES = 512 * 1024

_COLUMNS: dict[str, Any] = {
    "event_id": sa.Uuid(),
    "topic": sa.Text(),
    "type": sa.Text(),
    "aggregate_type": sa.Text(),
    "aggregate_id": sa.Uuid(),
    "occurred_at": sa.DateTime(timezone=True),
    "headers": sa.Text(),
    "payload": sa.LargeBinary(),
}
# One statement, because every transaction that changes anything runs it. The version row of each aggregate is locked
# in a fixed order before any `seq` is drawn (the window needs all of them): whoever announces something about the same
# aggregate waits for this commit, so `seq` follows the order of commits per aggregate. After a restore (see
# `outgrow_readers`) versions go on above the floor.
_WRITE = sa.text(f"""
    WITH events AS (
        SELECT * FROM unnest({", ".join(f":{name}" for name in _COLUMNS)})
        WITH ORDINALITY AS e ({", ".join(_COLUMNS)}, position)
    ), counts AS (
        SELECT aggregate_type, aggregate_id, count(*) AS n FROM events GROUP BY aggregate_type, aggregate_id
    ), taken AS (
        INSERT INTO aggregate_versions AS v (tenant_id, aggregate_type, aggregate_id, version)
        SELECT :tenant, aggregate_type, aggregate_id, last_value + n FROM counts, version_floor
        ORDER BY aggregate_type, aggregate_id
        ON CONFLICT (tenant_id, aggregate_type, aggregate_id) DO UPDATE SET version = excluded.version
            + greatest(0, v.version - (SELECT last_value FROM version_floor))
        RETURNING v.aggregate_type, v.aggregate_id, v.version
    ), numbered AS (
        SELECT e.*, t.version - c.n + row_number() OVER (
            PARTITION BY e.aggregate_type, e.aggregate_id ORDER BY e.position) AS version
        FROM events e
        JOIN counts c USING (aggregate_type, aggregate_id)
        JOIN taken t USING (aggregate_type, aggregate_id)
    )
    INSERT INTO outbox (tenant_id, event_id, topic, type, aggregate_type, aggregate_id, aggregate_version, occurred_at,
                        headers, payload)
    SELECT :tenant, event_id, topic, type, aggregate_type, aggregate_id, version, occurred_at,
           headers::jsonb || jsonb_build_object('ce_aggregateversion', version::text), payload
    FROM numbered ORDER BY position
""").bindparams(  # noqa: S608  the names are our own
    sa.bindparam("tenant", type_=sa.Uuid()),
    *(sa.bindparam(name, type_=ARRAY(kind)) for name, kind in _COLUMNS.items()),
)


def emit(db: AsyncSession, event: Event) -> None:
    """Announce `event` if, and only if, the transaction of `db` commits. EventTooLarge above 512 KiB."""
    payload = event.model_dump_json().encode()
    if len(payload) > MAX_EVENT_BYTES:
        raise EventTooLarge()
    occurred_at = db.info["clock"].now()
    envelope = Envelope.of(event, new_id(), db.info["tenant"], occurred_at, current_traceparent())
    db.info.setdefault("events", []).append(_row(event, envelope, payload, occurred_at))


async def write_collected(db: AsyncSession) -> int:
    """Flush the session and write the events and audit entries it collected; the number of events written."""
    if db.new or db.dirty or db.deleted:
        await db.flush()
    await audit.write_collected(db)
    collected: list[dict[str, Any]] = db.info.pop("events", [])
    if collected:
        columns = {name: [row[name] for row in collected] for name in _COLUMNS}
        await db.execute(_WRITE, columns | {"tenant": db.info["tenant"]})
    return len(collected)


def _row(
    event: Event, envelope: Envelope, payload: bytes, occurred_at: datetime
) -> dict[str, UUID | str | bytes | datetime]:
    return {
        "event_id": envelope.id,
        "topic": event.topic(),
        "type": envelope.type,
        "aggregate_type": event.aggregate,
        "aggregate_id": event.subject_id(),
        "occurred_at": occurred_at,
        "headers": orjson.dumps(envelope.headers()).decode(),
        "payload": payload,
    }


async def outgrow_readers(owner: AsyncEngine) -> int:
    """Have versions go on above all that readers can hold, once the database was restored; the new floor.

    A restored database has forgotten versions that others have seen, and they take nothing that is not newer. The floor
    is the time in milliseconds: no aggregate has so many events, whatever was restored how often.
    """
    raised = sa.text("""
        SELECT setval('version_floor', greatest(last_value, (extract(epoch FROM clock_timestamp()) * 1000)::bigint),
                      false)
        FROM version_floor
    """)
    async with owner.begin() as connection:
        floor: int = (await connection.scalars(raised)).one()
    return floor
