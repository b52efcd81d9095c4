"""The SELECTs of assessments."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased

from mentoring_applications.applications.models import Application, Mention
from mentoring_applications.assessments.models import ApplicationAssessment, Moderation
from mentoring_applications.directory.models import Person
from mentoring_applications.directory.queries import pairings_of
from mentoring_applications.errors import AssessmentNotFound
from mentoring_applications.tables import one


async def assessment(db: AsyncSession, assessment_id: UUID) -> ApplicationAssessment:
    """The assessment; AssessmentNotFound."""
    rows = sa.select(ApplicationAssessment).where(ApplicationAssessment.id == assessment_id)
    return await one(db, rows, AssessmentNotFound)


async def assessments_of(db: AsyncSession, application_id: UUID) -> Sequence[ApplicationAssessment]:
    """Who was asked to assess an application, in order."""
    rows = sa.select(ApplicationAssessment).where(ApplicationAssessment.application_id == application_id)
    return (await db.scalars(rows.order_by(ApplicationAssessment.id))).all()


def assessments_by(person_id: UUID | None) -> sa.Select[ApplicationAssessment]:
    """What a person was asked to assess; nothing for a machine."""
    return sa.select(ApplicationAssessment).where(ApplicationAssessment.assessor_id == person_id)


async def moderation(db: AsyncSession, application_id: UUID) -> Moderation | None:
    """What follows from the scores of an application; None before it is said."""
    return await db.scalar(sa.select(Moderation).where(Moderation.id == application_id))


async def are_close(db: AsyncSession, application: Application, person_id: UUID) -> bool:
    """Whether somebody is the applicant, leads or is led by them, was matched with them, or one named the other."""
    applicant, other = Person, aliased(Person)
    pair = sa.select(applicant.id).join(other, other.id == person_id).where(applicant.id == application.person_id)
    led = sa.or_(
        applicant.id == other.id, applicant.line_manager_id == other.id, other.line_manager_id == applicant.id,
        applicant.line_manager_email == other.email, other.line_manager_email == applicant.email,
    )  # fmt: skip
    if await db.scalar(pair.where(led)) is not None:
        return True
    if application.person_id is None or person_id in await pairings_of(db, application.person_id):
        return True
    theirs = sa.select(Application.id).where(Application.person_id.in_([application.person_id, person_id]))
    named = sa.select(Mention.id).where(Mention.application_id.in_(theirs))
    ids = [application.person_id, person_id]
    emails = sa.select(Person.email).where(Person.id.in_(ids))
    return (
        await db.scalar(named.where(sa.or_(Mention.person_id.in_(ids), Mention.email.in_(emails))).limit(1)) is not None
    )
