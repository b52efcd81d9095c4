"""Habits and the days on which they were kept; what a habit is, is sealed under its person."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_sessions.tables import Base


class Habit(TenantRow, Versioned, Base):
    """What somebody commits to: so many `times` in each of so many `weeks`, the first beginning on `starts_on`.

    `kept_weeks` counts the weeks in which it was marked often enough, so that a programme's figures read no marks.
    """

    __tablename__ = "habits"
    __table_args__ = (
        sa.CheckConstraint("times BETWEEN 1 AND 7", name="times"),
        sa.CheckConstraint("weeks BETWEEN 1 AND 52", name="weeks"),
        sa.Index(None, "tenant_id", "programme_id"),
        sa.Index(None, "tenant_id", "person_id"),
    )
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    committed_at: Mapped[datetime]
    text_sealed: Mapped[bytes | None]
    times: Mapped[int]
    weeks: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    kept_weeks: Mapped[int] = mapped_column(server_default="0")
    dropped_at: Mapped[datetime | None]


class HabitMark(TenantRow, Base):
    """A day on which a habit was kept."""

    __tablename__ = "habit_marks"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "habit_id"], ["habits.tenant_id", "habits.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("tenant_id", "habit_id", "day"),
    )
    habit_id: Mapped[UUID]
    day: Mapped[date]
    marked_at: Mapped[datetime]
