"""Taking back what was recorded by mistake: it stays to be seen, with who, when and why, and counts in nothing."""

from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_evaluation.errors import AlreadyWithdrawn
from mentoring_evaluation.outcomes.models import HrOutcome, IndicatorValue
from mentoring_evaluation.programmes.schemas import ActingRole

Kept = TypeVar("Kept", IndicatorValue, HrOutcome)


async def withdraw_value(
    db: AsyncSession, kept: IndicatorValue, reason: str, by: Principal, role: ActingRole
) -> IndicatorValue:
    """Take back a measured value of an indicator. AlreadyWithdrawn."""
    return await _withdraw(db, kept, "indicator_value", reason, by, role)


async def withdraw_hr_outcome(
    db: AsyncSession, kept: HrOutcome, reason: str, by: Principal, role: ActingRole
) -> HrOutcome:
    """Take back an outcome from HR data. AlreadyWithdrawn."""
    return await _withdraw(db, kept, "hr_outcome", reason, by, role)


async def _withdraw(db: AsyncSession, kept: Kept, what: str, reason: str, by: Principal, role: ActingRole) -> Kept:
    table = type(kept)
    counting = sa.update(table).where(table.id == kept.id, table.withdrawn_at.is_(None))
    taken = counting.values(withdrawn_at=now(db), withdrawn_as=role, withdrawal_reason=reason).returning(table)
    found: Kept | None = await db.scalar(taken, execution_options={"populate_existing": True})
    if found is None:
        raise AlreadyWithdrawn()
    audit(db, by.subject, f"withdraw_{what}", what, kept.id, reason=reason)
    return found
