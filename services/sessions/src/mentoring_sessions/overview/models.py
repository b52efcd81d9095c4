"""What was counted of the relationships of a large programme, a short while ago."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_sessions.tables import Base


class RelationshipCount(TenantRow, Base):
    """How many relationships of a programme, or of one cohort, there were of each sort at `counted_at`.

    `quiet_days` and `ends_within_days` are what was asked by.
    """

    __tablename__ = "relationship_counts"
    __table_args__ = (
        sa.UniqueConstraint(
            "tenant_id", "programme_id", "cohort_id", "quiet_days", "ends_within_days",
            name="uq_relationship_counts_asked", postgresql_nulls_not_distinct=True,
        ),
    )  # fmt: skip
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID | None]
    quiet_days: Mapped[int]
    ends_within_days: Mapped[int]
    counted_at: Mapped[datetime]
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
