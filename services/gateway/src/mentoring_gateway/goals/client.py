"""Goals and steps, as the sessions service answers."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import body


@strawberry.type(description="A step towards a goal; `text` is null where the caller may not read it")
class Action:
    id: UUID
    goal_id: UUID
    version: int
    owner_id: UUID | None = None
    due_on: date | None = None
    remind_on: date | None = None
    done_at: datetime | None = None
    text: str | None = None


@strawberry.type(description="A goal; `text` is null where the caller may not read it")
class Goal:
    id: UUID
    state: str
    version: int
    person_id: UUID | None = None
    written_by: UUID | None = None
    progress: int = 0
    due_on: date | None = None
    remind_on: date | None = None
    reached_at: datetime | None = None
    text: str | None = None
    measure: str | None = None
    actions: list[Action] = field(default_factory=list)


@strawberry.type(description="A goal or a step (`what`) of a plan; `personId` is null where it is everybody's")
class PlanItem:
    what: str
    id: UUID
    goal_id: UUID
    done: bool
    overdue: bool
    person_id: UUID | None = None
    text: str | None = None
    due_on: date | None = None
    progress: int | None = None


@strawberry.type(description="What is due in a month, such as 2026-03")
class PlanMonth:
    month: str
    items: list[PlanItem]


@strawberry.type(description="Goals and steps month by month; what is due outside, or has no day, stands apart")
class Plan:
    months: list[PlanMonth]
    earlier: list[PlanItem]
    later: list[PlanItem]
    undated: list[PlanItem]


_plan = TypeAdapter(Plan)
_goal = TypeAdapter(Goal)
_goals = TypeAdapter(Page[Goal])
_action = TypeAdapter(Action)


@dataclass(frozen=True)
class GoalsApi:
    """Goals and steps, for one caller."""

    api: Upstream

    async def goals(self, match_id: UUID, wanted: PageRequest) -> Page[Goal]:
        """The goals of a relationship."""
        return await self.api.page(f"/relationships/{match_id}/goals", _goals, {}, wanted)

    async def goal(self, goal_id: UUID) -> Goal:
        """One goal with its steps."""
        return await self.api.get(f"/goals/{goal_id}", _goal)

    async def plan(self, match_id: UUID) -> Plan:
        """Goals and steps month by month."""
        return await self.api.get(f"/relationships/{match_id}/plan", _plan)

    async def set_goal(self, match_id: UUID, **goal: object) -> Goal:
        """Add a goal."""
        return await self.api.send("POST", f"/relationships/{match_id}/goals", _goal, body(**goal))

    async def change_goal(self, goal_id: UUID, **change: object) -> Goal:
        """Change a goal, or say that it is reached or dropped."""
        return await self.api.send("PATCH", f"/goals/{goal_id}", _goal, body(**change))

    async def action(self, action_id: UUID) -> Action:
        """One step towards a goal."""
        return await self.api.get(f"/actions/{action_id}", _action)

    async def add_action(self, goal_id: UUID, **action: object) -> Action:
        """Add a step towards a goal."""
        return await self.api.send("POST", f"/goals/{goal_id}/actions", _action, body(**action))

    async def change_action(self, action_id: UUID, **change: object) -> Action:
        """Change a step, or say that it is done."""
        return await self.api.send("PATCH", f"/actions/{action_id}", _action, body(**change))
