"""The tables of networks, their members, their blueprints and what was made from these: no personal data."""

from datetime import datetime
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_applications.lifecycle import Belongs
from mentoring_applications.tables import Base, one_of, refers
from mentoring_common.db import TenantRow

OWN: Final = sa.text("NULLIF(current_setting('app.tenant', true), '')::uuid")  # what a version before this one means


class Network(TenantRow, Base):
    """A network: in the tenant of its office and, with the same id, in the operator's register."""

    __tablename__ = "networks"
    office_id: Mapped[UUID] = mapped_column(server_default=OWN)
    name: Mapped[str]
    created_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]


class NetworkMembership(TenantRow, Base):
    """An organisation's way in a network: one row in the office's tenant and one, with the same id, in its own.

    Each names itself to the other: `office_name` when it asks, `organisation_name` when it joins.
    """

    __tablename__ = "network_memberships"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "network_id", "organisation_id"),
        sa.CheckConstraint(one_of("state", sorted(Belongs)), name="state"),
    )
    network_id: Mapped[UUID]
    network_name: Mapped[str]
    office_id: Mapped[UUID]
    office_name: Mapped[str | None]
    organisation_id: Mapped[UUID]
    organisation_name: Mapped[str | None]
    state: Mapped[str]
    invited_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]
    left_at: Mapped[datetime | None]
    ended_by_office: Mapped[bool | None]


class NetworkBlueprint(TenantRow, Base):
    """A version of a blueprint: what the office published, and in a member's tenant what was handed over."""

    __tablename__ = "network_blueprints"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "network_id", "name", "number"),)
    network_id: Mapped[UUID]
    name: Mapped[str]
    number: Mapped[int]
    title: Mapped[str]
    note: Mapped[str | None]
    blueprint: Mapped[dict[str, Any]] = mapped_column(JSONB)
    published_at: Mapped[datetime]


class Adoption(TenantRow, Base):
    """What a programme was made from; the `id` is the programme's. The number is that of the version last taken."""

    __tablename__ = "adoptions"
    __table_args__ = (
        refers("id", "programmes"),
        refers("blueprint_id", "network_blueprints"),
        sa.Index(None, "tenant_id", "blueprint_id"),
    )
    blueprint_id: Mapped[UUID]
    adopted_at: Mapped[datetime]
