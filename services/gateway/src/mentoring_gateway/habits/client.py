"""Habits, as the sessions service answers."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream, segment
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


@strawberry.type(description="What somebody said by a link of how they see a habit")
class GivenFeedback:
    week: int
    seen: int
    given_at: datetime
    comment: str | None = None


@strawberry.type(
    description="A link by which a manager or a peer says in given weeks how they see a habit, and what they said; "
    "`page` is the address to pass on"
)
class HabitFeedbackLink:
    id: UUID
    asked: str
    weeks: list[int]
    made_at: datetime
    page: str | None = None
    closed_at: datetime | None = None
    feedback: list[GivenFeedback] = field(default_factory=list)


@strawberry.type(description="What somebody sees who has the link of a habit: it in words, and the week that is asked")
class HabitByLink:
    weeks: list[int]
    given: bool
    habit: str | None = None
    week: int | None = None


@dataclass
class FeedbackLinkState:
    id: UUID
    asked: str
    weeks: list[int]
    made_at: datetime
    closed_at: datetime | None = None


@dataclass
class ReceivedFeedback:
    week: int


_links = TypeAdapter(list[HabitFeedbackLink])
_link = TypeAdapter(FeedbackLinkState)
_by_link = TypeAdapter(HabitByLink)
_received = TypeAdapter(ReceivedFeedback)
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

    async def feedback(self, habit_id: UUID) -> list[HabitFeedbackLink]:
        """The links of a habit, and what was said by them."""
        return await self.api.get(f"/habits/{habit_id}/feedback", _links)

    async def ask_feedback(self, habit_id: UUID, asked: str, weeks: list[int]) -> FeedbackLinkState:
        """Make a link for somebody who is asked."""
        return await self.api.send("POST", f"/habits/{habit_id}/feedback", _link, body(asked=asked, weeks=weeks))

    async def close_feedback(self, habit_id: UUID, link_id: UUID) -> None:
        """Have a link work no more."""
        await self.api.send("DELETE", f"/habits/{habit_id}/feedback/{link_id}", NOTHING)

    async def by_link(self, organisation_id: UUID, token: str) -> HabitByLink:
        """The habit about which somebody is asked."""
        return await self.api.get(f"/public/{organisation_id}/habit-feedback/{segment(token)}", _by_link)

    async def give_feedback(self, organisation_id: UUID, **given: object) -> ReceivedFeedback:
        """Say by a link how often one sees a habit."""
        return await self.api.send("POST", f"/public/{organisation_id}/habit-feedback", _received, body(**given))

    async def habit_figures(self, programme_id: UUID) -> HabitFigures:
        """What a programme may know of all habits."""
        return await self.api.get(f"/programmes/{programme_id}/habit-figures", _habit_figures)
