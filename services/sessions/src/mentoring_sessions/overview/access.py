"""Who may find relationships by what was said of them in confidence."""

from dataclasses import replace
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_sessions.concerns.access import to_programmes_concerns
from mentoring_sessions.errors import ConcernsOfProgramme
from mentoring_sessions.overview.queries import Wanted


async def with_concerns(db: AsyncSession, by: Principal, programme_id: UUID | None, wanted: Wanted) -> Wanted:
    """With the paths of concerns that the caller reads, if it is asked for them. ConcernsOfProgramme; NotForYou."""
    if wanted.open_concern is None:
        return wanted
    if programme_id is None:
        raise ConcernsOfProgramme()
    return replace(wanted, paths=await to_programmes_concerns(db, by, programme_id))
