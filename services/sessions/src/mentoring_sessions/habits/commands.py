"""Commit to a habit, mark the days on which it was kept, give it up."""

from datetime import date, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.db import now
from mentoring_common.versions import touch
from mentoring_sessions.errors import DayOutsideHabit, HabitDropped, NoPartInProgramme
from mentoring_sessions.habits import queries
from mentoring_sessions.habits.models import Habit, HabitMark
from mentoring_sessions.habits.progress import progress
from mentoring_sessions.habits.schemas import HabitChange, NewHabit
from mentoring_sessions.relationships.queries import people_of_programme

AHEAD = timedelta(hours=14)  # somewhere on earth it is that much later than in UTC
LONGEST_AGO = timedelta(days=366)


def today(db: AsyncSession) -> date:
    """The day where it is latest on earth: nobody is told that their today is to come."""
    return (now(db) + AHEAD).date()


async def commit_to_habit(db: AsyncSession, programme_id: UUID, person_id: UUID, new: NewHabit) -> Habit:
    """Keep what somebody commits to. NoPartInProgramme; DayOutsideHabit for a start more than a year away."""
    if not await people_of_programme(db, programme_id, [person_id]):
        raise NoPartInProgramme()
    starts_on = new.starts_on or now(db).date()
    if abs(starts_on - now(db).date()) > LONGEST_AGO:
        raise DayOutsideHabit()
    text = await vault.seal(db, person_id, new.text)
    habit = Habit(
        programme_id=programme_id, person_id=person_id, committed_at=now(db), text_sealed=text, times=new.times,
        weeks=new.weeks, starts_on=starts_on, ends_on=starts_on + timedelta(days=7 * new.weeks - 1),
    )  # fmt: skip
    db.add(habit)
    await db.flush()
    return habit


async def change_habit(db: AsyncSession, habit: Habit, change: HabitChange) -> Habit:
    """Say it in other words, give it up, or take it up again."""
    if change.text is not None:
        habit.text_sealed = await vault.seal(db, habit.person_id, change.text)
    if change.dropped is not None and change.dropped != (habit.dropped_at is not None):
        habit.dropped_at = now(db) if change.dropped else None
    await db.flush()
    return habit


async def mark_habit(db: AsyncSession, habit_id: UUID, day: date, *, kept: bool) -> Habit:
    """Say that it was kept on a day, or that it was not. DayOutsideHabit for a day to come and outside its weeks."""
    habit = await queries.habit_locked(db, habit_id)
    if habit.dropped_at is not None:
        raise HabitDropped()
    if not habit.starts_on <= day <= min(habit.ends_on, today(db)):
        raise DayOutsideHabit()
    if kept:
        values = {"habit_id": habit.id, "day": day, "marked_at": now(db)}
        await db.execute(insert(HabitMark).values(values).on_conflict_do_nothing())
    else:
        await db.execute(sa.delete(HabitMark).where(HabitMark.habit_id == habit.id, HabitMark.day == day))
    days = (await queries.marks(db, [habit.id]))[habit.id]
    found = progress(habit.starts_on, habit.weeks, habit.times, days, habit.ends_on)
    habit.kept_weeks = sum(week.kept for week in found.weeks)
    await touch(db, habit)
    await db.flush()
    return habit
