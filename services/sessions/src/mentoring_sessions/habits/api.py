"""Habits: one's own, and what a programme may know of all."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request

from mentoring_common.auth import Public
from mentoring_common.db import now
from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.unit_of_work import Db, PublicDb, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_contracts.days import Day
from mentoring_sessions.habits import commands, queries, views
from mentoring_sessions.habits.models import Habit
from mentoring_sessions.habits.schemas import (
    AskedForFeedback,
    FeedbackByLink,
    FeedbackLinkView,
    FeedbackLinkWithAnswers,
    FeedbackReceived,
    HabitChange,
    HabitFigures,
    HabitStateView,
    HabitView,
    NewFeedbackLink,
    NewHabit,
)
from mentoring_sessions.relationships.access import Reader, Writer, require_team, to_programme

router = APIRouter(route_class=Route, tags=["records"])
ByToken = Depends(Public("the secret link that its person passed on is the authorisation"))


@router.post("/programmes/{programme_id}/habits", status_code=201)
async def commit_to_habit(programme_id: UUID, new: NewHabit, by: Writer, db: Db) -> HabitStateView:
    """Commit to a habit for some weeks: nobody else sees it."""
    mine = await to_programme(db, by, programme_id)
    habit = await commands.commit_to_habit(db, mine.programme.id, by.person_id, new)
    return HabitStateView.model_validate(habit)


@router.get("/habits")
async def list_habits(by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[HabitView]:
    """Your habits in every programme, and how they go."""
    shown, following = await page(db, queries.habits(by.person_id), Habit.id, cursor, limit)
    return Page(items=await views.habits(db, shown), next_cursor=following)


@router.get("/habits/{habit_id}")
async def read_habit(habit_id: UUID, by: Reader, db: Db) -> HabitView:
    """One of your habits, the days on which you kept it, and how it goes."""
    return (await views.habits(db, [await queries.habit(db, by.person, habit_id)]))[0]


@router.patch("/habits/{habit_id}")
async def change_habit(
    habit_id: UUID, change: HabitChange, by: Writer, db: Db, expected: IfMatchRequired
) -> HabitStateView:
    """Say a habit of yours in other words, give it up, or take it up again."""
    habit = await queries.habit(db, by.person, habit_id)
    await expected.hold(db, habit)
    return HabitStateView.model_validate(await commands.change_habit(db, habit, change))


@router.put("/habits/{habit_id}/marks/{day}")
async def mark_habit(habit_id: UUID, day: Day, by: Writer, db: Db, expected: IfMatch) -> HabitStateView:
    """Say that you kept a habit on a day."""
    habit = await queries.habit(db, by.person, habit_id)
    await expected.hold(db, habit)
    return HabitStateView.model_validate(await commands.mark_habit(db, habit.id, day, kept=True))


@router.delete("/habits/{habit_id}/marks/{day}", status_code=204)
async def unmark_habit(habit_id: UUID, day: Day, by: Writer, db: Db, expected: IfMatch) -> None:
    """Say that you did not keep a habit on a day."""
    habit = await queries.habit(db, by.person, habit_id)
    await expected.hold(db, habit)
    await commands.mark_habit(db, habit.id, day, kept=False)


@router.get("/programmes/{programme_id}/habit-figures")
async def read_habit_figures(programme_id: UUID, by: Reader, db: Db) -> HabitFigures:
    """How many people committed to habits, and how many embedded one, where enough people are behind each number."""
    await require_team(db, by, programme_id)
    return views.figures(*await queries.figures(db, programme_id, now(db).date()))


@router.post("/habits/{habit_id}/feedback", status_code=201)
async def ask_habit_feedback(habit_id: UUID, new: NewFeedbackLink, by: Writer, db: Db) -> FeedbackLinkView:
    """Make a link for a manager or a peer, who says by it in given weeks how they see your habit, and pass it on."""
    habit = await queries.habit(db, by.person, habit_id)
    return FeedbackLinkView.model_validate(await commands.ask_feedback(db, habit.id, new))


@router.get("/habits/{habit_id}/feedback")
async def list_habit_feedback(habit_id: UUID, request: Request, by: Reader, db: Db) -> list[FeedbackLinkWithAnswers]:
    """The links of a habit of yours, and what was said by them."""
    habit = await queries.habit(db, by.person, habit_id)
    return await views.feedback(db, habit, request.app.state.service.settings.public_url)


@router.delete("/habits/{habit_id}/feedback/{link_id}", status_code=204)
async def close_habit_feedback(habit_id: UUID, link_id: UUID, by: Writer, db: Db) -> None:
    """Have a link work no more; what was said by it stays."""
    habit = await queries.habit(db, by.person, habit_id)
    await commands.close_link(db, habit.id, link_id)


@router.get("/public/{tenant_id}/habit-feedback/{token}", dependencies=[ByToken])
async def read_habit_by_link(token: Annotated[str, Path(max_length=100)], db: PublicDb) -> AskedForFeedback:
    """The habit about which you are asked, in words; nothing else of its person."""
    link, habit = await queries.by_token(db, commands.digest(token))
    return await views.asked_for_feedback(db, link, habit)


@router.post("/public/{tenant_id}/habit-feedback", dependencies=[ByToken])
async def give_habit_feedback(given: FeedbackByLink, db: PublicDb) -> FeedbackReceived:
    """Say how often you see the habit, once for each week in which you are asked; its person alone reads it."""
    return FeedbackReceived(week=await commands.give_feedback(db, given))
