"""Frozen tables of backgrounds: each follows the one before, under disclosure control of the difference."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now, tenant_of
from mentoring_common.ids import new_id
from mentoring_common.tables import deadlines
from mentoring_evaluation.disclosure.floor import policy_of
from mentoring_evaluation.figures import queries
from mentoring_evaluation.figures.backgrounds import Cell, Frozen, counted, next_table
from mentoring_evaluation.figures.models import PublicSnapshot
from mentoring_evaluation.programmes import queries as programmes
from mentoring_evaluation.programmes.models import Programme
from mentoring_evaluation.surveys.commands.waves import SNAPSHOT

T = TypeVar("T")


async def freeze_when_due(
    db: AsyncSession, programme_id: UUID, wave_ids: Sequence[UUID], statistics: Mapping[str, Any]
) -> None:
    """Show the table as it is now from here on, once for the waves that closed."""
    if await _take(db, wave_ids):
        programme = await programmes.programme(db, programme_id)
        await programmes.hold_programme(db, programme_id)
        db.add(next_snapshot(programme, await queries.latest_snapshot(db, programme_id), statistics, now(db)))


def next_snapshot(
    programme: Programme, before: PublicSnapshot | None, statistics: Mapping[str, Any], at: datetime
) -> PublicSnapshot:
    """The table that follows the one `before`, not stored yet: two that follow the same one have the same number."""
    policy = policy_of(programme.public_minimum)
    frozen = None if before is None else Frozen(_cells(before.counts), _cells(before.shown))
    made = next_table(counted(statistics), frozen, policy)
    return PublicSnapshot(
        id=new_id(), programme_id=programme.id, number=before.number + 1 if before else 1, taken_at=at,
        counts=_nested(made.counts), shown=_nested(made.shown),
    )  # fmt: skip


async def _take(db: AsyncSession, wave_ids: Sequence[UUID]) -> bool:
    c = deadlines.c
    waiting = (c.tenant_id == tenant_of(db), c.kind == SNAPSHOT, c.subject_id.in_(wave_ids), c.fired_at.is_(None))
    fired = sa.update(deadlines).where(*waiting).values(fired_at=now(db)).returning(c.kind)
    return (await db.execute(fired)).first() is not None


def _cells(table: Mapping[str, Mapping[str, T]]) -> dict[Cell, T]:
    return {(role, background): people for role, row in table.items() for background, people in row.items()}


def _nested(cells: Mapping[Cell, T]) -> dict[str, dict[str, T]]:
    table: dict[str, dict[str, T]] = {}
    for (role, background), people in cells.items():
        table.setdefault(role, {})[background] = people
    return table
