"""The tables of programmes: what each is, its rounds, and who acts for it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_applications.tables import Base, refers
from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned


class Programme(TenantRow, Versioned, Base):
    """What an organisation runs; `blueprint` is its whole configuration, and `version` counts its changes.

    Once it is closed: when, by whom (null: a machine, or somebody who was erased), why, and a note under their key.
    """

    __tablename__ = "programmes"
    title: Mapped[str]
    direction: Mapped[str]
    blueprint_name: Mapped[str]
    blueprint: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    closed_by: Mapped[UUID | None]
    closing_reason: Mapped[str | None]
    sealed_closing_note: Mapped[bytes | None]


class ProgrammeRole(TenantRow, Base):
    """A person may act for a programme, until a moment or without an end.

    `rights` are those that were given with it (null: from before they were said); the note (the community somebody
    speaks for, say) is sealed under the person's key.
    """

    __tablename__ = "programme_roles"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "programme_id", "person_id", "role"),
        refers("programme_id", "programmes"),
        refers("person_id", "people"),
    )
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(index=True)
    role: Mapped[str]
    rights: Mapped[list[str] | None] = mapped_column(ARRAY(sa.Text))
    until: Mapped[datetime | None]
    sealed_note: Mapped[bytes | None]


class Cohort(TenantRow, Versioned, Base):
    """One round; `places_taken` counts its accepted and matched mentees."""

    __tablename__ = "cohorts"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "programme_id", "number"),
        sa.CheckConstraint("places_taken BETWEEN 0 AND places", name="places"),
        refers("programme_id", "programmes"),
    )
    programme_id: Mapped[UUID]
    number: Mapped[int]
    places: Mapped[int]
    places_first_planned: Mapped[int]
    places_taken: Mapped[int] = mapped_column(default=0)
    milestones: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    closed_at: Mapped[datetime | None]
