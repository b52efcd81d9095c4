"""Goals and actions as answers."""

from collections.abc import Sequence
from datetime import date

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_sessions.goals import queries
from mentoring_sessions.goals.models import Action, Goal
from mentoring_sessions.goals.schemas import (
    ActionStateView,
    ActionView,
    GoalStateView,
    GoalView,
    PlanItem,
    PlanMonth,
    PlanView,
)
from mentoring_sessions.relationships.models import Relationship
from mentoring_sessions.relationships.sealed import unseal


async def goals(db: AsyncSession, rows: Sequence[Goal]) -> list[GoalView]:
    """Goals with their actions."""
    actions = await queries.actions(db, [row.id for row in rows])
    return [await _goal(db, row, [a for a in actions if a.goal_id == row.id]) for row in rows]


async def _goal(db: AsyncSession, row: Goal, actions: Sequence[Action]) -> GoalView:
    state = GoalStateView.model_validate(row).model_dump()
    shown = [await action(db, row) for row in actions]
    measure = await unseal(db, row.measure_by, row.measure_sealed) if row.measure_by else None
    text = await unseal(db, row.written_by, row.text_sealed)
    return GoalView(**state, text=text, measure=measure, actions=shown)


def plan(pair: Relationship, goals: Sequence[GoalView], today: date) -> PlanView:
    """Goals and steps month by month, from the start of the relationship to its end."""
    items = [item for goal in goals for item in (_planned(goal, today), *_steps(goal, today))]
    days = [item.due_on for item in items if item.due_on is not None]
    bounds = days + [moment.date() for moment in (pair.started_at, pair.ends_at) if moment is not None]
    dated = sorted((item for item in items if item.due_on is not None), key=lambda item: (item.due_on, str(item.id)))
    months = (
        [
            PlanMonth(month=month, items=[item for item in dated if f"{item.due_on:%Y-%m}" == month])
            for month in _months(min(bounds), max(bounds))
        ]
        if bounds
        else []
    )
    return PlanView(months=months, undated=[item for item in items if item.due_on is None])


def _months(first: date, last: date) -> list[str]:
    """At most ten years of them."""
    count = min((last.year - first.year) * 12 + last.month - first.month + 1, 120)
    starts = [divmod(first.month - 1 + number, 12) for number in range(count)]
    return [f"{first.year + years}-{month + 1:02}" for years, month in starts]


def _planned(goal: GoalView, today: date) -> PlanItem:
    done = goal.state == "reached"
    return PlanItem(
        what="goal", id=goal.id, goal_id=goal.id, person_id=goal.person_id, text=goal.text, due_on=goal.due_on,
        progress=goal.progress, done=done, overdue=not done and goal.due_on is not None and goal.due_on < today,
    )  # fmt: skip


def _steps(goal: GoalView, today: date) -> list[PlanItem]:
    return [
        PlanItem(
            what="action", id=one.id, goal_id=goal.id, person_id=one.owner_id or goal.person_id, text=one.text,
            due_on=one.due_on, progress=None, done=one.done_at is not None,
            overdue=one.done_at is None and one.due_on is not None and one.due_on < today,
        )
        for one in goal.actions
    ]  # fmt: skip


async def action(db: AsyncSession, row: Action) -> ActionView:
    """A step towards a goal."""
    state = ActionStateView.model_validate(row).model_dump()
    return ActionView(**state, text=await unseal(db, row.written_by, row.text_sealed))
