"""The SELECTs of interviews and case studies."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_evaluation.errors import CaseStudyNotFound, FocusGroupNotFound, InterviewNotFound, NotOfFocusGroup
from mentoring_evaluation.interviews.models import CaseStudy, CaseStudySection, FocusGroup, Interview, InterviewText

OF_PAIRS = Interview.match_id.is_not(None)
"""Interviews as such, without people's parts in focus groups."""


async def focus_group(db: AsyncSession, focus_group_id: UUID) -> FocusGroup:
    """The focus group; FocusGroupNotFound."""
    found = await db.scalar(sa.select(FocusGroup).where(FocusGroup.id == focus_group_id))
    if found is None:
        raise FocusGroupNotFound()
    return found


def focus_groups(programme_id: UUID, person_id: UUID | None) -> sa.Select[FocusGroup]:
    """The focus groups of a programme, or those that one person takes part in."""
    rows = sa.select(FocusGroup).where(FocusGroup.programme_id == programme_id)
    mine = sa.select(Interview.focus_group_id).where(Interview.person_id == person_id)
    return rows.where(FocusGroup.id.in_(mine)) if person_id else rows


async def participants(db: AsyncSession, focus_group_ids: Sequence[UUID]) -> Mapping[UUID, list[Interview]]:
    """Each person's part in focus groups, by group, in an order that stays."""
    found: dict[UUID, list[Interview]] = {id_: [] for id_ in focus_group_ids}
    rows = sa.select(Interview).where(Interview.focus_group_id.in_(focus_group_ids)).order_by(Interview.id)
    for one in await db.scalars(rows.execution_options(populate_existing=True)):
        assert one.focus_group_id is not None
        found[one.focus_group_id].append(one)
    return found


async def part_of_person(db: AsyncSession, focus_group_id: UUID, person_id: UUID | None) -> Interview:
    """The person's part in a focus group; NotOfFocusGroup."""
    mine = (Interview.focus_group_id == focus_group_id, Interview.person_id == person_id)
    found = await db.scalar(sa.select(Interview).where(*mine))
    if found is None:
        raise NotOfFocusGroup()
    return found


async def interview(db: AsyncSession, interview_id: UUID) -> Interview:
    """The interview; InterviewNotFound."""
    found = await db.scalar(sa.select(Interview).where(Interview.id == interview_id, OF_PAIRS))
    if found is None:
        raise InterviewNotFound()
    return found


async def interview_of(db: AsyncSession, match_id: UUID, person_id: UUID) -> Interview | None:
    """The person's interview about a pair."""
    mine = (Interview.match_id == match_id, Interview.person_id == person_id)
    return await db.scalar(sa.select(Interview).where(*mine))


def interviews(programme_id: UUID, person_id: UUID | None) -> sa.Select[Interview]:
    """The interviews of a programme, or those of one person in it."""
    rows = sa.select(Interview).where(Interview.programme_id == programme_id, OF_PAIRS)
    return rows.where(Interview.person_id == person_id) if person_id else rows


async def interviews_of_person(db: AsyncSession, person_id: UUID) -> Sequence[Interview]:
    """Every interview that a person gave."""
    return (await db.scalars(sa.select(Interview).where(Interview.person_id == person_id))).all()


async def interview_texts(db: AsyncSession, interview_id: UUID) -> Sequence[InterviewText]:
    """Summary and quotes of an interview, in order."""
    texts = sa.select(InterviewText).where(InterviewText.interview_id == interview_id)
    return (await db.scalars(texts.order_by(InterviewText.kind, InterviewText.position))).all()


async def interview_words(db: AsyncSession, programme_id: UUID) -> Sequence[sa.Row[InterviewText, UUID]]:
    """Summary and quotes of every interview of a programme, and whom each is sealed under."""
    texts = sa.select(InterviewText, Interview.person_id).join(Interview, InterviewText.interview_id == Interview.id)
    return (await db.execute(texts.where(Interview.programme_id == programme_id))).all()


async def quotes_of_interviews(
    db: AsyncSession, interview_ids: Sequence[UUID]
) -> Sequence[sa.Row[InterviewText, UUID]]:
    """The quotes of interviews, and whom each is sealed under."""
    texts = sa.select(InterviewText, Interview.person_id).join(Interview, InterviewText.interview_id == Interview.id)
    of_these = (InterviewText.interview_id.in_(interview_ids), InterviewText.kind == "quote")
    return (await db.execute(texts.where(*of_these))).all()


async def quotable(db: AsyncSession, programme_id: UUID) -> Sequence[sa.Row[UUID, int, UUID | None, str]]:
    """Quotes of approved interviews: interview, position, cohort and role, in order."""
    quotes = sa.select(Interview.id, InterviewText.position, Interview.cohort_id, Interview.role)
    quotes = quotes.join(InterviewText, InterviewText.interview_id == Interview.id)
    approved = (Interview.programme_id == programme_id, Interview.state == "approved", InterviewText.kind == "quote")
    return (await db.execute(quotes.where(*approved).order_by(Interview.id, InterviewText.position))).all()


async def case_study(db: AsyncSession, case_study_id: UUID) -> CaseStudy:
    """The case study; CaseStudyNotFound."""
    found = await db.scalar(sa.select(CaseStudy).where(CaseStudy.id == case_study_id))
    if found is None:
        raise CaseStudyNotFound()
    return found


async def case_study_of(db: AsyncSession, match_id: UUID) -> CaseStudy | None:
    """The pair's case study."""
    return await db.scalar(sa.select(CaseStudy).where(CaseStudy.match_id == match_id))


async def case_studies_of_person(db: AsyncSession, person_id: UUID) -> Sequence[CaseStudy]:
    """Every case study that tells of a person."""
    about = sa.or_(CaseStudy.mentor_id == person_id, CaseStudy.mentee_id == person_id)
    return (await db.scalars(sa.select(CaseStudy).where(about))).all()


def case_studies(programme_id: UUID, person_id: UUID | None) -> sa.Select[CaseStudy]:
    """The case studies of a programme, or those of one person in it."""
    rows = sa.select(CaseStudy).where(CaseStudy.programme_id == programme_id)
    mine = sa.or_(CaseStudy.mentor_id == person_id, CaseStudy.mentee_id == person_id)
    return rows.where(mine) if person_id else rows


async def approved_case_studies(db: AsyncSession, programme_id: UUID) -> Sequence[CaseStudy]:
    """The case studies of a programme that both people let be used, by cohort."""
    approved = case_studies(programme_id, None).where(CaseStudy.state == "approved")
    return (await db.scalars(approved.order_by(CaseStudy.cohort_id, CaseStudy.id))).all()


async def sections(db: AsyncSession, case_study_id: UUID) -> Sequence[CaseStudySection]:
    """The sections of a case study, in order."""
    rows = sa.select(CaseStudySection).where(CaseStudySection.case_study_id == case_study_id)
    return (await db.scalars(rows.order_by(CaseStudySection.position))).all()


async def case_study_words(db: AsyncSession, programme_id: UUID) -> Sequence[CaseStudySection]:
    """The sections of every case study of a programme."""
    rows = sa.select(CaseStudySection).join(CaseStudy, CaseStudySection.case_study_id == CaseStudy.id)
    return (await db.scalars(rows.where(CaseStudy.programme_id == programme_id))).all()


async def approved_interviews(db: AsyncSession, match_id: UUID) -> int:
    """How many of a pair approved their interview."""
    approved = (Interview.match_id == match_id, Interview.state == "approved")
    return await db.scalar(sa.select(sa.func.count()).select_from(Interview).where(*approved)) or 0


def quotes(programme_id: UUID) -> sa.Select[Any, UUID, str]:
    """Quotes of approved interviews: the text's row, the person it is sealed under, and their role."""
    rows = sa.select(InterviewText, Interview.person_id, Interview.role)
    rows = rows.join(Interview, InterviewText.interview_id == Interview.id)
    approved = (Interview.programme_id == programme_id, Interview.state == "approved", InterviewText.kind == "quote")
    return rows.where(*approved)
