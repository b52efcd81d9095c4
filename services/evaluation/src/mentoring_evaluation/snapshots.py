"""Freezing what the public view shows of people who come and go, when a survey closes and when a report is built."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa

from mentoring_common.runner import Service
from mentoring_common.tables import deadlines
from mentoring_evaluation.building import statistics_of
from mentoring_evaluation.commands.snapshots import freeze_when_due
from mentoring_evaluation.commands.waves import SNAPSHOT


async def take_snapshots(service: Service) -> None:
    """Freeze the table of every programme of which a wave has closed; after a failure all are tried the next time."""
    c = deadlines.c
    waiting = sa.select(c.tenant_id, c.subject_id, c.due_at).where(c.kind == SNAPSHOT, c.fired_at.is_(None))
    async with service.system.connect() as connection:
        rows = (await connection.execute(waiting.order_by(c.due_at).limit(20))).all()
    for tenant, programme_id, due_at in rows:
        await take_snapshot(service, tenant, programme_id, due_at)


async def take_snapshot(service: Service, tenant: UUID, programme_id: UUID, due_at: datetime) -> None:
    """Freeze the table of a programme, unless another replica has."""
    statistics = await statistics_of(service, tenant, programme_id)
    async with service.database.transaction(tenant) as db:
        await freeze_when_due(db, programme_id, due_at, statistics["backgrounds"])
