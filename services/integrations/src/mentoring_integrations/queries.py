"""Every SELECT of the integrations service."""

from collections.abc import Iterable, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.db import tenant_of
from mentoring_common.tables import scoped_roles
from mentoring_integrations.errors import ImportNotFound, NotificationNotFound, ProgrammeNotFound
from mentoring_integrations.models import (
    Cohort,
    Import,
    Notification,
    OpenedWave,
    Programme,
    Recipient,
    RefusedRow,
)

TENANTS_AT_ONCE = 50


async def has_role_anywhere(db: AsyncSession, person_id: UUID, roles: Sequence[str]) -> bool:
    """Whether the person holds one of the roles in any programme."""
    c = scoped_roles.c
    held = sa.select(c.role).where(c.tenant_id == tenant_of(db), c.subject_id == person_id, c.role.in_(roles))
    return (await db.execute(held.limit(1))).first() is not None


def imports(by: Principal) -> sa.Select[Import]:
    """The caller's imports; all of them for the organisation's administration."""
    rows = sa.select(Import)
    return rows if by.is_admin else rows.where(Import.started_by == by.subject)


async def import_of(db: AsyncSession, by: Principal, import_id: UUID) -> Import:
    """The import; ImportNotFound, also for one of somebody else."""
    found = await db.scalar(imports(by).where(Import.id == import_id))
    if found is None:
        raise ImportNotFound()
    return found


async def refused_rows(db: AsyncSession, import_id: UUID) -> Sequence[RefusedRow]:
    """Why rows stayed out, by line."""
    rows = sa.select(RefusedRow).where(RefusedRow.import_id == import_id)
    return (await db.scalars(rows.order_by(RefusedRow.row, RefusedRow.id))).all()


async def programme(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme; ProgrammeNotFound, also for another organisation's."""
    found = await db.scalar(sa.select(Programme).where(Programme.id == programme_id))
    if found is None:
        raise ProgrammeNotFound()
    return found


async def titles(db: AsyncSession, programme_ids: Iterable[UUID | None]) -> dict[UUID | None, str]:
    """Titles of programmes by id."""
    rows = await db.execute(
        sa.select(Programme.id, Programme.title).where(Programme.id.in_({id_ for id_ in programme_ids if id_}))
    )
    return {row.id: row.title for row in rows}


async def cohort_numbers(db: AsyncSession, cohort_ids: Iterable[UUID | None]) -> dict[UUID | None, int]:
    """Numbers of cohorts by id."""
    rows = await db.execute(sa.select(Cohort.id, Cohort.number).where(Cohort.id.in_({c for c in cohort_ids if c})))
    return {row.id: row.number for row in rows}


def inbox(person_id: UUID) -> sa.Select[Notification]:
    """What a person was told, in order."""
    return sa.select(Notification).where(Notification.person_id == person_id)


async def notification(db: AsyncSession, person_id: UUID, notification_id: UUID) -> Notification:
    """One of the person's own; NotificationNotFound for anybody else's."""
    found = await db.scalar(inbox(person_id).where(Notification.id == notification_id))
    if found is None:
        raise NotificationNotFound()
    return found


async def email_off(db: AsyncSession, person_ids: Iterable[UUID]) -> dict[UUID, frozenset[str]]:
    """The kinds that people do not want by e-mail."""
    rows = await db.execute(sa.select(Recipient.id, Recipient.email_off).where(Recipient.id.in_(set(person_ids))))
    return {id_: frozenset(kinds) for id_, kinds in rows}


async def preferences_version(db: AsyncSession, person_id: UUID) -> int:
    """How often a person changed what is sent by e-mail, counted from 1."""
    return await db.scalar(sa.select(Recipient.version).where(Recipient.id == person_id)) or 1


async def notification_counts(db: AsyncSession, programme_id: UUID) -> Sequence[sa.Row[str, str, str, str | None, int]]:
    """(kind, topic, state, last_error, count) of a programme's notifications."""
    groups = (Notification.kind, Notification.topic, Notification.state, Notification.last_error)
    rows = sa.select(*groups, sa.func.count().label("count")).where(Notification.programme_id == programme_id)
    return (await db.execute(rows.group_by(*groups).order_by(*groups))).all()


async def tenants_with_mail(connection: AsyncConnection) -> Sequence[UUID]:
    """Organisations with something to send now; asked under the system role."""
    due = (Notification.state == "queued", Notification.not_before <= sa.func.clock_timestamp())
    rows = sa.select(Notification.tenant_id).where(*due).distinct().limit(TENANTS_AT_ONCE)
    return (await connection.scalars(rows)).all()


async def waves_to_read(connection: AsyncConnection) -> Sequence[tuple[UUID, UUID]]:
    """(tenant, id of the row) of waves whose invitations or reminders wait to be read; asked under the system role."""
    due = (OpenedWave.read.is_(False), OpenedWave.not_before <= sa.func.clock_timestamp())
    rows = sa.select(OpenedWave.tenant_id, OpenedWave.id).where(*due).limit(TENANTS_AT_ONCE)
    return [(tenant, wave) for tenant, wave in await connection.execute(rows)]


async def opened_wave(db: AsyncSession, row_id: UUID) -> OpenedWave | None:
    """The wave and what it sends, if whom it asks is still to be read."""
    return await db.scalar(sa.select(OpenedWave).where(OpenedWave.id == row_id, OpenedWave.read.is_(False)))
