"""Who may see an activity."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_sessions.activities import queries
from mentoring_sessions.activities.models import Activity, Certificate
from mentoring_sessions.errors import ActivityNotFound, CertificateNotFound, ProgrammeNotFound, SeriesNotFound
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import to_programme
from mentoring_sessions.relationships.parts import ProgrammeAccess


async def activity(db: AsyncSession, by: Principal, activity_id: UUID) -> tuple[Activity, ProgrammeAccess]:
    """An activity and the caller's part in its programme; ActivityNotFound for who has none."""
    found = await relationships.found(db, Activity, activity_id)
    if found is None:
        raise ActivityNotFound()
    try:
        mine = await to_programme(db, by, found.programme_id)
    except ProgrammeNotFound:
        raise ActivityNotFound() from None
    if not (mine.sees_groups or await queries.is_open_to(db, activity_id, by.person)):
        raise ActivityNotFound()
    return found, mine


async def certificate(db: AsyncSession, by: Principal, certificate_id: UUID) -> Certificate:
    """A certificate of the caller's own; CertificateNotFound for anybody else."""
    found = await relationships.found(db, Certificate, certificate_id)
    if found is None or found.person_id != by.person:
        raise CertificateNotFound()
    return found


async def series(db: AsyncSession, by: Principal, series_id: UUID) -> Sequence[Activity]:
    """The activities of a series; SeriesNotFound for who sees none of them."""
    found = await queries.series(db, series_id)
    try:
        await activity(db, by, found[0].id if found else series_id)
    except ActivityNotFound:
        raise SeriesNotFound() from None
    return found
