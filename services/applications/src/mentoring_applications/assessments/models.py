"""The tables of assessments: who was asked, what they said, what follows from it."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_applications.tables import Base, refers
from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned


class ApplicationAssessment(TenantRow, Versioned, Base):
    """Somebody is asked to assess an application: open, scored, or in conflict.

    Scores, words and reasons are sealed under the applicant's key; `assessor_id` is null once the assessor is erased.
    """

    __tablename__ = "assessments"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "application_id", "assessor_id"),
        refers("application_id", "applications"),
        refers("assessor_id", "people"),
        sa.CheckConstraint("state IN ('open', 'scored', 'conflict')", name="state"),
    )
    application_id: Mapped[UUID]
    assessor_id: Mapped[UUID | None] = mapped_column(index=True)
    state: Mapped[str]
    asked_by: Mapped[str]
    asked_at: Mapped[datetime]
    scored_at: Mapped[datetime | None]
    sealed: Mapped[bytes | None]


class Moderation(TenantRow, Base):
    """What follows from the scores of an application, with its `id`; the note is sealed under the applicant's key."""

    __tablename__ = "moderations"
    __table_args__ = (
        refers("id", "applications"),
        sa.CheckConstraint("recommendation IN ('accept', 'waitlist', 'refuse')", name="recommendation"),
    )
    recommendation: Mapped[str]
    sealed: Mapped[bytes]
    by: Mapped[str]
    at: Mapped[datetime]
