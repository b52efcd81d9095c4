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

_MOST_MONTHS = 120


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
    """Goals and steps month by month, from the start to the end; what is due before or after stands apart."""
    items = [item for goal in goals for item in (_planned(goal, today), *_steps(goal, today))]
    months = _months(pair.started_at.date() if pair.started_at else today, pair.ends_at and pair.ends_at.date(), today)
    by_month: dict[str, list[PlanItem]] = {month: [] for month in months}
    apart: dict[str, list[PlanItem]] = {"earlier": [], "later": [], "undated": []}
    for item in sorted(items, key=lambda item: (item.due_on or date.max, str(item.id))):
        if item.due_on is None:
            apart["undated"].append(item)
        else:
            month = item.due_on.isoformat()[:7]
            outside = apart["earlier" if month < months[0] else "later"]
            by_month.get(month, outside).append(item)
    return PlanView(months=[PlanMonth(month=month, items=due) for month, due in by_month.items()], **apart)


def _months(first: date, end: date | None, today: date) -> list[str]:
    """Those from the first to the end, or to a year from today: of more than ten years the last ten."""
    begin = first.year * 12 + first.month - 1
    last = max(end.year * 12 + end.month - 1 if end else today.year * 12 + today.month + 10, begin)
    return [f"{at // 12}-{at % 12 + 1:02}" for at in range(max(begin, last - _MOST_MONTHS + 1), last + 1)]


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
