"""The table of what became of pairs; who they are is in `pairings`."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_applications.tables import Base
from mentoring_common.db import TenantRow
from mentoring_common.versions import Dated


class PairCourse(TenantRow, Dated, Base):
    """A confirmed pair, the `id` being the match's: how long it met, when it ended, and whether it ran its course.

    Heard of by several services' events, in any order.
    """

    __tablename__ = "pair_courses"
    __table_args__ = (sa.Index("ix_pair_courses_updated", "tenant_id", "updated_at"),)
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID]
    confirmed_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    completed: Mapped[bool] = mapped_column(server_default=sa.false())
    minutes: Mapped[int] = mapped_column(server_default=sa.text("0"))
