"""Every SELECT of handovers."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_sessions.errors import HandoverNotFound
from mentoring_sessions.goals.models import Action, Goal
from mentoring_sessions.handovers.models import Handover
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.models import Relationship


async def before(db: AsyncSession, pair: Relationship) -> Relationship:
    """The relationship that this one continues; HandoverNotFound where it continues none."""
    found = await relationships.found(db, Relationship, pair.continues) if pair.continues else None
    if found is None:
        raise HandoverNotFound()
    return found


async def handover(db: AsyncSession, relationship_id: UUID) -> Handover | None:
    """What the mentee consented to; None before they said."""
    row = sa.select(Handover).where(Handover.id == relationship_id)
    return await db.scalar(row.execution_options(populate_existing=True))


async def goals_to_carry(db: AsyncSession, before: Relationship) -> Sequence[Goal]:
    """The goals that were everybody's or the mentee's own, without those that were dropped, oldest first."""
    theirs = sa.or_(Goal.person_id.is_(None), Goal.person_id == before.mentee_id)
    rows = sa.select(Goal).where(Goal.relationship_id == before.id, theirs, Goal.state != "dropped")
    return (await db.scalars(rows.order_by(Goal.id))).all()


async def actions_of(db: AsyncSession, goal_ids: Collection[UUID]) -> Sequence[Action]:
    """The steps towards goals, oldest first."""
    return (await db.scalars(sa.select(Action).where(Action.goal_id.in_(goal_ids)).order_by(Action.id))).all()
