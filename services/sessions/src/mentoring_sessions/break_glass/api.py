"""Notes that two people open together."""

from uuid import UUID

from fastapi import APIRouter

from mentoring_common.unit_of_work import Db, Route
from mentoring_sessions.break_glass import access, commands, queries, views
from mentoring_sessions.break_glass.schemas import GlassBreakView, GlassBreakWithReason, NewGlassBreak, OpenedNote
from mentoring_sessions.relationships.access import Reader, Writer

router = APIRouter(route_class=Route, tags=["records"])


@router.post("/relationships/{match_id}/break-glass", status_code=201)
async def break_glass(match_id: UUID, new: NewGlassBreak, by: Writer, db: Db) -> GlassBreakView:
    """Ask that the notes of a relationship are opened (who takes concerns about safeguarding), and say why.

    Another person with that right approves it; until then nothing is shown.
    """
    mine = await access.relationship(db, by, match_id)
    return views.glass_break(db, await commands.ask(db, by, mine, new))


@router.get("/relationships/{match_id}/break-glass")
async def list_glass_breaks(match_id: UUID, by: Reader, db: Db) -> list[GlassBreakWithReason]:
    """By whom, when and why the notes were opened, for those in the relationship; also what was only asked for, for who
    takes concerns about safeguarding."""
    mine = await access.relationship(db, by, match_id)
    mine.require_confidence()
    rows = await queries.breaks(db, match_id, approved=not mine.reads_for_team)
    return await views.with_reasons(db, rows)


@router.post("/break-glass/{glass_break_id}/approve")
async def approve_glass_break(glass_break_id: UUID, by: Writer, db: Db) -> GlassBreakView:
    """Approve what another person asked for: the two of you read the notes for a day, and whoever wrote one is told."""
    row, mine = await access.glass_break(db, by, glass_break_id)
    return views.glass_break(db, await commands.approve(db, by, mine, row))


@router.get("/break-glass/{glass_break_id}/notes")
async def read_opened_notes(glass_break_id: UUID, by: Reader, db: Db) -> list[OpenedNote]:
    """The notes that were opened, for the two who opened them, until that ends. Each reading is on record."""
    row, mine = await access.glass_break(db, by, glass_break_id)
    return await views.notes(db, by, await commands.opened(db, by, mine, row))
