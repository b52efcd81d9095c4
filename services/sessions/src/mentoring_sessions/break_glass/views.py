"""Opened notes as answers: each reading of one is audited."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_sessions.break_glass.commands import state
from mentoring_sessions.break_glass.models import GlassBreak
from mentoring_sessions.break_glass.schemas import GlassBreakView, GlassBreakWithReason, OpenedNote
from mentoring_sessions.notes.models import Note
from mentoring_sessions.notes.views import note
from mentoring_sessions.relationships.sealed import unseal

_OF_ROW = ("id", "asked_by", "asked_at", "approved_by", "approved_at", "ends_at")


def glass_break(db: AsyncSession, row: GlassBreak) -> GlassBreakView:
    """One that was asked for, without why."""
    known = {name: getattr(row, name) for name in _OF_ROW}
    return GlassBreakView(**known, match_id=row.relationship_id, state=state(db, row))


async def with_reasons(db: AsyncSession, rows: Sequence[GlassBreak]) -> list[GlassBreakWithReason]:
    """Each with why."""
    return [
        GlassBreakWithReason(
            **glass_break(db, row).model_dump(), reason=await unseal(db, row.asked_by, row.reason_sealed)
        )
        for row in rows
    ]


async def notes(db: AsyncSession, by: Principal, rows: Sequence[Note]) -> list[OpenedNote]:
    """Notes that were opened."""
    return [
        OpenedNote(**(await note(db, by, row)).model_dump(), mentoring_session_id=row.mentoring_session_id)
        for row in rows
    ]
