"""Habits as answers, for the person whose they are; and a programme's figures, where they tell of nobody."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now, tenant_of
from mentoring_sessions.habits import queries
from mentoring_sessions.habits.commands import asked_about
from mentoring_sessions.habits.models import FeedbackLink, Habit
from mentoring_sessions.habits.progress import progress
from mentoring_sessions.habits.schemas import (
    AskedForFeedback,
    FeedbackLinkView,
    FeedbackLinkWithAnswers,
    GivenFeedback,
    HabitFigures,
    HabitProgress,
    HabitStateView,
    HabitView,
)
from mentoring_sessions.relationships.sealed import unseal, unseal_many

LEAST: Final = 10  # behind a number, and behind what is left over: the rule that surveys are published by


async def habits(db: AsyncSession, rows: Sequence[Habit]) -> list[HabitView]:
    """Habits with their days and how they go."""
    texts = await unseal_many(db, [(row.person_id, row.text_sealed) for row in rows])
    marks = await queries.marks(db, [row.id for row in rows])
    return [_habit(row, text, marks[row.id], now(db).date()) for row, text in zip(rows, texts, strict=True)]


def _habit(row: Habit, text: str | None, days: list[date], today: date) -> HabitView:
    found = progress(row.starts_on, row.weeks, row.times, days, today)
    state = HabitStateView.model_validate(row).model_dump()
    return HabitView(**state, text=text, marked_on=days, progress=HabitProgress.model_validate(found))


def figures(people: int, embedded: int) -> HabitFigures:
    """What may be shown: a number only where it and what is left over are of enough people."""
    shown = people >= LEAST
    split = shown and embedded >= LEAST and people - embedded >= LEAST
    return HabitFigures(
        people=people if shown else None,
        embedded=embedded if split else None,
        percent=round(100 * embedded / people) if split else None,
        least=LEAST,
    )


async def feedback(db: AsyncSession, habit: Habit, public_url: str) -> list[FeedbackLinkWithAnswers]:
    """The links of a habit and what was said by them, for whose it is."""
    links = await queries.links(db, habit.id)
    said = await queries.feedback(db, [link.id for link in links])
    words = await unseal_many(db, [(habit.person_id, row.comment_sealed) for row in said])
    given: dict[object, list[GivenFeedback]] = {link.id: [] for link in links}
    for row, comment in zip(said, words, strict=True):
        given[row.link_id].append(GivenFeedback(week=row.week, seen=row.seen, comment=comment, given_at=row.given_at))
    tokens = await unseal_many(db, [(habit.person_id, link.token_sealed) for link in links])
    pages = [f"{public_url.rstrip('/')}/pages/habits/{tenant_of(db)}/{token}" if token else None for token in tokens]
    return [
        FeedbackLinkWithAnswers(
            **FeedbackLinkView.model_validate(link).model_dump(), page=page, feedback=given[link.id]
        )
        for link, page in zip(links, pages, strict=True)
    ]


async def asked_for_feedback(db: AsyncSession, link: FeedbackLink, habit: Habit) -> AskedForFeedback:
    """What somebody sees who has the link."""
    week = asked_about(db, link, habit)
    given = any(row.week == week for row in await queries.feedback(db, [link.id]))
    words = await unseal(db, habit.person_id, habit.text_sealed)
    return AskedForFeedback(habit=words, week=week, weeks=link.weeks, given=given)
