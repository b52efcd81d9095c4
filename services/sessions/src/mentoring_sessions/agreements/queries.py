"""Every SELECT of agreements."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import reading
from mentoring_sessions.agreements.models import AgreedVersion, Agreement
from mentoring_sessions.errors import AgreementNotFound

_AGREEMENTS = reading.by_ids(Agreement)


async def agreements(db: AsyncSession, relationship_ids: Collection[UUID]) -> dict[UUID, Agreement]:
    """The agreements of relationships, by the relationship's id, to be read only."""
    return {row.id: row for row in await _AGREEMENTS.all(db, ids=list(relationship_ids))}


async def proposed_agreement(db: AsyncSession, relationship_id: UUID) -> Agreement | None:
    """The agreement as it stands in the database now; None before the first proposal."""
    row = sa.select(Agreement).where(Agreement.id == relationship_id)
    return await db.scalar(row.execution_options(populate_existing=True))


async def agreement_locked(db: AsyncSession, relationship_id: UUID) -> Agreement:
    """The agreement, held until the commit by who signs or replaces it; AgreementNotFound before the first proposal."""
    row = sa.select(Agreement).where(Agreement.id == relationship_id).with_for_update()
    found = await db.scalar(row.execution_options(populate_existing=True))
    if found is None:
        raise AgreementNotFound()
    return found


async def agreed_versions(db: AsyncSession, relationship_id: UUID) -> Sequence[AgreedVersion]:
    """The versions of an agreement that everybody signed, the last first."""
    rows = sa.select(AgreedVersion).where(AgreedVersion.relationship_id == relationship_id)
    return (await db.scalars(rows.order_by(AgreedVersion.version.desc()))).all()


async def standing(db: AsyncSession, relationship_id: UUID) -> AgreedVersion | None:
    """The version of an agreement that stands, to be changed; None where none does."""
    this = (AgreedVersion.relationship_id == relationship_id, AgreedVersion.ended_at.is_(None))
    rows = sa.select(AgreedVersion).where(*this).order_by(AgreedVersion.version.desc()).limit(1)
    return await db.scalar(rows.execution_options(populate_existing=True))


async def agreement(db: AsyncSession, relationship_id: UUID) -> Agreement:
    """The agreement as it stands in the database now; AgreementNotFound before the first proposal."""
    found = await proposed_agreement(db, relationship_id)
    if found is None:
        raise AgreementNotFound()
    return found
