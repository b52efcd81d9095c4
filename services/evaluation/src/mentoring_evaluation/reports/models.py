"""The table of reports."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Revised
from mentoring_evaluation.figures.views import Audience
from mentoring_evaluation.reports.document import Document, Note, Written
from mentoring_evaluation.reports.kinds import kind_of
from mentoring_evaluation.tables import Base, JsonOf


class Report(TenantRow, Revised, Base):
    """A report: its content is frozen when it is built; quotes are named in it and read where they are sealed.

    `version` counts the reports of a kind; `edition` the issues of one, which differ in what was withdrawn.
    `approver` is the role that lets it be published, None where the programme names none.
    """

    __tablename__ = "reports"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "programme_id", "kind", "version"),)
    programme_id: Mapped[UUID] = mapped_column(index=True)
    kind: Mapped[str]
    version: Mapped[int]
    state: Mapped[str] = mapped_column(default="queued")
    approver: Mapped[str | None]
    edition: Mapped[int] = mapped_column(default=0)
    narrative: Mapped[tuple[Written, ...]] = mapped_column(JsonOf(tuple[Written, ...]), default=())
    published: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    content: Mapped[Document | None] = mapped_column(JsonOf(Document))
    notes: Mapped[tuple[Note, ...]] = mapped_column(JsonOf(tuple[Note, ...]), default=())
    requested_at: Mapped[datetime]
    built_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    published_at: Mapped[datetime | None]

    @property
    def audience(self) -> Audience:
        """Which of the views its text speaks of: the public one, or the programme team's."""
        return kind_of(self.kind).views[0]
