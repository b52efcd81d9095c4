"""Buddy pairs and groups: kept as they came out."""

from typing import Any
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_matching.models import Arrangement


async def keep_arrangement(
    db: AsyncSession, cohort_id: UUID, kind: str, asked: dict[str, Any], result: dict[str, Any], by: Principal
) -> Arrangement:
    """Store what was asked for and what came out; earlier ones stay."""
    kept = Arrangement(cohort_id=cohort_id, kind=kind, made_at=now(db), asked=asked, result=result)
    db.add(kept)
    await db.flush()
    audit(db, by.subject, f"arrange_{kind}", "cohort", cohort_id)
    return kept
