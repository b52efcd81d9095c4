"""Habits as the REST API takes and gives them."""

from datetime import date, datetime
from typing import Annotated, ClassVar, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.days import Day
from mentoring_sessions.fields import Text
from mentoring_sessions.habits.progress import Trend


class NewHabit(Body):
    text: Text
    times: int = Field(1, ge=1, le=7, description="on how many days of each week; 7: every day")
    weeks: int = Field(6, ge=1, le=52, description="for how many weeks")
    starts_on: Day | None = Field(None, description="the first day of the first week; left out: today")


class HabitChange(Body):
    text: Text | None = None
    dropped: bool | None = Field(None, description="whether it is given up; false takes it up again")


class HabitStateView(View, VersionedView):
    MADE_AT: ClassVar = "/habits/{id}"
    id: UUID
    programme_id: UUID
    committed_at: datetime
    times: int = Field(description="on how many days of each week")
    weeks: int = Field(description="for how many weeks")
    starts_on: date
    ends_on: date = Field(description="the last day of the last week")
    dropped_at: datetime | None


class HabitWeek(View):
    begins_on: date
    marks: int = Field(description="on how many days it was kept")
    kept: bool = Field(description="whether that was often enough")


class HabitProgress(View):
    weeks: list[HabitWeek] = Field(description="those that have begun")
    streak: int = Field(description="weeks kept one after the other up to now")
    best: int = Field(description="the longest such run")
    share: float | None = Field(description="kept weeks among those that are over; null before there is one")
    trend: Trend = Field(description="the later half of the weeks against the earlier")
    embedded: bool | None = Field(description="whether four of five weeks were kept; null until all are over")


class HabitView(HabitStateView):
    text: str | None
    marked_on: list[date] = Field(description="the days on which it was kept")
    progress: HabitProgress


class HabitFigures(BaseModel):
    """How many people of a programme committed to habits that are over, and how many embedded one; null where so few
    are behind a number that it would tell of somebody."""

    people: int | None = Field(description="people with a habit whose weeks are over")
    embedded: int | None = Field(description="of these, people who kept one in four of five weeks")
    percent: int | None = Field(description="the same in percent of `people`, rounded")
    least: int = Field(description="how many people there are at least behind each number and behind the rest")


Asked = Annotated[Literal["manager", "peer"], Field(description="who is asked: a manager or a peer")]
Seen = Annotated[int, Field(ge=1, le=5, description="how often they see it: 1 never, 5 whenever it could be")]
Week = Annotated[int, Field(ge=1, le=52)]


class NewFeedbackLink(Body):
    asked: Asked
    weeks: list[Week] = Field(min_length=1, max_length=52, description="in which weeks of the habit they are asked")


class GivenFeedback(View):
    week: int = Field(description="the week of the habit")
    seen: Seen
    comment: str | None
    given_at: datetime = Field(description="when it was said, in UTC")


class FeedbackLinkView(View):
    """A link by which somebody says how they see a habit of yours, and what they said."""

    MADE_AT: ClassVar = "/habits/{habit_id}/feedback"
    id: UUID
    asked: Asked
    weeks: list[int] = Field(description="in which weeks of the habit they are asked")
    made_at: datetime = Field(description="when it was made, in UTC")
    closed_at: datetime | None = Field(description="since when it works no more, in UTC; null: it works")


class FeedbackLinkWithAnswers(FeedbackLinkView):
    page: str | None = Field(
        description="the address to pass on: who has it sees this habit in words, and nothing else"
    )
    feedback: list[GivenFeedback] = Field(description="what was said by it")


class AskedForFeedback(View):
    """What somebody sees who has the link: the habit in words, and for which week they are asked now."""

    habit: str | None = Field(description="what it is; null where its person was erased")
    week: int | None = Field(description="the week that is asked about now; null: none is")
    weeks: list[int] = Field(description="in which weeks of the habit they are asked")
    given: bool = Field(description="whether it was said already for this week")


class FeedbackByLink(Body):
    token: str = Field(min_length=1, max_length=100, description="the secret of the link")
    seen: Seen
    comment: Text | None = None


class FeedbackReceived(BaseModel):
    week: int = Field(description="the week of the habit that it is about")
