"""The trace of what was corrected or taken back: who, when, why, and what it said before and after."""

from typing import Any, Literal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.db import now
from mentoring_common.vault import seal
from mentoring_sessions.relationships.models import Correction

Kind = Literal["mentoring_session", "attendance", "appointment"]


async def keep_correction(
    db: AsyncSession,
    person_id: UUID,
    kind: Kind,
    subject_id: UUID,
    reason: str,
    before: dict[str, Any],
    after: dict[str, Any] | None = None,
) -> None:
    """Keep what a record said before, and after unless it was withdrawn; the reason is sealed under who gives it."""
    sealed = await seal(db, person_id, reason)
    trace = {"kind": kind, "subject_id": subject_id, "made_by": person_id, "made_at": now(db)}
    db.add(Correction(**trace, reason_sealed=sealed, before=before, after=after))
    audit(db, str(person_id), f"{'withdraw' if after is None else 'correct'}_{kind}", kind, subject_id)
    await db.flush()
