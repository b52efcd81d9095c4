"""Texts of applications that stand in the clear from before are sealed, a few at a time, while the service runs."""

from typing import Final

import sqlalchemy as sa

from mentoring_applications import blueprint, facts, queries
from mentoring_common.runner import Service

AT_ONCE: Final = 100


async def seal_texts(service: Service) -> None:
    """Seal what is not sealed yet, organisation by organisation; `Periodic`."""
    async with service.looking.connect() as connection:
        tenants = await queries.tenants_with_clear_texts(connection)
    for tenant in tenants:
        async with service.database.transaction(tenant) as db:
            for row, application, programme in await queries.clear_texts(db, AT_ONCE):
                assert application.person_id is not None
                plan = blueprint.check(programme.blueprint)
                values = await facts.sealed(
                    db, plan, application.role, application.person_id, row.free_text, row.attributes
                )
                await db.execute(sa.update(type(row)).where(type(row).id == row.id).values(values))
