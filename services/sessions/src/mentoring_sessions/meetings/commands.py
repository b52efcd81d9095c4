"""The meetings of a pair: recorded once, whoever of the two records them; corrected and withdrawn with a trace.

Who changes a pair's meetings holds its row, so that two records of one meeting at once are one, on any replica. What is
counted is counted anew from what stands, in one statement.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, TypeAlias
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_common.faults import fault
from mentoring_common.outbox import emit
from mentoring_common.versions import Precondition
from mentoring_contracts.sessions import MentoringSessionCorrected, MentoringSessionRecorded, MentoringSessionWithdrawn
from mentoring_sessions.agreements.commands import require_agreement
from mentoring_sessions.errors import (
    AlreadyRecorded,
    MeetingDiffers,
    MentoringSessionInFuture,
    MentoringSessionOutsideRelationship,
    OrientationNeeded,
    PeopleNotMembers,
    RecordWithdrawn,
    TopicUnknown,
)
from mentoring_sessions.lifecycle import State
from mentoring_sessions.meetings import queries
from mentoring_sessions.meetings.models import Presence
from mentoring_sessions.meetings.schemas import (
    MeetingFacts,
    MentoringSessionCorrection,
    MentoringSessionRecordedView,
    NewMentoringSession,
)
from mentoring_sessions.notes.commands import write_note
from mentoring_sessions.notes.schemas import NewNote
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.commands.corrections import keep_correction
from mentoring_sessions.relationships.commands.notices import What, tell_others
from mentoring_sessions.relationships.commands.quiet import watch
from mentoring_sessions.relationships.commands.reviewing import watch_reviews
from mentoring_sessions.relationships.models import MentoringSession, Relationship
from mentoring_sessions.relationships.parts import Access

Totals: TypeAlias = "sa.Row[int, int | None, datetime | None, str]"

_SAID_BEFOREHAND = timedelta(hours=3)
"""Some record a meeting when they sit down; of a longer one nobody knows how long it was before it is over."""
_FACTS = set(MeetingFacts.model_fields)


async def record_mentoring_session(
    db: AsyncSession, mine: Access, new: NewMentoringSession
) -> MentoringSessionRecordedView:
    """Record that the pair met, or confirm the record of the other of the two. Going over the hours budget is flagged.

    Who says something else of a meeting that the other recorded confirms nothing, and is told so: it is corrected, or
    another one. A meeting within the relationship's time may still be recorded after its end. AlreadyRecorded by
    oneself, unless it is said to be another meeting.
    """
    person_id, _ = mine.one_of_the_pair()
    pair = await relationships.relationship_locked(db, mine.relationship.id)
    _require_time(db, pair, new.held_at, new.minutes)
    same = None if new.another_meeting else await queries.same_meeting(db, pair.id, new.held_at, new.minutes)
    differs = same is not None and not _says_the_same(same, new)
    if same:
        _require_unsaid(same, person_id)
        meeting = same if differs else await _confirmed(db, same)
    else:
        there = await _there(db, pair, new.attended)
        meeting = await _recorded(db, pair, person_id, new, there)
    note = NewNote(text=new.note, visibility=new.note_visibility) if new.note else None
    note_id = (await write_note(db, mine, meeting, note)).id if note else None
    pair = await relationships.relationship(db, pair.id)
    return MentoringSessionRecordedView(
        id=meeting.id,
        version=meeting.version,
        outcome="differs" if differs else "confirmed" if same else "recorded",
        recorded_by=meeting.recorded_by,
        note_id=note_id,
        over_budget=pair.budget_minutes is not None and pair.total_minutes > pair.budget_minutes,
        total_minutes=pair.total_minutes,
        budget_minutes=pair.budget_minutes,
        **_facts(meeting).model_dump(),
    )


async def _recorded(
    db: AsyncSession, pair: Relationship, person_id: UUID, new: NewMentoringSession, there: Sequence[UUID] | None
) -> MentoringSession:
    is_first = pair.mentoring_sessions == 0
    if is_first:
        await require_agreement(db, pair)
    await _require_topics(db, pair, new.topics)
    facts = new.model_dump(include=_FACTS)
    meeting = MentoringSession(relationship_id=pair.id, recorded_by=person_id, over_budget=False, **facts)
    db.add(meeting)
    await db.flush()
    await _keep_presences(db, meeting, there)
    await _count(db, pair, meeting, MentoringSessionRecorded)
    if is_first:
        await watch_reviews(db, pair, "fit_check")
    await _tell(db, pair, person_id, "meeting_to_confirm", meeting)
    return meeting


async def _require_topics(db: AsyncSession, pair: Relationship, topics: Sequence[str]) -> None:
    """TopicUnknown for one that the programme does not have."""
    if topics:
        known = [topic["id"] for topic in (await relationships.programme(db, pair.programme_id)).topics]
        if not set(topics) <= set(known):
            raise TopicUnknown(known=known)


async def _there(db: AsyncSession, pair: Relationship, attended: Sequence[UUID] | None) -> Sequence[UUID] | None:
    """Who was at a meeting, as it is said, else everybody in the group; None of a pair, which meets as two.

    PeopleNotMembers for somebody who neither is nor was in it.
    """
    if attended is not None:
        unknown = await relationships.unknown_members(db, pair.id, attended)
        said = "neither is nor was in the relationship"
        wrong = [
            fault("person_not_member", said, "body", "attended", n) for n, p in enumerate(attended) if p in unknown
        ]
        if wrong:
            raise PeopleNotMembers(errors=wrong)
    if pair.mentee_id is not None:
        return None
    here = (await relationships.members(db, [pair.id]))[pair.id]
    return sorted(set(attended)) if attended is not None else [member.person_id for member in here]


async def _keep_presences(db: AsyncSession, meeting: MentoringSession, there: Sequence[UUID] | None) -> None:
    db.add_all(Presence(mentoring_session_id=meeting.id, person_id=person_id) for person_id in there or ())
    await db.flush()


async def confirm(
    db: AsyncSession, mine: Access, meeting: MentoringSession, expected: Precondition
) -> MentoringSession:
    """Say that it was as somebody else recorded it. RecordWithdrawn; AlreadyRecorded for who said so themselves."""
    person_id, _ = await _held(db, mine, meeting, expected)
    if meeting.confirmed_at is None:
        _require_unsaid(meeting, person_id)
        await _confirmed(db, meeting)
    return meeting


async def confirm_or_differ(db: AsyncSession, meeting: MentoringSession, person_id: UUID, minutes: int | None) -> None:
    """Somebody says that a recorded meeting was held, and perhaps how long: who did not say it last confirms it.

    MeetingDiffers where the other said another length; nothing changes for who said it last, or once it is confirmed.
    """
    if minutes is not None and minutes != meeting.minutes:
        raise MeetingDiffers(mentoring_session_id=str(meeting.id), minutes=meeting.minutes)
    if meeting.confirmed_at is None and person_id != _said_by(meeting):
        await _confirmed(db, meeting)


async def _confirmed(db: AsyncSession, meeting: MentoringSession) -> MentoringSession:
    meeting.confirmed_at = now(db)
    await db.flush()
    return meeting


def _said_by(meeting: MentoringSession) -> UUID:
    """Who said last what the meeting was like: another one confirms it."""
    return meeting.corrected_by or meeting.recorded_by


def _require_unsaid(meeting: MentoringSession, person_id: UUID) -> None:
    """AlreadyRecorded where nothing is left to confirm, or it is for another one."""
    if meeting.confirmed_at is not None or person_id == _said_by(meeting):
        raise AlreadyRecorded(mentoring_session_id=str(meeting.id))


def _says_the_same(meeting: MentoringSession, new: NewMentoringSession) -> bool:
    """Whether the two say the same of a meeting: as long, in the same way, begun within a quarter of an hour."""
    near = abs(meeting.held_at - new.held_at) <= queries.SAME_START
    return near and (meeting.minutes, meeting.mode) == (new.minutes, new.mode)


def _require_time(db: AsyncSession, pair: Relationship, held_at: datetime, minutes: int) -> None:
    """Days count at both ends: a pair may meet on the day of its confirmation, before the second answer came in."""
    if held_at > now(db) or held_at + timedelta(minutes=minutes) > now(db) + _SAID_BEFOREHAND:
        raise MentoringSessionInFuture()
    if pair.state == State.WAITING:
        raise OrientationNeeded()
    day_of_confirmation = pair.confirmed_at.replace(hour=0, minute=0, second=0, microsecond=0)
    if held_at < day_of_confirmation or (pair.over_at is not None and held_at > pair.over_at):
        raise MentoringSessionOutsideRelationship()


async def correct_mentoring_session(
    db: AsyncSession,
    mine: Access,
    meeting: MentoringSession,
    change: MentoringSessionCorrection,
    expected: Precondition,
) -> MentoringSession:
    """Say what the meeting was like, for the other of the two to confirm; nothing happens if it says so already.

    RecordWithdrawn if it counts no more, AlreadyRecorded if it would be the same as another one.
    """
    person_id, pair = await _held(db, mine, meeting, expected)
    before = _facts(meeting)
    after = before.model_copy(update=change.model_dump(include=_FACTS, exclude_none=True))
    was = (await queries.presences(db, [meeting.id])).get(meeting.id)
    there = was if change.attended is None else await _there(db, pair, change.attended)
    if after == before and there == was:
        return meeting
    await _require_topics(db, pair, change.topics or [])
    _require_time(db, pair, after.held_at, after.minutes)
    if not change.another_meeting and (after.held_at, after.minutes) != (before.held_at, before.minutes):
        same = await queries.same_meeting(db, pair.id, after.held_at, after.minutes, beside=meeting.id)
        if same is not None:
            raise AlreadyRecorded(mentoring_session_id=str(same.id))
    for name, value in after.model_dump().items():
        setattr(meeting, name, value)
    meeting.corrected_by, meeting.confirmed_at = person_id, None
    said = _said(before, was), _said(after, there)
    if there != was:
        await db.execute(sa.delete(Presence).where(Presence.mentoring_session_id == meeting.id))
        await _keep_presences(db, meeting, there)
    await keep_correction(db, person_id, "mentoring_session", meeting.id, change.reason, *said)
    await _count(db, pair, meeting, MentoringSessionCorrected)
    await _tell(db, pair, person_id, "meeting_corrected", meeting)
    return meeting


async def withdraw_mentoring_session(
    db: AsyncSession, mine: Access, meeting: MentoringSession, reason: str, expected: Precondition
) -> MentoringSession:
    """Say that the meeting never was: it counts no more. RecordWithdrawn if that was said before."""
    person_id, pair = await _held(db, mine, meeting, expected)
    meeting.withdrawn_at = now(db)
    before = _said(_facts(meeting), (await queries.presences(db, [meeting.id])).get(meeting.id))
    await keep_correction(db, person_id, "mentoring_session", meeting.id, reason, before)
    await _count(db, pair, meeting, MentoringSessionWithdrawn)
    await _tell(db, pair, person_id, "meeting_withdrawn", meeting)
    return meeting


async def _tell(db: AsyncSession, pair: Relationship, by: UUID, what: What, meeting: MentoringSession) -> None:
    """The other of a pair learns of it. In a group nobody's word is awaited."""
    if pair.mentee_id is not None:
        await tell_others(db, pair, by, what, meeting.version, meeting.id)


async def _held(
    db: AsyncSession, mine: Access, meeting: MentoringSession, expected: Precondition
) -> tuple[UUID, Relationship]:
    """Who of the two changes the meeting, and the pair, held first as by who records one; the meeting is read again."""
    person_id, _ = mine.one_of_the_pair()
    pair = await relationships.relationship_locked(db, mine.relationship.id)
    await db.refresh(meeting)
    await expected.hold(db, meeting)
    if meeting.withdrawn_at is not None:
        raise RecordWithdrawn()
    return person_id, pair


def _facts(meeting: MentoringSession) -> MeetingFacts:
    return MeetingFacts.model_validate(meeting)


def _said(facts: MeetingFacts, there: Sequence[UUID] | None) -> dict[str, Any]:
    """What a record said, as it is kept in the trace."""
    said = facts.model_dump(mode="json")
    return said if there is None else said | {"attended": [str(person_id) for person_id in there]}


_Counted: TypeAlias = type[MentoringSessionRecorded | MentoringSessionCorrected | MentoringSessionWithdrawn]


async def _count(db: AsyncSession, pair: Relationship, meeting: MentoringSession, fact: _Counted) -> None:
    """Count the pair's meetings anew, flag those over its budget, announce it, and watch for when it goes quiet."""
    await db.flush()
    before = pair.last_held_at
    totals = await _totals(db, pair.id)
    await _flag(db, pair.id, totals.budget_minutes)
    await db.refresh(meeting)
    ids = {"match_id": pair.id, "programme_id": pair.programme_id, "cohort_id": pair.cohort_id}
    there = (await queries.presences(db, [meeting.id])).get(meeting.id)
    minutes = {
        "minutes": meeting.minutes,
        "total_minutes": totals.total_minutes,
        "attended": 2 if there is None else len(there),
    }
    emit(db, fact(**ids, **minutes, mentoring_session_id=meeting.id, budget_minutes=totals.budget_minutes))
    if totals.state == State.ACTIVE and totals.last_held_at != before:
        await watch(db, pair.id)


async def _totals(db: AsyncSession, relationship_id: UUID) -> Totals:
    """What stands, in one statement that counts and reads."""
    meetings = queries.mentoring_sessions(relationship_id)

    def of_all(value: Any) -> Any:
        return meetings.with_only_columns(value).scalar_subquery()

    counted = sa.update(Relationship).where(Relationship.id == relationship_id)
    counted = counted.values(
        total_minutes=of_all(sa.func.coalesce(sa.func.sum(MentoringSession.minutes), 0)),
        mentoring_sessions=of_all(sa.func.count()),
        last_held_at=of_all(sa.func.max(MentoringSession.held_at)),
    )
    totals = counted.returning(
        Relationship.total_minutes,
        Relationship.budget_minutes,
        Relationship.last_held_at,
        Relationship.state,
    )
    return (await db.execute(totals, execution_options={"synchronize_session": False})).one()


async def _flag(db: AsyncSession, relationship_id: UUID, budget: int | None) -> None:
    """Flag the meetings with which the pair was over its budget, in the order in which they were held."""
    if budget is None:
        return
    order = (MentoringSession.held_at, MentoringSession.id)
    so_far = sa.func.sum(MentoringSession.minutes).over(order_by=order)
    meetings = queries.mentoring_sessions(relationship_id)
    running = meetings.with_only_columns(MentoringSession.id, (so_far > budget).label("over")).subquery()
    wrong = (MentoringSession.id == running.c.id, MentoringSession.over_budget != running.c.over)
    flagged = sa.update(MentoringSession).where(*wrong).values(over_budget=running.c.over)
    await db.execute(flagged, execution_options={"synchronize_session": False})
