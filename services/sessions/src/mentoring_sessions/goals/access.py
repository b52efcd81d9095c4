"""Who may read and change a goal or an action."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_sessions.errors import ActionNotFound, GoalNotFound
from mentoring_sessions.goals import queries
from mentoring_sessions.goals.models import Action, Goal
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import with_part
from mentoring_sessions.relationships.parts import Access


async def goal(db: AsyncSession, by: Principal, goal_id: UUID) -> tuple[Goal, Access]:
    """A goal and the caller's part in its relationship; GoalNotFound for who has none."""
    found, mine = await with_part(db, by, await relationships.found(db, Goal, goal_id), GoalNotFound)
    if not await queries.sees_goal(db, mine, goal_id):
        raise GoalNotFound()
    return found, mine


async def action(db: AsyncSession, by: Principal, action_id: UUID) -> tuple[Action, Access]:
    """An action and the caller's part in its relationship; ActionNotFound for who has none."""
    found = await relationships.found(db, Action, action_id)
    if found is None:
        raise ActionNotFound()
    try:
        return found, (await goal(db, by, found.goal_id))[1]
    except GoalNotFound:
        raise ActionNotFound() from None
