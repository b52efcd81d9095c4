"""What this service keeps of other services' facts, in whatever order they come."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now, occurred_at
from mentoring_common.deadlines import schedule
from mentoring_common.erased import is_nobody
from mentoring_contracts.applications import (
    ApplicationAccepted,
    ApplicationCarriedOver,
    ApplicationMoved,
    CohortCreated,
    CohortMilestonesChanged,
    Milestone,
    ProgrammeAmended,
    ProgrammeCreated,
)
from mentoring_contracts.blueprint import Blueprint, read
from mentoring_contracts.blueprint.formats import kinds_of
from mentoring_sessions.relationships import queries
from mentoring_sessions.relationships.commands.reviewing import Running, plan_reviews
from mentoring_sessions.relationships.models import Cohort, Participant, Programme, Relationship
from mentoring_sessions.relationships.terms import hours_of, terms_of

ACTIVITIES_DUE = "required_activities_due"  # a deadline of a programme, each day: who has not met what is due soon?


async def lock_programme(db: AsyncSession, programme_id: UUID) -> Programme:
    """The programme's row, made if its event has not come yet, locked until the commit.

    Who brings a relationship, its terms or an orientation holds this lock, so that the last of them sees the others.
    """
    await db.execute(insert(Programme).values(id=programme_id).on_conflict_do_nothing())
    return await queries.programme_locked(db, programme_id)


async def learn_programme(db: AsyncSession, event: ProgrammeCreated | ProgrammeAmended) -> Blueprint:
    """Keep the terms of a programme, also for relationships that came before it; its blueprint."""
    plan, _ = read(event.blueprint)
    terms = terms_of(plan)
    programme = await lock_programme(db, event.programme_id)
    programme.orientation_compulsory = bool(terms.oriented)
    programme.oriented, programme.activity_kinds = list(terms.oriented), dict(terms.kinds)
    programme.budget_minutes, programme.month_minutes = terms.hours.budget_minutes, terms.hours.month_minutes
    programme.duration_months = terms.duration_months
    programme.quiet_after_weeks = terms.quiet_after_weeks
    programme.write_after_days = list(plan.nudges.write_after_days)
    programme.phases = [one.model_dump(mode="json") | {"languages": plan.languages} for one in plan.phases]
    programme.zone, programme.title, programme.languages = plan.zone, plan.title, list(plan.languages)
    programme.completion = [
        one.model_dump(mode="json") | {"languages": plan.languages} for one in plan.activities.completion
    ]
    if any(one.due is not None for one in plan.activities.completion):
        await schedule(db, ACTIVITIES_DUE, programme.id, now(db))
    programme.topics = [one.model_dump(mode="json") for one in plan.meeting_topics]
    programme.agreement = plan.agreement.model_dump(mode="json")
    programme.concerns = plan.concerns.model_dump(mode="json")
    reviews, programme.reviews = programme.reviews, plan.reviews.model_dump(mode="json")
    programme.formats = [one.model_dump(mode="json", exclude_none=True) for one in plan.formats]
    await db.flush()
    if reviews and reviews != programme.reviews:
        await plan_reviews(db, programme, map(Running._make, await queries.running(db, programme.id)))
    for kind in kinds_of({"formats": programme.formats}).values():
        own = (Relationship.kind == kind.id, Relationship.continues.is_(None))  # others have the hours that were left
        waiting = sa.update(Relationship).where(Relationship.programme_id == programme.id, *own)
        await db.execute(waiting.values(asdict(hours_of(kind, terms.hours, terms.duration_months))))
    return plan


async def learn_closing(db: AsyncSession, programme_id: UUID) -> None:
    """Keep that the programme is closed: nothing starts or is planned in it any more."""
    programme = await lock_programme(db, programme_id)
    if programme.closed_at is None:
        programme.closed_at = occurred_at(db)
        await db.flush()


async def learn_cohort(db: AsyncSession, event: CohortCreated) -> None:
    """Keep that the programme has this cohort, and its dates."""
    values = {"id": event.cohort_id, "programme_id": event.programme_id, "number": event.number}
    row = insert(Cohort).values(values | {"milestones": _dates(event.milestones)})
    await db.execute(row.on_conflict_do_nothing())


async def learn_milestones(db: AsyncSession, event: CohortMilestonesChanged) -> None:
    """Keep the dates of a cohort as they are planned now."""
    this = sa.update(Cohort).where(Cohort.id == event.cohort_id)
    await db.execute(this.values(milestones=_dates(event.milestones)))


def _dates(milestones: Sequence[Milestone]) -> dict[str, str]:
    """When each step begins, by its kind: of a kind that comes several times, the first time."""
    return {
        one.kind: one.starts_at.isoformat() for one in sorted(milestones, key=lambda one: one.starts_at, reverse=True)
    }


async def admit_participant(db: AsyncSession, event: ApplicationAccepted) -> None:
    """Let an accepted person see the programme's activities."""
    if is_nobody(event.person_id):
        return
    who = {"programme_id": event.programme_id, "person_id": event.person_id, "side": event.role}
    row = insert(Participant).values(id=event.application_id, cohort_id=event.cohort_id, **who)
    await db.execute(
        row.on_conflict_do_update(index_elements=["tenant_id", "id"], set_={"cohort_id": row.excluded.cohort_id})
    )


async def move_participant(db: AsyncSession, event: ApplicationMoved | ApplicationCarriedOver) -> None:
    """Keep to which cohort an accepted person moved; of others that is said when they are accepted."""
    row = sa.update(Participant).where(Participant.id == event.application_id)
    await db.execute(row.values(cohort_id=event.cohort_id), execution_options={"synchronize_session": False})


async def forget_participant(db: AsyncSession, application_id: UUID) -> None:
    """Take that away again."""
    await db.execute(sa.delete(Participant).where(Participant.id == application_id))
