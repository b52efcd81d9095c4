"""The tables of who there is: organisations, employers, people, and who knows whom."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_applications.tables import Base, refers
from mentoring_common.db import TenantRow
from mentoring_common.versions import Dated


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


class Person(TenantRow, Dated, Base):
    """A person known to an organisation.

    The line manager is a person, or the address of somebody who may become one. `sources` says of employer,
    line_manager, languages and attributes by name who said so: `hr` or `self`; what it does not name counts as `self`.
    `external_id` is what the employer's own systems call them (an employee number). Who leaves has a `last_day`, and
    left once all that ended with it has (`left_at`). `user_name` is what an identity provider calls the account, where
    that is not the address; whom it deleted is `deprovisioned`, and not shown to it.
    """

    __tablename__ = "people"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "email"),
        refers("employer_id", "employers"),
        refers("line_manager_id", "people"),
        sa.Index(
            "uq_people_external_id", "tenant_id", "employer_id", "external_id", unique=True,
            postgresql_nulls_not_distinct=True, postgresql_where=sa.text("external_id IS NOT NULL"),
        ),
        sa.Index("ix_people_updated", "tenant_id", "updated_at"),
    )  # fmt: skip
    name: Mapped[str]
    email: Mapped[str]
    external_id: Mapped[str | None]
    employer_id: Mapped[UUID | None]
    line_manager_id: Mapped[UUID | None]
    line_manager_email: Mapped[str | None]
    languages: Mapped[list[str]] = mapped_column(JSONB)
    attributes: Mapped[dict[str, Any]] = mapped_column(JSONB)
    sources: Mapped[dict[str, str]] = mapped_column(JSONB, server_default="{}")
    last_day: Mapped[date | None]
    leaving_reason: Mapped[str | None]
    left_at: Mapped[datetime | None]
    user_name: Mapped[str | None]
    deprovisioned: Mapped[bool] = mapped_column(server_default=sa.false())


class Pairing(TenantRow, Base):
    """Two people who were offered to each other, and may therefore see each other; the `id` is the match's.

    While it is `confirmed`, each sees the other's address: not before both accepted, nor after the match ended early.
    """

    __tablename__ = "pairings"
    mentor_id: Mapped[UUID] = mapped_column(index=True)
    mentee_id: Mapped[UUID] = mapped_column(index=True)
    confirmed: Mapped[bool]


class Companion(TenantRow, Base):
    """Somebody in a group (circle, buddies, coaching, …), whom the others in it may therefore see.

    Who was offered a place sees and is seen by name until `until`; who `joined` by address too, while the group stands.
    """

    __tablename__ = "companions"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "group_id", "person_id"),
        sa.Index(None, "tenant_id", "person_id"),
    )
    group_id: Mapped[UUID]
    person_id: Mapped[UUID]
    joined: Mapped[bool]
    until: Mapped[datetime | None]
