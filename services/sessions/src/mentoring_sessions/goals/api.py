"""Goals and actions."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.db import now
from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatchRequired
from mentoring_sessions.goals import access, commands, queries, views
from mentoring_sessions.goals.models import Goal
from mentoring_sessions.goals.schemas import (
    ActionChange,
    ActionStateView,
    ActionView,
    GoalChange,
    GoalStateView,
    GoalView,
    NewAction,
    NewGoal,
    PlanView,
)
from mentoring_sessions.relationships.access import Reader, Writer, to_relationship

MOST_PLANNED = 200  # goals of a plan

router = APIRouter(route_class=Route, tags=["relationships"])


@router.post("/relationships/{match_id}/goals", status_code=201)
async def set_goal(match_id: UUID, new: NewGoal, by: Writer, db: Db) -> GoalStateView:
    """Add a goal of the pair or group, or of one person in it."""
    return GoalStateView.model_validate(await commands.set_goal(db, await to_relationship(db, by, match_id), new))


@router.get("/relationships/{match_id}/goals")
async def list_goals(match_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[GoalView]:
    """The goals and actions of the pair, for the pair."""
    mine = await to_relationship(db, by, match_id)
    mine.one_of_the_pair()
    shown, following = await page(db, queries.goals(mine), Goal.id, cursor, limit)
    return Page(items=await views.goals(db, shown), next_cursor=following)


@router.get("/relationships/{match_id}/plan")
async def read_plan(match_id: UUID, by: Reader, db: Db) -> PlanView:
    """The goals and steps that you may read, month by month from the start to the end; at most 200 goals."""
    mine = await to_relationship(db, by, match_id)
    mine.one_of_the_pair()
    shown = await views.goals(db, await queries.plan(db, mine, MOST_PLANNED))
    return views.plan(mine.relationship, shown, now(db).date())


@router.get("/goals/{goal_id}")
async def read_goal(goal_id: UUID, by: Reader, db: Db) -> GoalView:
    """A goal of the pair with its actions, for the pair."""
    goal, mine = await access.goal(db, by, goal_id)
    mine.one_of_the_pair()
    return (await views.goals(db, [goal]))[0]


@router.patch("/goals/{goal_id}")
async def change_goal(
    goal_id: UUID, change: GoalChange, by: Writer, db: Db, expected: IfMatchRequired
) -> GoalStateView:
    """Change a goal: its text, its date, or that it was reached or dropped."""
    goal, mine = await access.goal(db, by, goal_id)
    mine.one_of_the_pair()
    await expected.hold(db, goal)
    return GoalStateView.model_validate(await commands.change_goal(db, mine, goal, change))


@router.post("/goals/{goal_id}/actions", status_code=201)
async def plan_action(goal_id: UUID, new: NewAction, by: Writer, db: Db) -> ActionStateView:
    """Add a step towards a goal."""
    _, mine = await access.goal(db, by, goal_id)
    return ActionStateView.model_validate(await commands.plan_action(db, mine, goal_id, new))


@router.get("/actions/{action_id}")
async def read_action(action_id: UUID, by: Reader, db: Db) -> ActionView:
    """A step towards a goal, for the pair."""
    action, mine = await access.action(db, by, action_id)
    mine.one_of_the_pair()
    return await views.action(db, action)


@router.patch("/actions/{action_id}")
async def change_action(
    action_id: UUID, change: ActionChange, by: Writer, db: Db, expected: IfMatchRequired
) -> ActionStateView:
    """Change an action: its text, its date, or that it was done."""
    action, mine = await access.action(db, by, action_id)
    mine.one_of_the_pair()
    await expected.hold(db, action)
    return ActionStateView.model_validate(await commands.change_action(db, mine, action, change))
