"""What became of pairs, noted as other services tell it."""

from datetime import UTC, datetime, time
from typing import Any

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.pairs.models import PairCourse
from mentoring_common.db import occurred_at
from mentoring_contracts.matching import MatchConfirmed, MatchEnded
from mentoring_contracts.sessions import (
    MentoringSessionCorrected,
    MentoringSessionRecorded,
    MentoringSessionWithdrawn,
    RelationshipClosed,
)

Met = MentoringSessionRecorded | MentoringSessionCorrected | MentoringSessionWithdrawn


async def note_confirmed(db: AsyncSession, event: MatchConfirmed) -> None:
    """The pair stands; one that was imported since the day it says."""
    since = datetime.combine(event.starts_on, time.min, UTC) if event.starts_on else occurred_at(db)
    await _note(db, event, confirmed_at=since)


async def note_ended(db: AsyncSession, event: MatchEnded) -> None:
    """It ended early."""
    await _note(db, event, ended_at=occurred_at(db))


async def note_closed(db: AsyncSession, event: RelationshipClosed) -> None:
    """It ran its course."""
    await _note(db, event, ended_at=occurred_at(db), completed=True)


async def on_met(db: AsyncSession, event: Met) -> None:
    """They met, or not as it had been recorded: how long in all is told each time."""
    await _note(db, event, minutes=event.total_minutes)


async def _note(db: AsyncSession, event: Any, **said: Any) -> None:
    row = {"id": event.match_id, "programme_id": event.programme_id, "cohort_id": event.cohort_id} | said
    statement = insert(PairCourse).values(row).on_conflict_do_update(index_elements=["tenant_id", "id"], set_=said)
    await db.execute(statement)
