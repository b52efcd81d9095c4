"""The tables of goals, themes, what people found in texts, and recommendations.

A coding refers to the text that was coded: when a person withdraws, the text goes and its codings with it.
"""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_evaluation.tables import Base, part_of


class Goal(TenantRow, Base):
    """An aim of the programme (from its blueprint) or a goal of the organisation (recorded), to align themes with."""

    __tablename__ = "goals"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "programme_id", "title"),)
    programme_id: Mapped[UUID]
    title: Mapped[str]
    of: Mapped[str]


class Theme(TenantRow, Versioned, Base):
    """What several texts have in common, as people see it; impact and effort are judged from 1 to 5.

    Title, description and goals may leave the programme once their wording is approved.
    """

    __tablename__ = "themes"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "programme_id", "title"),
        sa.CheckConstraint("impact BETWEEN 1 AND 5", name="impact_is_1_to_5"),
        sa.CheckConstraint("effort BETWEEN 1 AND 5", name="effort_is_1_to_5"),
    )
    programme_id: Mapped[UUID]
    title: Mapped[str]
    description: Mapped[str]
    impact: Mapped[int | None]
    effort: Mapped[int | None]
    wording_version: Mapped[int] = mapped_column(server_default="1")
    wording_approved_at: Mapped[datetime | None]


class ThemeGoal(TenantRow, Base):
    """A theme bears on a goal."""

    __tablename__ = "theme_goals"
    __table_args__ = (
        part_of("theme_id", "themes"),
        part_of("goal_id", "goals"),
        sa.UniqueConstraint("tenant_id", "theme_id", "goal_id"),
    )
    theme_id: Mapped[UUID]
    goal_id: Mapped[UUID]


class Coding(TenantRow, Base):
    """A person found a theme in a quote or in a comment."""

    __tablename__ = "codings"
    __table_args__ = (
        part_of("theme_id", "themes"),
        part_of("quote_id", "interview_texts"),
        part_of("comment_id", "comments"),
        sa.CheckConstraint("num_nonnulls(quote_id, comment_id) = 1", name="codes_one_text"),
        sa.UniqueConstraint("tenant_id", "theme_id", "quote_id"),
        sa.UniqueConstraint("tenant_id", "theme_id", "comment_id"),
    )
    theme_id: Mapped[UUID]
    quote_id: Mapped[UUID | None]
    comment_id: Mapped[UUID | None]
    coded_at: Mapped[datetime]


class Recommendation(TenantRow, Versioned, Base):
    """What should be done, by whom and until when; `overdue` is set by the clock.

    `team` is what a report calls its owner by, where the owner's role in the programme does not say enough.
    """

    __tablename__ = "recommendations"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "theme_id"], ["themes.tenant_id", "themes.id"]),
        sa.CheckConstraint("NOT (overdue AND state IN ('done', 'dropped'))", name="what_is_over_is_not_overdue"),
    )
    programme_id: Mapped[UUID] = mapped_column(index=True)
    theme_id: Mapped[UUID | None]
    text: Mapped[str]
    owner_id: Mapped[UUID]
    due_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(default="open")
    overdue: Mapped[bool] = mapped_column(default=False)
    team: Mapped[str | None]
    wording_version: Mapped[int] = mapped_column(server_default="1")
    wording_approved_at: Mapped[datetime | None]


class Decision(TenantRow, Versioned, Base):
    """What a committee decided on a day, about the programme, a theme, a recommendation or an application.

    Its wording may leave the programme once it is approved; what tells of an application never does.
    """

    __tablename__ = "committee_decisions"
    programme_id: Mapped[UUID] = mapped_column(index=True)
    committee: Mapped[str]
    decided_on: Mapped[date]
    text: Mapped[str]
    about: Mapped[str]
    about_id: Mapped[UUID | None]
    recorded_at: Mapped[datetime]
    wording_version: Mapped[int] = mapped_column(server_default="1")
    wording_approved_at: Mapped[datetime | None]


class DecisionAttendee(TenantRow, Base):
    """Somebody who attended when it was decided, and in which role of the programme."""

    __tablename__ = "decision_attendees"
    __table_args__ = (
        part_of("decision_id", "committee_decisions"),
        sa.UniqueConstraint("tenant_id", "decision_id", "person_id"),
    )
    decision_id: Mapped[UUID]
    person_id: Mapped[UUID]
    role: Mapped[str]


class FollowUp(TenantRow, Base):
    """What somebody reported of a recommendation, and the state it then had."""

    __tablename__ = "follow_ups"
    __table_args__ = (part_of("recommendation_id", "recommendations"),)
    recommendation_id: Mapped[UUID] = mapped_column(index=True)
    by_id: Mapped[UUID]
    at: Mapped[datetime]
    note: Mapped[str]
    state: Mapped[str]
