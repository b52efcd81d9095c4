"""The tables of what happened."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_integrations.tables import Base


class Change(TenantRow, Base):
    """One event (`id`) at its place in the organisation's order, as those outside are shown it (`cloud_event.py`)."""

    __tablename__ = "changes"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "position"),
        sa.Index("ix_changes_kept_at", "kept_at", postgresql_using="brin"),
    )
    position: Mapped[int] = mapped_column(sa.BigInteger)
    type: Mapped[str]
    programme_id: Mapped[UUID | None]
    occurred_at: Mapped[datetime]
    kept_at: Mapped[datetime] = mapped_column(server_default=sa.text("clock_timestamp()"))
    event: Mapped[str]
    # Whom it names, and of which pair or group it is where it names nobody; null: for the administration alone.
    people: Mapped[list[UUID] | None] = mapped_column(ARRAY(sa.Uuid))
    pair_id: Mapped[UUID | None]
    traceparent: Mapped[str | None]  # the trace of what announced it


class ChangeHead(TenantRow, Base):
    """How far the order of an organisation (`id`) has come.

    Who keeps changes holds this row until the commit: places become visible in their order, and none is left out.
    """

    __tablename__ = "change_heads"
    position: Mapped[int] = mapped_column(sa.BigInteger)


class Employee(TenantRow, Base):
    """A person (`id`) whom a change names, and who employs them as far as it is `known`.

    Where it is not, changes from behind the place `since` wait; `asked` counts how often it was asked for.
    """

    __tablename__ = "employees"
    __table_args__ = (
        sa.Index("ix_employees_unknown", "not_before", postgresql_where=sa.text("NOT known")),
        sa.Index("ix_employees_erased_at", "erased_at", postgresql_where=sa.text("erased_at IS NOT NULL")),
    )
    employer_id: Mapped[UUID | None]
    known: Mapped[bool] = mapped_column(default=False, server_default=sa.text("false"))
    asked: Mapped[int] = mapped_column(default=0, server_default="0")
    since: Mapped[int | None] = mapped_column(sa.BigInteger)
    not_before: Mapped[datetime] = mapped_column(server_default=sa.text("clock_timestamp()"))
    erased_at: Mapped[datetime | None]


class Pair(TenantRow, Base):
    """A pair or group (`id`) and who was in it; nobody yet where what it did is told before who it is."""

    __tablename__ = "pairs"
    people: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid))
    since: Mapped[int | None] = mapped_column(sa.BigInteger)
    noticed_at: Mapped[datetime] = mapped_column(server_default=sa.text("clock_timestamp()"))
