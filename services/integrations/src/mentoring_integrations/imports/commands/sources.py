"""How the files of a source are read: kept by name, each for whoever sends them."""

from datetime import UTC, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import now, tenant_of
from mentoring_common.ids import new_id
from mentoring_integrations.errors import SourceHasLinks, TooManySources
from mentoring_integrations.imports import queries
from mentoring_integrations.imports.models import ImportSource
from mentoring_integrations.imports.rows.mapping import reading
from mentoring_integrations.imports.schemas import NewSource
from mentoring_integrations.programmes.access import require_importer

MOST: Final = 50


async def keep(db: AsyncSession, by: Principal, name: str, new: NewSource) -> ImportSource:
    """Say how files are read. RoleNeeded, MappingUnreadable, TooManySources."""
    await require_importer(db, by)
    reading(new.mapping, new.sheet, (), {})
    others = await queries.sources_beside(db, by, name)
    if others >= MOST:
        raise TooManySources(most=MOST)
    said = {"mapping": new.mapping, "sheet": new.sheet, "changed_at": now(db)}
    made = insert(ImportSource).values(id=new_id(), tenant_id=tenant_of(db), made_by=by.subject, name=name, **said)
    await db.execute(made.on_conflict_do_update(index_elements=["tenant_id", "made_by", "name"], set_=said))
    found = await queries.source_of(db, by, name)
    audit(db, by.subject, "keep_import_source", "import_source", found.id)
    return found


async def remove(db: AsyncSession, by: Principal, name: str) -> None:
    """Forget it, with links that are over. SourceNotFound, SourceHasLinks."""
    found = await queries.source_of(db, by, name)
    if await queries.links_going_on(db, datetime.now(UTC), found):
        raise SourceHasLinks()
    await db.execute(sa.delete(ImportSource).where(ImportSource.id == found.id))
    audit(db, by.subject, "remove_import_source", "import_source", found.id)
