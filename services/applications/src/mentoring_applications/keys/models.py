"""The table of API keys: digests of secrets, never a secret."""

from datetime import datetime
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_applications.tables import Base, refers
from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned


class Key(TenantRow, Versioned, Base):
    """A key; after a rotation the secret before it counts as well until `previous_until`.

    One that was made with another key (`parent_id`) counts no longer than that.
    """

    __tablename__ = "api_keys"
    __table_args__ = (
        refers("employer_id", "employers"),
        refers("parent_id", "api_keys"),
        sa.Index(None, "tenant_id", "parent_id"),
    )
    name: Mapped[str]
    parent_id: Mapped[UUID | None]
    employer_id: Mapped[UUID | None]
    scopes: Mapped[list[str]] = mapped_column(sa.ARRAY(sa.Text))
    digest: Mapped[bytes]
    previous_digest: Mapped[bytes | None]
    previous_until: Mapped[datetime | None]
    made_by: Mapped[str]
    made_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
