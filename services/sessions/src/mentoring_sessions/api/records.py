"""Mentoring sessions, notes, check-ins, concerns and nudges."""

from typing import Literal
from uuid import UUID

from fastapi import APIRouter, Response

from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_sessions import queries, views
from mentoring_sessions.access import person_of
from mentoring_sessions.api.callers import Reader, Writer
from mentoring_sessions.commands import meetings
from mentoring_sessions.commands import mentoring_sessions as commands
from mentoring_sessions.models import CheckIn, Concern, Correction, MentoringSession, Nudge
from mentoring_sessions.schemas import (
    CheckInStateView,
    CheckInView,
    ConcernChange,
    ConcernStateView,
    ConcernView,
    CorrectionView,
    MentoringSessionCorrection,
    MentoringSessionRecordedView,
    MentoringSessionStateView,
    MentoringSessionView,
    NewCheckIn,
    NewConcern,
    NewMentoringSession,
    NewNote,
    NoteChange,
    NoteStateView,
    NoteView,
    NudgeView,
    Withdrawing,
)

router = APIRouter(route_class=Route, tags=["records"])


@router.post("/relationships/{match_id}/mentoring-sessions", status_code=201)
async def record_mentoring_session(
    match_id: UUID, new: NewMentoringSession, by: Writer, db: Db, response: Response
) -> MentoringSessionRecordedView:
    """Record that the pair met, with a note if you like; going over the hours budget is flagged, not refused.

    Where the other of the pair has recorded this meeting (the times overlap, or begin within a quarter of an hour), you
    confirm it: 200 with its id and what they said.
    """
    mine = await queries.access(db, by, match_id)
    held = await meetings.record_mentoring_session(db, mine, new)
    response.status_code = 200 if held.outcome == "confirmed" else 201
    return held


@router.get("/relationships/{match_id}/mentoring-sessions")
async def list_mentoring_sessions(
    match_id: UUID, by: Reader, db: Db, withdrawn: bool = False, cursor: Cursor = None, limit: Limit = 50
) -> Page[MentoringSessionView]:
    """The mentoring sessions of a pair (or those that were withdrawn), each with the notes that you may read."""
    mine = await queries.access(db, by, match_id)
    rows = queries.mentoring_sessions(match_id, withdrawn=withdrawn)
    shown, following = await page(db, rows, MentoringSession.id, cursor, limit)
    return Page(items=await views.mentoring_sessions(db, by, mine, shown), next_cursor=following)


@router.get("/mentoring-sessions/{mentoring_session_id}")
async def read_mentoring_session(mentoring_session_id: UUID, by: Reader, db: Db) -> MentoringSessionView:
    """One mentoring session, with the notes that you may read."""
    meeting, mine = await queries.mentoring_session(db, by, mentoring_session_id)
    return (await views.mentoring_sessions(db, by, mine, [meeting]))[0]


@router.patch("/mentoring-sessions/{mentoring_session_id}")
async def correct_mentoring_session(
    mentoring_session_id: UUID, change: MentoringSessionCorrection, by: Writer, db: Db, expected: IfMatchRequired
) -> MentoringSessionStateView:
    """Correct when, how long or how the pair met (either of the two); totals and figures follow."""
    meeting, mine = await queries.mentoring_session(db, by, mentoring_session_id)
    corrected = await meetings.correct_mentoring_session(db, mine, meeting, change, expected)
    return MentoringSessionStateView.model_validate(corrected)


@router.post("/mentoring-sessions/{mentoring_session_id}/withdraw")
async def withdraw_mentoring_session(
    mentoring_session_id: UUID, withdrawing: Withdrawing, by: Writer, db: Db, expected: IfMatch
) -> MentoringSessionStateView:
    """Say that the meeting never was (either of the two): it counts no more; totals and figures follow."""
    meeting, mine = await queries.mentoring_session(db, by, mentoring_session_id)
    withdrawn = await meetings.withdraw_mentoring_session(db, mine, meeting, withdrawing.reason, expected)
    return MentoringSessionStateView.model_validate(withdrawn)


@router.get("/mentoring-sessions/{mentoring_session_id}/corrections")
async def list_corrections(
    mentoring_session_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[CorrectionView]:
    """Who corrected or withdrew the mentoring session, when and why, and what it said before and after."""
    meeting, mine = await queries.mentoring_session(db, by, mentoring_session_id)
    rows = queries.corrections("mentoring_session", meeting.id)
    shown, following = await page(db, rows, Correction.id, cursor, limit)
    return Page(items=await views.corrections(db, mine, shown), next_cursor=following)


@router.post("/mentoring-sessions/{mentoring_session_id}/notes", status_code=201)
async def write_note(mentoring_session_id: UUID, new: NewNote, by: Writer, db: Db) -> NoteStateView:
    """Write a note about a mentoring session."""
    meeting, mine = await queries.mentoring_session(db, by, mentoring_session_id)
    return NoteStateView.model_validate(await commands.write_note(db, mine, meeting, new))


@router.get("/notes/{note_id}")
async def read_note(note_id: UUID, by: Reader, db: Db) -> NoteView:
    """A note of your own."""
    return await views.note(db, by, await queries.own_note(db, by, note_id))


@router.patch("/notes/{note_id}")
async def change_note(
    note_id: UUID, change: NoteChange, by: Writer, db: Db, expected: IfMatchRequired
) -> NoteStateView:
    """Change a note of your own, or who may read it."""
    note = await queries.own_note(db, by, note_id)
    await expected.hold(db, note)
    return NoteStateView.model_validate(await commands.change_note(db, note, change))


@router.delete("/notes/{note_id}", status_code=204)
async def delete_note(note_id: UUID, by: Writer, db: Db, expected: IfMatch) -> None:
    """Remove a note of your own for good."""
    note = await queries.own_note(db, by, note_id)
    await expected.hold(db, note)
    await commands.delete_note(db, note)


@router.post("/relationships/{match_id}/check-ins", status_code=201)
async def record_check_in(match_id: UUID, new: NewCheckIn, by: Writer, db: Db) -> CheckInStateView:
    """Tell the programme team how it goes."""
    mine = await queries.access(db, by, match_id)
    return CheckInStateView.model_validate(await commands.record_check_in(db, mine, new))


@router.get("/relationships/{match_id}/check-ins")
async def list_check_ins(
    match_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[CheckInView]:
    """Your own check-ins, or for the programme team those of both."""
    mine = await queries.access(db, by, match_id)
    shown, following = await page(db, queries.check_ins(mine), CheckIn.id, cursor, limit)
    return Page(items=await views.check_ins(db, by, mine, shown), next_cursor=following)


@router.post("/relationships/{match_id}/concerns", status_code=201)
async def raise_concern(match_id: UUID, new: NewConcern, by: Writer, db: Db) -> ConcernStateView:
    """Tell the programme team something in confidence."""
    mine = await queries.access(db, by, match_id)
    return ConcernStateView.model_validate(await commands.raise_concern(db, mine, new))


@router.get("/relationships/{match_id}/concerns")
async def list_concerns(
    match_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[ConcernView]:
    """Your own concerns, or for the programme team all about the pair."""
    mine = await queries.access(db, by, match_id)
    mine.require_confidence()
    shown, following = await page(db, queries.concerns(mine), Concern.id, cursor, limit)
    return Page(items=await views.concerns(db, by, shown), next_cursor=following)


@router.get("/programmes/{programme_id}/concerns")
async def list_concerns_of_programme(
    programme_id: UUID,
    by: Reader,
    db: Db,
    state: Literal["raised", "acknowledged", "resolved"] | None = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ConcernView]:
    """Every concern of the programme, for its team."""
    (await queries.programme_access(db, by, programme_id)).require_confidence()
    rows = queries.concerns_of_programme(programme_id, person_of(by), state)
    shown, following = await page(db, rows, Concern.id, cursor, limit)
    return Page(items=await views.concerns(db, by, shown), next_cursor=following)


@router.get("/concerns/{concern_id}")
async def read_concern(concern_id: UUID, by: Reader, db: Db) -> ConcernView:
    """A concern, for who raised it and the programme team."""
    return (await views.concerns(db, by, [await queries.readable_concern(db, by, concern_id)]))[0]


@router.patch("/concerns/{concern_id}")
async def change_concern(
    concern_id: UUID, change: ConcernChange, by: Writer, db: Db, expected: IfMatchRequired
) -> ConcernStateView:
    """Say that a concern was read or settled (programme team)."""
    concern, mine = await queries.concern(db, by, concern_id)
    mine.require_other_team()
    await expected.hold(db, concern)
    return ConcernStateView.model_validate(await commands.change_concern(db, by, mine, concern, change))


@router.get("/programmes/{programme_id}/nudges")
async def list_nudges(
    programme_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[NudgeView]:
    """Pairs of the programme that went quiet, for its team."""
    (await queries.programme_access(db, by, programme_id)).require_team()
    shown, following = await page(db, queries.nudges(programme_id), Nudge.id, cursor, limit)
    return page_of(shown, following, NudgeView.model_validate)
