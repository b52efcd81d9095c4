"""Goals and actions as the REST API takes and gives them."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import Field

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.days import Day
from mentoring_sessions.fields import Text

Progress = Annotated[int, Field(ge=0, le=100, description="how far it is, in per cent")]
RemindOn = Annotated[Day | None, Field(description="the day on which who works towards it is reminded")]
Owner = Annotated[UUID | None, Field(description="who takes it, one in the relationship; null: everybody")]


class NewGoal(Body):
    text: Text
    measure: Text | None = Field(None, description="by what one sees that it is reached")
    remind_on: RemindOn = None
    person_id: UUID | None = Field(
        None, description="whose goal it is, for them and who leads the relationship; without it everybody's"
    )
    due_on: Day | None = None


class GoalChange(Body):
    text: Text | None = None
    measure: Text | None = Field(None, description="by what one sees that it is reached")
    progress: Progress | None = None
    due_on: Day | None = None
    remind_on: RemindOn = None
    state: Literal["open", "reached", "dropped"] | None = None


class NewAction(Body):
    text: Text
    owner_id: Owner = None
    due_on: Day | None = None
    remind_on: RemindOn = None


class ActionChange(Body):
    text: Text | None = None
    owner_id: Owner = None
    due_on: Day | None = None
    remind_on: RemindOn = None
    done: bool | None = None


class ActionStateView(View, VersionedView):
    MADE_AT: ClassVar = "/actions/{id}"
    id: UUID
    goal_id: UUID
    owner_id: Owner
    due_on: date | None
    remind_on: RemindOn
    done_at: datetime | None


class ActionView(ActionStateView):
    ALONE = True
    text: str | None


class GoalStateView(View, VersionedView):
    MADE_AT: ClassVar = "/goals/{id}"
    id: UUID
    person_id: UUID | None
    written_by: UUID
    progress: Progress
    due_on: date | None
    remind_on: RemindOn
    state: Literal["open", "reached", "dropped"]
    reached_at: datetime | None


class GoalView(GoalStateView):
    text: str | None
    measure: str | None = Field(description="by what one sees that it is reached")
    actions: list[ActionView]


class PlanItem(View):
    what: Literal["goal", "action"]
    id: UUID
    goal_id: UUID = Field(description="the goal, or the one that the step leads to")
    person_id: UUID | None = Field(description="whose it is; null: everybody's")
    text: str | None
    due_on: date | None
    progress: int | None = Field(description="of a goal, in per cent; null of a step")
    done: bool = Field(description="whether the goal is reached, or the step done")
    overdue: bool = Field(description="whether its day is over, and it is neither done nor dropped")


class PlanMonth(View):
    month: str = Field(description="as 2026-03", pattern=r"^\d{4}-\d{2}$")
    items: list[PlanItem] = Field(description="what is due in it, in order of its day")


class PlanView(View):
    months: list[PlanMonth] = Field(
        description="every month from the start to the end; twelve from today where there is no end, ten years at most"
    )
    earlier: list[PlanItem] = Field(description="what was due before the first of these months")
    later: list[PlanItem] = Field(description="what is due after the last of them")
    undated: list[PlanItem] = Field(description="what has no day")
