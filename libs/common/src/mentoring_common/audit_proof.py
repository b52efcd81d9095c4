"""Proof that an audit log is whole: anchors that are announced, and the verdict on the chain against them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any
from uuid import UUID

import sqlalchemy as sa
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession

from mentoring_common.audit import GENESIS, AuditKey, Entry, audit, link_of, unkeyed_link_of
from mentoring_common.auth import Allow, Principal
from mentoring_common.collected import write_collected
from mentoring_common.db import Database, tenant_of
from mentoring_common.masters import Masters
from mentoring_common.outbox import emit
from mentoring_common.records import Received, read
from mentoring_common.settings import Settings
from mentoring_common.tables import audit_heads, audit_log, outbox
from mentoring_common.topics import read_topic
from mentoring_common.unit_of_work import Db, Route
from mentoring_contracts import Event

ANCHORED_EVERY = timedelta(days=1)


class AuditVerdict(BaseModel):
    """What the check of one service's audit log found for an organisation."""

    service: str
    entries: int
    anchors: int
    intact: bool
    broken_at: int | None = None
    because: str | None = None


@dataclass(frozen=True)
class Anchor:
    """What was announced of the chain at a position."""

    position: int
    hash: str


async def anchor(db: AsyncSession, announcement: type[Event]) -> None:
    """Announce the end of the tenant's chain, unless it was announced as it stands; nothing without entries."""
    await write_collected(db)
    heads, tenant = audit_heads.c, tenant_of(db)
    head = sa.select(heads.position, heads.hash, heads.anchored_position).where(heads.tenant_id == tenant)
    found = (await db.execute(head.with_for_update())).first()
    if found is None or found.position == found.anchored_position:
        return
    key: AuditKey = db.info["audit_key"]
    said = {"position": found.position, "hash": key.anchor(tenant, found.position, found.hash)}
    emit(db, announcement.model_validate({"organisation_id": tenant} | said))
    anchored = sa.update(audit_heads).where(heads.tenant_id == tenant)
    await db.execute(anchored.values(anchored_position=found.position, anchored_at=sa.func.clock_timestamp()))


async def anchor_daily(system: AsyncEngine, database: Database, announcement: type[Event]) -> None:
    """Anchor every tenant's chain that has grown since its last anchor, where that is a day old."""
    heads = audit_heads.c
    due = sa.select(heads.tenant_id).where(
        heads.position > heads.anchored_position,
        sa.or_(
            heads.anchored_at.is_(None),
            heads.anchored_at < sa.func.clock_timestamp() - sa.cast(ANCHORED_EVERY, sa.Interval),
        ),
    )
    async with system.connect() as connection:
        tenants = (await connection.scalars(due)).all()
    for tenant in tenants:
        async with database.transaction(tenant) as db:
            await anchor(db, announcement)


async def verdict(db: AsyncSession, service: str, published: Iterable[Anchor] = ()) -> AuditVerdict:
    """Follow the tenant's chain from its beginning to its head and compare it with its anchors.

    `published`: anchors that were kept elsewhere (on the broker, by an integrator), beside those of the outbox.
    """
    anchors = {(a.position, a.hash) for a in [*published, *await _own_anchors(db)]}
    masters: Masters = db.info["masters"]
    chain = _Chain(masters.audits, tenant_of(db), anchors)
    rows = await db.stream(
        sa.select(audit_log).where(audit_log.c.tenant_id == tenant_of(db)).order_by(audit_log.c.position)
    )
    async for row in rows:
        if not chain.follow(row):
            break
    else:
        chain.end(await _head(db))
    return AuditVerdict(
        service=service, entries=chain.position, anchors=len(anchors), intact=chain.because is None,
        broken_at=chain.broken_at, because=chain.because,
    )  # fmt: skip


class _Chain:
    """The chain as far as it was followed, and what is wrong with it."""

    def __init__(self, keys: Mapping[str, AuditKey], tenant: UUID, anchors: set[tuple[int, str]]) -> None:
        self._keys, self._tenant = keys, tenant
        self._anchors = dict[int, set[str]]()
        for position, said in anchors:
            self._anchors.setdefault(position, set()).add(said)
        self.position, self.link, self._keyed = 0, GENESIS, False
        self.broken_at: int | None = None
        self.because: str | None = None

    def follow(self, row: Any) -> bool:
        """Take the next entry; False where it does not follow."""
        position, link = self.position + 1, self._link(row)
        if link is None:
            return self._break(position, "the entry was made under another key")
        if (row.position, row.previous_hash, row.hash) != (position, self.link, link):
            return self._break(position, "the entry was changed, or one before it taken out")
        if self._anchors.get(position, set()) - self._anchored(position, link):
            return self._break(position, "another entry stood here when the log was anchored")
        self.position, self.link, self._keyed = position, link, row.key_id is not None
        return True

    def _anchored(self, position: int, link: bytes) -> set[str]:
        """What may have been announced of this end, under the key of that day."""
        return {key.anchor(self._tenant, position, link) for key in self._keys.values()}

    def _link(self, row: Any) -> bytes | None:
        """The hash that the row must have; None under another key. Entries without one come before all that have."""
        position = self.position + 1
        entry = Entry(row.at, row.actor, row.act, row.subject_type, row.subject_id, row.reason)
        if row.key_id is None and not self._keyed:
            return unkeyed_link_of(self.link, position, entry)
        key = self._keys.get(row.key_id or "")
        return link_of(self.link, position, key.digest(entry)) if key else None

    def end(self, head: tuple[int, bytes] | None) -> None:
        """Compare the end with the head and the last anchor."""
        if any(position > self.position for position in self._anchors):
            self._break(self.position + 1, "the log was longer when it was anchored")
        elif head is not None and head != (self.position, self.link):
            self._break(self.position + 1, "the log ends before, or behind, its head")
        elif head is None and self.position:
            self._break(self.position, "the head of the log is missing")

    def _break(self, position: int, because: str) -> bool:
        self.broken_at, self.because = position, because
        return False


async def _own_anchors(db: AsyncSession) -> list[Anchor]:
    mine = (outbox.c.tenant_id == tenant_of(db), outbox.c.aggregate_type == "audit_log")
    payloads = await db.scalars(sa.select(outbox.c.payload).where(*mine))
    return [Anchor(**_Said.model_validate_json(payload).model_dump()) for payload in payloads]


async def _head(db: AsyncSession) -> tuple[int, bytes] | None:
    c = audit_heads.c
    found = (await db.execute(sa.select(c.position, c.hash).where(c.tenant_id == tenant_of(db)))).first()
    return None if found is None else (found.position, found.hash)


async def published_anchors(settings: Settings, announcement: type[Event], tenant: UUID) -> list[Anchor]:
    """The tenant's anchors that the topic holds, read from its beginning."""
    found = [read(record, {announcement}) for record in await read_topic(settings, announcement.topic())]
    mine = [r for r in found if isinstance(r, Received) and r.event and r.envelope.tenantid == tenant]
    return [Anchor(**_Said.model_validate_json(r.payload).model_dump()) for r in mine]


class _Said(BaseModel):
    position: int
    hash: str


class AuditEntry(BaseModel):
    """Who did what to what, when and why."""

    position: int
    at: datetime
    actor: str
    act: str
    subject_type: str
    subject_id: UUID
    reason: str | None


class AuditEntries(BaseModel):
    """Entries in their order; `next_after` is null on the last page."""

    items: list[AuditEntry]
    next_after: int | None = None


router = APIRouter(route_class=Route)
Admin = Annotated[Principal, Depends(Allow("organisation:admin"))]


@router.get("/audit-log/verification")
async def verify_audit_log(request: Request, by: Admin, db: Db) -> AuditVerdict:
    """Whether the organisation's audit log in this service is whole, or where it is broken; entered in it as well."""
    found = await verdict(db, request.app.state.service.name)
    audit(db, by.subject, "verify_audit_log", "organisation", tenant_of(db))
    return found


@router.get("/audit-log")
async def read_audit_log(
    request: Request,
    by: Admin,
    db: Db,
    after: Annotated[int, Query(ge=0, description="position of the last entry of the page before")] = 0,
    limit: Annotated[int, Query(ge=1, le=1000, description="entries of a page")] = 200,
) -> AuditEntries:
    """The organisation's audit log in this service. Whoever begins to read it out has its end announced first."""
    announcement: type[Event] | None = request.app.state.service.design.anchors
    if after == 0:
        audit(db, by.subject, "export_audit_log", "organisation", tenant_of(db))
        if announcement is not None:
            await anchor(db, announcement)
    c = audit_log.c
    rows = sa.select(audit_log).where(c.tenant_id == tenant_of(db), c.position > after).order_by(c.position)
    found = (await db.execute(rows.limit(limit + 1))).all()
    items = [AuditEntry.model_validate(row, from_attributes=True) for row in found[:limit]]
    return AuditEntries(items=items, next_after=items[-1].position if len(found) > limit else None)
