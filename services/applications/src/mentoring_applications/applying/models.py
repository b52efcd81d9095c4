"""The tables of what is being written or was sent with an application, sealed under the person's key."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_applications.tables import Base, refers
from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned


class Draft(TenantRow, Versioned, Base):
    """An application that is being written, sealed under the person's key; only the person sees that there is one.

    Reminders until `looked_at` were given.
    """

    __tablename__ = "drafts"
    __table_args__ = (
        sa.UniqueConstraint(
            "tenant_id", "programme_id", "person_id", "role", "cohort_id", postgresql_nulls_not_distinct=True
        ),
        refers("programme_id", "programmes"),
        refers("cohort_id", "cohorts"),
        refers("person_id", "people"),
        sa.CheckConstraint("role IN ('mentor', 'mentee')", name="role"),
    )
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID | None] = mapped_column(index=True)
    person_id: Mapped[UUID] = mapped_column(index=True)
    role: Mapped[str]
    sealed: Mapped[bytes]
    saved_at: Mapped[datetime]
    looked_at: Mapped[datetime]


class ApplicationFile(TenantRow, Base):
    """A file that somebody sent with a draft or an application, sealed under their key, with its name."""

    __tablename__ = "application_files"
    __table_args__ = (
        refers("person_id", "people"),
        refers("application_id", "applications"),
        sa.CheckConstraint("(draft_id IS NULL) <> (application_id IS NULL)", name="one_owner"),
    )
    person_id: Mapped[UUID] = mapped_column(index=True)
    draft_id: Mapped[UUID | None] = mapped_column(index=True)
    application_id: Mapped[UUID | None] = mapped_column(index=True)
    field: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    sealed_name: Mapped[bytes]
    sealed: Mapped[bytes]
    sent_at: Mapped[datetime]


class EqualityAnswers(TenantRow, Base):
    """Equality monitoring, sealed under the person's key, read only as totals; the `id` is the application's."""

    __tablename__ = "equality_answers"
    __table_args__ = (refers("id", "applications"), refers("person_id", "people"))
    person_id: Mapped[UUID]
    sealed: Mapped[bytes]
