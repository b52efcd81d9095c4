"""The outbox: events are rows of the transaction that made them true."""

from datetime import datetime

import orjson
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from mentoring_common.collected import Announced
from mentoring_common.envelope import Envelope
from mentoring_common.errors import EventTooLarge
from mentoring_common.ids import new_id
from mentoring_common.tracing import current_traceparent
from mentoring_contracts import Event

MAX_EVENT_BYTES = 512 * 1024


def emit(db: AsyncSession, event: Event) -> None:
    """Announce `event` if, and only if, the transaction of `db` commits. EventTooLarge above 512 KiB."""
    payload = event.model_dump_json().encode()
    if len(payload) > MAX_EVENT_BYTES:
        raise EventTooLarge()
    occurred_at = db.info["clock"].now()
    envelope = Envelope.of(event, new_id(), db.info["tenant"], occurred_at, current_traceparent())
    db.info.setdefault("events", []).append(_announced(event, envelope, payload, occurred_at))


def _announced(event: Event, envelope: Envelope, payload: bytes, occurred_at: datetime) -> Announced:
    headers = orjson.dumps(envelope.headers()).decode()
    aggregate = event.aggregate, event.subject_id()
    return Announced(envelope.id, event.topic(), envelope.type, *aggregate, occurred_at, headers, payload)


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
