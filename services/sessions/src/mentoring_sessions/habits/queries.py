"""Every SELECT of habits."""

from collections.abc import Collection, Sequence
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_sessions.errors import FeedbackLinkNotFound, HabitNotFound
from mentoring_sessions.habits.models import FeedbackLink, Habit, HabitFeedback, HabitMark
from mentoring_sessions.habits.progress import EMBEDDED_AT


def habits(person_id: UUID | None) -> sa.Select[Habit]:
    """The habits of a person."""
    return sa.select(Habit).where(Habit.person_id == person_id)


async def habit(db: AsyncSession, person_id: UUID | None, habit_id: UUID) -> Habit:
    """One of a person's own habits; HabitNotFound for anybody else's."""
    found = await db.scalar(habits(person_id).where(Habit.id == habit_id))
    if found is None:
        raise HabitNotFound()
    return found


async def habit_locked(db: AsyncSession, habit_id: UUID) -> Habit:
    """The habit, held until the commit by who marks it, and read after it was had."""
    row = sa.select(Habit).where(Habit.id == habit_id).with_for_update(key_share=True)
    return (await db.scalars(row.execution_options(populate_existing=True))).one()


async def marks(db: AsyncSession, habit_ids: Collection[UUID]) -> dict[UUID, list[date]]:
    """The days on which habits were kept, in order."""
    m = HabitMark
    found: dict[UUID, list[date]] = {id_: [] for id_ in habit_ids}
    rows = sa.select(m.habit_id, m.day).where(m.habit_id.in_(habit_ids)).order_by(m.habit_id, m.day)
    for habit_id, day in await db.execute(rows):
        found[habit_id].append(day)
    return found


async def figures(db: AsyncSession, programme_id: UUID, today: date) -> tuple[int, int]:
    """(people with a habit whose weeks are over, those among them who embedded one)."""
    h = Habit
    over = sa.select(h.person_id, sa.func.bool_or(h.kept_weeks >= EMBEDDED_AT * h.weeks).label("embedded"))
    each = over.where(h.programme_id == programme_id, h.ends_on < today).group_by(h.person_id).subquery()
    counts = sa.select(sa.func.count(), sa.func.count().filter(each.c.embedded)).select_from(each)
    people, embedded = (await db.execute(counts)).one()
    return people, embedded


async def habits_locked(db: AsyncSession, programme_id: UUID, person_id: UUID) -> Sequence[Habit]:
    """A person's habits in a programme, held until the commit by who says what came of one."""
    rows = habits(person_id).where(Habit.programme_id == programme_id).order_by(Habit.id)
    held = rows.with_for_update(key_share=True).execution_options(populate_existing=True)
    return (await db.scalars(held)).all()


async def seen(db: AsyncSession, habit_id: UUID) -> dict[str, float]:
    """How often those who were asked saw a habit, on average, by who they are: those who said nothing are not there."""
    f, link = HabitFeedback, FeedbackLink
    rows = sa.select(link.asked, sa.func.avg(f.seen)).join(
        link, sa.and_(link.tenant_id == f.tenant_id, link.id == f.link_id)
    )
    found = await db.execute(rows.where(link.habit_id == habit_id).group_by(link.asked))
    return {asked: float(mean) for asked, mean in found}


async def links(db: AsyncSession, habit_id: UUID) -> Sequence[FeedbackLink]:
    """The links of a habit, as they were made."""
    rows = sa.select(FeedbackLink).where(FeedbackLink.habit_id == habit_id)
    return (await db.scalars(rows.order_by(FeedbackLink.id))).all()


async def feedback(db: AsyncSession, link_ids: Collection[UUID]) -> Sequence[HabitFeedback]:
    """What was said by links, in the order of weeks."""
    rows = sa.select(HabitFeedback).where(HabitFeedback.link_id.in_(link_ids))
    return (await db.scalars(rows.order_by(HabitFeedback.week, HabitFeedback.id))).all()


async def by_token(db: AsyncSession, digest: bytes) -> tuple[FeedbackLink, Habit]:
    """A link that works, and its habit; FeedbackLinkNotFound for another, and once the habit was given up."""
    rows = sa.select(FeedbackLink, Habit).join(
        Habit, sa.and_(Habit.tenant_id == FeedbackLink.tenant_id, Habit.id == FeedbackLink.habit_id)
    )
    works = (FeedbackLink.token_digest == digest, FeedbackLink.closed_at.is_(None), Habit.dropped_at.is_(None))
    found = (await db.execute(rows.where(*works))).first()
    if found is None:
        raise FeedbackLinkNotFound()
    return found[0], found[1]
