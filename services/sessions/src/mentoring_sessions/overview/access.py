"""Who may find relationships by what was said of them in confidence, and who may say that one ran its course."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_common.db import now
from mentoring_sessions.concerns.access import to_programmes_concerns
from mentoring_sessions.errors import ConcernsOfProgramme, CourseNotRun
from mentoring_sessions.goals.queries import all_reached
from mentoring_sessions.lifecycle import State
from mentoring_sessions.overview.queries import Wanted
from mentoring_sessions.relationships.parts import Access


async def with_concerns(db: AsyncSession, by: Principal, programme_id: UUID | None, wanted: Wanted) -> Wanted:
    """With the paths of concerns that the caller reads, if it is asked for them. ConcernsOfProgramme; NotForYou."""
    if wanted.open_concern is None:
        return wanted
    if programme_id is None:
        raise ConcernsOfProgramme()
    return replace(wanted, paths=await to_programmes_concerns(db, by, programme_id))


async def require_course_run(db: AsyncSession, mine: Access) -> None:
    """CourseNotRun for the people in it before its planned end, unless all that they set out to do is reached."""
    mine.require_steering()
    pair = mine.relationship
    if mine.in_team or mine.is_admin or pair.state != State.ACTIVE:
        return
    over = pair.ends_at is not None and pair.ends_at <= now(db)
    if not over and not await all_reached(db, pair.id):
        raise CourseNotRun(ends_at=pair.ends_at and pair.ends_at.isoformat())
