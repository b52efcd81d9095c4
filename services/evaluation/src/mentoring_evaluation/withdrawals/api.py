"""Taking back what one said: an interview, or a case study that tells of two."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch
from mentoring_evaluation.interviews.api.case_studies import own_case_study
from mentoring_evaluation.interviews.api.focus_groups import own_part
from mentoring_evaluation.interviews.api.interviews import own_interview
from mentoring_evaluation.interviews.schemas import CaseStudyView, InterviewView, ParticipantView
from mentoring_evaluation.programmes.access import Writer
from mentoring_evaluation.withdrawals import commands

of_interviews = APIRouter(route_class=Route, tags=["interviews"])
of_focus_groups = APIRouter(route_class=Route, tags=["focus groups"])
of_case_studies = APIRouter(route_class=Route, tags=["case studies"])


@of_interviews.post("/interviews/{interview_id}/withdraw")
async def withdraw_interview(interview_id: UUID, by: Writer, db: Db, expected: IfMatch) -> InterviewView:
    """Take everything back, at any time; the person only. Published reports are re-issued without the quotes."""
    interview = await own_interview(db, interview_id, by, expected)
    return InterviewView.model_validate(await commands.withdraw_interview(db, interview))


@of_focus_groups.post("/focus-groups/{focus_group_id}/withdraw")
async def withdraw_from_focus_group(focus_group_id: UUID, by: Writer, db: Db, expected: IfMatch) -> ParticipantView:
    """Take back what one said in a focus group, at any time, or say that one does not take part; each person for
    themselves. Published reports are re-issued without the quotes."""
    part = await own_part(db, focus_group_id, by, expected)
    return ParticipantView.model_validate(await commands.withdraw_interview(db, part))


@of_case_studies.post("/case-studies/{case_study_id}/withdraw")
async def withdraw_case_study(case_study_id: UUID, by: Writer, db: Db, expected: IfMatch) -> CaseStudyView:
    """Take the case study back, at any time; either of the two. Its text is deleted and leaves every report."""
    study = await own_case_study(db, case_study_id, by, expected)
    return CaseStudyView.model_validate(await commands.withdraw_case_study(db, study))
