"""The tables of the applications service.

Personal data stands in `people`, `invitations`, `email_changes`, `application_answers` (texts sealed),
`application_mentions`, `application_reasons`, `consents` and, sealed, in `equality_answers`, and nowhere else: an
application itself says nothing of who applied but an id.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_applications.lifecycle import OPEN, State
from mentoring_common.db import Base as CommonBase
from mentoring_common.db import TenantRow
from mentoring_common.tables import NAMING
from mentoring_common.versions import Versioned


class Base(CommonBase):
    """Ancestor of this service's tables."""

    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMING)


def _refers(column: str, table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(["tenant_id", column], [f"{table}.tenant_id", f"{table}.id"])


def _one_of(column: str, values: list[str]) -> str:
    return f"{column} IN ({', '.join(repr(str(value)) for value in values)})"


class Organisation(TenantRow, Base):
    """The tenant itself: its `id` is its `tenant_id`."""

    __tablename__ = "organisations"
    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)


class Employer(TenantRow, Base):
    """Whom people work for; `name_key` is the name as it is compared."""

    __tablename__ = "employers"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "name_key"),)
    name: Mapped[str]
    name_key: Mapped[str]


class Person(TenantRow, Versioned, Base):
    """A person known to an organisation.

    The line manager is a person, or the address of somebody who may become one. `sources` says of employer,
    line_manager, languages and attributes by name who said so: `hr` or `self`; what it does not name counts as `self`.
    """

    __tablename__ = "people"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "email"),
        _refers("employer_id", "employers"),
        _refers("line_manager_id", "people"),
    )
    name: Mapped[str]
    email: Mapped[str]
    employer_id: Mapped[UUID | None]
    line_manager_id: Mapped[UUID | None]
    line_manager_email: Mapped[str | None]
    languages: Mapped[list[str]] = mapped_column(JSONB)
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sources: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")


class Invitation(TenantRow, Base):
    """A programme's team made itself known to somebody: the name and address as the team wrote them.

    The person may have been known before. Until they apply there themselves, this is all that the team sees.
    """

    __tablename__ = "invitations"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "programme_id", "person_id"),
        _refers("programme_id", "programmes"),
        _refers("person_id", "people"),
    )
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(index=True)
    name: Mapped[str]
    email: Mapped[str]
    by: Mapped[str]
    invited_at: Mapped[datetime]


class EmailChange(TenantRow, Base):
    """A person wants another address, and has not confirmed it there yet; times are real.

    The token goes to the new address: its digest finds the row, the sealed one is what the letter carries.
    """

    __tablename__ = "email_changes"
    __table_args__ = (_refers("person_id", "people"), sa.UniqueConstraint("tenant_id", "token_digest"))
    person_id: Mapped[UUID] = mapped_column(index=True)
    old_email: Mapped[str]
    new_email: Mapped[str]
    token_digest: Mapped[bytes]
    sealed_token: Mapped[bytes]
    asked_at: Mapped[datetime]
    expires_at: Mapped[datetime]


class Programme(TenantRow, Base):
    """What an organisation runs; `blueprint` is its whole configuration and never changes."""

    __tablename__ = "programmes"
    title: Mapped[str]
    direction: Mapped[str]
    blueprint_name: Mapped[str]
    blueprint: Mapped[dict[str, Any]] = mapped_column(JSONB)
    created_at: Mapped[datetime]


class ProgrammeRole(TenantRow, Base):
    """A person may act for a programme."""

    __tablename__ = "programme_roles"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "programme_id", "person_id", "role"),
        _refers("programme_id", "programmes"),
        _refers("person_id", "people"),
    )
    programme_id: Mapped[UUID]
    person_id: Mapped[UUID] = mapped_column(index=True)
    role: Mapped[str]


class Cohort(TenantRow, Versioned, Base):
    """One round; `places_taken` counts its accepted and matched mentees."""

    __tablename__ = "cohorts"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "programme_id", "number"),
        sa.CheckConstraint("places_taken BETWEEN 0 AND places", name="places"),
        _refers("programme_id", "programmes"),
    )
    programme_id: Mapped[UUID]
    number: Mapped[int]
    places: Mapped[int]
    places_first_planned: Mapped[int]
    places_taken: Mapped[int] = mapped_column(default=0)
    milestones: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    closed_at: Mapped[datetime | None]


class Application(TenantRow, Versioned, Base):
    """One person asks to join in one role; `person_id` is null once the person is erased.

    `holds_place` says that it is counted in its cohort's `places_taken`.
    """

    __tablename__ = "applications"
    __table_args__ = (
        _refers("programme_id", "programmes"),
        _refers("cohort_id", "cohorts"),
        _refers("first_cohort_id", "cohorts"),
        _refers("person_id", "people"),
        sa.CheckConstraint(_one_of("state", sorted(State)), name="state"),
        sa.CheckConstraint("role IN ('mentor', 'mentee')", name="role"),
        sa.Index(
            "uq_applications_one_in_a_cohort", "tenant_id", "programme_id", "cohort_id", "person_id", "role",
            unique=True, postgresql_nulls_not_distinct=True,
            postgresql_where=sa.text("state <> 'withdrawn' AND person_id IS NOT NULL"),
        ),
        sa.Index(
            "uq_applications_one_open", "tenant_id", "programme_id", "person_id", "role",
            unique=True, postgresql_where=sa.text(f"{_one_of('state', sorted(OPEN))} AND person_id IS NOT NULL"),
        ),
        sa.Index("ix_applications_cohort", "tenant_id", "programme_id", "cohort_id", "role", "state"),
        sa.Index("ix_applications_person", "tenant_id", "person_id"),
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


class ApplicationAnswers(TenantRow, Base):
    """What somebody wrote on the form; the `id` is the application's.

    Texts are sealed under the person's key; `free_text`, and texts among the attributes, are of rows not sealed yet.
    """

    __tablename__ = "application_answers"
    __table_args__ = (
        _refers("id", "applications"),
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
        _refers("application_id", "applications"),
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
    __table_args__ = (_refers("application_id", "applications"),)
    application_id: Mapped[UUID] = mapped_column(index=True)
    act: Mapped[str]
    reason: Mapped[str]
    by: Mapped[str]
    at: Mapped[datetime]


class EligibilityOverride(TenantRow, Base):
    """Somebody let an applicant in who does not meet a rule; the reason goes when the person is erased."""

    __tablename__ = "eligibility_overrides"
    __table_args__ = (_refers("application_id", "applications"),)
    application_id: Mapped[UUID] = mapped_column(index=True)
    rule: Mapped[str]
    reason: Mapped[str | None]
    by: Mapped[str]
    at: Mapped[datetime]


class Move(TenantRow, Base):
    """An application went from one cohort to another; the reason goes when the person is erased."""

    __tablename__ = "application_moves"
    __table_args__ = (_refers("application_id", "applications"),)
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
    __table_args__ = (_refers("person_id", "people"), _refers("application_id", "applications"))
    person_id: Mapped[UUID] = mapped_column(index=True)
    application_id: Mapped[UUID] = mapped_column(index=True)
    document: Mapped[str]
    version: Mapped[str]
    given_at: Mapped[datetime]
    given_by: Mapped[str | None]  # null: given before this was recorded
    given_as: Mapped[str | None]
    proxy_reason: Mapped[str | None]


class EqualityAnswers(TenantRow, Base):
    """Equality monitoring, sealed under the person's key, read only as totals; the `id` is the application's."""

    __tablename__ = "equality_answers"
    __table_args__ = (_refers("id", "applications"), _refers("person_id", "people"))
    person_id: Mapped[UUID]
    sealed: Mapped[bytes]


class Pairing(TenantRow, Base):
    """Two people who were offered to each other, and may therefore see each other; the `id` is the match's.

    While it is `confirmed`, each sees the other's address: not before both accepted, nor after the match ended early.
    """

    __tablename__ = "pairings"
    mentor_id: Mapped[UUID] = mapped_column(index=True)
    mentee_id: Mapped[UUID] = mapped_column(index=True)
    confirmed: Mapped[bool]
