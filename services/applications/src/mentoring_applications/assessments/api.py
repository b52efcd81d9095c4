"""Assessors: asked by the team, scoring blind of each other, moderated."""

from typing import Any
from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.applications import facts
from mentoring_applications.applications import queries as applications
from mentoring_applications.applications.access import team_application
from mentoring_applications.applications.models import Application
from mentoring_applications.assessments import commands, queries
from mentoring_applications.assessments.models import ApplicationAssessment
from mentoring_applications.assessments.schemas import (
    AssessmentDetail,
    AssessmentSummary,
    AssessmentView,
    AssessorsAsked,
    ConflictDeclared,
    CriterionSummary,
    ModerationView,
    NewAssessors,
    NewModeration,
    NewScores,
    ScoresView,
)
from mentoring_applications.programmes.access import Reader, Writer
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired

router = APIRouter(route_class=Route, tags=["assessments"])
_view = AssessmentView.model_validate


@router.post("/applications/{application_id}/assessors")
async def ask_assessors(application_id: UUID, wanted: NewAssessors, by: Writer, db: Db) -> AssessorsAsked:
    """Ask people to assess an application; who is close to the applicant cannot."""
    asked = await commands.ask_assessors(db, application_id, wanted.person_ids, by)
    return AssessorsAsked(items=[_view(one) for one in asked])


@router.get("/assessments")
async def list_assessments(by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[AssessmentView]:
    """What one was asked to assess."""
    shown, following = await page(db, queries.assessments_by(by.person), ApplicationAssessment.id, cursor, limit)
    return page_of(shown, following, _view)


@router.get("/assessments/{assessment_id}")
async def read_assessment(assessment_id: UUID, by: Reader, db: Db) -> AssessmentDetail:
    """What one was asked to assess, with what was written on the application; others' scores once all have scored."""
    assessment = await commands.own_assessment(db, assessment_id, by)
    application = await applications.application(db, assessment.application_id)
    plan = await commands.plan_for(db, application)
    written = (await facts.written(db, [application])).get(application.id)
    asked = await queries.assessments_of(db, application.id)
    complete = await commands.is_complete(db, application, plan)
    scored = [one for one in asked if one.state == commands.SCORED and (complete or one.id == assessment.id)]
    return AssessmentDetail(
        **_view(assessment).model_dump(),
        criteria=[criterion.model_dump(mode="json") for criterion in plan.criteria],
        ranked=written.criteria if written else [],
        free_text=written.free_text if written else "",
        attributes=written.attributes if written else {},
        scores=await _scores(db, application, scored),
    )


@router.put("/assessments/{assessment_id}")
async def score_application(
    assessment_id: UUID, given: NewScores, by: Writer, db: Db, expected: IfMatchRequired
) -> AssessmentView:
    """Score an application by every criterion; again until everybody has scored."""
    assessment = await commands.own_assessment(db, assessment_id, by)
    await expected.hold(db, assessment)
    return _view(await commands.score(db, assessment, given, by))


@router.post("/assessments/{assessment_id}/conflict")
async def declare_conflict(
    assessment_id: UUID, given: ConflictDeclared, by: Writer, db: Db, expected: IfMatch
) -> AssessmentView:
    """Say that one cannot assess this person, and why."""
    assessment = await commands.own_assessment(db, assessment_id, by)
    await expected.hold(db, assessment)
    return _view(await commands.declare_conflict(db, assessment, given.reason, by))


@router.post("/applications/{application_id}/moderation")
async def moderate_application(application_id: UUID, given: NewModeration, by: Writer, db: Db) -> ModerationView:
    """Say what follows from the scores, with the reason, once everybody has scored."""
    return ModerationView.model_validate(await commands.moderate(db, application_id, given, by))


@router.get("/applications/{application_id}/assessment")
async def read_summary(application_id: UUID, by: Reader, db: Db) -> AssessmentSummary:
    """The scores together, for who decides; before everybody has scored only how many have."""
    application = await team_application(db, application_id, by)
    plan = await commands.plan_for(db, application)
    asked = await queries.assessments_of(db, application_id)
    found = await commands.summary_of(db, application, plan)
    moderated = await queries.moderation(db, application_id)
    return AssessmentSummary(
        wanted=plan.assessors,
        assessments=[_view(one) for one in asked],
        complete=found is not None,
        criteria=[CriterionSummary.model_validate(one) for one in found.criteria] if found else None,
        total=found.total if found else None,
        moderation_needed=found is not None and found.apart and moderated is None,
        moderation=ModerationView.model_validate(moderated) if moderated else None,
        scores=await _scores(db, application, [one for one in asked if one.state == commands.SCORED])
        if found
        else None,
    )


async def _scores(db: AsyncSession, application: Application, rows: list[ApplicationAssessment]) -> list[ScoresView]:
    said: list[dict[str, Any]] = await commands.opened(db, application, rows)
    return [
        ScoresView(assessment_id=row.id, scores=one["scores"], note=one["note"])
        for row, one in zip(rows, said, strict=True)
    ]
