"""What the integrations service does; commands never commit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now, tenant_of
from mentoring_common.erased import erased_among, is_nobody
from mentoring_common.ids import new_id
from mentoring_common.vault import Erased, destroy_key
from mentoring_common.versions import Precondition
from mentoring_integrations import queries
from mentoring_integrations.errors import DecisionsStayOn
from mentoring_integrations.models import Notification, Recipient
from mentoring_integrations.topics import EMAIL_ALWAYS, KINDS, TOPICS


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


async def mark_read(db: AsyncSession, person_id: UUID, notification_id: UUID) -> Notification:
    """Note that the person read it; the first time counts. NotificationNotFound for anybody else's."""
    found = await queries.notification(db, person_id, notification_id)
    found.read_at = found.read_at or now(db)
    await db.flush()
    return found


async def set_preferences(db: AsyncSession, person_id: UUID, email: Mapping[str, bool], expected: Precondition) -> None:
    """Turn e-mail on or off by kind; kinds not named stay. DecisionsStayOn, Erased, PreconditionFailed."""
    if any(not on and kind in EMAIL_ALWAYS for kind, on in email.items()):
        raise DecisionsStayOn()
    if await erased_among(db, [person_id]):
        raise Erased()
    await _lock_recipients(db, [person_id])
    expected.compare(await queries.preferences_version(db, person_id))
    before = (await queries.email_off(db, [person_id])).get(person_id, frozenset())
    off = [kind for kind in KINDS if not email.get(kind, kind not in before)]
    await db.execute(sa.update(Recipient).where(Recipient.id == person_id).values(email_off=off))


async def erase_person(db: AsyncSession, person_id: UUID) -> None:
    """Delete what a person was told and wants, and their id from what others were told; nothing is queued again."""
    await db.execute(sa.delete(Notification).where(Notification.person_id == person_id))
    await db.execute(sa.update(Notification).where(Notification.other_id == person_id).values(other_id=None))
    await db.execute(sa.delete(Recipient).where(Recipient.id == person_id))
    await destroy_key(db, person_id)


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
    return vars(notice) | own | {"other_id": other}
