"""The tables of applications and what was written, decided and agreed to with them.

An application itself says nothing of who applied but an id.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_applications.lifecycle import OPEN, State
from mentoring_applications.tables import Base, one_of, refers
from mentoring_common.db import TenantRow
from mentoring_common.versions import Dated


class Application(TenantRow, Dated, Base):
    """One person asks to join in one role; `person_id` is null once the person is erased.

    `holds_place` says that it is counted in its cohort's `places_taken`. `told_state` is the state that the person
    knows, while a decision is kept back. Who was offered a place and did not take it is `passed_over`; one that is
    offered is kept until `place_until`.
    """

    __tablename__ = "applications"
    __table_args__ = (
        refers("programme_id", "programmes"),
        refers("cohort_id", "cohorts"),
        refers("first_cohort_id", "cohorts"),
        refers("person_id", "people"),
        sa.CheckConstraint(one_of("state", sorted(State)), name="state"),
        sa.CheckConstraint("role IN ('mentor', 'mentee')", name="role"),
        sa.Index(
            "uq_applications_one_in_a_cohort", "tenant_id", "programme_id", "cohort_id", "person_id", "role",
            unique=True, postgresql_nulls_not_distinct=True,
            postgresql_where=sa.text("state <> 'withdrawn' AND person_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_applications_one_open", "tenant_id", "programme_id", "person_id", "role",
            unique=True, postgresql_where=sa.text(f"{one_of('state', sorted(OPEN))} AND person_id IS NOT NULL"),
        ),
        sa.Index("ix_applications_cohort", "tenant_id", "programme_id", "cohort_id", "role", "state"),
        sa.Index("ix_applications_person", "tenant_id", "person_id"),
        sa.Index("ix_applications_updated", "tenant_id", "updated_at"),
    )  # fmt: skip
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID | None]
    first_cohort_id: Mapped[UUID | None]
    person_id: Mapped[UUID | None]
    role: Mapped[str]
    state: Mapped[str]
    capacity: Mapped[int]
    priority: Mapped[bool]
    holds_place: Mapped[bool] = mapped_column(default=False)
    submitted_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    told_state: Mapped[str | None]
    waits_since: Mapped[datetime | None]
    passed_over: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    place_until: Mapped[datetime | None]


class ApplicationAnswers(TenantRow, Base):
    """What somebody wrote on the form; the `id` is the application's.

    Texts are sealed under the person's key; `free_text`, and texts among the attributes, are of rows not sealed yet.
    """

    __tablename__ = "application_answers"
    __table_args__ = (
        refers("id", "applications"),
        sa.Index("ix_application_answers_unsealed", "tenant_id", postgresql_where=sa.text("sealed IS NULL")),
    )
    criteria: Mapped[list[str]] = mapped_column(JSONB)
    free_text: Mapped[str]
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sealed: Mapped[bytes | None]


class Mention(TenantRow, Base):
    """Somebody an applicant named, by id or by address: `preferred` or `conflicts`, in order.

    `known_id` is who had the address before they changed it: what was written stays as it was written.
    """

    __tablename__ = "application_mentions"
    __table_args__ = (
        refers("application_id", "applications"),
        sa.CheckConstraint("(person_id IS NULL) <> (email IS NULL)", name="one_name"),
    )
    application_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    position: Mapped[int]
    person_id: Mapped[UUID | None]
    email: Mapped[str | None]
    known_id: Mapped[UUID | None]


class Reason(TenantRow, Base):
    """Why an application was withdrawn, refused or carried over, in somebody's words."""

    __tablename__ = "application_reasons"
    __table_args__ = (refers("application_id", "applications"),)
    application_id: Mapped[UUID] = mapped_column(index=True)
    act: Mapped[str]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class EligibilityOverride(TenantRow, Base):
    """Somebody let an applicant in who does not meet a rule; the reason goes when the person is erased."""

    __tablename__ = "eligibility_overrides"
    __table_args__ = (refers("application_id", "applications"),)
    application_id: Mapped[UUID] = mapped_column(index=True)
    rule: Mapped[str]
    reason: Mapped[str | None]
    by: Mapped[str]
    at: Mapped[datetime]


class Move(TenantRow, Base):
    """An application went from one cohort to another; the reason goes when the person is erased."""

    __tablename__ = "application_moves"
    __table_args__ = (refers("application_id", "applications"),)
    application_id: Mapped[UUID] = mapped_column(index=True)
    programme_id: Mapped[UUID] = mapped_column(index=True)
    role: Mapped[str]
    from_cohort_id: Mapped[UUID | None]
    to_cohort_id: Mapped[UUID | None]
    reason: Mapped[str | None]
    by: Mapped[str]
    at: Mapped[datetime]


class Consent(TenantRow, Base):
    """A person agreed to a version of a privacy notice, themselves (`self`) or through somebody (`proxy`)."""

    __tablename__ = "consents"
    __table_args__ = (refers("person_id", "people"), refers("application_id", "applications"))
    person_id: Mapped[UUID] = mapped_column(index=True)
    application_id: Mapped[UUID] = mapped_column(index=True)
    document: Mapped[str]
    version: Mapped[str]
    given_at: Mapped[datetime]
    given_by: Mapped[str | None]  # null: given before this was recorded
    given_as: Mapped[str | None]
    proxy_reason: Mapped[str | None]
