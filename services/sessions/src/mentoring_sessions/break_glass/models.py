"""Who asked for and who approved that the notes of a relationship are opened, and why."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from mentoring_common.db import TenantRow
from mentoring_sessions.tables import Base, refers


class GlassBreak(TenantRow, Base):
    """One of two people asked, with a reason (sealed under them), that the notes of a relationship are opened; once the
    other approved it, the two read them until `ends_at`."""

    __tablename__ = "glass_breaks"
    __table_args__ = (
        refers("relationship_id", "relationships"),
        sa.CheckConstraint("approved_by IS NULL OR approved_by <> asked_by", name="two_people"),
        sa.Index(None, "tenant_id", "relationship_id"),
    )
    relationship_id: Mapped[UUID]
    asked_by: Mapped[UUID]
    asked_at: Mapped[datetime]
    reason_sealed: Mapped[bytes | None]
    approved_by: Mapped[UUID | None]
    approved_at: Mapped[datetime | None]
    ends_at: Mapped[datetime | None]
