"""What the members of a relationship agreed on."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Revised
from mentoring_sessions.tables import Base, refers


class Agreement(TenantRow, Revised, Base):
    """What the members of a relationship agreed on; `id` is that of the relationship. They sign one version of it.

    `answers_sealed` are those to the programme's questions, as JSON.

    The two columns of signatures are what was written before there were members, for a release that reads them.
    """

    __tablename__ = "agreements"
    __table_args__ = (refers("id", "relationships"),)
    version: Mapped[int]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    terms_sealed: Mapped[bytes | None]
    answers_sealed: Mapped[bytes | None]
    mentor_signed_at: Mapped[datetime | None]
    mentee_signed_at: Mapped[datetime | None]


class AgreedVersion(TenantRow, Base):
    """A version of an agreement that everybody signed: it stands until another one does, or somebody takes their
    signature back. Its `answers` are those to the programme's questions, by their ids.

    `runs_out_at` is when it stands no more, if the relationship has no break after its first `paused_days`; null: it
    stands to the end. `reminded_at` is when those who signed it were told.
    """

    __tablename__ = "agreed_versions"
    __table_args__ = (
        refers("relationship_id", "relationships"),
        sa.UniqueConstraint("tenant_id", "relationship_id", "version"),
    )
    relationship_id: Mapped[UUID]
    version: Mapped[int]
    proposed_by: Mapped[UUID]
    terms_sealed: Mapped[bytes | None]
    answers_sealed: Mapped[bytes | None]
    agreed_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    runs_out_at: Mapped[datetime | None]
    paused_days: Mapped[int] = mapped_column(default=0, server_default=sa.text("0"))
    reminded_at: Mapped[datetime | None]
