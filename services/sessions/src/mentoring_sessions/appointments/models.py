"""Appointments, and what a person's calendar needs."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_sessions.lifecycle import Appointed
from mentoring_sessions.tables import Base, refers


class Appointment(TenantRow, Versioned, Base):
    """A meeting that a relationship plans.

    `times` are those proposed last, by `proposed_by`; `starts_at` is the one that stands, also while others are
    proposed in its place. `sequence` counts the times that stood, for calendars; `proposals` how often times were
    proposed. Where it is (a place, or the link to join) is sealed under who wrote it.
    """

    __tablename__ = "appointments"
    __table_args__ = (
        refers("relationship_id", "relationships"),
        refers("mentoring_session_id", "mentoring_sessions"),
        sa.CheckConstraint(sa.column("state").in_([s.value for s in Appointed]), name="state"),
        sa.Index(None, "tenant_id", "relationship_id"),
        sa.Index(None, "tenant_id", "where_by"),
    )
    relationship_id: Mapped[UUID]
    proposed_by: Mapped[UUID]
    state: Mapped[str]
    times: Mapped[list[datetime]] = mapped_column(ARRAY(sa.DateTime(timezone=True)))
    starts_at: Mapped[datetime | None]
    minutes: Mapped[int]
    mode: Mapped[str]
    where_by: Mapped[UUID | None]
    where_sealed: Mapped[bytes | None]
    sequence: Mapped[int] = mapped_column(default=0)
    proposals: Mapped[int] = mapped_column(default=1)
    mentoring_session_id: Mapped[UUID | None]


class PersonCalendar(TenantRow, Versioned, Base):
    """A person's (`id`) time zone, the weekly `hours` in which they can meet (none: whenever), and the secret address
    of their calendar: a token, sealed, and its digest."""

    __tablename__ = "person_calendars"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "feed_digest"),)
    zone: Mapped[str | None]
    hours: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=sa.text("'[]'"), default=list)
    feed_sealed: Mapped[bytes | None]
    feed_digest: Mapped[bytes | None]
    feed_made_at: Mapped[datetime | None]
