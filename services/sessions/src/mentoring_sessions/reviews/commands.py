"""Ask how it goes on, answer, and say what follows; leave last words."""

from datetime import timedelta
from typing import Any, Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_common.deadlines import cancel, schedule
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_common.versions import Precondition
from mentoring_contracts.sessions import (
    LastWordsNoticeDue,
    ReviewAnswered,
    ReviewConcluded,
    ReviewNoticeDue,
    ReviewOpened,
)
from mentoring_sessions.appointments.commands import call_off
from mentoring_sessions.errors import OrientationNeeded, PlanMissing, RematchOfPair, ReviewConcludedAlready
from mentoring_sessions.lifecycle import State
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.commands.quiet import watch
from mentoring_sessions.relationships.commands.relationships import close_relationship
from mentoring_sessions.relationships.commands.reviewing import OPENS, ReviewKind, due, terms_of
from mentoring_sessions.relationships.models import Relationship
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.sealed import seal
from mentoring_sessions.reviews import queries
from mentoring_sessions.reviews.models import Farewell, Review, ReviewAnswer
from mentoring_sessions.reviews.schemas import NewFarewell, NewOutcome, NewReviewAnswer

REMINDS = "review_reminds"
DIFFERS = 2  # of the five steps between them
What = Literal["asked", "reminded", "needs", "concluded"]


async def open_fit_check(db: AsyncSession, match_id: UUID) -> None:
    """Deadline: the pair met for the first time, so many days ago."""
    await _open(db, match_id, "fit_check")


async def open_mid_term(db: AsyncSession, match_id: UUID) -> None:
    """Deadline: the relationship is in its middle."""
    await _open(db, match_id, "mid_term")


async def open_end(db: AsyncSession, match_id: UUID) -> None:
    """Deadline: the relationship ends soon."""
    await _open(db, match_id, "end")


async def _open(db: AsyncSession, match_id: UUID, kind: ReviewKind) -> None:
    """Ask everybody, once; what is due later by now, or while there is a break, waits for its time."""
    pair = await relationships.relationship_locked(db, match_id)
    if pair.state != State.ACTIVE or pair.paused_at is not None:
        return
    terms = terms_of(await relationships.programme(db, pair.programme_id))
    due_at = await due(db, kind, pair, terms)
    if due_at is None:
        return
    if due_at > now(db):
        await schedule(db, OPENS[kind], pair.id, due_at)
        return
    people = [member.person_id for member in (await relationships.members(db, [pair.id]))[pair.id]]
    until = now(db) + timedelta(days=terms.answer_days)
    values: dict[str, Any] = {
        "id": new_id(),
        "relationship_id": pair.id,
        "programme_id": pair.programme_id,
        "kind": kind,
    }
    values |= {"opened_at": now(db), "answer_until": until, "asked": len(people)}
    made = insert(Review).values(values).on_conflict_do_nothing().returning(Review)
    review: Review | None = await db.scalar(made, execution_options={"populate_existing": True})
    if review is None:
        return
    emit(db, ReviewOpened(**_ids(pair, review), answer_until=until))
    for person_id in people:
        _tell(db, pair, review, person_id, "asked")
    await schedule(db, REMINDS, review.id, now(db) + timedelta(days=terms.answer_days) / 2)


async def remind(db: AsyncSession, review_id: UUID) -> None:
    """Deadline: half of the time is over; who has not answered is reminded, once."""
    review = await queries.review_locked(db, review_id)
    pair = await relationships.relationship(db, review.relationship_id)
    if review.outcome is not None or pair.state != State.ACTIVE or pair.paused_at is not None:
        return
    if review.kind == "fit_check" and await relationships.first_met_at(db, pair.id) is None:
        return  # the meeting that it was about never was
    answered = {answer.person_id for answer in await queries.answers(db, [review.id])}
    for member in (await relationships.members(db, [pair.id]))[pair.id]:
        if member.person_id not in answered:
            _tell(db, pair, review, member.person_id, "reminded")


async def answer(db: AsyncSession, mine: Access, review: Review, new: NewReviewAnswer) -> Review:
    """Say how it goes on, or say it anew until it is concluded. ReviewConcludedAlready; RelationshipOver."""
    person_id, _ = mine.one_of_the_pair()
    mine.require_open()
    sealed = await seal(db, person_id, new.for_team)
    review = await _held(db, review.id)
    said = {"answered_at": now(db), "going_well": new.going_well, "wish": new.wish, "for_team_sealed": sealed}
    row = insert(ReviewAnswer).values(id=new_id(), review_id=review.id, person_id=person_id, **said)
    await db.execute(
        row.on_conflict_do_update(index_elements=["tenant_id", "review_id", "person_id"], set_=said),
        execution_options={"synchronize_session": False},
    )
    await _compare(db, mine.relationship, review)
    emit(db, ReviewAnswered(**_ids(mine.relationship, review), answered=review.answered))
    return review


async def _held(db: AsyncSession, review_id: UUID) -> Review:
    review = await queries.review_locked(db, review_id)
    if review.outcome is not None:
        raise ReviewConcludedAlready()
    return review


async def _compare(db: AsyncSession, pair: Relationship, review: Review) -> None:
    """Keep whether those who answered differ, and tell the team once where something is wanted of it."""
    said = await queries.answers(db, [review.id])
    marks, wishes = [one.going_well for one in said], {one.wish for one in said}
    review.answered, review.rematch_wished = len(said), "rematch" in wishes
    complete = len(said) >= review.asked
    review.differs = (max(marks) - min(marks) >= DIFFERS or len(wishes) > 1) if complete else None
    needs = review.rematch_wished or review.differs or (complete and wishes != {"continue"})
    if needs and not review.team_told:
        review.team_told = True
        for person_id in await queries.steerers(db, pair):
            _tell(db, pair, review, person_id, "needs")
    await db.flush()


async def conclude(
    db: AsyncSession, by: Principal, mine: Access, review: Review, new: NewOutcome, expected: Precondition
) -> Review:
    """Say what follows (programme team, never one of the pair), and do it. PlanMissing; RematchOfPair."""
    mine.require_other_team()
    if new.outcome == "re_energise" and new.plan is None:
        raise PlanMissing()
    pair = mine.relationship
    if new.outcome == "rematch" and pair.mentee_id is None:
        raise RematchOfPair()
    await expected.hold(db, review)
    mine.require_open()
    review = await _held(db, review.id)
    review.outcome, review.decided_by, review.decided_at = new.outcome, by.person, now(db)
    if new.plan is not None:
        review.plan_by, review.plan_sealed = by.person_id, await seal(db, by.person_id, new.plan)
    await db.flush()
    await cancel(db, REMINDS, review.id)
    audit(db, by.subject, "conclude_review", "review", review.id, reason=new.outcome)
    emit(db, ReviewConcluded(**_ids(pair, review), outcome=new.outcome))
    await _act(db, by, mine, new.outcome)
    if new.outcome not in ("rematch", "close"):  # of these the end tells them
        for member in (await relationships.members(db, [pair.id]))[pair.id]:
            _tell(db, pair, review, member.person_id, "concluded")
    return review


async def _act(db: AsyncSession, by: Principal, mine: Access, outcome: str) -> None:
    """A rematch is matching's to make, which hears of it."""
    if outcome == "close":
        await close_relationship(db, by, mine)
        await call_off(db, mine.relationship.id)
    elif outcome == "re_energise":
        pair = await relationships.relationship_locked(db, mine.relationship.id)
        pair.reminders_stopped, pair.reminders_after = False, None
        await db.flush()
        await watch(db, pair.id)


async def say_farewell(db: AsyncSession, mine: Access, new: NewFarewell, expected: Precondition) -> Farewell:
    """Leave last words for the other, who is told; say whether one goes on informally, or is a mentor next time."""
    person_id, pair = mine.present_or_past(), mine.relationship
    if pair.state == State.WAITING:
        raise OrientationNeeded()
    sealed = await seal(db, person_id, new.words)
    ids = {"relationship_id": pair.id, "programme_id": pair.programme_id, "cohort_id": pair.cohort_id}
    row = insert(Farewell).values(id=new_id(), person_id=person_id, said_at=now(db), **ids).on_conflict_do_nothing()
    is_new = await db.scalar(row.returning(Farewell.id)) is not None
    farewell = await queries.farewell_locked(db, pair.id, person_id)
    expected.compare(0 if is_new else farewell.version)
    farewell.said_at, farewell.words_sealed = now(db), sealed
    farewell.goes_on, farewell.mentor_next_time = new.goes_on, new.mentor_next_time
    if new.words is not None:
        farewell.times_told += 1
    await db.flush()
    if new.words is not None:
        for member in (await relationships.members(db, [pair.id]))[pair.id]:
            if member.person_id != person_id:
                told = {"person_id": member.person_id, "number": farewell.times_told}
                emit(db, LastWordsNoticeDue(**_of(pair), **told))
    return farewell


def _tell(db: AsyncSession, pair: Relationship, review: Review, person_id: UUID, what: What) -> None:
    until = review.answer_until if what in ("asked", "reminded") else None
    emit(db, ReviewNoticeDue(**_ids(pair, review), person_id=person_id, what=what, answer_until=until))


def _ids(pair: Relationship, review: Review) -> dict[str, Any]:
    return _of(pair) | {"review_id": review.id, "kind": review.kind}


def _of(pair: Relationship) -> dict[str, Any]:
    return {"match_id": pair.id, "programme_id": pair.programme_id, "cohort_id": pair.cohort_id}


async def forget_reviews(db: AsyncSession, person_id: UUID) -> None:
    """Remove what somebody who is erased wrote in reviews and as last words, and that they would be a mentor."""
    theirs = sa.update(ReviewAnswer).where(ReviewAnswer.person_id == person_id)
    await db.execute(theirs.values(for_team_sealed=None))
    plans = sa.update(Review).where(Review.plan_by == person_id)
    await db.execute(plans.values(plan_sealed=None))
    words = sa.update(Farewell).where(Farewell.person_id == person_id)
    await db.execute(words.values(words_sealed=None, mentor_next_time=False))
