"""What a mentee consented to when another mentor carried on."""

from datetime import datetime

from sqlalchemy.orm import Mapped

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_sessions.tables import Base, refers


class Handover(TenantRow, Versioned, Base):
    """What came along into a relationship (`id`) from the one that it continues, since when."""

    __tablename__ = "handovers"
    __table_args__ = (refers("id", "relationships"),)
    decided_at: Mapped[datetime]
    goals: Mapped[bool]
    agreement: Mapped[bool]
    history: Mapped[bool]
