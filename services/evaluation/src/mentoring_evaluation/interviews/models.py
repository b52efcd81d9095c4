"""The tables of interviews and case studies: what people said is sealed under them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from mentoring_common.db import TenantRow
from mentoring_common.versions import Revised, Versioned
from mentoring_evaluation.tables import Base, part_of


class FocusGroup(TenantRow, Versioned, Base):
    """A conversation with several people at once, before the programme, during it or after it, along a `guide`."""

    __tablename__ = "focus_groups"
    programme_id: Mapped[UUID] = mapped_column(index=True)
    cohort_id: Mapped[UUID | None]
    title: Mapped[str]
    occasion: Mapped[str]
    guide: Mapped[list[str]] = mapped_column(JSONB)
    state: Mapped[str] = mapped_column(default="planned")
    scheduled_at: Mapped[datetime]
    held_at: Mapped[datetime | None]


class Interview(TenantRow, Versioned, Base):
    """A conversation with one person of a pair after the programme, where two make a paired case study; or one person's
    part in a focus group, which is of no match.

    `corrections` say how the count of its pages was corrected, in order.
    """

    __tablename__ = "interviews"
    __table_args__ = (
        sa.UniqueConstraint("tenant_id", "match_id", "person_id"),
        sa.UniqueConstraint("tenant_id", "focus_group_id", "person_id"),
        sa.ForeignKeyConstraint(["tenant_id", "focus_group_id"], ["focus_groups.tenant_id", "focus_groups.id"]),
        sa.CheckConstraint("num_nonnulls(match_id, focus_group_id) = 1", name="is_of_a_pair_or_a_focus_group"),
    )
    programme_id: Mapped[UUID] = mapped_column(index=True)
    cohort_id: Mapped[UUID | None]
    match_id: Mapped[UUID | None]
    focus_group_id: Mapped[UUID | None]
    person_id: Mapped[UUID]
    role: Mapped[str]
    state: Mapped[str] = mapped_column(default="scheduled")
    scheduled_at: Mapped[datetime]
    consented_at: Mapped[datetime | None]
    approved_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]
    pages: Mapped[int | None]
    corrections: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, default=list, server_default="[]")


class InterviewText(TenantRow, Base):
    """A summary (kind `summary`) or a quote of an interview, sealed under the person."""

    __tablename__ = "interview_texts"
    __table_args__ = (
        sa.ForeignKeyConstraint(["tenant_id", "interview_id"], ["interviews.tenant_id", "interviews.id"]),
        sa.UniqueConstraint("tenant_id", "interview_id", "kind", "position"),
    )
    interview_id: Mapped[UUID]
    kind: Mapped[str]
    position: Mapped[int]
    sealed: Mapped[bytes]


class CaseStudy(TenantRow, Revised, Base):
    """What the two interviews of a pair tell together; it needs both people's approval of the same version."""

    __tablename__ = "case_studies"
    __table_args__ = (sa.UniqueConstraint("tenant_id", "match_id"),)
    programme_id: Mapped[UUID] = mapped_column(index=True)
    cohort_id: Mapped[UUID]
    match_id: Mapped[UUID]
    mentor_id: Mapped[UUID]
    mentee_id: Mapped[UUID]
    state: Mapped[str] = mapped_column(default="draft")
    version: Mapped[int] = mapped_column(default=1)
    mentor_approved_at: Mapped[datetime | None]
    mentee_approved_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]


class CaseStudySection(TenantRow, Base):
    """One section of a case study, sealed under the case study."""

    __tablename__ = "case_study_sections"
    __table_args__ = (
        part_of("case_study_id", "case_studies"),
        sa.UniqueConstraint("tenant_id", "case_study_id", "position"),
    )
    case_study_id: Mapped[UUID]
    position: Mapped[int]
    title: Mapped[str]
    sealed: Mapped[bytes]
