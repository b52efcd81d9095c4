"""The judgements of people that the pack needs."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_evaluation.tables import Base


class Assessment(TenantRow, Base):
    """A person's judgement of a criterion of the evidence pack; the latest counts, earlier ones stay."""

    __tablename__ = "assessments"
    __table_args__ = (sa.CheckConstraint("score BETWEEN 0 AND 100", name="score_is_percent"),)
    programme_id: Mapped[UUID] = mapped_column(index=True)
    criterion: Mapped[str]
    score: Mapped[int]
    comment: Mapped[str]
    links: Mapped[list[str]] = mapped_column(JSONB)
    assessor_id: Mapped[UUID]
    assessed_at: Mapped[datetime]
