"""What programmes and cohorts are called."""

from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_integrations.tables import Base


class Programme(TenantRow, Base):
    """What messages call a programme, and a mentor and a mentee in it (`words`, each a text or a text by language); its
    languages, the first being its own, and the zone of its clocks; whether people attend an orientation (`oriented`)
    before they meet."""

    __tablename__ = "programmes"
    title: Mapped[str]
    words: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    languages: Mapped[list[str]] = mapped_column(JSONB, default=list, server_default="[]")
    zone: Mapped[str | None]
    oriented: Mapped[bool] = mapped_column(default=False, server_default=sa.false())


class Cohort(TenantRow, Base):
    """What messages call a cohort; its programme may become known later."""

    __tablename__ = "cohorts"
    programme_id: Mapped[UUID]
    number: Mapped[int]
