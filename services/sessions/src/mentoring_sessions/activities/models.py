"""Activities, who has a place at one, and certificates of having completed a programme."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_sessions.tables import Base, refers


class Activity(TenantRow, Versioned, Base):
    """An orientation, a CPD session or another activity of a programme, of one cohort, or of exactly one group.

    Of a series (`series_id`) it is the `occurrence`th.

    It may be for one side (`sides`) or for the people `invited` alone, none being everybody. `link` and `door_code` are
    for those who have a place and those who run it.
    """

    __tablename__ = "activities"
    __table_args__ = (
        sa.CheckConstraint("registered >= 0 AND (places IS NULL OR registered <= places)", name="places"),
        sa.Index(None, "tenant_id", "programme_id"),
        sa.Index(
            "uq_activities_series",
            "tenant_id",
            "series_id",
            "occurrence",
            unique=True,
            postgresql_where=sa.text("series_id IS NOT NULL"),
        ),
    )
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID | None]
    relationship_id: Mapped[UUID | None]
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
    zone: Mapped[str | None]
    link: Mapped[str | None]
    speakers: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    materials: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    sides: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    invited: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid), server_default="{}")
    prerequisite: Mapped[str | None]
    door_code: Mapped[str | None]
    cancelled_at: Mapped[datetime | None]
    series_id: Mapped[UUID | None]
    occurrence: Mapped[int | None]


class Registration(TenantRow, Base):
    """A person's place at an activity, or (`waits`) in the line for one."""

    __tablename__ = "registrations"
    __table_args__ = (
        refers("activity_id", "activities"),
        sa.UniqueConstraint("tenant_id", "activity_id", "person_id"),
        sa.Index(None, "tenant_id", "person_id"),
        sa.Index(
            "ix_registrations_waiting", "tenant_id", "activity_id", "registered_at", postgresql_where=sa.text("waits")
        ),
    )
    activity_id: Mapped[UUID]
    person_id: Mapped[UUID]
    registered_at: Mapped[datetime]
    waits: Mapped[bool] = mapped_column(server_default=sa.false())


class ActivityReminder(TenantRow, Base):
    """Somebody (`application_id`) was told that something which they attend to complete their programme is due."""

    __tablename__ = "activity_reminders"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "application_id", "requirement"),)
    application_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    requirement: Mapped[str]
    due_at: Mapped[datetime]
    told_at: Mapped[datetime]


class Certificate(TenantRow, Versioned, Base):
    """Somebody completed a programme on one side (`application_id`): what was asked and how far they were that day.

    What it says stays as it was issued; one that counts an attendance which is taken back is withdrawn, and another one
    may be issued. `number` is what anybody verifies it by. `holder_sealed` is the holder's name where they want it
    shown to who verifies, sealed under them.
    """

    __tablename__ = "certificates"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "number"),
        sa.Index(None, "tenant_id", "person_id"),
        sa.Index(
            "uq_certificates_valid",
            "tenant_id",
            "application_id",
            unique=True,
            postgresql_where=sa.text("withdrawn_at IS NULL"),
        ),
    )
    application_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID]
    side: Mapped[str | None]
    number: Mapped[str]
    programme: Mapped[str | None]
    completed: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    kinds: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    minutes: Mapped[int]
    issued_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    holder_sealed: Mapped[bytes | None]
