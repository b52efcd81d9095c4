"""Assessors of applications: asked, in conflict, scored blind of each other; moderated, and put together.

Scores and words are about the applicant: they are sealed under the applicant's key and go with them.
"""

import json
from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import queries as applications
from mentoring_applications.applications.access import team_application
from mentoring_applications.applications.commands.transitions import of_application
from mentoring_applications.applications.models import Application
from mentoring_applications.assessments import queries
from mentoring_applications.assessments import scoring as assessments
from mentoring_applications.assessments.models import ApplicationAssessment, Moderation
from mentoring_applications.assessments.schemas import NewModeration, NewScores
from mentoring_applications.assessments.scoring import Summary
from mentoring_applications.errors import (
    AssessmentClosed,
    AssessmentIncomplete,
    AssessmentNotFound,
    AssessmentNotOffered,
    ConflictOfInterest,
    ModerationNeeded,
    TooManyAssessors,
)
from mentoring_applications.lifecycle import OPEN, State
from mentoring_applications.people.access import reached_person
from mentoring_applications.programmes import blueprint
from mentoring_applications.programmes import queries as programmes
from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.applying import ApplicationAssessed, AssessmentAsked
from mentoring_contracts.blueprint.applying import Assessment

OPEN_STATE, SCORED, CONFLICT = "open", "scored", "conflict"


async def plan_for(db: AsyncSession, application: Application) -> Assessment:
    """How the application is assessed; AssessmentNotOffered if it is not."""
    plan = blueprint.plan_of(await programmes.programme(db, application.programme_id)).applying.assessment
    if plan is None or application.role not in plan.roles:
        raise AssessmentNotOffered()
    return plan


async def ask_assessors(
    db: AsyncSession, application_id: UUID, people: Collection[UUID], by: Principal
) -> Sequence[ApplicationAssessment]:
    """Ask people to assess an application; who is asked already stays so. TooManyAssessors, ConflictOfInterest."""
    application = await team_application(db, application_id, by)
    plan = await plan_for(db, application)
    await applications.hold_application(db, application_id)
    for person_id in people:
        await reached_person(db, person_id, by)
        if await queries.are_close(db, application, person_id):
            raise ConflictOfInterest()
        await _ask(db, application, person_id, by)
    asked = await queries.assessments_of(db, application_id)
    if sum(one.state != CONFLICT for one in asked) > plan.assessors:
        raise TooManyAssessors(assessors=plan.assessors)
    return asked


async def _ask(db: AsyncSession, application: Application, person_id: UUID, by: Principal) -> None:
    values: dict[str, Any] = {"id": new_id(), "application_id": application.id, "assessor_id": person_id}
    values |= {"state": OPEN_STATE, "asked_by": by.subject, "asked_at": now(db)}
    made = insert(ApplicationAssessment).values(values).on_conflict_do_nothing().returning(ApplicationAssessment.id)
    assessment_id = await db.scalar(made)
    if assessment_id is not None:
        audit(db, by.subject, "ask_assessor", "assessment", assessment_id)
        members = {"application_id": application.id, "programme_id": application.programme_id}
        emit(
            db,
            AssessmentAsked(
                assessment_id=assessment_id, assessor_id=person_id, cohort_id=application.cohort_id, **members
            ),
        )


async def own_assessment(db: AsyncSession, assessment_id: UUID, by: Principal) -> ApplicationAssessment:
    """What the caller was asked to assess; AssessmentNotFound for anybody else's."""
    assessment = await queries.assessment(db, assessment_id)
    if by.person is None or assessment.assessor_id != by.person:
        raise AssessmentNotFound()
    return assessment


async def score(
    db: AsyncSession, assessment: ApplicationAssessment, given: NewScores, by: Principal
) -> ApplicationAssessment:
    """Score an application; again until everybody has. ScoresInvalid, AssessmentClosed."""
    application = await _still_open(db, assessment)
    plan = await plan_for(db, application)
    assessments.check(plan, given.scores)
    assert application.person_id is not None
    assessment.sealed = await vault.seal(db, application.person_id, json.dumps(given.model_dump()))
    assessment.state, assessment.scored_at = SCORED, now(db)
    await db.flush()
    audit(db, by.subject, "score_application", "assessment", assessment.id)
    if await is_complete(db, application, plan):
        emit(db, ApplicationAssessed(**of_application(application), assessors=plan.assessors))
    return assessment


async def declare_conflict(
    db: AsyncSession, assessment: ApplicationAssessment, reason: str, by: Principal
) -> ApplicationAssessment:
    """Say that one cannot assess somebody, and why; the team asks somebody else. What was scored counts no more."""
    application = await _still_open(db, assessment)
    assert application.person_id is not None
    assessment.sealed = await vault.seal(db, application.person_id, json.dumps({"reason": reason}))
    assessment.state, assessment.scored_at = CONFLICT, None
    await db.flush()
    audit(db, by.subject, "declare_conflict", "assessment", assessment.id)
    return assessment


async def _still_open(db: AsyncSession, assessment: ApplicationAssessment) -> Application:
    """The application, held until the commit; AssessmentClosed once all have scored, or it is decided."""
    application = await applications.hold_application(db, assessment.application_id)
    plan = await plan_for(db, application)
    decided = State(application.state) not in OPEN - {State.ACCEPTED}
    if decided or assessment.state == CONFLICT or await is_complete(db, application, plan):
        raise AssessmentClosed()
    return application


async def is_complete(db: AsyncSession, application: Application, plan: Assessment) -> bool:
    """Whether as many have scored as the programme asks."""
    asked = await queries.assessments_of(db, application.id)
    return sum(one.state == SCORED for one in asked) >= plan.assessors


async def opened(db: AsyncSession, application: Application, rows: Sequence[ApplicationAssessment]) -> list[Any]:
    """What was written in each, in their order; nothing where there is nothing."""
    assert application.person_id is not None
    sealed = [(application.person_id, row.sealed) for row in rows if row.sealed is not None]
    texts = iter(await vault.unseal_all(db, sealed))
    return [json.loads(next(texts)) if row.sealed is not None else {} for row in rows]


async def summary_of(db: AsyncSession, application: Application, plan: Assessment) -> Summary | None:
    """All scores together; None until everybody has scored."""
    if not await is_complete(db, application, plan):
        return None
    rows = [one for one in await queries.assessments_of(db, application.id) if one.state == SCORED]
    return assessments.summary(plan, [one["scores"] for one in await opened(db, application, rows)])


async def moderate(db: AsyncSession, application_id: UUID, given: NewModeration, by: Principal) -> Moderation:
    """Say what follows from the scores, with the reason; AssessmentIncomplete."""
    application = await team_application(db, application_id, by)
    plan = await plan_for(db, application)
    if not await is_complete(db, application, plan):
        raise AssessmentIncomplete()
    assert application.person_id is not None
    sealed = await vault.seal(db, application.person_id, json.dumps({"note": given.note}))
    values = {"recommendation": given.recommendation, "sealed": sealed, "by": by.subject, "at": now(db)}
    made = insert(Moderation).values(id=application_id, **values)
    statement = made.on_conflict_do_update(index_elements=["tenant_id", "id"], set_=values).returning(Moderation)
    kept: Moderation | None = await db.scalar(statement.execution_options(populate_existing=True))
    assert kept is not None
    audit(db, by.subject, "moderate_application", "application", application_id)
    return kept


async def require_assessed(db: AsyncSession, application: Application, plan: Assessment | None) -> None:
    """AssessmentIncomplete, ModerationNeeded: where the programme decides by scores, there are some before."""
    if plan is None or not plan.before_deciding or application.role not in plan.roles:
        return
    found = await summary_of(db, application, plan)
    if found is None:
        raise AssessmentIncomplete()
    if found.apart and await queries.moderation(db, application.id) is None:
        raise ModerationNeeded()
