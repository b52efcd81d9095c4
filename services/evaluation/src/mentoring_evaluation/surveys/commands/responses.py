"""Answering a survey: the invitation says that somebody answered, the response says what, and nothing joins the two."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common import vault
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.faults import Fault as Placed
from mentoring_common.faults import fault
from mentoring_common.outbox import emit
from mentoring_contracts.evaluation import SurveyResponseReceived
from mentoring_evaluation.errors import (
    OnlyCompared,
    SurveyAlreadyAnswered,
    SurveyAnswersInvalid,
    TooFewAsked,
    WaveAnonymous,
    WaveCancelled,
    WaveClosed,
    WaveNotClosed,
    WaveNotOpen,
)
from mentoring_evaluation.surveys import queries, queries_answers, tokens
from mentoring_evaluation.surveys.instruments import WHY, Fault, Instrument, faults, flattened, skipped
from mentoring_evaluation.surveys.models import Comment, Invitation, NamedAnswer, Response, Wave
from mentoring_evaluation.surveys.notices import notice_for
from mentoring_evaluation.surveys.schemas import CommentView, NewResponse, SurveyView, WordingKind
from mentoring_evaluation.surveys.wordings import NOTHING, chosen


async def show_survey(
    db: AsyncSession, token: str, wanted: Sequence[str] = (), *, easy_read: bool = False
) -> SurveyView:
    """The questions for the role of a token's holder, in the nearest words there are. SurveyNotFound, WaveClosed,
    SurveyAlreadyAnswered."""
    invitation = await queries.invitation(db, tokens.digest(token))
    wave = await queries.wave(db, invitation.wave_id)
    instrument = _running(db, wave)
    if invitation.answered:
        raise SurveyAlreadyAnswered()
    role = invitation.role
    words = chosen(instrument.wordings, instrument.language, wanted, easy_read)
    said = words.questions if words else {}
    notice = notice_for(instrument.told, words, instrument.language)
    return SurveyView(
        wave_id=wave.id,
        role=role,
        title=(words and words.title) or instrument.title,
        version=instrument.version,
        mode=instrument.mode,
        notice=notice.text,
        notice_language=notice.language,
        language=words.language if words else instrument.language,
        easy_read=bool(words and words.easy_read),
        wordings=[
            WordingKind(language=instrument.language, easy_read=False),
            *(WordingKind(language=one.language, easy_read=one.easy_read) for one in instrument.wordings),
        ],
        questions=[question.for_role(role, said.get(question.id, NOTHING)) for question in instrument.for_role(role)],
        closes_at=wave.closes_at,
    )


async def receive_response(db: AsyncSession, new: NewResponse) -> UUID:
    """Take the answers of a token's holder, once, while the wave is open; the id of the wave.

    SurveyNotFound for a false token, WaveClosed, SurveyAlreadyAnswered, SurveyAnswersInvalid.
    """
    invitation = await queries.invitation(db, tokens.digest(new.token))
    wave = await queries.wave_held_open(db, invitation.wave_id)
    instrument, role = _running(db, wave), invitation.role
    if wave.gathered_in is not None:
        wave = await queries.wave_held_open(db, wave.gathered_in)
        _running(db, wave)
    await _use(db, invitation)
    wrong = faults(instrument, role, new.answers)
    if not wrong and all(map(skipped, new.answers.values())):
        raise SurveyAnswersInvalid(errors=[fault("nothing_answered", "no question is answered", "body", "answers")])
    if wrong:
        raise SurveyAnswersInvalid(errors=[_at_its_place(one) for one in wrong])
    await _keep(db, wave, instrument, invitation, new.answers)
    if role not in (await queries_answers.hidden_of(db, [wave]))[wave.id]:
        emit(db, SurveyResponseReceived(
            wave_id=wave.id, programme_id=wave.programme_id, cohort_id=wave.cohort_id, instrument=wave.instrument,
            role=role,
        ))  # fmt: skip
    return invitation.wave_id


def _at_its_place(one: Fault) -> Placed:
    return fault(one.code, WHY[one.code], "body", "answers", *([one.question] if one.question else []))


async def read_comments(db: AsyncSession, wave: Wave, limit_to: list[Comment], by: Principal) -> list[CommentView]:
    """The free texts of a closed wave, whose reading is audited. WaveNotClosed, TooFewAsked."""
    if wave.state != "closed":
        raise WaveNotClosed()
    if wave.withheld:
        raise TooFewAsked()
    audit(db, by.subject, "read_comments", "wave", wave.id)
    return [
        CommentView(id=c.id, role=c.role, question=c.question, text=await vault.unseal(db, wave.id, c.sealed))
        for c in limit_to
    ]


async def read_named_answers(db: AsyncSession, wave: Wave, by: Principal) -> None:
    """Note that somebody reads who answered what. WaveNotClosed, WaveAnonymous; OnlyCompared of a paired survey."""
    if wave.state != "closed":
        raise WaveNotClosed()
    if wave.mode == "paired":
        raise OnlyCompared()
    if wave.mode != "named":
        raise WaveAnonymous()
    audit(db, by.subject, "read_named_answers", "wave", wave.id)


def _running(db: AsyncSession, wave: Wave) -> Instrument:
    """The instrument of an open wave, which also ends at its hour where nobody has closed it yet."""
    if wave.state == "cancelled":
        raise WaveCancelled()
    if wave.state == "closed" or wave.closes_at <= now(db):
        raise WaveClosed(closed_at=wave.closes_at.isoformat())
    if wave.state == "planned":
        raise WaveNotOpen(opens_at=wave.opens_at.isoformat())
    return Instrument.model_validate(wave.instrument_used)


async def _use(db: AsyncSession, invitation: Invitation) -> None:
    """The one decision on whether this answer counts."""
    unused = (Invitation.id == invitation.id, Invitation.answered.is_(False))
    mark = sa.update(Invitation).where(*unused).values(answered=True).returning(Invitation.id)
    if await db.scalar(mark) is None:
        raise SurveyAlreadyAnswered()


async def _keep(
    db: AsyncSession, wave: Wave, instrument: Instrument, invitation: Invitation, answers: dict[str, Any]
) -> None:
    role = invitation.role
    texts = {question.id for question in instrument.questions if question.kind == "text"}
    given = {name: answer for name, answer in answers.items() if not skipped(answer)}
    choices = flattened(instrument, {name: answer for name, answer in given.items() if name not in texts})
    # Of a meeting's two people, the day alone would say whose answer it is.
    day = (wave.opens_at if wave.gathers else now(db)).date()
    db.add(Response(wave_id=wave.id, cohort_id=wave.cohort_id, role=role, day=day, answers=choices))
    if instrument.mode != "anonymous":
        db.add(NamedAnswer(wave_id=wave.id, person_id=invitation.person_id, role=role, answers=choices))
    for name in sorted(texts & given.keys()):
        sealed = await vault.seal(db, wave.id, given[name])
        db.add(Comment(wave_id=wave.id, role=role, question=name, sealed=sealed))
