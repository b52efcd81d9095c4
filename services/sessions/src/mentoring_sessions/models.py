"""The tables of the sessions service.

What people write is sealed under its writer (`…_sealed`, null once the writer is erased or where nothing was written);
ids of people stay as pseudonyms, so that totals hold. Projections (programmes, cohorts, participants, relationships)
refer to each other without foreign keys: their events come in any order.
"""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import Base as CommonBase
from mentoring_common.db import TenantRow
from mentoring_common.tables import NAMING
from mentoring_common.versions import Revised, Versioned
from mentoring_sessions.lifecycle import State


class Base(CommonBase):
    """Ancestor of this service's tables."""

    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMING)


def _refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


class Programme(TenantRow, Base):
    """A programme's terms; `orientation_compulsory` is null until its ProgrammeCreated has come."""

    __tablename__ = "programmes"
    orientation_compulsory: Mapped[bool | None]
    budget_minutes: Mapped[int | None]
    duration_months: Mapped[int | None]
    quiet_after_weeks: Mapped[int | None]


class Cohort(TenantRow, Base):
    """A cohort, to tell a real id from a wrong one."""

    __tablename__ = "cohorts"
    programme_id: Mapped[UUID]
    number: Mapped[int]


class Participant(TenantRow, Base):
    """A person accepted for a programme; `id` is that of the application."""

    __tablename__ = "participants"
    __table_args__ = (sa.Index(None, "tenant_id", "person_id"),)
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]


class Relationship(TenantRow, Versioned, Base):
    """A confirmed pair; `id` is that of the match."""

    __tablename__ = "relationships"
    __table_args__ = (
        sa.CheckConstraint(sa.column("state").in_([s.value for s in State]), name="state"),
        sa.Index(None, "tenant_id", "programme_id"),
        sa.Index(None, "tenant_id", "mentor_id"),
        sa.Index(None, "tenant_id", "mentee_id"),
    )
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID]
    mentor_id: Mapped[UUID]
    mentee_id: Mapped[UUID]
    state: Mapped[str]
    confirmed_at: Mapped[datetime]
    started_at: Mapped[datetime | None]
    over_at: Mapped[datetime | None]
    budget_minutes: Mapped[int | None]
    total_minutes: Mapped[int] = mapped_column(default=0)
    mentoring_sessions: Mapped[int] = mapped_column(default=0)
    last_held_at: Mapped[datetime | None]


class Agreement(TenantRow, Revised, Base):
    """What a pair agreed on; `id` is that of the relationship. A new proposal is a new version without signatures."""

    __tablename__ = "agreements"
    __table_args__ = (_refers("id", "relationships"),)
    version: Mapped[int]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    terms_sealed: Mapped[bytes | None]
    mentor_signed_at: Mapped[datetime | None]
    mentee_signed_at: Mapped[datetime | None]


class Goal(TenantRow, Versioned, Base):
    """What a pair works towards."""

    __tablename__ = "goals"
    __table_args__ = (_refers("relationship_id", "relationships"), sa.Index(None, "tenant_id", "relationship_id"))
    relationship_id: Mapped[UUID]
    written_by: Mapped[UUID]
    text_sealed: Mapped[bytes | None]
    due_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="open")
    reached_at: Mapped[datetime | None]


class Action(TenantRow, Versioned, Base):
    """A step towards a goal."""

    __tablename__ = "actions"
    __table_args__ = (_refers("goal_id", "goals"), sa.Index(None, "tenant_id", "goal_id"))
    goal_id: Mapped[UUID]
    written_by: Mapped[UUID]
    text_sealed: Mapped[bytes | None]
    due_on: Mapped[date | None]
    done_at: Mapped[datetime | None]


class MentoringSession(TenantRow, Versioned, Base):
    """One meeting of a pair, whoever of the two recorded it.

    `corrected_by` was the last to say what it was like; `confirmed_at` is when the other of the two said the same. One
    that was withdrawn counts no more.
    """

    __tablename__ = "mentoring_sessions"
    __table_args__ = (
        _refers("relationship_id", "relationships"),
        sa.CheckConstraint("minutes > 0", name="minutes"),
        sa.Index(None, "tenant_id", "relationship_id"),
    )
    relationship_id: Mapped[UUID]
    recorded_by: Mapped[UUID]
    held_at: Mapped[datetime]
    minutes: Mapped[int]
    mode: Mapped[str]
    over_budget: Mapped[bool]
    corrected_by: Mapped[UUID | None]
    confirmed_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class Correction(TenantRow, Base):
    """Who changed or took back a record that is counted, when and why, and what it said before and after.

    `subject_id` is the mentoring session, or for an attendance the activity; `after` is null where it was taken back.
    """

    __tablename__ = "corrections"
    __table_args__ = (
        sa.CheckConstraint("kind IN ('mentoring_session', 'attendance')", name="kind"),
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


class Note(TenantRow, Versioned, Base):
    """What one person wrote about a mentoring session, and who may read it."""

    __tablename__ = "notes"
    __table_args__ = (
        _refers("mentoring_session_id", "mentoring_sessions"),
        sa.CheckConstraint("visibility IN ('mine', 'pair', 'programme_team')", name="visibility"),
        sa.Index(None, "tenant_id", "mentoring_session_id"),
        sa.Index(None, "tenant_id", "written_by"),
    )
    mentoring_session_id: Mapped[UUID]
    written_by: Mapped[UUID]
    written_at: Mapped[datetime]
    visibility: Mapped[str]
    text_sealed: Mapped[bytes]


class CheckIn(TenantRow, Base):
    """How one person says that it goes."""

    __tablename__ = "check_ins"
    __table_args__ = (
        _refers("relationship_id", "relationships"),
        sa.CheckConstraint("going_well BETWEEN 1 AND 5", name="going_well"),
        sa.Index(None, "tenant_id", "relationship_id"),
    )
    relationship_id: Mapped[UUID]
    person_id: Mapped[UUID]
    side: Mapped[str]
    recorded_at: Mapped[datetime]
    going_well: Mapped[int]
    needs_help: Mapped[bool]
    comment_sealed: Mapped[bytes | None]


class Concern(TenantRow, Versioned, Base):
    """What somebody of a pair tells the programme team in confidence."""

    __tablename__ = "concerns"
    __table_args__ = (
        _refers("relationship_id", "relationships"),
        sa.Index(None, "tenant_id", "relationship_id"),
        sa.Index(None, "tenant_id", "raised_by"),
    )
    relationship_id: Mapped[UUID]
    raised_by: Mapped[UUID]
    raised_at: Mapped[datetime]
    text_sealed: Mapped[bytes]
    state: Mapped[str] = mapped_column(default="raised")
    resolved_at: Mapped[datetime | None]


class Nudge(TenantRow, Base):
    """A pair went quiet, and since when."""

    __tablename__ = "nudges"
    __table_args__ = (_refers("relationship_id", "relationships"), sa.Index(None, "tenant_id", "relationship_id"))
    relationship_id: Mapped[UUID]
    quiet_since: Mapped[datetime]
    nudged_at: Mapped[datetime]
    weeks: Mapped[int]


class Activity(TenantRow, Versioned, Base):
    """An orientation, a CPD session or another activity of a programme."""

    __tablename__ = "activities"
    __table_args__ = (
        sa.CheckConstraint("registered >= 0 AND (places IS NULL OR registered <= places)", name="places"),
        sa.Index(None, "tenant_id", "programme_id"),
    )
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID | None]
    kind: Mapped[str]
    title: Mapped[str]
    mode: Mapped[str]
    location: Mapped[str | None]
    starts_at: Mapped[datetime]
    minutes: Mapped[int]
    places: Mapped[int | None]
    registered: Mapped[int] = mapped_column(default=0)
    topics: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    held_at: Mapped[datetime | None]


class Registration(TenantRow, Base):
    """A person's place at an activity."""

    __tablename__ = "registrations"
    __table_args__ = (
        _refers("activity_id", "activities"),
        sa.UniqueConstraint("tenant_id", "activity_id", "person_id"),
        sa.Index(None, "tenant_id", "person_id"),
    )
    activity_id: Mapped[UUID]
    person_id: Mapped[UUID]
    registered_at: Mapped[datetime]


class Attendance(TenantRow, Base):
    """A person was there; `programme_id` and `kind` repeat the activity's for the question who has had orientation."""

    __tablename__ = "attendances"
    __table_args__ = (
        _refers("activity_id", "activities"),
        sa.UniqueConstraint("tenant_id", "activity_id", "person_id"),
        sa.Index(None, "tenant_id", "programme_id", "kind", "person_id"),
    )
    activity_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    kind: Mapped[str]
    person_id: Mapped[UUID]
    recorded_at: Mapped[datetime]
