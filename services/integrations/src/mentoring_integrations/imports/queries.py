"""What is read of imports."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_integrations.errors import ImportNotFound
from mentoring_integrations.imports.models import Import, RefusedRow


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
