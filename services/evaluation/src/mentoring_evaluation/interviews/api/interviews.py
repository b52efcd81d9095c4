"""Interviews with the people of pairs; what was said belongs to the person who said it."""

from uuid import UUID

from fastapi import APIRouter
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.roles import require_right, rights_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired, Precondition
from mentoring_evaluation.errors import InterviewNotFound
from mentoring_evaluation.interviews import queries
from mentoring_evaluation.interviews.access import INTERVIEWERS, interviewing_role
from mentoring_evaluation.interviews.commands import interviews
from mentoring_evaluation.interviews.models import Interview
from mentoring_evaluation.interviews.schemas import (
    Amendment,
    InterviewView,
    InterviewWithTexts,
    NewInterview,
    NewTranscript,
    PagesCorrection,
)
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.access import Reader, Writer, sees_all

router = APIRouter(route_class=Route, tags=["interviews"])


@router.post("/matches/{match_id}/interviews", status_code=201)
async def schedule_interview(match_id: UUID, new: NewInterview, by: Writer, db: Db) -> InterviewView:
    """Plan an interview with one of a pair. For the programme team and interviewers."""
    match = await programmes.match(db, match_id)
    await require_right(db, by, match.programme_id, *INTERVIEWERS)
    return InterviewView.model_validate(await interviews.schedule_interview(db, match, new, by))


@router.get("/programmes/{programme_id}/interviews")
async def list_interviews(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[InterviewView]:
    """The interviews of a programme for its team and interviewers; one's own for everybody else."""
    await programmes.programme(db, programme_id)
    all_of_them = await sees_all(db, by, programme_id, INTERVIEWERS)
    rows = queries.interviews(programme_id, None if all_of_them else by.person_id)
    shown, following = await page(db, rows, Interview.id, cursor, limit)
    return page_of(shown, following, InterviewView.model_validate)


@router.get("/interviews/{interview_id}")
async def read_interview(interview_id: UUID, by: Reader, db: Db) -> InterviewWithTexts:
    """An interview with its summary and quotes: for the person and for those who hold the interviews."""
    interview = await queries.interview(db, interview_id)
    if by.subject != str(interview.person_id):
        held = await rights_of(db, by, interview.programme_id) & set(INTERVIEWERS)
        if not held:  # not for administrators of the organisation either
            raise InterviewNotFound()
    summary, quotes = await interviews.texts_of(db, interview, by)
    view = InterviewView.model_validate(interview).model_dump()
    return InterviewWithTexts(**view, summary=summary, quotes=quotes)


@router.post("/interviews/{interview_id}/consent")
async def consent_to_interview(interview_id: UUID, by: Writer, db: Db, expected: IfMatch) -> InterviewView:
    """Agree to be recorded and quoted; the person only."""
    return InterviewView.model_validate(
        await interviews.consent(db, await own_interview(db, interview_id, by, expected))
    )


@router.post("/interviews/{interview_id}/transcript")
async def transcribe_interview(
    interview_id: UUID, new: NewTranscript, by: Writer, db: Db, expected: IfMatch
) -> InterviewView:
    """Hand in the transcript's page count, the summary and quotes; after consent."""
    interview = await queries.interview(db, interview_id)
    await require_right(db, by, interview.programme_id, *INTERVIEWERS)
    await expected.hold(db, interview)
    return InterviewView.model_validate(await interviews.transcribe(db, interview, new, by))


@router.patch("/interviews/{interview_id}")
async def correct_pages(
    interview_id: UUID, change: PagesCorrection, by: Writer, db: Db, expected: IfMatchRequired
) -> InterviewView:
    """Correct how many pages the transcript has, with a reason; figures follow. For the team and interviewers."""
    interview = await queries.interview(db, interview_id)
    await require_right(db, by, interview.programme_id, *INTERVIEWERS)
    await expected.hold(db, interview)
    role = await interviewing_role(db, by, interview.programme_id)
    return InterviewView.model_validate(await interviews.correct_pages(db, interview, change, by, role))


@router.post("/interviews/{interview_id}/amend")
async def amend_interview(
    interview_id: UUID, change: Amendment, by: Writer, db: Db, expected: IfMatch
) -> InterviewView:
    """Put the summary in one's own words; the person only."""
    return InterviewView.model_validate(
        await interviews.amend(db, await own_interview(db, interview_id, by, expected), change)
    )


@router.post("/interviews/{interview_id}/approve")
async def approve_interview(interview_id: UUID, by: Writer, db: Db, expected: IfMatch) -> InterviewView:
    """Let the summary and quotes be used; the person only."""
    return InterviewView.model_validate(
        await interviews.approve(db, await own_interview(db, interview_id, by, expected))
    )


async def own_interview(db: AsyncSession, interview_id: UUID, by: Principal, expected: Precondition) -> Interview:
    """The caller's own interview, as expected; InterviewNotFound for anybody else's."""
    interview = await queries.interview(db, interview_id)
    if by.subject != str(interview.person_id):
        raise InterviewNotFound()
    await expected.hold(db, interview)
    return interview
