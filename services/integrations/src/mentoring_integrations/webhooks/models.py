"""The tables of webhooks."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_integrations.lifecycle import DeliveryState, WebhookState
from mentoring_integrations.tables import Base

_NOW = sa.text("clock_timestamp()")


class Webhook(TenantRow, Versioned, Base):
    """An address that is sent events: of these types (none: of all), of one programme or of the whole organisation.

    Its secrets are sealed. `not_before` is real time: the end of a sender's lease, or of a rest after failures. The
    version counts changes of what people set, and of the state.
    """

    __tablename__ = "webhooks"
    __table_args__ = (
        sa.CheckConstraint("state IN ('unverified', 'active', 'paused', 'disabled')", name="state"),
        sa.Index("ix_webhooks_active", "not_before", postgresql_where=sa.text("state = 'active'")),
    )
    url: Mapped[str]
    description: Mapped[str]
    types: Mapped[list[str]] = mapped_column(ARRAY(sa.Text))
    programme_id: Mapped[UUID | None]
    contact_id: Mapped[UUID | None]  # who is told when it is disabled
    employer_id: Mapped[UUID | None]  # whose people alone it tells of
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    state: Mapped[WebhookState] = mapped_column(sa.Text, default="unverified")
    disabled_because: Mapped[str | None]  # failing, gone
    secret: Mapped[bytes]
    previous_secret: Mapped[bytes | None]
    previous_until: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0, server_default="0")
    failing_since: Mapped[datetime | None]
    last_success_at: Mapped[datetime | None]
    not_before: Mapped[datetime] = mapped_column(server_default=_NOW)


class Delivery(TenantRow, Base):
    """One event for one webhook: queued with the event, once, and what became of it."""

    __tablename__ = "webhook_deliveries"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "webhook_id"], ["webhooks.tenant_id", "webhooks.id"], ondelete="CASCADE"),
        sa.UniqueConstraint("tenant_id", "webhook_id", "position"),
        sa.CheckConstraint("state IN ('queued', 'delivered', 'failed')", name="state"),
        sa.Index(
            "ix_webhook_deliveries_queued",
            "tenant_id",
            "webhook_id",
            "not_before",
            postgresql_where=sa.text("state = 'queued'"),
        ),
        sa.Index("ix_webhook_deliveries_queued_at", "queued_at", postgresql_using="brin"),
    )
    webhook_id: Mapped[UUID]
    position: Mapped[int] = mapped_column(sa.BigInteger)  # of the change
    event_id: Mapped[UUID]
    type: Mapped[str]
    state: Mapped[DeliveryState] = mapped_column(sa.Text, server_default="queued")
    attempts: Mapped[int] = mapped_column(server_default="0")
    not_before: Mapped[datetime] = mapped_column(server_default=_NOW)
    queued_at: Mapped[datetime] = mapped_column(server_default=_NOW)
    attempted_at: Mapped[datetime | None]
    delivered_at: Mapped[datetime | None]
    status: Mapped[int | None]  # what the last attempt was answered with
    error: Mapped[str | None]  # or a word for why there was no answer
    duration_ms: Mapped[int | None]
