"""The frozen tables that the public view shows."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_evaluation.tables import Base


class PublicSnapshot(TenantRow, Base):
    """The table of backgrounds that the public view shows from here on: counts as they are shown, and behind them.

    `number` counts a programme's snapshots; `counts` and `shown` are people by role and background, None where hidden.
    """

    __tablename__ = "public_snapshots"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "programme_id", "number"),)
    programme_id: Mapped[UUID]
    number: Mapped[int]
    taken_at: Mapped[datetime]
    counts: Mapped[dict[str, dict[str, int]]] = mapped_column(JSONB)
    shown: Mapped[dict[str, dict[str, int | None]]] = mapped_column(JSONB)
