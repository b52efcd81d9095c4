"""Reviews, what each said in them, and last words; texts are sealed under their writers."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_sessions.tables import Base, refers


class Review(TenantRow, Versioned, Base):
    """One review of a relationship: of each kind there is one.

    `asked` people were asked and `answered` did; `differs` is null until all have. What who said is in none of these.
    The plan of a pair that starts afresh is sealed under who wrote it for the programme team.
    """

    __tablename__ = "reviews"
    __table_args__ = (
        refers("relationship_id", "relationships"),
        sa.UniqueConstraint("tenant_id", "relationship_id", "kind"),
        sa.CheckConstraint("kind IN ('fit_check', 'mid_term', 'end')", name="kind"),
        sa.CheckConstraint("outcome IN ('continue', 're_energise', 'rematch', 'close')", name="outcome"),
        sa.Index(None, "tenant_id", "plan_by"),
    )
    relationship_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    kind: Mapped[str]
    opened_at: Mapped[datetime]
    answer_until: Mapped[datetime]
    asked: Mapped[int]
    answered: Mapped[int] = mapped_column(server_default=sa.text("0"))
    differs: Mapped[bool | None]
    rematch_wished: Mapped[bool] = mapped_column(server_default=sa.false())
    team_told: Mapped[bool] = mapped_column(server_default=sa.false())
    outcome: Mapped[str | None]
    decided_by: Mapped[UUID | None]
    decided_at: Mapped[datetime | None]
    plan_by: Mapped[UUID | None]
    plan_sealed: Mapped[bytes | None]


class ReviewAnswer(TenantRow, Base):
    """What one person said in a review; `for_team` is what they wrote to the programme team."""

    __tablename__ = "review_answers"
    __table_args__ = (
        refers("review_id", "reviews"),
        sa.UniqueConstraint("tenant_id", "review_id", "person_id"),
        sa.CheckConstraint("going_well BETWEEN 1 AND 5", name="going_well"),
        sa.Index(None, "tenant_id", "person_id"),
    )
    review_id: Mapped[UUID]
    person_id: Mapped[UUID]
    answered_at: Mapped[datetime]
    going_well: Mapped[int]
    wish: Mapped[str]
    for_team_sealed: Mapped[bytes | None]


class Farewell(TenantRow, Versioned, Base):
    """What somebody leaves when a relationship ends: last words and thanks for the other, whether they would go on
    informally, and whether they would be a mentor next time."""

    __tablename__ = "farewells"
    __table_args__ = (
        refers("relationship_id", "relationships"),
        sa.UniqueConstraint("tenant_id", "relationship_id", "person_id"),
        sa.Index(None, "tenant_id", "person_id"),
        sa.Index(None, "tenant_id", "programme_id", "mentor_next_time", "id"),
    )
    relationship_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID]
    person_id: Mapped[UUID]
    said_at: Mapped[datetime]
    words_sealed: Mapped[bytes | None]
    times_told: Mapped[int] = mapped_column(server_default=sa.text("0"))
    goes_on: Mapped[bool] = mapped_column(server_default=sa.false())
    mentor_next_time: Mapped[bool] = mapped_column(server_default=sa.false())
