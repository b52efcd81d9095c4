"""Handovers as answers."""

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_sessions.handovers import queries
from mentoring_sessions.handovers.schemas import Before, HandoverView
from mentoring_sessions.relationships.parts import Access


async def handover(db: AsyncSession, mine: Access) -> HandoverView:
    """What came along; HandoverNotFound where nothing was handed over."""
    before = await queries.before(db, mine.relationship)
    said = await queries.handover(db, mine.relationship.id)
    shown = not mine.leads or (said is not None and said.history)
    return HandoverView(
        match_id=mine.relationship.id,
        version=0 if said is None else said.version,
        continues=before.id,
        decided_at=said and said.decided_at,
        goals=said is not None and said.goals,
        agreement=said is not None and said.agreement,
        history=said is not None and said.history,
        before=Before.model_validate(before) if shown else None,
    )
