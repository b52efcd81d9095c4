"""Concerns and the notes on them; texts are sealed under their writers."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_sessions.lifecycle import ConcernState
from mentoring_sessions.tables import Base, refers


class Concern(TenantRow, Versioned, Base):
    """What somebody of a pair tells the programme team in confidence, or that they need help (`source`).

    One about `safeguarding` has readers of its own. `owner_id` sees to it; nobody having taken it at `due_at`, others
    are told, `escalations` times so far.
    """

    __tablename__ = "concerns"
    __table_args__ = (
        refers("relationship_id", "relationships"),
        sa.CheckConstraint(sa.column("state").in_([one.value for one in ConcernState]), name="state"),
        sa.Index(None, "tenant_id", "relationship_id"),
        sa.Index(None, "tenant_id", "programme_id", "id"),
        sa.Index(None, "tenant_id", "raised_by"),
        sa.Index(None, "tenant_id", "owner_id"),
    )
    relationship_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    raised_by: Mapped[UUID]
    raised_at: Mapped[datetime]
    source: Mapped[str] = mapped_column(server_default="raised")  # raised, check_in
    severity: Mapped[str] = mapped_column(server_default="normal")
    safeguarding: Mapped[bool] = mapped_column(server_default=sa.false())
    text_sealed: Mapped[bytes | None]
    state: Mapped[str] = mapped_column(default=ConcernState.RAISED)
    due_at: Mapped[datetime | None]  # null: raised before there were any
    owner_id: Mapped[UUID | None]
    taken_at: Mapped[datetime | None]
    escalations: Mapped[int] = mapped_column(server_default="0")
    resolved_at: Mapped[datetime | None]


class CaseNote(TenantRow, Base):
    """What whoever sees to a concern did and thought."""

    __tablename__ = "case_notes"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "concern_id"], ["concerns.tenant_id", "concerns.id"], ondelete="CASCADE"),
        sa.Index(None, "tenant_id", "concern_id"),
        sa.Index(None, "tenant_id", "written_by"),
    )
    concern_id: Mapped[UUID]
    written_by: Mapped[UUID]
    written_at: Mapped[datetime]
    text_sealed: Mapped[bytes]
