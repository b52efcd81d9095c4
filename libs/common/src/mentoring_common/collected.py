"""What a transaction collected (audit entries, events, the answer under an Idempotency-Key), written before its commit.

One round trip for all of it: every transaction that changes anything makes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from mentoring_common.audit import AuditKey, Entry
from mentoring_common.driver import driver_of, refused


@dataclass(frozen=True, slots=True)
class Announced:
    """An event as it is stored."""

    event_id: UUID
    topic: str
    type: str
    aggregate_type: str
    aggregate_id: UUID
    occurred_at: datetime
    headers: str
    payload: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to a request under an Idempotency-Key, sealed."""

    key_digest: bytes
    request_digest: bytes
    status: int
    content_type: str | None
    body: bytes


_ENTRY = ("at", "actor", "act", "subject_type", "subject_id", "reason")
_EVENT = tuple(Announced.__slots__)
_ANSWER = tuple(Answer.__slots__)
_NO_ANSWER = (None,) * len(_ANSWER)

# The head of the audit log first, then the versions, in every transaction: in another order two could wait for each
# other. The version row of each aggregate is locked in a fixed order before any `seq` is drawn (the window needs all of
# them): whoever announces something about the same aggregate waits for this commit, so `seq` follows the order of
# commits per aggregate. After a restore (see `outbox.outgrow_readers`) versions go on above the floor.
FUNCTION = """
CREATE OR REPLACE FUNCTION write_collected(
    tenant uuid, key_id text, at timestamptz[], actor text[], act text[], subject_type text[], subject_id uuid[],
    reason text[], digests bytea[],
    event_id uuid[], topic text[], type text[], aggregate_type text[], aggregate_id uuid[], occurred_at timestamptz[],
    headers text[], payload bytea[],
    key_digest bytea, request_digest bytea, status integer, content_type text, body bytea
) RETURNS void LANGUAGE plpgsql AS $$
#variable_conflict use_column
BEGIN
    IF cardinality(digests) > 0 THEN
        PERFORM append_audit(tenant, write_collected.key_id, write_collected.at, write_collected.actor,
                             write_collected.act, write_collected.subject_type, write_collected.subject_id,
                             write_collected.reason, digests);
    END IF;
    IF cardinality(write_collected.event_id) > 0 THEN
        WITH events AS (
            SELECT * FROM unnest(
                write_collected.event_id, write_collected.topic, write_collected.type, write_collected.aggregate_type,
                write_collected.aggregate_id, write_collected.occurred_at, write_collected.headers,
                write_collected.payload
            ) WITH ORDINALITY AS e (event_id, topic, type, aggregate_type, aggregate_id, occurred_at, headers, payload,
                                    position)
        ), counts AS (
            SELECT aggregate_type, aggregate_id, count(*) AS n FROM events GROUP BY aggregate_type, aggregate_id
        ), taken AS (
            INSERT INTO aggregate_versions AS v (tenant_id, aggregate_type, aggregate_id, version)
            SELECT tenant, aggregate_type, aggregate_id, last_value + n FROM counts, version_floor
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
        INSERT INTO outbox (tenant_id, event_id, topic, type, aggregate_type, aggregate_id, aggregate_version,
                            occurred_at, headers, payload)
        SELECT tenant, event_id, topic, type, aggregate_type, aggregate_id, version, occurred_at,
               headers::jsonb || jsonb_build_object('ce_aggregateversion', version::text), payload
        FROM numbered ORDER BY position;
    END IF;
    IF write_collected.key_digest IS NOT NULL THEN
        INSERT INTO idempotency_keys (tenant_id, key_digest, request_digest, status, content_type, body)
        VALUES (tenant, write_collected.key_digest, write_collected.request_digest, write_collected.status,
                write_collected.content_type, write_collected.body);
    END IF;
END $$
"""
_CALL = f"SELECT write_collected({', '.join(f'${n}' for n in range(1, 4 + len(_ENTRY) + len(_EVENT) + len(_ANSWER)))})"


async def write_collected(db: AsyncSession) -> int:
    """Flush the session and write what it collected; the number of events written.

    The head of the tenant's audit log and the versions of the aggregates are locked until the commit.
    """
    if db.new or db.dirty or db.deleted:
        await db.flush()
    entries: Sequence[Entry] = db.info.pop("audit", ())
    events: Sequence[Announced] = db.info.pop("events", ())
    answer: Answer | None = db.info.pop("answer", None)
    if not (entries or events or answer):
        return 0
    key: AuditKey = db.info["audit_key"]
    kept = [getattr(answer, name) for name in _ANSWER] if answer else _NO_ANSWER
    values = [*_columns(entries, _ENTRY), [key.digest(entry) for entry in entries], *_columns(events, _EVENT), *kept]
    assert isinstance(db.bind, AsyncConnection)
    with refused():
        await driver_of(db.bind).execute(_CALL, db.info["tenant"], key.id, *values)
    return len(events)


def _columns(rows: Sequence[Any], names: Sequence[str]) -> list[list[Any]]:
    return [[getattr(row, name) for row in rows] for name in names]
