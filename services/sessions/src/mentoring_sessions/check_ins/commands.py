"""Say how it goes."""

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import now
from mentoring_common.outbox import emit
from mentoring_contracts.sessions import CheckInRecorded
from mentoring_sessions.check_ins import queries
from mentoring_sessions.check_ins.models import CheckIn, Comparison
from mentoring_sessions.check_ins.schemas import NewCheckIn
from mentoring_sessions.concerns.commands import open_concern
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.parts import Access
from mentoring_sessions.relationships.sealed import seal

LEAST = 2  # people who answered
DIFFERS = 2  # of the five steps between them


async def record_check_in(db: AsyncSession, mine: Access, new: NewCheckIn) -> CheckIn:
    """Keep how one person says that it goes; who needs help is heard at once, as with a concern."""
    person_id, side = mine.one_of_the_pair()
    mine.require_open()
    pair = mine.relationship
    check_in = CheckIn(
        relationship_id=pair.id,
        person_id=person_id,
        side=side,
        recorded_at=now(db),
        going_well=new.going_well,
        needs_help=new.needs_help,
        comment_sealed=await seal(db, person_id, new.comment),
    )
    db.add(check_in)
    await db.flush()
    if new.needs_help:
        await open_concern(db, pair, person_id, new.comment, "serious", source="check_in")
    await _compare(db, mine)
    emit(db, CheckInRecorded(match_id=pair.id, programme_id=pair.programme_id, cohort_id=pair.cohort_id, by=side))
    return check_in


async def _compare(db: AsyncSession, mine: Access) -> None:
    """Keep whether those who answered differ. Help that somebody asks for is no part of it: the other is not told."""
    pair = mine.relationship
    await relationships.relationship_locked(db, pair.id)
    said = await queries.last_said(db, pair.id)
    if len(said) < LEAST:
        return
    values = {"programme_id": pair.programme_id, "differs": max(said) - min(said) >= DIFFERS, "compared_at": now(db)}
    row = insert(Comparison).values(relationship_id=pair.id, **values)
    await db.execute(row.on_conflict_do_update(index_elements=["tenant_id", "relationship_id"], set_=values))
