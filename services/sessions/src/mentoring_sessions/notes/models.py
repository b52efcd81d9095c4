"""Notes; texts are sealed under their writer."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_sessions.tables import Base, refers


class Note(TenantRow, Versioned, Base):
    """What one person wrote about a mentoring session, and who may read it; with `supervisor` who supervises the
    writer too.

    One that is `shared` is written by everybody in the relationship: those who did beside its first writer are
    `written_with`. It goes when any of them is erased, for nobody can tell whose words are whose.
    """

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
    supervisor: Mapped[bool] = mapped_column(server_default=sa.false(), default=False)
    shared: Mapped[bool] = mapped_column(server_default=sa.false(), default=False)
    written_with: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid), server_default="{}", default=list)
    text_sealed: Mapped[bytes]
