"""Every SELECT of goals and actions."""

from collections.abc import Collection, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_sessions.goals.models import Action, Goal
from mentoring_sessions.relationships.parts import Access


def goals(mine: Access) -> sa.Select[Goal]:
    """The goals of a relationship that the caller may read: the shared ones, one's own, and for who leads it all that
    were set since they do."""
    rows = sa.select(Goal).where(Goal.relationship_id == mine.relationship.id)
    may = sa.or_(Goal.person_id.is_(None), Goal.person_id == mine.person_id)
    if mine.leads and mine.member is not None:
        may = sa.or_(may, Goal.set_at >= mine.member.joined_at)
    return rows.where(may)


async def actions(db: AsyncSession, goal_ids: Collection[UUID]) -> Sequence[Action]:
    """The actions of goals, oldest first."""
    return (await db.scalars(sa.select(Action).where(Action.goal_id.in_(goal_ids)).order_by(Action.id))).all()


async def goal_locked(db: AsyncSession, goal_id: UUID) -> Goal | None:
    """The goal as it stands, held until the commit."""
    row = sa.select(Goal).where(Goal.id == goal_id).with_for_update(key_share=True)
    return await db.scalar(row.execution_options(populate_existing=True))


async def action_locked(db: AsyncSession, action_id: UUID) -> Action | None:
    """The step as it stands, held until the commit."""
    row = sa.select(Action).where(Action.id == action_id).with_for_update(key_share=True)
    return await db.scalar(row.execution_options(populate_existing=True))


async def plan(db: AsyncSession, mine: Access, most: int) -> Sequence[Goal]:
    """The goals that the caller may read, without those that were dropped; at most so many."""
    rows = goals(mine).where(Goal.state != "dropped").order_by(Goal.id).limit(most)
    return (await db.scalars(rows)).all()


async def all_reached(db: AsyncSession, relationship_id: UUID) -> bool:
    """Whether everybody's goals are reached, those apart that were dropped; not where there are none."""
    ours = sa.select(Goal.state).where(Goal.relationship_id == relationship_id, Goal.person_id.is_(None))
    return set(await db.scalars(ours.where(Goal.state != "dropped"))) == {"reached"}


async def sees_goal(db: AsyncSession, mine: Access, goal_id: UUID) -> bool:
    """Whether a goal of the caller's relationship is one they may read: not another member's own."""
    return mine.side is None or await db.scalar(goals(mine).where(Goal.id == goal_id)) is not None
