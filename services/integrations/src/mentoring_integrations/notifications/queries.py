"""What is read of notifications."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from mentoring_common.reading import Reading, among
from mentoring_integrations.errors import NotificationNotFound
from mentoring_integrations.notifications.letters import Called
from mentoring_integrations.notifications.models import Notification, OpenedWave, Recipient
from mentoring_integrations.notifications.timing import Wishes
from mentoring_integrations.notifications.topics import DIGEST, NOMINATED, NOMINATOR_ASKED, UNTOLD
from mentoring_integrations.programmes import queries as programmes

TENANTS_AT_ONCE = 50


def _until(first: sa.Select[datetime]) -> sa.ColumnElement[float]:
    """The seconds until a moment of the database's clock; null without one."""
    return sa.cast(sa.extract("epoch", first.scalar_subquery() - sa.func.clock_timestamp()), sa.Float)


# What the lookout asks.
MAIL_WAITS = _until(sa.select(sa.func.min(Notification.not_before)).where(Notification.state == "queued"))
WAVES_WAIT = _until(sa.select(sa.func.min(OpenedWave.not_before)).where(OpenedWave.read.is_(False)))


async def called(db: AsyncSession, programme_ids: Iterable[UUID | None]) -> dict[UUID | None, Called]:
    """What programmes are called, and their words for a mentor and a mentee, by id."""
    rows = await programmes.programmes(db, programme_ids)
    return {row.id: Called(row.title, row.words, row.languages, row.zone, row.oriented) for row in rows}


def told(person_id: UUID) -> sa.Select[Notification]:
    """What a person was told, one by one."""
    return sa.select(Notification).where(Notification.person_id == person_id, Notification.topic != DIGEST)


def inbox(person_id: UUID, off: Collection[str]) -> sa.Select[Notification]:
    """What a person was told, without the kinds that are not wanted in the inbox, in order."""
    return told(person_id).where(Notification.kind.not_in(off)) if off else told(person_id)


async def notification(db: AsyncSession, person_id: UUID, notification_id: UUID) -> Notification:
    """One of the person's own; NotificationNotFound for anybody else's."""
    found = await db.scalar(told(person_id).where(Notification.id == notification_id))
    if found is None:
        raise NotificationNotFound()
    return found


_WISHES = (Recipient.email_off, Recipient.inbox_off, Recipient.digest, Recipient.quiet_begins, Recipient.quiet_ends,
           Recipient.zone, Recipient.language, Recipient.easy_read)  # fmt: skip


_WISHES_OF = Reading(sa.select(Recipient.id, *_WISHES).where(among(Recipient.id)))


async def wishes(db: AsyncSession, person_ids: Iterable[UUID]) -> dict[UUID, Wishes]:
    """How people want to be told; who never said is not among them."""
    return {row.id: _wishes(row) for row in await _WISHES_OF.all(db, ids=list(set(person_ids)))}


def _wishes(row: Any) -> Wishes:
    values = {column.key: getattr(row, column.key) for column in _WISHES}
    return Wishes(**values | {"email_off": frozenset(row.email_off), "inbox_off": frozenset(row.inbox_off)})


async def wishes_of(db: AsyncSession, person_id: UUID) -> Wishes:
    """How one person wants to be told."""
    return (await wishes(db, [person_id])).get(person_id, Wishes())


async def preferences_version(db: AsyncSession, person_id: UUID) -> int:
    """How often a person changed how they want to be told, counted from 1."""
    return await db.scalar(sa.select(Recipient.version).where(Recipient.id == person_id)) or 1


async def first_held(db: AsyncSession, person_ids: Iterable[UUID]) -> dict[UUID, datetime]:
    """When the first of the letters that are held for each of these people goes."""
    n = Notification
    rows = sa.select(n.person_id, sa.func.min(n.held_until)).where(n.state == "held", n.person_id.in_(set(person_ids)))
    return {person_id: first for person_id, first in await db.execute(rows.group_by(n.person_id)) if first}


async def held_until(db: AsyncSession, person_id: UUID, moment: datetime) -> Sequence[Notification]:
    """A person's letters that were held until `moment`, locked."""
    n = Notification
    rows = sa.select(n).where(n.person_id == person_id, n.state == "held", n.held_until <= moment)
    return (await db.scalars(rows.order_by(n.id).with_for_update())).all()


async def bundled(db: AsyncSession, bundle_ids: Iterable[UUID]) -> Sequence[Notification]:
    """The messages that these digests tell of, in order."""
    n = Notification
    rows = sa.select(n).where(n.bundle_id.in_(set(bundle_ids)), n.state == "bundled")
    return (await db.scalars(rows.order_by(n.id))).all()


def sent_letters(
    programme_id: UUID, person_id: UUID | None, state: str | None, topic: str | None
) -> sa.Select[Notification]:
    """What a programme's people were sent, one by one: no topic that says of somebody what the team must not know."""
    n = Notification
    rows = sa.select(n).where(n.programme_id == programme_id, n.topic.not_in(UNTOLD))
    for column, wanted in ((n.person_id, person_id), (n.state, state), (n.topic, topic)):
        rows = rows if wanted is None else rows.where(column == wanted)
    return rows


async def notification_counts(
    db: AsyncSession, programme_id: UUID
) -> Sequence[sa.Row[str, str, str, str | None, int, int]]:
    """(kind, topic, state, last_error, count, read) of a programme's notifications."""
    groups = (Notification.kind, Notification.topic, Notification.state, Notification.last_error)
    rows = sa.select(*groups, sa.func.count().label("count"), sa.func.count(Notification.read_at).label("read")).where(
        Notification.programme_id == programme_id
    )
    return (await db.execute(rows.group_by(*groups).order_by(*groups))).all()


async def tenants_with_mail(connection: AsyncConnection) -> Sequence[UUID]:
    """Organisations with something to send now; asked under the system role."""
    due = (Notification.state == "queued", Notification.not_before <= sa.func.clock_timestamp())
    rows = sa.select(Notification.tenant_id).where(*due).distinct().limit(TENANTS_AT_ONCE)
    return (await connection.scalars(rows)).all()


async def letters_waiting(connection: AsyncConnection) -> tuple[int, float]:
    """How many letters are queued, and for how many seconds the oldest has been; asked under the system role."""
    since = sa.func.min(sa.func.coalesce(Notification.held_until, Notification.created_at))  # what was held is not late
    age = sa.cast(sa.extract("epoch", sa.func.clock_timestamp() - since), sa.Float)
    rows = sa.select(sa.func.count(), sa.func.coalesce(age, 0.0)).where(Notification.state == "queued")
    number, seconds = (await connection.execute(rows)).one()
    return number, seconds


async def waves_to_read(connection: AsyncConnection) -> Sequence[tuple[UUID, UUID]]:
    """(tenant, id of the row) of waves whose invitations or reminders wait to be read; asked under the system role."""
    due = (OpenedWave.read.is_(False), OpenedWave.not_before <= sa.func.clock_timestamp())
    rows = sa.select(OpenedWave.tenant_id, OpenedWave.id).where(*due).limit(TENANTS_AT_ONCE)
    return [(tenant, wave) for tenant, wave in await connection.execute(rows)]


async def opened_wave(db: AsyncSession, row_id: UUID) -> OpenedWave | None:
    """The wave and what it sends, if whom it asks is still to be read."""
    return await db.scalar(sa.select(OpenedWave).where(OpenedWave.id == row_id, OpenedWave.read.is_(False)))


async def nominations_of(db: AsyncSession, programme_id: UUID, person_id: UUID, role: str) -> Sequence[UUID]:
    """The nominations of a person in a programme that anybody was told of."""
    n = Notification
    asked = sa.and_(n.topic == NOMINATOR_ASKED, n.other_id == person_id)
    opened = sa.and_(n.topic == NOMINATED, n.person_id == person_id)
    rows = sa.select(n.subject_id).where(n.programme_id == programme_id, n.role == role, sa.or_(asked, opened))
    return (await db.scalars(rows.distinct().order_by(n.subject_id))).all()


async def people_in_group(db: AsyncSession, group_id: UUID) -> Sequence[sa.Row[UUID, str | None]]:
    """Who was told that they are in a group, with their role there, and was not told that they left it."""
    n, left = Notification, sa.orm.aliased(Notification)
    gone = sa.exists().where(
        left.tenant_id == n.tenant_id,
        left.subject_id == group_id,
        left.topic == "group_left",
        left.person_id == n.person_id,
    )
    rows = sa.select(n.person_id, n.role).where(n.subject_id == group_id, n.topic == "group_joined", sa.not_(gone))
    return (await db.execute(rows.order_by(n.person_id))).all()
