"""Paired case studies, which both people of the pair amend, approve or withdraw."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.roles import require_right, rights_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, Precondition
from mentoring_evaluation.errors import CaseStudyNotFound
from mentoring_evaluation.interviews import queries
from mentoring_evaluation.interviews.access import INTERVIEWERS
from mentoring_evaluation.interviews.commands import case_studies
from mentoring_evaluation.interviews.models import CaseStudy
from mentoring_evaluation.interviews.schemas import (
    Approval,
    CaseStudyAmendment,
    CaseStudyView,
    CaseStudyWithSections,
    NewCaseStudy,
)
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import Reader, Writer, sees_all

router = APIRouter(route_class=Route, tags=["case studies"])


@router.post("/matches/{match_id}/case-study", status_code=201)
async def write_case_study(match_id: UUID, new: NewCaseStudy, by: Writer, db: Db) -> CaseStudyView:
    """Write the case study of a pair whose two interviews are approved. For the programme team and interviewers."""
    match = await programmes.match(db, match_id)
    await require_right(db, by, match.programme_id, *INTERVIEWERS)
    return CaseStudyView.model_validate(await case_studies.write_case_study(db, match, new.sections, by))


@router.get("/programmes/{programme_id}/case-studies")
async def list_case_studies(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[CaseStudyView]:
    """The case studies of a programme for its team and interviewers; one's own for everybody else."""
    await programmes.programme(db, programme_id)
    all_of_them = await sees_all(db, by, programme_id, INTERVIEWERS)
    rows = queries.case_studies(programme_id, None if all_of_them else by.person_id)
    shown, following = await page(db, rows, CaseStudy.id, cursor, limit)
    return page_of(shown, following, CaseStudyView.model_validate)


@router.get("/case-studies/{case_study_id}")
async def read_case_study(case_study_id: UUID, by: Reader, db: Db) -> CaseStudyWithSections:
    """A case study with its text: for the two people and for those who hold interviews, not for administrators."""
    study = await queries.case_study(db, case_study_id)
    if by.subject not in (str(study.mentor_id), str(study.mentee_id)):
        if not await rights_of(db, by, study.programme_id) & set(INTERVIEWERS):
            raise CaseStudyNotFound()
        audit(db, by.subject, "read_case_study", "case_study", study.id)
    sections = await case_studies.sections_of(db, study)
    return CaseStudyWithSections(**CaseStudyView.model_validate(study).model_dump(), sections=sections)


@router.post("/case-studies/{case_study_id}/amend")
async def amend_case_study(
    case_study_id: UUID, change: CaseStudyAmendment, by: Writer, db: Db, expected: IfMatch
) -> CaseStudyView:
    """Put sections in one's own words; either of the two. Approvals given before lapse."""
    study = await own_case_study(db, case_study_id, by, expected)
    return CaseStudyView.model_validate(await case_studies.amend_case_study(db, study, change, by))


@router.post("/case-studies/{case_study_id}/approve")
async def approve_case_study(
    case_study_id: UUID, approval: Approval, by: Writer, db: Db, expected: IfMatch
) -> CaseStudyView:
    """Let the version one has read be used; it is approved once both have."""
    study = await own_case_study(db, case_study_id, by, expected)
    approved = await case_studies.approve_case_study(db, study, approval.version, by.person_id)
    return CaseStudyView.model_validate(approved)


async def own_case_study(db: AsyncSession, case_study_id: UUID, by: Principal, expected: Precondition) -> CaseStudy:
    """A case study that tells of the caller, as expected; CaseStudyNotFound for any other."""
    study = await queries.case_study(db, case_study_id)
    if by.subject not in (str(study.mentor_id), str(study.mentee_id)):
        raise CaseStudyNotFound()
    await expected.hold(db, study)
    return study
