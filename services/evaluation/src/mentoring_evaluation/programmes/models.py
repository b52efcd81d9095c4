"""The programme as its blueprint has it, and our own copies of what other services announced of it."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_evaluation.tables import Base


class Programme(TenantRow, Base):
    """What this service reads of a programme's blueprint.

    `survey_modes` are the surveys that are not anonymous, by name; `remind_days` how many days before a wave closes;
    `asks_after` the surveys that follow a meeting or an activity (occasions.py); `waves` when the others are asked, by
    the clocks of `zone`; `respondent_kinds` whom surveys ask beyond the pair, as the blueprint has them.
    """

    __tablename__ = "programmes"
    title: Mapped[str]
    survey_modes: Mapped[dict[str, str]] = mapped_column(JSONB)
    remind_days: Mapped[list[int]] = mapped_column(JSONB)
    asks_after: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    cpd_kinds: Mapped[list[str]] = mapped_column(JSONB)
    decimals: Mapped[int]
    public_minimum: Mapped[int]
    report_approvers: Mapped[dict[str, str]] = mapped_column(JSONB)
    waves: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")
    zone: Mapped[str | None]
    respondent_kinds: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")


class Cohort(TenantRow, Base):
    """A copy of a cohort's number, places and milestones: its waves are planned by them."""

    __tablename__ = "cohorts"
    programme_id: Mapped[UUID] = mapped_column(index=True)
    number: Mapped[int]
    places_first_planned: Mapped[int]
    places: Mapped[int]
    milestones: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")


class Application(TenantRow, Base):
    """A copy of an application's way: the cohort first asked for, the present one, and how often it moved."""

    __tablename__ = "applications"
    programme_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID]
    role: Mapped[str]
    first_cohort_id: Mapped[UUID | None]
    cohort_id: Mapped[UUID | None]
    state: Mapped[str]
    moves: Mapped[int] = mapped_column(default=0)
    applied_at: Mapped[datetime]


class Match(TenantRow, Base):
    """A copy of a confirmed pair: standing (also when its relationship was closed), or ended early; `starts_on` is the
    day on which it began where that was before it was confirmed here. A `handover` carries on `rematch_of`."""

    __tablename__ = "matches"
    programme_id: Mapped[UUID] = mapped_column(index=True)
    cohort_id: Mapped[UUID] = mapped_column(index=True)
    mentor_id: Mapped[UUID]
    mentee_id: Mapped[UUID]
    state: Mapped[str]
    rematch_of: Mapped[UUID | None]
    handover: Mapped[bool] = mapped_column(default=False, server_default=sa.text("false"))
    confirmed_at: Mapped[datetime]
    starts_on: Mapped[date | None]
    group_id: Mapped[UUID | None]


class PairClock(TenantRow, Base):
    """The breaks of a pair, under the id of its match: its own time stands still while it is `paused`, and what
    stands to its start is later by the days of those that are over."""

    __tablename__ = "pair_clocks"
    paused: Mapped[bool]
    paused_days: Mapped[int]


class GroupMember(TenantRow, Base):
    """A copy of a person in a group: `present`, `left`, or there when it `ended` early.

    `application_id` is set where the group is what the person applied for: they are asked as somebody matched.
    """

    __tablename__ = "group_members"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "group_id", "person_id"),
        sa.Index(None, "tenant_id", "programme_id"),
    )
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID]
    group_id: Mapped[UUID]
    kind: Mapped[str]
    person_id: Mapped[UUID]
    leads: Mapped[bool]
    application_id: Mapped[UUID | None]
    state: Mapped[str]


class Activity(TenantRow, Base):
    """A copy of an activity that was held."""

    __tablename__ = "activities"
    programme_id: Mapped[UUID] = mapped_column(index=True)
    cohort_id: Mapped[UUID | None]
    kind: Mapped[str]
    mode: Mapped[str]
    attended: Mapped[int]


class Attendance(TenantRow, Base):
    """Who attended what, to count different people."""

    __tablename__ = "attendance"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "activity_id", "person_id"),)
    activity_id: Mapped[UUID]
    programme_id: Mapped[UUID] = mapped_column(index=True)
    person_id: Mapped[UUID]
    kind: Mapped[str]
    mode: Mapped[str]


class MentoringSession(TenantRow, Base):
    """A copy of one meeting of a pair."""

    __tablename__ = "mentoring_sessions"
    programme_id: Mapped[UUID] = mapped_column(index=True)
    cohort_id: Mapped[UUID]
    match_id: Mapped[UUID]
    minutes: Mapped[int]


class HabitResult(TenantRow, Base):
    """What came of a habit, of nobody by name: each person counts once (HabitConcluded)."""

    __tablename__ = "habit_results"
    programme_id: Mapped[UUID] = mapped_column(index=True)
    first: Mapped[bool]
    embedded: Mapped[bool]
    seen_by_manager: Mapped[bool | None]
    seen_by_peer: Mapped[bool | None]


class ProgrammeDesign(TenantRow, Versioned, Base):
    """What a blueprint says beyond surveys; its id is the programme's. `model_faults` say why there is no model."""

    __tablename__ = "programme_designs"
    model: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    model_faults: Mapped[list[dict[str, str]]] = mapped_column(JSONB)
    case_study_sections: Mapped[list[str]] = mapped_column(JSONB)
    written: Mapped[dict[str, bool]] = mapped_column(JSONB)
