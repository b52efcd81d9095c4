"""Paired case studies: written from two approved interviews, and then in the hands of both people."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_contracts.evaluation import CaseStudyWithdrawn
from mentoring_evaluation.errors import CaseStudyChanged, CaseStudyExists, InterviewsNotApproved, SectionsInvalid
from mentoring_evaluation.interviews import queries
from mentoring_evaluation.interviews.gone import Gone
from mentoring_evaluation.interviews.models import CaseStudy, CaseStudySection
from mentoring_evaluation.interviews.schemas import CaseStudyAmendment, Section
from mentoring_evaluation.lifecycle import CASE_STUDY
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.models import Match

_PAIR = 2


async def write_case_study(db: AsyncSession, match: Match, texts: Mapping[str, str], by: Principal) -> CaseStudy:
    """Write a pair's case study. InterviewsNotApproved, SectionsInvalid, CaseStudyExists."""
    titles = (await programmes.design(db, match.programme_id)).case_study_sections
    if set(texts) != set(titles):
        raise SectionsInvalid(sections=titles)
    if await queries.approved_interviews(db, match.id) < _PAIR:
        raise InterviewsNotApproved()
    values = {
        "id": new_id(), "programme_id": match.programme_id, "cohort_id": match.cohort_id, "match_id": match.id,
        "mentor_id": match.mentor_id, "mentee_id": match.mentee_id, "state": "draft", "version": 1,
    }  # fmt: skip
    added = await db.scalar(insert(CaseStudy).values(values).on_conflict_do_nothing().returning(CaseStudy.id))
    if added is None:
        raise CaseStudyExists()
    for position, title in enumerate(titles, start=1):
        sealed = await vault.seal(db, added, texts[title])
        db.add(CaseStudySection(case_study_id=added, position=position, title=title, sealed=sealed))
    await db.flush()
    audit(db, by.subject, "write_case_study", "case_study", added)
    return await queries.case_study(db, added)


async def amend_case_study(db: AsyncSession, study: CaseStudy, change: CaseStudyAmendment, by: Principal) -> CaseStudy:
    """Change sections of the version that was read; approvals were of other words and lapse.

    CaseStudyChanged, SectionsInvalid.
    """
    sections = {section.title: section for section in await queries.sections(db, study.id)}
    if not set(change.sections) <= set(sections):
        raise SectionsInvalid(sections=list(sections))
    lapsed = {"mentor_approved_at": None, "mentee_approved_at": None, "version": CaseStudy.version + 1}
    amended = await _step(db, study, "amend", CaseStudy.version == change.version, **lapsed)
    for title, text in change.sections.items():
        sections[title].sealed = await vault.seal(db, study.id, text)
    audit(db, by.subject, "amend_case_study", "case_study", study.id)
    return amended


async def approve_case_study(db: AsyncSession, study: CaseStudy, version: int, person_id: UUID) -> CaseStudy:
    """One of the two lets the version they read be used; with the second approval it is approved. CaseStudyChanged."""
    own, other = CaseStudy.mentor_approved_at, CaseStudy.mentee_approved_at
    if person_id == study.mentee_id:
        own, other = other, own
    read = CaseStudy.version == version
    approved = {own.key: now(db)}
    second = await _try(db, study, "approve_second", read, other.is_not(None), **approved)
    return second or await _step(db, study, "approve_first", read, other.is_(None), **approved)


async def sections_of(db: AsyncSession, study: CaseStudy) -> list[Section]:
    """The sections in clear, in order; none once it is withdrawn."""
    rows = await queries.sections(db, study.id)
    texts = await vault.unseal_all(db, [(study.id, row.sealed) for row in rows])
    return [Section(title=row.title, text=text) for row, text in zip(rows, texts, strict=True)]


async def take_back(db: AsyncSession, study: CaseStudy) -> Gone | None:
    """One of the two takes it back: what is told is both people's, so the whole text goes.

    What went is for withdrawals to take out of the reports; None if it was withdrawn before, perhaps at this very
    moment by the other of the two.
    """
    if await _try(db, study, "withdraw", withdrawn_at=now(db)) is None:
        return None
    gone = Gone(frozenset({study.id}), tuple(section.text for section in await sections_of(db, study)))
    await db.execute(sa.delete(CaseStudySection).where(CaseStudySection.case_study_id == study.id))
    await vault.destroy_key(db, study.id)
    about = {"programme_id": study.programme_id, "cohort_id": study.cohort_id, "match_id": study.match_id}
    emit(db, CaseStudyWithdrawn(case_study_id=study.id, **about))
    return gone


async def _step(
    db: AsyncSession, study: CaseStudy, act: str, *conditions: sa.ColumnElement[bool], **changes: Any
) -> CaseStudy:
    stepped = await _try(db, study, act, *conditions, **changes)
    if stepped is None:
        raise CaseStudyChanged(state=study.state, version=study.version)
    return stepped


async def _try(
    db: AsyncSession, study: CaseStudy, act: str, *conditions: sa.ColumnElement[bool], **changes: Any
) -> CaseStudy | None:
    before, after = CASE_STUDY[act]
    step = sa.update(CaseStudy).where(CaseStudy.id == study.id, CaseStudy.state.in_(before), *conditions)
    step = step.values(state=after, **changes)
    stepped: CaseStudy | None = await db.scalar(
        step.returning(CaseStudy), execution_options={"populate_existing": True}
    )
    return stepped
