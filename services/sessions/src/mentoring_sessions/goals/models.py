"""What a relationship works towards; texts are sealed under their last writer."""

from datetime import date, datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_sessions.tables import Base, refers


class Goal(TenantRow, Versioned, Base):
    """What the members of a relationship work towards, or one of them (`person_id`) with whoever leads it.

    `progress` is in per cent of what is measured; on `remind_on` whoever works towards it is reminded.
    """

    __tablename__ = "goals"
    __table_args__ = (
        refers("relationship_id", "relationships"),
        sa.CheckConstraint("progress BETWEEN 0 AND 100", name="progress"),
        sa.Index(None, "tenant_id", "relationship_id"),
    )
    relationship_id: Mapped[UUID]
    person_id: Mapped[UUID | None]
    set_at: Mapped[datetime] = mapped_column(server_default=sa.text("now()"))
    written_by: Mapped[UUID]
    text_sealed: Mapped[bytes | None]
    measure_by: Mapped[UUID | None]
    measure_sealed: Mapped[bytes | None]
    progress: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    due_on: Mapped[date | None]
    remind_on: Mapped[date | None]
    state: Mapped[str] = mapped_column(default="open")
    reached_at: Mapped[datetime | None]


class Action(TenantRow, Versioned, Base):
    """A step towards a goal; `owner_id` takes it, or everybody."""

    __tablename__ = "actions"
    __table_args__ = (refers("goal_id", "goals"), sa.Index(None, "tenant_id", "goal_id"))
    goal_id: Mapped[UUID]
    written_by: Mapped[UUID]
    text_sealed: Mapped[bytes | None]
    owner_id: Mapped[UUID | None]
    due_on: Mapped[date | None]
    remind_on: Mapped[date | None]
    done_at: Mapped[datetime | None]
