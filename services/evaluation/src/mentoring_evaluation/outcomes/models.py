"""The tables of measured indicators and HR outcomes: no participant is in them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_evaluation.tables import Base


class Withdrawable:
    """What was recorded and may be taken back: when, by somebody of which role (who is in the audit log), and why."""

    withdrawn_at: Mapped[datetime | None]
    withdrawn_as: Mapped[str | None]
    withdrawal_reason: Mapped[str | None]

    @property
    def withdrawn(self) -> dict[str, Any] | None:
        """The withdrawal as views show it; None for what counts."""
        if self.withdrawn_at is None:
            return None
        return {"withdrawn_at": self.withdrawn_at, "role": self.withdrawn_as, "reason": self.withdrawal_reason}


class IndicatorValue(Withdrawable, TenantRow, Base):
    """A measured value of an indicator, never changed: a correction is a later row, a wrong one is withdrawn.

    `from_records`: counted in records (an HR system, a register), so that nobody was asked.
    """

    __tablename__ = "indicator_values"
    __table_args__ = (
        sa.Index("ix_indicator_values_of", "tenant_id", "programme_id", "indicator"),
        sa.CheckConstraint("base > 0", name="has_a_base"),
        sa.CheckConstraint("num_nonnulls(numerator, value) = 1", name="numerator_or_value"),
        sa.CheckConstraint("numerator BETWEEN 0 AND base", name="numerator_fits"),
        sa.CheckConstraint("answered <= asked", name="answered_of_asked"),
        sa.CheckConstraint("NOT from_records OR num_nonnulls(asked, answered) = 0", name="records_ask_nobody"),
    )
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID | None]
    indicator: Mapped[str]
    base: Mapped[int]
    numerator: Mapped[int | None]
    value: Mapped[Decimal | None] = mapped_column(sa.Numeric(18, 4))
    asked: Mapped[int | None]
    answered: Mapped[int | None]
    from_records: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    source: Mapped[str]
    measured_on: Mapped[date]
    recorded_at: Mapped[datetime]


class HrOutcome(Withdrawable, TenantRow, Base):
    """An outcome from HR data as totals: participants, and a comparison group where there is one; never changed.

    `employer_id`: whose people they are, where the employer's HR system recorded it.
    """

    __tablename__ = "hr_outcomes"
    __table_args__ = (
        sa.CheckConstraint("with_outcome BETWEEN 0 AND people", name="participants_fit"),
        sa.CheckConstraint("other_with_outcome BETWEEN 0 AND other_people", name="comparison_fits"),
    )
    programme_id: Mapped[UUID] = mapped_column(index=True)
    employer_id: Mapped[UUID | None]
    outcome: Mapped[str]
    role: Mapped[str]
    definition: Mapped[str]
    months: Mapped[int]
    people: Mapped[int]
    with_outcome: Mapped[int]
    selection: Mapped[str | None]
    other_people: Mapped[int | None]
    other_with_outcome: Mapped[int | None]
    source: Mapped[str]
    measured_on: Mapped[date]
    recorded_at: Mapped[datetime]
