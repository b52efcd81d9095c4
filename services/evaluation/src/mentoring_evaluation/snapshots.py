"""Freezing what the public view shows of people who come and go, when a survey closes and when a report is built."""

from uuid import UUID

import sqlalchemy as sa

from mentoring_common.observability import log
from mentoring_common.runner import Service
from mentoring_common.tables import deadlines
from mentoring_evaluation import queries
from mentoring_evaluation.building import statistics_of
from mentoring_evaluation.commands.snapshots import freeze_after
from mentoring_evaluation.commands.waves import SNAPSHOT


async def take_snapshots(service: Service) -> None:
    """Freeze the table of every programme of which a wave has closed; one that fails is tried again the next time."""
    c = deadlines.c
    waiting = sa.select(c.tenant_id, c.subject_id).where(c.kind == SNAPSHOT, c.fired_at.is_(None)).order_by(c.due_at)
    async with service.system.connect() as connection:
        rows = (await connection.execute(waiting.limit(20))).all()
    for tenant, wave_id in rows:
        try:
            await take_snapshot(service, tenant, wave_id)
        except Exception as error:
            log.warning("snapshot_not_taken", kind=SNAPSHOT, subject_id=str(wave_id), error=type(error).__name__)


async def take_snapshot(service: Service, tenant: UUID, wave_id: UUID) -> None:
    """Freeze the table of the wave's programme, unless another replica has."""
    async with service.database.transaction(tenant) as db:
        programme = await queries.programme(db, (await queries.wave(db, wave_id)).programme_id)
    statistics = await statistics_of(service, tenant, programme.id)
    async with service.database.transaction(tenant) as db:
        await freeze_after(db, wave_id, programme, statistics["backgrounds"])
