"""The tables of nominations, and of relationships that ran their course: what a nominator may learn of."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_applications.lifecycle import STANDING, Nominated
from mentoring_applications.tables import Base, one_of, refers
from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned


class ClosedRelationship(TenantRow, Base):
    """A relationship ran its course; the `id` is the match's. Heard of before or after the pairing.

    Of those heard of long ago the round is not known.
    """

    __tablename__ = "closed_relationships"
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID | None]


class Nomination(TenantRow, Versioned, Base):
    """Somebody is asked to stand behind an application, or has nominated a person who has not applied yet.

    Who nominates is a person, an employer's HR system, or somebody known by name and address alone, who answers by a
    link: its digest finds the row, the token that the letter carries is sealed. What the nominator says, and why they
    say no, is sealed under the nominee's key. The row goes with the nominee.
    """

    __tablename__ = "nominations"
    __table_args__ = (
        refers("programme_id", "programmes"),
        refers("cohort_id", "cohorts"),
        refers("person_id", "people"),
        refers("application_id", "applications"),
        sa.UniqueConstraint("tenant_id", "token_digest"),
        sa.CheckConstraint(one_of("state", sorted(Nominated)), name="state"),
        sa.CheckConstraint("role IN ('mentor', 'mentee')", name="role"),
        sa.CheckConstraint("opened_by IN ('nominee', 'nominator')", name="opened_by"),
        sa.Index(
            "uq_nominations_waiting", "tenant_id", "programme_id", "person_id", "role", "cohort_id", unique=True,
            postgresql_nulls_not_distinct=True,
            postgresql_where=sa.text(f"{one_of('state', sorted(STANDING))} AND application_id IS NULL"),
        ),
        sa.Index(
            "uq_nominations_standing", "tenant_id", "application_id", unique=True,
            postgresql_where=sa.text(one_of("state", sorted(STANDING))),
        ),
        sa.Index("ix_nominations_nominator", "tenant_id", "nominator_id"),
    )  # fmt: skip
    programme_id: Mapped[UUID] = mapped_column(index=True)
    cohort_id: Mapped[UUID | None]
    role: Mapped[str]
    person_id: Mapped[UUID] = mapped_column(index=True)
    nominee_name: Mapped[str]  # as whoever opened it wrote it
    application_id: Mapped[UUID | None]
    nominator_id: Mapped[UUID | None]
    nominator_name: Mapped[str | None]
    nominator_email: Mapped[str | None]
    employer_id: Mapped[UUID | None]  # of the HR system that nominated, or is asked
    opened_by: Mapped[str]
    state: Mapped[str]
    token_digest: Mapped[bytes]
    sealed_token: Mapped[bytes]
    sealed_statement: Mapped[bytes | None]
    sealed_reason: Mapped[bytes | None]
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
