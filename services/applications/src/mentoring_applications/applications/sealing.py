"""Texts of applications that stand in the clear from before are sealed, a few at a time, while the service runs."""

from typing import Final
from uuid import UUID

import sqlalchemy as sa

from mentoring_applications.applications import facts, queries
from mentoring_applications.programmes import blueprint
from mentoring_common.runner import Service

AT_ONCE: Final = 100


async def seal_texts(service: Service) -> None:
    """Seal what is not sealed yet, organisation by organisation; `Periodic`."""
    async with service.looking.connect() as connection:
        tenants = await queries.tenants_with_clear_texts(connection)
    for tenant in tenants:
        while await _seal_some(service, tenant):
            pass


async def _seal_some(service: Service, tenant: UUID) -> int:
    """Seal a few texts of an organisation in a transaction; how many."""
    async with service.database.transaction(tenant) as db:
        rows = await queries.clear_texts(db, AT_ONCE)
        for row, application, programme in rows:
            assert application.person_id is not None
            plan = blueprint.plan_of(programme)
            values = await facts.sealed(
                db, plan, application.role, application.person_id, row.free_text, row.attributes
            )
            await db.execute(sa.update(type(row)).where(type(row).id == row.id).values(values))
        return len(rows)
