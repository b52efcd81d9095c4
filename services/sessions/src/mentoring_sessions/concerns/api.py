"""Concerns."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from mentoring_common.auth import Allow, Principal, internal
from mentoring_common.db import now
from mentoring_common.pagination import Cursor, Limit, Page, page
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatchRequired
from mentoring_sessions.concerns import access, commands, queries, views
from mentoring_sessions.concerns.models import CaseNote, Concern
from mentoring_sessions.concerns.schemas import (
    CaseNoteStateView,
    CaseNoteView,
    ConcernChange,
    ConcernIds,
    ConcernStateView,
    ConcernView,
    NewCaseNote,
    NewConcern,
    Raiser,
    Raisers,
    Severity,
    State,
)
from mentoring_sessions.relationships.access import Reader, Writer, to_relationship
from mentoring_sessions.relationships.parts import CONCERNS

router = APIRouter(route_class=Route, tags=["records"])
internal_router = APIRouter(prefix="/internal", route_class=Route, tags=["internal"])
OwnService = Annotated[Principal, Depends(Allow(internal("sessions")))]


@router.post("/relationships/{match_id}/concerns", status_code=201)
async def raise_concern(match_id: UUID, new: NewConcern, by: Writer, db: Db) -> ConcernStateView:
    """Tell the programme team something in confidence; whoever is on duty is told at once."""
    mine = await to_relationship(db, by, match_id, CONCERNS)
    return ConcernStateView.model_validate(await commands.raise_concern(db, mine, new))


@router.get("/relationships/{match_id}/concerns")
async def list_concerns(
    match_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[ConcernView]:
    """Your own concerns, or for the programme team all about the pair; about safeguarding for who is there for it."""
    reading = await access.to_concerns(db, by, match_id)
    reading.mine.require_confidence()
    shown, following = await page(db, queries.concerns(reading.mine, reading.paths), Concern.id, cursor, limit)
    return Page(items=await views.concerns(db, by, shown), next_cursor=following)


@router.get("/programmes/{programme_id}/concerns")
async def list_concerns_of_programme(
    programme_id: UUID,
    by: Reader,
    db: Db,
    state: State | None = None,
    severity: Severity | None = None,
    owner_id: UUID | None = None,
    overdue: bool = False,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[ConcernView]:
    """Every concern of the programme, for its team; with `overdue` those that nobody took in time.

    Those about safeguarding are shown to who has the right to take these, and the others to who takes the others.
    """
    paths = await access.to_programmes_concerns(db, by, programme_id)
    due = now(db) if overdue else None
    rows = queries.concerns_of_programme(programme_id, by.person, paths, state, severity, owner_id, due)
    shown, following = await page(db, rows, Concern.id, cursor, limit)
    return Page(items=await views.concerns(db, by, shown), next_cursor=following)


@router.get("/concerns/{concern_id}")
async def read_concern(concern_id: UUID, by: Reader, db: Db) -> ConcernView:
    """A concern, for who raised it and the programme team."""
    return (await views.concerns(db, by, [await access.readable_concern(db, by, concern_id)]))[0]


@router.patch("/concerns/{concern_id}")
async def change_concern(
    concern_id: UUID, change: ConcernChange, by: Writer, db: Db, expected: IfMatchRequired
) -> ConcernStateView:
    """Take a concern, give it to somebody on duty, weigh it anew, or say that it is settled (programme team)."""
    concern, mine = await access.concern(db, by, concern_id)
    mine.require_other_team()
    await expected.hold(db, concern)
    return ConcernStateView.model_validate(await commands.change_concern(db, by, mine, concern, change))


@router.post("/concerns/{concern_id}/notes", status_code=201)
async def note_case(concern_id: UUID, new: NewCaseNote, by: Writer, db: Db) -> CaseNoteStateView:
    """Note what was done about a concern, for the others who read it for the programme team."""
    concern, _ = await access.concern_of_team(db, by, concern_id)
    return CaseNoteStateView.model_validate(await commands.note_case(db, by.person_id, concern, new))


@router.get("/concerns/{concern_id}/notes")
async def list_case_notes(
    concern_id: UUID, by: Reader, db: Db, cursor: Cursor = None, limit: Limit = 50
) -> Page[CaseNoteView]:
    """What was done about a concern, for those who read it for the programme team: never for the pair."""
    concern, _ = await access.concern_of_team(db, by, concern_id)
    shown, following = await page(db, queries.case_notes(concern.id), CaseNote.id, cursor, limit)
    return Page(items=await views.case_notes(db, by, shown), next_cursor=following)


@internal_router.post("/concerns")
async def read_raisers(wanted: ConcernIds, _: OwnService, db: Db) -> Raisers:
    """Whom letters about concerns go to: no event says it."""
    return Raisers(items=[Raiser.model_validate(row) for row in await queries.raisers(db, wanted.concern_ids)])
