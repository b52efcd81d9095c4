"""What is read of imports."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import defer

from mentoring_common.auth import Principal
from mentoring_integrations.errors import ImportNotFound, SourceNotFound, UploadLinkNotFound
from mentoring_integrations.imports.models import Import, ImportSource, RefusedRow, UploadLink

PATIENCE: Final = timedelta(minutes=1)
"""One that runs and said nothing for so long does not run any more."""
_LINES: Final = (Import.created, Import.changed, Import.unchanged)
INTERRUPTED: Final = sa.and_(Import.state == "running", Import.progressed_at < sa.func.clock_timestamp() - PATIENCE)


def imports(by: Principal) -> sa.Select[Import]:
    """The caller's imports, without the lines of their files; all of them for the organisation's administration."""
    rows = sa.select(Import).options(*(defer(column, raiseload=True) for column in _LINES))
    return rows if by.is_admin else rows.where(Import.started_by == by.subject)


async def import_of(db: AsyncSession, by: Principal, import_id: UUID) -> Import:
    """The import; ImportNotFound, also for one of somebody else."""
    found = await db.scalar(imports(by).where(Import.id == import_id))
    if found is None:
        raise ImportNotFound()
    return found


async def lines_of(db: AsyncSession, import_id: UUID) -> dict[str, list[int]]:
    """The lines of those accepted by what they did: a hundred thousand of a large file."""
    found = (await db.execute(sa.select(*_LINES).where(Import.id == import_id))).one()
    return dict(found._mapping)


async def refused_lines(db: AsyncSession, import_id: UUID) -> int:
    """How many rows stayed out so far."""
    rows = sa.select(sa.func.count(RefusedRow.row.distinct())).where(RefusedRow.import_id == import_id)
    return await db.scalar(rows) or 0


async def refused_rows(db: AsyncSession, import_id: UUID) -> Sequence[RefusedRow]:
    """Why rows stayed out, by line."""
    rows = sa.select(RefusedRow).where(RefusedRow.import_id == import_id)
    return (await db.scalars(rows.order_by(RefusedRow.row, RefusedRow.id))).all()


async def is_interrupted(db: AsyncSession, import_id: UUID) -> bool:
    """Whether it ran, and does not go on."""
    return await db.scalar(sa.select(Import.id).where(Import.id == import_id, INTERRUPTED)) is not None


def sources(by: Principal) -> sa.Select[ImportSource]:
    """What the caller said of their sources, by name."""
    return sa.select(ImportSource).where(ImportSource.made_by == by.subject).order_by(ImportSource.name)


async def source_of(db: AsyncSession, by: Principal, name: str) -> ImportSource:
    """SourceNotFound."""
    found = await db.scalar(sources(by).where(ImportSource.name == name))
    if found is None:
        raise SourceNotFound()
    return found


async def sources_beside(db: AsyncSession, by: Principal, name: str) -> int:
    """How many others of theirs the caller keeps."""
    others = sa.select(sa.func.count()).select_from(ImportSource)
    return await db.scalar(others.where(ImportSource.made_by == by.subject, ImportSource.name != name)) or 0


def links(by: Principal) -> sa.Select[UploadLink]:
    """The caller's upload links; all of them for the organisation's administration."""
    return sa.select(UploadLink) if by.is_admin else sa.select(UploadLink).where(UploadLink.made_by == by.subject)


async def link_of(db: AsyncSession, by: Principal, link_id: UUID) -> UploadLink:
    """The link; UploadLinkNotFound, also for one of somebody else."""
    found = await db.scalar(links(by).where(UploadLink.id == link_id))
    if found is None:
        raise UploadLinkNotFound()
    return found


async def link_and_source(db: AsyncSession, link_id: UUID) -> tuple[UploadLink, ImportSource] | None:
    """A link, and how its files are read, for who came with the address."""
    same = sa.and_(ImportSource.made_by == UploadLink.made_by, ImportSource.name == UploadLink.source)
    joined = sa.select(UploadLink, ImportSource).join(ImportSource, same)
    found = (await db.execute(joined.where(UploadLink.id == link_id))).one_or_none()
    return found._tuple() if found else None


def going_on(moment: datetime) -> sa.ColumnElement[bool]:
    """That a link takes files at a moment."""
    return sa.and_(
        UploadLink.revoked_at.is_(None),
        UploadLink.expires_at > moment,
        sa.or_(UploadLink.most_files.is_(None), UploadLink.files < UploadLink.most_files),
    )


async def links_going_on(db: AsyncSession, moment: datetime, source: ImportSource | None = None) -> int:
    """How many links of the organisation, or of a source, take files at a moment."""
    rows = sa.select(sa.func.count()).select_from(UploadLink).where(going_on(moment))
    if source is not None:
        rows = rows.where(UploadLink.made_by == source.made_by, UploadLink.source == source.name)
    return await db.scalar(rows) or 0
