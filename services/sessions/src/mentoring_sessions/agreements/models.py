"""What the members of a relationship agreed on."""

from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Mapped

from mentoring_common.db import TenantRow
from mentoring_common.versions import Revised
from mentoring_sessions.tables import Base, refers


class Agreement(TenantRow, Revised, Base):
    """What the members of a relationship agreed on; `id` is that of the relationship. They sign one version of it.

    The two columns of signatures are what was written before there were members, for a release that reads them.
    """

    __tablename__ = "agreements"
    __table_args__ = (refers("id", "relationships"),)
    version: Mapped[int]
    proposed_by: Mapped[UUID]
    proposed_at: Mapped[datetime]
    terms_sealed: Mapped[bytes | None]
    mentor_signed_at: Mapped[datetime | None]
    mentee_signed_at: Mapped[datetime | None]
