"""Check-ins; comments are sealed under their writer."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from mentoring_common.db import TenantRow
from mentoring_sessions.tables import Base, refers


class CheckIn(TenantRow, Base):
    """How one person says that it goes."""

    __tablename__ = "check_ins"
    __table_args__ = (
        refers("relationship_id", "relationships"),
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


class Comparison(TenantRow, Base):
    """Whether the people of a relationship say differently how it goes, by the last check-in of each; never what they
    said. One for each relationship that several have answered in."""

    __tablename__ = "comparisons"
    __table_args__ = (
        refers("relationship_id", "relationships"),
        sa.UniqueConstraint("tenant_id", "relationship_id"),
        sa.Index(None, "tenant_id", "programme_id", "differs", "id"),
    )
    relationship_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    differs: Mapped[bool]
    compared_at: Mapped[datetime]
