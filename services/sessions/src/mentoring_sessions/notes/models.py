"""Notes; texts are sealed under their writer."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_sessions.tables import Base, refers


class Note(TenantRow, Versioned, Base):
    """What one person wrote about a mentoring session, and who may read it."""

    __tablename__ = "notes"
    __table_args__ = (
        refers("mentoring_session_id", "mentoring_sessions"),
        sa.CheckConstraint("visibility IN ('mine', 'lead', 'pair', 'programme_team')", name="visibility"),
        sa.Index(None, "tenant_id", "mentoring_session_id"),
        sa.Index(None, "tenant_id", "written_by"),
    )
    mentoring_session_id: Mapped[UUID]
    written_by: Mapped[UUID]
    written_at: Mapped[datetime]
    visibility: Mapped[str]
    text_sealed: Mapped[bytes]
