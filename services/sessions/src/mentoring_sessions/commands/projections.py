"""What this service keeps of other services' facts, in whatever order they come."""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.erased import is_nobody
from mentoring_contracts.applications import ApplicationAccepted, CohortCreated, ProgrammeCreated
from mentoring_sessions import queries
from mentoring_sessions.models import Cohort, Participant, Programme, Relationship
from mentoring_sessions.terms import terms_of


async def lock_programme(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme's row, made if its event has not come yet, locked until the commit.

    Who brings a relationship, its terms or an orientation holds this lock, so that the last of them sees the others.
    """
    await db.execute(insert(Programme).values(id=programme_id).on_conflict_do_nothing())
    return await queries.programme_locked(db, programme_id)


async def learn_programme(db: AsyncSession, event: ProgrammeCreated) -> None:
    """Keep the terms of a programme, also for relationships that came before it."""
    terms = terms_of(event.blueprint)
    programme = await lock_programme(db, event.programme_id)
    programme.orientation_compulsory = terms.activities.orientation.compulsory
    programme.budget_minutes = terms.budget_minutes
    programme.duration_months = terms.duration_months
    programme.quiet_after_weeks = terms.nudges.quiet_after_weeks
    await db.flush()
    waiting = sa.update(Relationship).where(Relationship.programme_id == event.programme_id)
    await db.execute(waiting.values(budget_minutes=terms.budget_minutes))


async def learn_cohort(db: AsyncSession, event: CohortCreated) -> None:
    """Keep that the programme has this cohort."""
    values = {"id": event.cohort_id, "programme_id": event.programme_id, "number": event.number}
    await db.execute(insert(Cohort).values(values).on_conflict_do_nothing())


async def admit_participant(db: AsyncSession, event: ApplicationAccepted) -> None:
    """Let an accepted person see the programme's activities."""
    if is_nobody(event.person_id):
        return
    values = {"id": event.application_id, "programme_id": event.programme_id, "person_id": event.person_id}
    await db.execute(insert(Participant).values(values).on_conflict_do_nothing())


async def forget_participant(db: AsyncSession, application_id: UUID) -> None:
    """Take that away again."""
    await db.execute(sa.delete(Participant).where(Participant.id == application_id))
