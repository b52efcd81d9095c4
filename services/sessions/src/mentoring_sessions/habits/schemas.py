"""Habits as the REST API takes and gives them."""

from datetime import date, datetime
from typing import ClassVar
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
