"""What is told to whom, and what people want to be told; commands never commit."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import leave_work, now, tenant_of
from mentoring_common.deadlines import cancel, schedule_all
from mentoring_common.erased import erased_among, is_nobody
from mentoring_common.ids import new_id
from mentoring_common.tracing import running_trace
from mentoring_common.vault import Erased
from mentoring_common.versions import Precondition
from mentoring_integrations.errors import DecisionsStayOn
from mentoring_integrations.notifications import queries
from mentoring_integrations.notifications.models import Notification, Recipient
from mentoring_integrations.notifications.schemas import Kind, Preferences
from mentoring_integrations.notifications.topics import ALONE, DIGEST, EMAIL_ALWAYS, KINDS, TOPICS

_PLAIN = frozenset({"digest", "zone", "language", "easy_read"})
HELD = "held_letters"  # a deadline: the first of a person's letters that wait for the end of quiet hours or a digest


@dataclass(frozen=True)
class Notice:
    """Something to tell a person; `subject_id` is the application, match, wave or change of address it is about."""

    person_id: UUID
    topic: str
    subject_id: UUID
    programme_id: UUID | None
    cohort_id: UUID | None
    role: str | None = None
    other_id: UUID | None = None
    until: datetime | None = None
    number: int = 0


async def notify(db: AsyncSession, notices: Iterable[Notice]) -> None:
    """Queue what is not queued yet, for people who are not erased."""
    # In one order, so that two transactions never wait for each other's recipients.
    by_person = {notice.person_id: notice for notice in notices if not is_nobody(notice.person_id)}
    standing = sorted(by_person.keys() - await erased_among(db, by_person))
    await _lock_recipients(db, standing)
    rows = [_row(db, by_person[person_id]) for person_id in standing]
    if rows:
        await db.execute(insert(Notification).values(rows).on_conflict_do_nothing())
        leave_work(db)


async def mark_read(db: AsyncSession, person_id: UUID, notification_id: UUID) -> Notification:
    """Note that the person read it; the first time counts. NotificationNotFound for anybody else's."""
    found = await queries.notification(db, person_id, notification_id)
    found.read_at = found.read_at or now(db)
    await db.flush()
    return found


async def set_preferences(db: AsyncSession, person_id: UUID, new: Preferences, expected: Precondition) -> None:
    """Change how a person wants to be told: what is not given stays. What was held is weighed again.

    DecisionsStayOn, Erased, PreconditionFailed.
    """
    if any(not on and kind in EMAIL_ALWAYS for kind, on in new.email.items()):
        raise DecisionsStayOn()
    if await erased_among(db, [person_id]):
        raise Erased()
    await _lock_recipients(db, [person_id])
    expected.compare(await queries.preferences_version(db, person_id))
    before = await queries.wishes_of(db, person_id)
    values: dict[str, object] = {
        "email_off": _off(new.email, before.email_off),
        "inbox_off": _off(new.inbox, before.inbox_off),
    }
    values |= {name: getattr(new, name) for name in _PLAIN & new.model_fields_set}
    if "quiet_hours" in new.model_fields_set:
        quiet = new.quiet_hours
        values |= {"quiet_begins": quiet and quiet.begins, "quiet_ends": quiet and quiet.ends}
    await db.execute(sa.update(Recipient).where(Recipient.id == person_id).values(values))
    n = Notification
    held = sa.update(n).where(n.person_id == person_id, n.state == "held")
    await db.execute(held.values(state="queued", held_until=None, not_before=sa.func.clock_timestamp()))
    leave_work(db)


async def hold(db: AsyncSession, rows: Mapping[UUID, datetime], person_ids: Collection[UUID]) -> None:
    """Keep letters (id → until when) back, and see to it that the first of each of these people goes in time."""
    await _lock_recipients(db, sorted(person_ids))
    for row_id, until in rows.items():
        await db.execute(
            sa.update(Notification).where(Notification.id == row_id).values(state="held", held_until=until)
        )
    await schedule_all(db, HELD, await queries.first_held(db, person_ids))


async def release(db: AsyncSession, person_id: UUID) -> None:
    """Send what was held for a person until now: each after quiet hours, or all of it in one digest; a deadline."""
    await _lock_recipients(db, [] if await erased_among(db, [person_id]) else [person_id])
    due = await queries.held_until(db, person_id, now(db))
    digest = (await queries.wishes_of(db, person_id)).digest != "off"
    together = [row.id for row in due if digest and row.topic not in ALONE]
    if together:
        row = _row(db, Notice(person_id, DIGEST, new_id(), None, None))
        await db.execute(insert(Notification).values(row))
        await _set(db, together, state="bundled", bundle_id=row["id"])
    alone = [row.id for row in due if row.id not in together]
    await _set(db, alone, state="queued", not_before=sa.func.clock_timestamp())
    leave_work(db)
    await schedule_all(db, HELD, await queries.first_held(db, [person_id]))


async def _set(db: AsyncSession, ids: Collection[UUID], **values: object) -> None:
    await db.execute(sa.update(Notification).where(Notification.id.in_(ids)).values(values))


def _off(on: Mapping[Kind, bool], before: Collection[str]) -> list[str]:
    wanted = {str(kind): wish for kind, wish in on.items()}
    return [kind for kind in KINDS if not wanted.get(kind, kind not in before)]


async def forget_person(db: AsyncSession, person_id: UUID) -> None:
    """Delete what a person was told and wants, and their id from what others were told."""
    await db.execute(sa.delete(Notification).where(Notification.person_id == person_id))
    await db.execute(sa.update(Notification).where(Notification.other_id == person_id).values(other_id=None))
    await cancel(db, HELD, person_id)
    await db.execute(sa.delete(Recipient).where(Recipient.id == person_id))


async def _lock_recipients(db: AsyncSession, person_ids: list[UUID]) -> None:
    """Make the rows of these people if need be and hold them until the commit."""
    if not person_ids:
        return
    tenant = tenant_of(db)
    row = insert(Recipient).values([{"tenant_id": tenant, "id": id_} for id_ in person_ids])
    held = row.on_conflict_do_update(index_elements=["tenant_id", "id"], set_={"id": row.excluded.id})
    await db.execute(held)


def _row(db: AsyncSession, notice: Notice) -> dict[str, object]:
    own = {"id": new_id(), "tenant_id": tenant_of(db), "kind": TOPICS[notice.topic].kind, "created_at": now(db)}
    other = None if notice.other_id and is_nobody(notice.other_id) else notice.other_id
    return vars(notice) | own | {"other_id": other, "traceparent": running_trace()}
