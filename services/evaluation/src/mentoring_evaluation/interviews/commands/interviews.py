"""Interviews: scheduled, consented to, transcribed, and then in the hands of the person who gave them."""

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
from mentoring_contracts.evaluation import ConsentWithdrawn, FocusGroupConsentWithdrawn, InterviewApproved
from mentoring_evaluation.errors import AlreadyInterviewed, InterviewStateConflict, NotInPair, PairEndedEarly
from mentoring_evaluation.interviews import queries
from mentoring_evaluation.interviews.commands import case_studies
from mentoring_evaluation.interviews.gone import Gone
from mentoring_evaluation.interviews.models import FocusGroup, Interview, InterviewText
from mentoring_evaluation.interviews.schemas import (
    Amendment,
    NewInterview,
    NewTranscript,
    PagesCorrection,
)
from mentoring_evaluation.lifecycle import HELD, INTERVIEW
from mentoring_evaluation.programmes.models import Match
from mentoring_evaluation.programmes.schemas import ActingRole


async def schedule_interview(db: AsyncSession, match: Match, new: NewInterview, by: Principal) -> Interview:
    """Plan the conversation with one of a pair. NotInPair, PairEndedEarly, AlreadyInterviewed."""
    roles = {match.mentor_id: "mentor", match.mentee_id: "mentee"}
    if new.person_id not in roles:
        raise NotInPair()
    if match.state != "standing":
        raise PairEndedEarly()
    values = {
        "id": new_id(),
        "programme_id": match.programme_id,
        "cohort_id": match.cohort_id,
        "match_id": match.id,
        "person_id": new.person_id,
        "role": roles[new.person_id],
        "state": "scheduled",
        "scheduled_at": new.scheduled_at,
    }
    interview_id = await db.scalar(insert(Interview).values(values).on_conflict_do_nothing().returning(Interview.id))
    if interview_id is None:
        raise AlreadyInterviewed()
    audit(db, by.subject, "schedule_interview", "interview", interview_id)
    return await queries.interview(db, interview_id)


async def consent(db: AsyncSession, interview: Interview) -> Interview:
    """The person agrees to be recorded and quoted."""
    return await step(db, interview, "consent", consented_at=now(db))


async def transcribe(db: AsyncSession, interview: Interview, new: NewTranscript, by: Principal) -> Interview:
    """Keep what the interviewer wrote: the pages counted, summary and quotes sealed."""
    stepped = await step(db, interview, "transcribe", pages=new.pages)
    await write_texts(db, stepped, "summary", [new.summary])
    await write_texts(db, stepped, "quote", new.quotes)
    audit(db, by.subject, "transcribe_interview", "interview", interview.id)
    return stepped


async def correct_pages(
    db: AsyncSession, interview: Interview, change: PagesCorrection, by: Principal, role: ActingRole
) -> Interview:
    """Count the pages of a transcript anew, with a trace. InterviewStateConflict before there is one."""
    held = (Interview.id == interview.id, Interview.state.in_(HELD))
    more = sa.func.jsonb_build_object(
        "pages_before", Interview.pages, "pages", change.pages, "reason", change.reason, "corrected_at", now(db),
        "role", role,
    )  # fmt: skip
    values = {"pages": change.pages, "corrections": Interview.corrections.op("||")(more)}
    corrected: Interview | None = await db.scalar(
        sa.update(Interview).where(*held).values(values).returning(Interview),
        execution_options={"populate_existing": True},
    )
    if corrected is None:
        raise InterviewStateConflict(state=interview.state)
    audit(db, by.subject, "correct_pages", "interview", interview.id, reason=change.reason)
    return corrected


async def amend(db: AsyncSession, interview: Interview, change: Amendment) -> Interview:
    """The person puts the summary, and the quotes if they wish, in their own words."""
    stepped = await step(db, interview, "amend")
    await write_texts(db, stepped, "summary", [change.summary])
    if change.quotes is not None:
        await write_texts(db, stepped, "quote", change.quotes)
    return stepped


async def approve(db: AsyncSession, interview: Interview) -> Interview:
    """The person lets the summary and the quotes be used."""
    stepped = await step(db, interview, "approve", approved_at=now(db))
    if stepped.match_id is not None:
        emit(db, InterviewApproved(**_event(stepped)))
    return stepped


async def take_back(db: AsyncSession, interview: Interview) -> tuple[Interview, Gone]:
    """The person takes everything back: its texts go, and so does the pair's case study. InterviewStateConflict.

    What went is for withdrawals to take out of the reports: nobody else calls this.
    """
    stepped = await step(db, interview, "withdraw", withdrawn_at=now(db))
    said = tuple(text for _, text in await _clear(db, interview))
    await db.execute(sa.delete(InterviewText).where(InterviewText.interview_id == interview.id))
    gone = Gone(frozenset({interview.id}), said)
    if stepped.match_id is not None:
        gone |= await _take_back_case_study(db, stepped.match_id)
        emit(db, ConsentWithdrawn(**_event(stepped)))
    else:
        emit(db, FocusGroupConsentWithdrawn(**of_focus_group(stepped), part_id=stepped.id))
    return stepped, gone


async def _take_back_case_study(db: AsyncSession, match_id: UUID) -> Gone:
    study = await queries.case_study_of(db, match_id)
    return (study and await case_studies.take_back(db, study)) or Gone()


async def texts_of(db: AsyncSession, interview: Interview, by: Principal) -> tuple[str | None, list[str]]:
    """Summary and quotes; reading somebody else's is audited."""
    if by.subject != str(interview.person_id):
        audit(db, by.subject, "read_interview", "interview", interview.id)
    read = await _clear(db, interview)
    summary = next((text for kind, text in read if kind == "summary"), None)
    return summary, [text for kind, text in read if kind == "quote"]


async def _clear(db: AsyncSession, interview: Interview) -> list[tuple[str, str]]:
    """Kind and text of everything that is kept of an interview, in order."""
    rows = await queries.interview_texts(db, interview.id)
    texts = await vault.unseal_all(db, [(interview.person_id, row.sealed) for row in rows])
    return [(row.kind, text) for row, text in zip(rows, texts, strict=True)]


async def step(db: AsyncSession, interview: Interview, act: str, **changes: Any) -> Interview:
    """The interview after a step of lifecycle.INTERVIEW. InterviewStateConflict."""
    before, after = INTERVIEW[act]
    allowed = (Interview.id == interview.id, Interview.state.in_(before))
    moved = sa.update(Interview).where(*allowed).values(state=after, **changes).returning(Interview)
    stepped = await db.scalar(moved, execution_options={"populate_existing": True})
    if stepped is None:
        raise InterviewStateConflict(state=interview.state, needed=sorted(before))
    return stepped


async def write_texts(db: AsyncSession, interview: Interview, kind: str, texts: list[str]) -> None:
    """Keep a summary or quotes, sealed under the person, in the place of what was kept."""
    mine = (InterviewText.interview_id == interview.id, InterviewText.kind == kind)
    await db.execute(sa.delete(InterviewText).where(*mine))
    for position, text in enumerate(texts, start=1):
        sealed = await vault.seal(db, interview.person_id, text)
        db.add(InterviewText(interview_id=interview.id, kind=kind, position=position, sealed=sealed))
    await db.flush()


def of_focus_group(part: Interview | FocusGroup) -> dict[str, Any]:
    """The ids that events of a focus group have."""
    id_ = part.id if isinstance(part, FocusGroup) else part.focus_group_id
    return {"focus_group_id": id_, "programme_id": part.programme_id, "cohort_id": part.cohort_id}


def _event(interview: Interview) -> dict[str, Any]:
    return {
        "interview_id": interview.id,
        "programme_id": interview.programme_id,
        "cohort_id": interview.cohort_id,
        "match_id": interview.match_id,
    }
