"""What people said is taken back: by themselves or with their erasure, and out of every report that holds it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_evaluation.errors import CaseStudyChanged
from mentoring_evaluation.interviews import queries as interview_queries
from mentoring_evaluation.interviews.commands import case_studies, interviews
from mentoring_evaluation.interviews.models import CaseStudy, Interview
from mentoring_evaluation.reports.commands.editions import reissue_without


async def withdraw_interview(db: AsyncSession, interview: Interview) -> Interview:
    """The person takes everything back: texts and the pair's case study go, and published reports are re-issued.

    InterviewStateConflict.
    """
    withdrawn, gone = await interviews.take_back(db, interview)
    await reissue_without(db, interview.programme_id, gone)
    return withdrawn


async def withdraw_case_study(db: AsyncSession, study: CaseStudy) -> CaseStudy:
    """One of the two takes it back: the whole text goes, and published reports that hold it are re-issued.

    CaseStudyChanged.
    """
    gone = await case_studies.take_back(db, study)
    if gone is None:
        raise CaseStudyChanged(state=study.state, version=study.version)
    await reissue_without(db, study.programme_id, gone)
    return await interview_queries.case_study(db, study.id)


async def forget_interviews(db: AsyncSession, person_id: UUID) -> None:
    """Erase what a person said; an interview that is not withdrawn yet is withdrawn by it."""
    for interview in await interview_queries.interviews_of_person(db, person_id):
        if interview.state != "withdrawn":
            await withdraw_interview(db, interview)


async def forget_case_studies(db: AsyncSession, person_id: UUID) -> None:
    """Withdraw every case study that tells of an erased person."""
    for study in await interview_queries.case_studies_of_person(db, person_id):
        gone = await case_studies.take_back(db, study)
        if gone is not None:
            await reissue_without(db, study.programme_id, gone)
