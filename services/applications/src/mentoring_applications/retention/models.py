"""The table of what is left of a cohort's answers."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_applications.tables import Base, refers
from mentoring_common.db import TenantRow


class CohortTotals(TenantRow, Base):
    """What is known of a cohort's answers as totals, kept before the answers go; the `id` is the cohort's."""

    __tablename__ = "cohort_totals"
    __table_args__ = (refers("id", "cohorts"),)
    equality: Mapped[dict[str, Any]] = mapped_column(JSONB)
    counts: Mapped[dict[str, Any]] = mapped_column(JSONB)
    kept_at: Mapped[datetime]
