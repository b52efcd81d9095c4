"""Programmes and the relationships in them; and what several capabilities read of these: meetings, who was at an
orientation, the trace of what was corrected.

Ids of people stay as pseudonyms after an erasure, so that totals hold. Projections (programmes, cohorts, participants,
relationships) refer to each other without foreign keys: their events come in any order.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Dated, Versioned
from mentoring_sessions.lifecycle import State
from mentoring_sessions.tables import Base, refers


class Programme(TenantRow, Base):
    """A programme's terms; `orientation_compulsory` is null until its ProgrammeCreated has come.

    `oriented` are the sides that attend one; `activity_kinds` the titles of its kinds, empty where it takes any.
    `formats` are its kinds of relationship beside pairs, `phases` those that a pair goes through, as its blueprint says
    them. `month_minutes` is what a pair is expected to meet each month. `concerns` say who takes concerns,
    `reviews` when pairs are asked how they go on, `completion` what people attend to complete it. `title` is null where
    its blueprint came before that was kept; `languages` are empty then.
    `agreement` says what pairs agree on, `topics` what their meetings may be about.
    `closed_at` is null while it goes on.
    """

    __tablename__ = "programmes"
    orientation_compulsory: Mapped[bool | None]
    oriented: Mapped[list[str]] = mapped_column(JSONB, server_default='["mentor", "mentee"]')
    activity_kinds: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    budget_minutes: Mapped[int | None]
    month_minutes: Mapped[float | None]
    duration_months: Mapped[int | None]
    quiet_after_weeks: Mapped[int | None]
    write_after_days: Mapped[list[int]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    concerns: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default="{}")
    reviews: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sa.text("'{}'"))
    formats: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    phases: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    zone: Mapped[str | None]
    completion: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    title: Mapped[str | None]
    languages: Mapped[list[str]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    topics: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sa.text("'[]'"))
    agreement: Mapped[dict[str, Any]] = mapped_column(JSONB, server_default=sa.text("'{}'"))
    closed_at: Mapped[datetime | None]


class Cohort(TenantRow, Base):
    """A cohort, to tell a real id from a wrong one; `milestones` say by kind when each begins, in UTC."""

    __tablename__ = "cohorts"
    programme_id: Mapped[UUID]
    number: Mapped[int]
    milestones: Mapped[dict[str, str]] = mapped_column(JSONB, server_default=sa.text("'{}'"), default=dict)


class Participant(TenantRow, Base):
    """A person accepted for a programme; `id` is that of the application."""

    __tablename__ = "participants"
    __table_args__ = (sa.Index(None, "tenant_id", "person_id"),)
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    side: Mapped[str | None]  # null: accepted before it was kept
    cohort_id: Mapped[UUID | None]  # null: accepted before it was kept, or for a later round


class Relationship(TenantRow, Dated, Base):
    """A confirmed pair, under the id of its match, or a group, under its own. `kind` is of the blueprint.

    Who is in it are its members; `mentor_id` is who leads it, where somebody does, `mentee_id` the other of a pair.

    Its own time: `ends_at` is when it is closed by itself, `paused_days` those of pauses that are over, `resumed_at`
    when the last of them (or of its quiet phases) was. It `continues` one that another mentor led; the hours and the
    time that were left are its own then. `quiet_phase` is whether the phase it is in asks for silence.
    `month_minutes` is what it is expected to meet each month.
    """

    __tablename__ = "relationships"
    __table_args__ = (
        sa.CheckConstraint(sa.column("state").in_([s.value for s in State]), name="state"),
        sa.Index(None, "tenant_id", "programme_id"),
        sa.Index("ix_relationships_updated", "tenant_id", "updated_at"),
        sa.Index(None, "tenant_id", "mentor_id"),
        sa.Index(None, "tenant_id", "mentee_id"),
        sa.Index(
            "ix_relationships_continues", "tenant_id", "continues", postgresql_where=sa.text("continues IS NOT NULL")
        ),
    )
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID]
    continues: Mapped[UUID | None]
    kind: Mapped[str] = mapped_column(server_default=sa.text("'mentoring'"))
    mentor_id: Mapped[UUID | None]
    mentee_id: Mapped[UUID | None]
    state: Mapped[str]
    confirmed_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
    paused_at: Mapped[datetime | None]
    paused_until: Mapped[date | None]
    paused_days: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    resumed_at: Mapped[datetime | None]
    phase: Mapped[str | None]
    quiet_phase: Mapped[bool] = mapped_column(default=False, server_default=sa.text("false"))
    reminders_stopped: Mapped[bool] = mapped_column(default=False, server_default=sa.text("false"))
    reminders_after: Mapped[datetime | None]
    next_meeting_at: Mapped[datetime | None]
    reminders: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    budget_minutes: Mapped[int | None]
    month_minutes: Mapped[float | None]
    total_minutes: Mapped[int] = mapped_column(default=0)
    mentoring_sessions: Mapped[int] = mapped_column(default=0)
    last_held_at: Mapped[datetime | None]


class Member(TenantRow, Base):
    """Somebody in a relationship, from when to when; who left and came again stands here twice.

    `signed_version` is the proposal of the agreement that they signed last: a new one is not signed by anybody.
    """

    __tablename__ = "members"
    __table_args__ = (
        sa.Index(None, "tenant_id", "relationship_id"),
        sa.Index(None, "tenant_id", "person_id"),
        sa.Index(
            "uq_members_present",
            "tenant_id",
            "relationship_id",
            "person_id",
            unique=True,
            postgresql_where=sa.text("left_at IS NULL"),
        ),
    )
    relationship_id: Mapped[UUID]
    person_id: Mapped[UUID]
    role: Mapped[str]
    leads: Mapped[bool]
    joined_at: Mapped[datetime]
    left_at: Mapped[datetime | None]
    signed_version: Mapped[int | None]
    signed_at: Mapped[datetime | None]


class MentoringSession(TenantRow, Versioned, Base):
    """One meeting of a pair, whoever of the two recorded it.

    `corrected_by` was the last to say what it was like; `confirmed_at` is when the other of the two said the same. One
    that was withdrawn counts no more.
    """

    __tablename__ = "mentoring_sessions"
    __table_args__ = (
        refers("relationship_id", "relationships"),
        sa.CheckConstraint("minutes > 0", name="minutes"),
        sa.Index(None, "tenant_id", "relationship_id"),
    )
    relationship_id: Mapped[UUID]
    recorded_by: Mapped[UUID]
    held_at: Mapped[datetime]
    minutes: Mapped[int]
    mode: Mapped[str]
    topics: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}", default=list)
    over_budget: Mapped[bool]
    corrected_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Attendance(TenantRow, Base):
    """A person was there; `programme_id` and `kind` repeat the activity's for the question who has had orientation."""

    __tablename__ = "attendances"
    __table_args__ = (
        refers("activity_id", "activities"),
        sa.UniqueConstraint("tenant_id", "activity_id", "person_id"),
        sa.Index(None, "tenant_id", "programme_id", "kind", "person_id"),
    )
    activity_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    kind: Mapped[str]
    person_id: Mapped[UUID]
    recorded_at: Mapped[datetime]


class Correction(TenantRow, Base):
    """Who changed or took back a record that is counted, when and why, and what it said before and after.

    `subject_id` is the mentoring session, the appointment that was said to be missed, or for an attendance the
    activity; `after` is null where it was taken back.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('mentoring_session', 'attendance', 'appointment')", name="kind"),
        sa.Index(None, "tenant_id", "kind", "subject_id"),
        sa.Index(None, "tenant_id", "made_by"),
    )
    kind: Mapped[str]
    subject_id: Mapped[UUID]
    made_by: Mapped[UUID]
    made_at: Mapped[datetime]
    reason_sealed: Mapped[bytes | None]
    before: Mapped[dict[str, Any]] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))


class Nudge(TenantRow, Base):
    """A pair went quiet, and since when."""

    __tablename__ = "nudges"
    __table_args__ = (refers("relationship_id", "relationships"), sa.Index(None, "tenant_id", "relationship_id"))
    relationship_id: Mapped[UUID]
    quiet_since: Mapped[datetime]
    nudged_at: Mapped[datetime]
    weeks: Mapped[int]
