"""Pauses of a relationship, the phases it goes through, and what was ticked in their checklists."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from mentoring_common.db import TenantRow
from mentoring_sessions.tables import Base, refers


class Pause(TenantRow, Base):
    """A break of a relationship. Why, if it was said, is sealed under who began it: it may be about health."""

    __tablename__ = "pauses"
    __table_args__ = (refers("relationship_id", "relationships"), sa.Index(None, "tenant_id", "relationship_id"))
    relationship_id: Mapped[UUID]
    begun_by: Mapped[UUID | None]
    begun_at: Mapped[datetime]
    until: Mapped[date | None]
    reason_sealed: Mapped[bytes | None]
    ended_at: Mapped[datetime | None]


class PairPhase(TenantRow, Base):
    """A phase of a relationship: planned for a time, or begun."""

    __tablename__ = "pair_phases"
    __table_args__ = (refers("relationship_id", "relationships"), sa.Index(None, "tenant_id", "relationship_id"))
    relationship_id: Mapped[UUID]
    phase: Mapped[str]
    planned_by: Mapped[UUID | None]
    begins_at: Mapped[datetime]
    begun_at: Mapped[datetime | None]


class TickedStep(TenantRow, Base):
    """A step of a phase's checklist that was done."""

    __tablename__ = "ticked_steps"
    __table_args__ = (
        refers("relationship_id", "relationships"),
        sa.UniqueConstraint("tenant_id", "relationship_id", "phase", "step"),
        sa.Index(None, "tenant_id", "ticked_by"),
    )
    relationship_id: Mapped[UUID]
    phase: Mapped[str]
    step: Mapped[str]
    ticked_by: Mapped[UUID]
    ticked_at: Mapped[datetime]
