"""Mentoring sessions."""

from uuid import UUID

from fastapi import APIRouter, Response

from mentoring_common.languages import InLanguage, languages_of
from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatch, IfMatchRequired
from mentoring_sessions.fields import Withdrawing
from mentoring_sessions.meetings import commands, queries, views
from mentoring_sessions.meetings.schemas import (
    CorrectionView,
    MeetingTopicView,
    MentoringSessionCorrection,
    MentoringSessionRecordedView,
    MentoringSessionStateView,
    MentoringSessionView,
    NewMentoringSession,
)
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import Reader, Writer, mentoring_session, to_programme, to_relationship
from mentoring_sessions.relationships.models import Correction, MentoringSession

router = APIRouter(route_class=Route, tags=["records"])


@router.post(
    "/relationships/{match_id}/mentoring-sessions",
    status_code=201,
    responses={200: {"model": MentoringSessionRecordedView, "description": "Recorded by the other, and confirmed now"}},
)
async def record_mentoring_session(
    match_id: UUID, new: NewMentoringSession, by: Writer, db: Db, response: Response
) -> MentoringSessionRecordedView:
    """Record that the pair met, with a note if you like; going over the hours budget is flagged, not refused.

    Where the other of the pair has recorded this meeting (the times overlap, or begin within a quarter of an hour), the
    answer is 200 with its id and what they said: you confirm it if you say the same (as long, in the same way, begun
    within a quarter of an hour). If you do not, the outcome is `differs`, and only your note is kept.
    """
    mine = await to_relationship(db, by, match_id)
    held = await commands.record_mentoring_session(db, mine, new)
    response.status_code = 201 if held.outcome == "recorded" else 200
    return held


@router.get("/relationships/{match_id}/mentoring-sessions")
async def list_mentoring_sessions(
    match_id: UUID, by: Reader, db: Db, withdrawn: bool = False, cursor: Cursor = None, limit: Limit = 50
) -> Page[MentoringSessionView]:
    """The mentoring sessions of a pair (or those that were withdrawn), each with the notes that you may read."""
    mine = await to_relationship(db, by, match_id)
    rows = queries.mentoring_sessions(match_id, withdrawn=withdrawn)
    shown, following = await page(db, rows, MentoringSession.id, cursor, limit)
    return Page(items=await views.mentoring_sessions(db, by, mine, shown), next_cursor=following)


@router.get("/mentoring-sessions/{mentoring_session_id}")
async def read_mentoring_session(mentoring_session_id: UUID, by: Reader, db: Db) -> MentoringSessionView:
    """One mentoring session, with the notes that you may read."""
    meeting, mine = await mentoring_session(db, by, mentoring_session_id)
    return (await views.mentoring_sessions(db, by, mine, [meeting]))[0]


@router.patch("/mentoring-sessions/{mentoring_session_id}")
async def correct_mentoring_session(
    mentoring_session_id: UUID, change: MentoringSessionCorrection, by: Writer, db: Db, expected: IfMatchRequired
) -> MentoringSessionStateView:
    """Correct when, how long or how the pair met (either of the two); totals and figures follow."""
    meeting, mine = await mentoring_session(db, by, mentoring_session_id)
    corrected = await commands.correct_mentoring_session(db, mine, meeting, change, expected)
    return MentoringSessionStateView.model_validate(corrected)


@router.post("/mentoring-sessions/{mentoring_session_id}/confirm")
async def confirm_mentoring_session(
    mentoring_session_id: UUID, by: Writer, db: Db, expected: IfMatch
) -> MentoringSessionStateView:
    """Say that the meeting was as the other recorded it; once it is confirmed nothing changes.

    If it was not, correct it: the other confirms then.
    """
    meeting, mine = await mentoring_session(db, by, mentoring_session_id)
    return MentoringSessionStateView.model_validate(await commands.confirm(db, mine, meeting, expected))


@router.post("/mentoring-sessions/{mentoring_session_id}/withdraw")
async def withdraw_mentoring_session(
    mentoring_session_id: UUID, withdrawing: Withdrawing, by: Writer, db: Db, expected: IfMatch
) -> MentoringSessionStateView:
    """Say that the meeting never was (either of the two): it counts no more; totals and figures follow."""
    meeting, mine = await mentoring_session(db, by, mentoring_session_id)
    withdrawn = await commands.withdraw_mentoring_session(db, mine, meeting, withdrawing.reason, expected)
    return MentoringSessionStateView.model_validate(withdrawn)


@router.get("/mentoring-sessions/{mentoring_session_id}/corrections")
async def list_corrections(
    mentoring_session_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[CorrectionView]:
    """Who corrected or withdrew the mentoring session, when and why, and what it said before and after."""
    meeting, mine = await mentoring_session(db, by, mentoring_session_id)
    rows = relationships.corrections("mentoring_session", meeting.id)
    shown, following = await page(db, rows, Correction.id, cursor, limit)
    return Page(items=await views.corrections(db, mine, shown), next_cursor=following)


@router.get("/programmes/{programme_id}/meeting-topics")
async def list_meeting_topics(
    programme_id: UUID, by: Reader, db: Db, read: InLanguage = None
) -> list[MeetingTopicView]:
    """What meetings may be about, in your language; none where the programme does not ask it."""
    return views.topics((await to_programme(db, by, programme_id)).programme, languages_of(read))
