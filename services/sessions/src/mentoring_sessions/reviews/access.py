"""Who may read, answer and conclude a review."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_contracts.rights import Right
from mentoring_sessions.errors import ReviewNotFound
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import with_part
from mentoring_sessions.relationships.parts import READS, Access
from mentoring_sessions.reviews.models import Review


async def review(db: AsyncSession, by: Principal, review_id: UUID, right: Right = READS) -> tuple[Review, Access]:
    """A review and the caller's part in its relationship; ReviewNotFound for who has none."""
    return await with_part(db, by, await relationships.found(db, Review, review_id), ReviewNotFound, right)
