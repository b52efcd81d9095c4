"""What a programme gives its people to read, its versions and files, and who read it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Versioned
from mentoring_sessions.tables import Base, refers


class Resource(TenantRow, Versioned, Base):
    """Something that a programme gives its people to read; the words are those of its version `number`.

    It is for those who have one of the `roles` (mentor, mentee, a role of the programme), of the cohort, whose pair has
    come to the phase, and who are `invited`: none of each being everybody. What stands in the blueprint has its id.
    """

    __tablename__ = "resources"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "programme_id", "blueprint_id"),)
    programme_id: Mapped[UUID]
    blueprint_id: Mapped[str | None]
    cohort_id: Mapped[UUID | None]
    phase: Mapped[str | None]
    roles: Mapped[list[str]] = mapped_column(ARRAY(sa.Text), default=list)
    invited: Mapped[list[UUID]] = mapped_column(ARRAY(sa.Uuid), default=list)
    number: Mapped[int] = mapped_column(default=1)
    withdrawn_at: Mapped[datetime | None]


class ResourceVersion(TenantRow, Base):
    """A version of a resource: its `wordings`, each with a language, a title, and a text, a link or a file.

    `tells` is whom it is told to; those up to `told_after` have been.
    """

    __tablename__ = "resource_versions"
    __table_args__ = (
        refers("resource_id", "resources"),
        sa.UniqueConstraint("tenant_id", "resource_id", "number"),
        sa.CheckConstraint("tells IN ('everybody', 'readers', 'nobody')", name="tells"),
    )
    resource_id: Mapped[UUID]
    number: Mapped[int]
    wordings: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    note: Mapped[str | None]
    tells: Mapped[str]
    told_after: Mapped[UUID | None]
    published_at: Mapped[datetime]


class ResourceFile(TenantRow, Base):
    """A file of a programme's library; of no resource until a version of one names it."""

    __tablename__ = "resource_files"
    __table_args__ = (refers("resource_id", "resources"), sa.Index(None, "tenant_id", "resource_id"))
    programme_id: Mapped[UUID]
    resource_id: Mapped[UUID | None]
    name: Mapped[str]
    media_type: Mapped[str]
    size: Mapped[int]
    content: Mapped[bytes] = mapped_column(deferred=True)
    sent_at: Mapped[datetime]


class ResourceReading(TenantRow, Base):
    """A person said that they read a resource, last in its version `number`."""

    __tablename__ = "resource_readings"
    __table_args__ = (
        refers("resource_id", "resources"),
        sa.UniqueConstraint("tenant_id", "resource_id", "person_id"),
        sa.Index(None, "tenant_id", "person_id"),
    )
    resource_id: Mapped[UUID]
    person_id: Mapped[UUID]
    number: Mapped[int]
    read_at: Mapped[datetime]
