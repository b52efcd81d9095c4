"""The SELECTs of drafts, files, and what somebody applied for before."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications.models import Application
from mentoring_applications.applying.models import ApplicationFile, Draft
from mentoring_applications.errors import DraftNotFound, FileNotFound
from mentoring_applications.lifecycle import OPEN, State
from mentoring_applications.programmes.models import Cohort, Programme
from mentoring_applications.tables import one


async def draft(db: AsyncSession, draft_id: UUID) -> Draft:
    """The draft; DraftNotFound."""
    return await one(db, sa.select(Draft).where(Draft.id == draft_id), DraftNotFound)


async def draft_if_there(db: AsyncSession, draft_id: UUID) -> Draft | None:
    """The draft; None once it was submitted or thrown away."""
    return await db.scalar(sa.select(Draft).where(Draft.id == draft_id).with_for_update())


def drafts_of(person_id: UUID | None) -> sa.Select[Draft]:
    """The drafts of a person; none of a machine."""
    return sa.select(Draft).where(Draft.person_id == person_id)


async def file(db: AsyncSession, file_id: UUID) -> ApplicationFile:
    """The file; FileNotFound."""
    found = await db.scalar(sa.select(ApplicationFile).where(ApplicationFile.id == file_id))
    if found is None:
        raise FileNotFound()
    return found


async def files_with(db: AsyncSession, draft_id: UUID | None, application_id: UUID | None) -> Mapping[UUID, str]:
    """The files of a draft or an application: the field of each, by id."""
    owner = ApplicationFile.draft_id == draft_id if draft_id else ApplicationFile.application_id == application_id
    return dict((await db.execute(sa.select(ApplicationFile.id, ApplicationFile.field).where(owner))).all())


async def earlier_applications(
    db: AsyncSession, blueprint_name: str, person_id: UUID, role: str
) -> Sequence[sa.Row[Application, Cohort | None]]:
    """What a person applied for before in programmes of a blueprint, with the cohorts."""
    rows = (
        sa.select(Application, Cohort)
        .join(Programme, Programme.id == Application.programme_id)
        .outerjoin(Cohort, Cohort.id == Application.cohort_id)
        .where(Programme.blueprint_name == blueprint_name, Application.told_state.is_(None))
    )
    return (await db.execute(rows.where(Application.person_id == person_id, Application.role == role))).all()


async def newest_application(db: AsyncSession, person_id: UUID) -> Application | None:
    """What the person applied for last, in any programme."""
    rows = sa.select(Application).where(Application.person_id == person_id)
    return await db.scalar(rows.order_by(Application.submitted_at.desc(), Application.id.desc()).limit(1))


async def draft_for(
    db: AsyncSession, programme_id: UUID, cohort_id: UUID | None, person_id: UUID, role: str
) -> Draft | None:
    """The draft of a person for a round and role."""
    rows = sa.select(Draft).filter_by(programme_id=programme_id, person_id=person_id, role=role)
    return await db.scalar(rows.where(Draft.cohort_id.is_not_distinct_from(cohort_id)))


async def drafts_for(db: AsyncSession, programme_id: UUID, cohort_id: UUID | None) -> Sequence[Draft]:
    """Drafts for a cohort, if one is named, and for a later round of its programme."""
    rows = sa.select(Draft).where(Draft.programme_id == programme_id)
    return (await db.scalars(rows.where(sa.or_(Draft.cohort_id == cohort_id, Draft.cohort_id.is_(None))))).all()


async def has_applied(db: AsyncSession, programme_id: UUID, cohort_id: UUID | None, person_id: UUID, role: str) -> bool:
    """Whether the person stands in this cohort, or is open anywhere in the programme, in this role."""
    elsewhere = sa.or_(Application.state.in_(OPEN), Application.told_state.is_not(None))
    here = sa.and_(Application.cohort_id.is_not_distinct_from(cohort_id), Application.state != State.WITHDRAWN)
    rows = sa.select(Application.id).filter_by(programme_id=programme_id, person_id=person_id, role=role)
    return await db.scalar(rows.where(sa.or_(elsewhere, here)).limit(1)) is not None
