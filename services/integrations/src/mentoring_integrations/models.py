"""The tables of the integrations service: ids, states and counts; no name, address or text of anybody is kept."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import Base as CommonBase
from mentoring_common.db import TenantRow
from mentoring_common.tables import NAMING
from mentoring_common.versions import Versioned


class Base(CommonBase):
    """Ancestor of this service's tables."""

    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMING)


class Import(TenantRow, Base):
    """One reading of a file: `rows` are its data rows, those not accepted stand in `refused_rows`."""

    __tablename__ = "imports"
    kind: Mapped[str]  # people, applications
    programme_id: Mapped[UUID | None]
    started_by: Mapped[str]
    dry_run: Mapped[bool]
    state: Mapped[str]  # running, finished
    rows: Mapped[int]
    accepted: Mapped[int] = mapped_column(default=0)
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class RefusedRow(TenantRow, Base):
    """Why a row stayed out: `detail` is a sentence of ours, never a cell of the file."""

    __tablename__ = "refused_rows"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "import_id"], ["imports.tenant_id", "imports.id"], ondelete="CASCADE"),
        sa.Index(None, "tenant_id", "import_id"),
    )
    import_id: Mapped[UUID]
    row: Mapped[int]  # line of the file, the header is line 1
    column: Mapped[str | None]
    code: Mapped[str]
    detail: Mapped[str]


class Programme(TenantRow, Base):
    """What messages call a programme."""

    __tablename__ = "programmes"
    title: Mapped[str]


class Cohort(TenantRow, Base):
    """What messages call a cohort; its programme may become known later."""

    __tablename__ = "cohorts"
    programme_id: Mapped[UUID]
    number: Mapped[int]


class Recipient(TenantRow, Versioned, Base):
    """A person (`id`) who is written to, and what they do not want by e-mail.

    `erased_at` was of people who were erased; they have no row any more.

    The version counts changes of `email_off` alone: the row is also locked by whatever is sent.
    """

    __tablename__ = "recipients"
    email_off: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    erased_at: Mapped[datetime | None]


class Notification(TenantRow, Base):
    """Something a person must learn: one row per person, topic, subject, cohort, number; text is made when sent.

    `attempts` counts the tries, `refusals` those that the mail server answered with no; `not_before` is real time: the
    next try, or the end of the sender's lease.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "person_id"], ["recipients.tenant_id", "recipients.id"]),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "topic", "subject_id", "cohort_id", "number", postgresql_nulls_not_distinct=True
        ),
        sa.CheckConstraint("state IN ('queued', 'sent', 'muted', 'lapsed', 'failed')", name="state"),
        sa.Index("ix_notifications_queued", "not_before", postgresql_where=sa.text("state = 'queued'")),
        sa.Index(None, "tenant_id", "programme_id"),
        sa.Index(None, "tenant_id", "other_id"),
    )
    person_id: Mapped[UUID]
    kind: Mapped[str]
    topic: Mapped[str]
    subject_id: Mapped[UUID]
    programme_id: Mapped[UUID | None]  # null: about the person alone
    cohort_id: Mapped[UUID | None]
    role: Mapped[str | None]
    other_id: Mapped[UUID | None]  # the other person of the pair
    until: Mapped[datetime | None]  # an offer or a wave ends then
    number: Mapped[int] = mapped_column(server_default="0")  # of a message that comes several times
    created_at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    state: Mapped[str] = mapped_column(server_default="queued")
    not_before: Mapped[datetime] = mapped_column(server_default=sa.text("clock_timestamp()"))
    attempts: Mapped[int] = mapped_column(server_default="0")
    refusals: Mapped[int] = mapped_column(server_default="0")
    last_error: Mapped[str | None]
    sent_at: Mapped[datetime | None]


class OpenedWave(TenantRow, Base):
    """A wave that opened, or whose reminder is due: whom it asks is read page by page from `cursor` on until `read`.

    `number` is 0 for the invitations and counts the reminders; a later one is a message of its own.
    """

    __tablename__ = "opened_waves"
    __table_args__ = (sa.Index("ix_opened_waves_unread", "not_before", postgresql_where=sa.text("NOT read")),)
    wave_id: Mapped[UUID]
    topic: Mapped[str]
    number: Mapped[int]
    programme_id: Mapped[UUID]
    cohort_id: Mapped[UUID]
    closes_at: Mapped[datetime]
    cursor: Mapped[str | None]
    read: Mapped[bool] = mapped_column(server_default=sa.false())
    attempts: Mapped[int] = mapped_column(server_default="0")
    not_before: Mapped[datetime] = mapped_column(server_default=sa.text("clock_timestamp()"))
