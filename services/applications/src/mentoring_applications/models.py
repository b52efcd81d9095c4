"""The tables of the applications service."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import Base as CommonBase
from mentoring_common.db import TenantRow
from mentoring_common.tables import NAMING


class Base(CommonBase):
    """Ancestor of this service's tables."""

    __abstract__ = True
    metadata = sa.MetaData(naming_convention=NAMING)


class Organisation(TenantRow, Base):
    """The tenant itself: its `id` is its `tenant_id`."""

    __tablename__ = "organisations"
    name: Mapped[str]
    slug: Mapped[str] = mapped_column(unique=True)


class Person(TenantRow, Base):
    """A person known to an organisation."""

    __tablename__ = "people"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "email"),)
    name: Mapped[str]
    email: Mapped[str]
    employer_id: Mapped[UUID | None]
