"""Who reads a resource, and who gives it."""

from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.auth import Principal
from mentoring_sessions.errors import ProgrammeNotFound, ResourceFileNotFound, ResourceNotFound
from mentoring_sessions.relationships import queries as relationships
from mentoring_sessions.relationships.access import to_programme
from mentoring_sessions.relationships.parts import ACTIVITIES, ProgrammeAccess
from mentoring_sessions.resources import queries
from mentoring_sessions.resources.models import Resource, ResourceFile


def gives(mine: ProgrammeAccess) -> bool:
    """Whether the caller keeps the library of the programme, and so sees all of it."""
    return mine.is_admin or ACTIVITIES in mine.rights


async def resource(db: AsyncSession, by: Principal, resource_id: UUID) -> tuple[Resource, ProgrammeAccess]:
    """A resource and the caller's part in its programme; ResourceNotFound for whom it is not."""
    found = await relationships.found(db, Resource, resource_id)
    if found is None:
        raise ResourceNotFound()
    try:
        mine = await to_programme(db, by, found.programme_id)
    except ProgrammeNotFound:
        raise ResourceNotFound() from None
    if not (gives(mine) or await queries.is_for(db, resource_id, by.person)):
        raise ResourceNotFound()
    return found, mine


async def file(db: AsyncSession, by: Principal, file_id: UUID) -> ResourceFile:
    """A file of a resource that the caller reads, or of the library that they keep; ResourceFileNotFound."""
    found = await queries.file_with_content(db, file_id)
    if found is None:
        raise ResourceFileNotFound()
    try:
        if found.resource_id is not None:
            await resource(db, by, found.resource_id)
        elif not gives(await to_programme(db, by, found.programme_id)):
            raise ResourceFileNotFound()
    except (ResourceNotFound, ProgrammeNotFound):
        raise ResourceFileNotFound() from None
    return found
