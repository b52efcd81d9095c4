"""Who was at a meeting of a group."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped

from mentoring_common.db import TenantRow
from mentoring_sessions.tables import Base, refers


class Presence(TenantRow, Base):
    """A member of a group was at one of its meetings; a pair always meets as two."""

    __tablename__ = "presences"
    __table_args__ = (
        refers("mentoring_session_id", "mentoring_sessions"),
        sa.UniqueConstraint("tenant_id", "mentoring_session_id", "person_id"),
        sa.Index(None, "tenant_id", "person_id"),
    )
    mentoring_session_id: Mapped[UUID]
    person_id: Mapped[UUID]
