"""Habits, as the sessions service answers."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import NOTHING, body


@strawberry.type(description="One week of a habit: on how many days it was kept, and whether that was often enough")
class HabitWeek:
    begins_on: date
    marks: int
    kept: bool


@strawberry.type(
    description="How a habit goes: `streak` and `best` are weeks kept one after the other; `embedded` is null until "
    "all weeks are over"
)
class HabitProgress:
    weeks: list[HabitWeek]
    streak: int
    best: int
    trend: str
    share: float | None = None
    embedded: bool | None = None


@strawberry.type(description="What I committed to for some weeks; nobody else sees it")
class Habit:
    id: UUID
    version: int
    programme_id: UUID
    committed_at: datetime
    times: int
    weeks: int
    starts_on: date
    ends_on: date
    marked_on: list[date]
    progress: HabitProgress
    text: str | None = None
    dropped_at: datetime | None = None


@strawberry.type(
    description="How many people committed to habits that are over, and how many embedded one; null where fewer than "
    "`least` are behind a number, or behind what is left over"
)
class HabitFigures:
    least: int
    people: int | None = None
    embedded: int | None = None
    percent: int | None = None


@dataclass
class HabitState:
    id: UUID
    version: int
    programme_id: UUID
    committed_at: datetime
    times: int
    weeks: int
    starts_on: date
    ends_on: date
    dropped_at: datetime | None = None


_habit = TypeAdapter(Habit)
_habit_state = TypeAdapter(HabitState)
_habits = TypeAdapter(Page[Habit])
_habit_figures = TypeAdapter(HabitFigures)


@dataclass(frozen=True)
class HabitsApi:
    """Habits, for one caller."""

    api: Upstream

    async def habits(self, wanted: PageRequest) -> Page[Habit]:
        """One's own habits."""
        return await self.api.page("/habits", _habits, {}, wanted)

    async def habit(self, habit_id: UUID) -> Habit:
        """One of one's own habits."""
        return await self.api.get(f"/habits/{habit_id}", _habit)

    async def commit_to_habit(self, programme_id: UUID, **habit: object) -> HabitState:
        """Commit to a habit."""
        return await self.api.send("POST", f"/programmes/{programme_id}/habits", _habit_state, body(**habit))

    async def change_habit(self, habit_id: UUID, **change: object) -> HabitState:
        """Say a habit in other words, give it up or take it up again."""
        return await self.api.send("PATCH", f"/habits/{habit_id}", _habit_state, body(**change))

    async def mark_habit(self, habit_id: UUID, day: date) -> HabitState:
        """Say that it was kept on a day."""
        return await self.api.send("PUT", f"/habits/{habit_id}/marks/{day}", _habit_state)

    async def unmark_habit(self, habit_id: UUID, day: date) -> None:
        """Say that it was not kept on a day."""
        await self.api.send("DELETE", f"/habits/{habit_id}/marks/{day}", NOTHING)

    async def habit_figures(self, programme_id: UUID) -> HabitFigures:
        """What a programme may know of all habits."""
        return await self.api.get(f"/programmes/{programme_id}/habit-figures", _habit_figures)
