"""What programmes and cohorts are called is kept."""

from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_contracts.applications import CohortCreated, ProgrammeAmended, ProgrammeCreated
from mentoring_contracts.blueprint import read
from mentoring_integrations.programmes.models import Cohort, Programme


async def keep_programme(db: AsyncSession, told: ProgrammeCreated | ProgrammeAmended) -> None:
    """Keep what the blueprint calls the programme and its two sides."""
    plan, _ = read(told.blueprint)
    values: dict[str, Any] = {"title": plan.title, "words": plan.words, "languages": plan.languages, "zone": plan.zone}
    values |= {"oriented": plan.activities.orientation.compulsory}
    row = insert(Programme).values(tenant_id=tenant_of(db), id=told.programme_id, **values)
    await db.execute(row.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=values))


async def keep_cohort(db: AsyncSession, told: CohortCreated) -> None:
    """Keep the number of a cohort."""
    values = {"tenant_id": tenant_of(db), "id": told.cohort_id, "programme_id": told.programme_id}
    await db.execute(insert(Cohort).values(values | {"number": told.number}).on_conflict_do_nothing())
