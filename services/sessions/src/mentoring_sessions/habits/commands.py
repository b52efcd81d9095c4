"""Commit to a habit, mark the days on which it was kept, give it up; ask others by link how they see it."""

import secrets
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.db import now
from mentoring_common.deadlines import schedule
from mentoring_common.outbox import emit
from mentoring_common.versions import touch
from mentoring_contracts.sessions import HabitConcluded
from mentoring_sessions.errors import (
    DayOutsideHabit,
    FeedbackGiven,
    FeedbackLinkNotFound,
    FeedbackNotAsked,
    HabitDropped,
    NoPartInProgramme,
    TooManyLinks,
)
from mentoring_sessions.habits import queries
from mentoring_sessions.habits.models import FeedbackLink, Habit, HabitFeedback, HabitMark
from mentoring_sessions.habits.progress import EMBEDDED_AT, progress
from mentoring_sessions.habits.schemas import FeedbackByLink, HabitChange, NewFeedbackLink, NewHabit
from mentoring_sessions.relationships.queries import found, people_of_programme, require_open

AHEAD = timedelta(hours=14)  # somewhere on earth it is that much later than in UTC
LONGEST_AGO = timedelta(days=366)
MOST_LINKS = 20
LAST_WORD = timedelta(days=7)  # after its last day: so long others are asked about its last week
OFTEN = 4  # of 5, on average
CONCLUDES = "habit_concludes"  # a deadline of a habit


def today(db: AsyncSession) -> date:
    """The day where it is latest on earth: nobody is told that their today is to come."""
    return (now(db) + AHEAD).date()


async def commit_to_habit(db: AsyncSession, programme_id: UUID, person_id: UUID, new: NewHabit) -> Habit:
    """Keep what somebody commits to. NoPartInProgramme; ProgrammeClosed; DayOutsideHabit for a start more than a year
    away."""
    if not await people_of_programme(db, programme_id, [person_id]):
        raise NoPartInProgramme()
    await require_open(db, programme_id)
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
    over = datetime.combine(habit.ends_on, time(), UTC) + timedelta(days=1) + LAST_WORD
    await schedule(db, CONCLUDES, habit.id, max(over, now(db) + LAST_WORD))
    return habit


async def conclude(db: AsyncSession, habit_id: UUID) -> None:
    """Deadline: say what came of a habit, of nobody by name. Each person counts once, whatever number they have."""
    habit = await found(db, Habit, habit_id)
    if habit is None:
        return
    every = await queries.habits_locked(db, habit.programme_id, habit.person_id)
    habit = next(one for one in every if one.id == habit_id)
    if habit.concluded_at is not None:
        return
    told = {what for one in every for what in one.told}
    seen = await queries.seen(db, habit_id)
    is_embedded = habit.kept_weeks >= EMBEDDED_AT * habit.weeks
    news = {"first", *(["embedded"] if is_embedded else []), *seen} - told
    habit.concluded_at, habit.told = now(db), sorted(news)
    await db.flush()
    often = {asked: seen[asked] >= OFTEN if asked in news else None for asked in seen}
    emit(
        db,
        HabitConcluded(
            habit_id=habit_id,
            programme_id=habit.programme_id,
            first="first" in news,
            embedded="embedded" in news,
            seen_by_manager=often.get("manager"),
            seen_by_peer=often.get("peer"),
        ),
    )


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


def digest(token: str) -> bytes:
    """What is kept of a link to know it by; 256 random bits stand behind it."""
    return sha256(token.encode()).digest()


async def ask_feedback(db: AsyncSession, habit_id: UUID, new: NewFeedbackLink) -> FeedbackLink:
    """Make a link for somebody who is asked. DayOutsideHabit for a week that the habit does not have; HabitDropped;
    TooManyLinks."""
    habit = await queries.habit_locked(db, habit_id)
    if habit.dropped_at is not None:
        raise HabitDropped()
    if max(new.weeks) > habit.weeks:
        raise DayOutsideHabit()
    if len(await queries.links(db, habit_id)) >= MOST_LINKS:
        raise TooManyLinks(most=MOST_LINKS)
    token = secrets.token_urlsafe(32)
    link = FeedbackLink(
        habit_id=habit.id,
        asked=new.asked,
        weeks=sorted(set(new.weeks)),
        made_at=now(db),
        token_sealed=await vault.seal(db, habit.person_id, token),
        token_digest=digest(token),
    )
    db.add(link)
    await db.flush()
    return link


async def close_link(db: AsyncSession, habit_id: UUID, link_id: UUID) -> None:
    """The link works no more; what was said by it stays. FeedbackLinkNotFound."""
    mine = sa.update(FeedbackLink).where(FeedbackLink.id == link_id, FeedbackLink.habit_id == habit_id)
    gone = mine.where(FeedbackLink.closed_at.is_(None)).values(closed_at=now(db), token_sealed=None)
    closed = await db.scalar(gone.returning(FeedbackLink.id), execution_options={"synchronize_session": False})
    if closed is None:
        raise FeedbackLinkNotFound()


def asked_about(db: AsyncSession, link: FeedbackLink, habit: Habit) -> int | None:
    """The week that a link asks about now: the last of its weeks that has begun, until the one after it is over."""
    running = (now(db).date() - habit.starts_on).days // 7 + 1
    return next((week for week in reversed(link.weeks) if week <= running <= week + 1), None)


async def give_feedback(db: AsyncSession, given: FeedbackByLink) -> int:
    """Keep what somebody says who has the link; the week that it is about. FeedbackNotAsked, FeedbackGiven."""
    link, habit = await queries.by_token(db, digest(given.token))
    week = asked_about(db, link, habit)
    if week is None:
        raise FeedbackNotAsked()
    comment = await vault.seal(db, habit.person_id, given.comment) if given.comment else None
    values = {"link_id": link.id, "week": week, "seen": given.seen, "comment_sealed": comment, "given_at": now(db)}
    kept = insert(HabitFeedback).values(values).on_conflict_do_nothing().returning(HabitFeedback.id)
    if await db.scalar(kept) is None:
        raise FeedbackGiven()
    return week


async def forget_habits(db: AsyncSession, person_id: UUID) -> None:
    """Remove the words of a person's habits, the links to them, and what others said of them; totals stay."""
    theirs = sa.select(Habit.id).where(Habit.person_id == person_id)
    await db.execute(sa.delete(FeedbackLink).where(FeedbackLink.habit_id.in_(theirs)))
    await db.execute(sa.update(Habit).where(Habit.person_id == person_id).values(text_sealed=None))
