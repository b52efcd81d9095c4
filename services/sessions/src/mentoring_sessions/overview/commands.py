"""Count the relationships of a programme; those of a large one at most once a minute."""

from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_common.ids import new_id
from mentoring_sessions.overview import queries
from mentoring_sessions.overview.models import RelationshipCount
from mentoring_sessions.overview.queries import Wanted

LARGE: Final = 10_000  # relationships, of which counting takes too long to do it at every look
KEPT: Final = timedelta(minutes=1)
FORGOTTEN: Final = timedelta(days=1)


async def count_relationships(
    db: AsyncSession, programme_id: UUID, wanted: Wanted, cohort_id: UUID | None
) -> dict[str, Any]:
    """How many relationships there are of each sort, and when (`counted_at`) they were counted.

    Of a large programme what was counted within the last minute is taken. After that one request counts anew, and those
    that come meanwhile take what there is. Open concerns and reviews that wait are those of now.
    """
    moment = now(db)
    few = await queries.counts_of_few(db, programme_id, wanted, cohort_id, moment)
    asked = queries.counted(programme_id, wanted, cohort_id)
    before = await db.scalar(asked)
    if before is not None and not await _is_mine_to_count(db, before, asked, moment):
        return before.counts | few | {"counted_at": before.counted_at}
    counts = await queries.counts(db, programme_id, wanted, cohort_id, moment)
    if counts["relationships"] > LARGE:
        await _keep(db, programme_id, wanted, cohort_id, moment, counts)
    return counts | few | {"counted_at": moment}


async def _is_mine_to_count(
    db: AsyncSession, before: RelationshipCount, asked: sa.Select[RelationshipCount], moment: datetime
) -> bool:
    """Whether it is so long ago that somebody counts anew, and nobody does already."""
    if _is_fresh(before, moment):
        return False
    held = await db.scalar(asked.with_for_update(skip_locked=True).execution_options(populate_existing=True))
    return held is not None and not _is_fresh(held, moment)


def _is_fresh(row: RelationshipCount, moment: datetime) -> bool:
    return moment - KEPT < row.counted_at <= moment


async def _keep(
    db: AsyncSession,
    programme_id: UUID,
    wanted: Wanted,
    cohort_id: UUID | None,
    moment: datetime,
    counts: dict[str, int],
) -> None:
    c, days = RelationshipCount, {"quiet_days": wanted.quiet_days, "ends_within_days": wanted.ends_within_days}
    old = sa.delete(c).where(c.programme_id == programme_id, c.counted_at < moment - FORGOTTEN)
    await db.execute(old, execution_options={"synchronize_session": False})
    values = {"programme_id": programme_id, "cohort_id": cohort_id, "counted_at": moment, "counts": counts, **days}
    row = insert(c).values(id=new_id(), **values)
    again = {"counted_at": row.excluded.counted_at, "counts": row.excluded.counts}
    await db.execute(row.on_conflict_do_update(constraint="uq_relationship_counts_asked", set_=again))
