"""Habits as answers, for the person whose they are; and a programme's figures, where they tell of nobody."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_sessions.habits import queries
from mentoring_sessions.habits.models import Habit
from mentoring_sessions.habits.progress import progress
from mentoring_sessions.habits.schemas import HabitFigures, HabitProgress, HabitStateView, HabitView
from mentoring_sessions.relationships.sealed import unseal_many

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
