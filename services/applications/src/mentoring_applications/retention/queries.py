"""The SELECTs of what is over its time, and of totals."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications.models import Application, ApplicationAnswers, Consent
from mentoring_applications.applying.models import EqualityAnswers
from mentoring_applications.programmes.models import ProgrammeRole
from mentoring_applications.retention.models import CohortTotals


async def answers_in(db: AsyncSession, cohort_id: UUID) -> Sequence[tuple[str, dict[str, Any]]]:
    """Role and answers of the applications in a cohort, without what is sealed."""
    rows = sa.select(Application.role, ApplicationAnswers.attributes)
    rows = rows.join(ApplicationAnswers, ApplicationAnswers.id == Application.id)
    return [(role, answers) for role, answers in await db.execute(rows.where(Application.cohort_id == cohort_id))]


async def kept_totals(db: AsyncSession, cohort_id: UUID) -> CohortTotals | None:
    """The totals of a cohort that were kept before its answers went; None while they are there."""
    return await db.scalar(sa.select(CohortTotals).where(CohortTotals.id == cohort_id))


async def notices_agreed_to(
    db: AsyncSession, programme_id: UUID
) -> Sequence[tuple[Application, Sequence[tuple[str, str]]]]:
    """The applications of people of a programme, each with the documents and versions that were agreed to with it."""
    rows = sa.select(Application, Consent.document, Consent.version)
    rows = rows.join(Consent, Consent.application_id == Application.id)
    rows = rows.where(Application.programme_id == programme_id, Application.person_id.is_not(None))
    found: dict[UUID, tuple[Application, list[tuple[str, str]]]] = {}
    for application, document, version in await db.execute(rows.order_by(Application.id)):
        found.setdefault(application.id, (application, []))[1].append((document, version))
    return list(found.values())


async def takes_part_elsewhere(db: AsyncSession, person_id: UUID, programme_id: UUID) -> bool:
    """Whether a person applied to another programme, or holds a role in one."""
    applied = sa.select(Application.id).where(Application.person_id == person_id)
    held = sa.select(ProgrammeRole.id).where(ProgrammeRole.person_id == person_id)
    return (
        await db.scalar(applied.where(Application.programme_id != programme_id).limit(1)) is not None
        or await db.scalar(held.limit(1)) is not None
    )


async def sealed_equality(db: AsyncSession, cohort_id: UUID) -> Sequence[EqualityAnswers]:
    """The sealed equality answers of the applications in a cohort."""
    rows = sa.select(EqualityAnswers).join(Application, Application.id == EqualityAnswers.id)
    return (await db.scalars(rows.where(Application.cohort_id == cohort_id))).all()
