"""Check-ins as answers: the reading of another's comment is audited."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_sessions.check_ins.models import CheckIn, Comparison
from mentoring_sessions.check_ins.schemas import CheckInStateView, CheckInView, ComparisonOfPair
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.sealed import unseal_many
from mentoring_sessions.relationships.views import audit_reading


async def check_ins(db: AsyncSession, by: Principal, mine: Access, rows: Sequence[CheckIn]) -> list[CheckInView]:
    """Check-ins; comments of others only for the programme team."""
    readable = [row.person_id == mine.person_id or mine.reads_for_team for row in rows]
    sealed = [(row.person_id, row.comment_sealed if shown else None) for row, shown in zip(rows, readable, strict=True)]
    comments = await unseal_many(db, sealed)
    for row, (_, text) in zip(rows, sealed, strict=True):
        if text is not None:
            audit_reading(db, by, row.person_id, "check_in", row.id)
    return [
        CheckInView(**CheckInStateView.model_validate(row).model_dump(), comment=comment)
        for row, comment in zip(rows, comments, strict=True)
    ]


def comparison(row: Comparison | None) -> ComparisonOfPair:
    """Whether the people of a relationship differ."""
    if row is None:
        return ComparisonOfPair(answers="waiting", compared_at=None)
    return ComparisonOfPair(answers="differ" if row.differs else "agree", compared_at=row.compared_at)
