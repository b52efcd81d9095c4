"""The tables of networks: who belongs to one, and what was shared. No personal data stands here."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_evaluation.tables import Base


class NetworkLink(TenantRow, Base):
    """A membership of a network, from the applications service: in the office's tenant, and in the member's."""

    __tablename__ = "network_links"
    network_id: Mapped[UUID] = mapped_column(index=True)
    office_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    joined: Mapped[bool]


class NetworkEdition(TenantRow, Base):
    """The totals that an office issued, in its tenant: each as `totals.Total`."""

    __tablename__ = "network_editions"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "network_id", "number"),)
    network_id: Mapped[UUID]
    number: Mapped[int]
    issued_at: Mapped[datetime]
    totals: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)


class SharedReport(TenantRow, Base):
    """The figures of a report that a member shared: what it handed over, and, under the same id, the office's copy.

    Of a programme the last that was shared stands.
    """

    __tablename__ = "shared_reports"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "network_id", "programme_id"),)
    network_id: Mapped[UUID]
    office_id: Mapped[UUID]
    organisation_id: Mapped[UUID]
    programme_id: Mapped[UUID]
    report_id: Mapped[UUID]
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    shared_at: Mapped[datetime]
