"""Habits and the days on which they were kept; what a habit is, is sealed under its person."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_sessions.tables import Base


class Habit(TenantRow, Versioned, Base):
    """What somebody commits to: so many `times` in each of so many `weeks`, the first beginning on `starts_on`.

    `kept_weeks` counts the weeks in which it was marked often enough, so that a programme's figures read no marks. What
    came of it was announced when it was `concluded_at`: people are counted once, so what of its person was announced is
    in `told`.
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
    concluded_at: Mapped[datetime | None]
    told: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}", default=list)


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


class FeedbackLink(TenantRow, Base):
    """A link by which somebody whom its person asked (`asked`: a manager or a peer) says in given weeks how they see a
    habit. The token is sealed under the person; `token_digest` is what it is known by."""

    __tablename__ = "habit_links"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "habit_id"], ["habits.tenant_id", "habits.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("tenant_id", "token_digest"),
        sa.Index(None, "tenant_id", "habit_id"),
        sa.CheckConstraint("asked IN ('manager', 'peer')", name="asked"),
    )
    habit_id: Mapped[UUID]
    asked: Mapped[str]
    weeks: Mapped[list[int]] = mapped_column(ARRAY(sa.Integer))
    made_at: Mapped[datetime]
    token_sealed: Mapped[bytes | None]
    token_digest: Mapped[bytes]
    closed_at: Mapped[datetime | None]


class HabitFeedback(TenantRow, Base):
    """What was said by a link in one week; the words are sealed under whose habit it is."""

    __tablename__ = "habit_feedback"
    __table_args__ = (
        sa.ForeignKeyConstraint(
            ["tenant_id", "link_id"], ["habit_links.tenant_id", "habit_links.id"], ondelete="CASCADE"
        ),
        sa.UniqueConstraint("tenant_id", "link_id", "week"),
        sa.CheckConstraint("seen BETWEEN 1 AND 5", name="seen"),
    )
    link_id: Mapped[UUID]
    week: Mapped[int]
    seen: Mapped[int]
    comment_sealed: Mapped[bytes | None]
    given_at: Mapped[datetime]
