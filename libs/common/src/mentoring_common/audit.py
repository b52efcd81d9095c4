"""The audit log: append-only, hash-chained per tenant, written in the act's own transaction."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.tables import audit_heads, audit_log

GENESIS = b"\0" * 32


@dataclass(frozen=True)
class Entry:
    """Who did what to what, and why; never the content itself."""

    at: datetime
    actor: str
    act: str
    subject_type: str
    subject_id: UUID
    reason: str | None


def audit(
    db: AsyncSession, actor: str, act: str, subject_type: str, subject_id: UUID, *, reason: str | None = None
) -> None:
    """Record an act (also the reading of notes, special categories and exports) if the transaction commits."""
    entry = Entry(db.info["clock"].now(), actor, act, subject_type, subject_id, reason)
    db.info.setdefault("audit", []).append(entry)


def chain(previous: bytes, position: int, entry: Entry) -> bytes:
    """The hash of an entry at a position: SHA-256 over the previous hash and every field."""
    at = entry.at.astimezone(UTC).isoformat()
    fields = (str(position), at, entry.actor, entry.act, entry.subject_type, str(entry.subject_id), entry.reason or "")
    framed = b"".join(len(f.encode()).to_bytes(4, "big") + f.encode() for f in fields)
    return hashlib.sha256(previous + framed).digest()


async def write_collected(db: AsyncSession) -> None:
    """Append the collected entries behind the tenant's chain, whose head is locked until the commit."""
    entries: list[Entry] = db.info.pop("audit", [])
    if not entries:
        return
    tenant = db.info["tenant"]
    position, previous = await _head(db, tenant)
    rows: list[dict[str, Any]] = []
    for entry in entries:
        position += 1
        digest = chain(previous, position, entry)
        rows.append(
            vars(entry) | {"tenant_id": tenant, "position": position, "previous_hash": previous, "hash": digest}
        )
        previous = digest
    await db.execute(sa.insert(audit_log), rows)
    await db.execute(
        sa.update(audit_heads).where(audit_heads.c.tenant_id == tenant).values(position=position, hash=previous)
    )


async def _head(db: AsyncSession, tenant: UUID) -> tuple[int, bytes]:
    """Position and hash of the last entry, locked; the first time a head is made."""
    head = sa.select(audit_heads.c.position, audit_heads.c.hash).where(audit_heads.c.tenant_id == tenant)
    found = (await db.execute(head.with_for_update())).first()
    if found is None:
        first = insert(audit_heads).values(tenant_id=tenant, position=0, hash=GENESIS)
        await db.execute(first.on_conflict_do_nothing())
        found = (await db.execute(head.with_for_update())).one()
    return found.position, found.hash


async def broken_at(db: AsyncSession, tenant: UUID) -> int | None:
    """The first position whose hash does not follow from the one before; None if the chain holds."""
    previous = GENESIS
    rows = await db.execute(sa.select(audit_log).where(audit_log.c.tenant_id == tenant).order_by(audit_log.c.position))
    for expected, row in enumerate(rows, start=1):
        entry = Entry(row.at, row.actor, row.act, row.subject_type, row.subject_id, row.reason)
        if row.position != expected or row.previous_hash != previous or row.hash != chain(previous, expected, entry):
            return expected
        previous = row.hash
    return None
