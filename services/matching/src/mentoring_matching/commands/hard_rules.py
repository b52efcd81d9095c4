"""Pairs that the programme team makes by hand keep the policy's hard rules, or break them knowingly."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_matching import questions
from mentoring_matching.errors import PairBreaksRules
from mentoring_matching.models import PoolMember


async def broken_knowingly(
    db: AsyncSession, cohort_id: UUID, mentor: PoolMember, mentee_member_ids: Sequence[UUID], *, despite: bool
) -> str | None:
    """The hard rules that a mentor and mentees break, for the audit log. PairBreaksRules where nobody said so."""
    broken = await questions.rules_broken(db, cohort_id, mentor, mentee_member_ids)
    if broken and not despite:
        raise PairBreaksRules(rules=broken)
    return f"despite {', '.join(broken)}" if broken else None
