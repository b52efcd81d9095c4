"""What people are told and want to be told: ids, states and counts; no name, address or text of anybody is kept."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_integrations.tables import Base


class Recipient(TenantRow, Versioned, Base):
    """A person (`id`) who is written to, and how they want to be told (timing.Wishes).

    `erased_at` was of people who were erased; they have no row any more.

    The version counts changes of the wishes alone: the row is also locked by whatever is sent.
    """

    __tablename__ = "recipients"
    email_off: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    inbox_off: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), server_default="{}")
    digest: Mapped[str] = mapped_column(server_default="off")
    quiet_begins: Mapped[str | None]
    quiet_ends: Mapped[str | None]
    zone: Mapped[str | None]
    language: Mapped[str | None]
    easy_read: Mapped[bool] = mapped_column(server_default=sa.false())
    erased_at: Mapped[datetime | None]


class Notification(TenantRow, Base):
    """Something a person must learn: one row per person, topic, subject, cohort, number; text is made when sent.

    `held` waits until `held_until` for the end of quiet hours or for a digest; `bundled` goes with the digest that
    `bundle_id` names, which is a row of its own. `attempts` counts the tries, `refusals` those that the mail server
    answered with no; `not_before` is real time: the next try, or the end of the sender's lease.
    """

    __tablename__ = "notifications"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "person_id"], ["recipients.tenant_id", "recipients.id"]),
        sa.UniqueConstraint(
            "tenant_id", "person_id", "topic", "subject_id", "cohort_id", "number", postgresql_nulls_not_distinct=True
        ),
        sa.CheckConstraint(
            "state IN ('queued', 'held', 'bundled', 'sent', 'muted', 'lapsed', 'bounced', 'failed')", name="state"
        ),
        sa.Index("ix_notifications_queued", "not_before", postgresql_where=sa.text("state = 'queued'")),
        sa.Index("ix_notifications_held", "tenant_id", "person_id", postgresql_where=sa.text("state = 'held'")),
        sa.Index(
            "ix_notifications_bundled", "tenant_id", "bundle_id", postgresql_where=sa.text("bundle_id IS NOT NULL")
        ),
        sa.Index(None, "tenant_id", "programme_id", "id"),
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
    held_until: Mapped[datetime | None]  # of the clock; kept once it is over, so that a letter is held once
    bundle_id: Mapped[UUID | None]
    sent_at: Mapped[datetime | None]
    traceparent: Mapped[str | None]  # the trace of what it tells of


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
