"""The SELECTs of networks."""

from collections.abc import Sequence
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import tenant_of
from mentoring_evaluation.errors import NetworkNotFound, SharedReportNotFound
from mentoring_evaluation.networks.models import NetworkEdition, NetworkLink, SharedReport


async def link_to(db: AsyncSession, network_id: UUID, organisation_id: UUID) -> NetworkLink | None:
    """The membership of an organisation while it stands; it stands until the end of the transaction."""
    rows = sa.select(NetworkLink).filter_by(network_id=network_id, organisation_id=organisation_id, joined=True)
    return await db.scalar(rows.with_for_update(read=True))


async def members(db: AsyncSession, network_id: UUID, *, held: bool = False) -> Sequence[UUID]:
    """The organisations that belong to a network of whose office the transaction is; NetworkNotFound.

    Where they are `held`, nobody joins, leaves or shares until the end of the transaction.
    """
    rows = sa.select(NetworkLink).filter_by(network_id=network_id, office_id=tenant_of(db))
    rows = rows.order_by(NetworkLink.organisation_id)
    found = (await db.scalars(rows.with_for_update() if held else rows)).all()
    if not found:
        raise NetworkNotFound()
    return [link.organisation_id for link in found if link.joined]


async def received(db: AsyncSession, network_id: UUID) -> Sequence[SharedReport]:
    """What members shared with a network of whose office the transaction is."""
    rows = sa.select(SharedReport).filter_by(network_id=network_id, office_id=tenant_of(db))
    return (await db.scalars(rows.order_by(SharedReport.id))).all()


async def editions(db: AsyncSession, network_id: UUID) -> Sequence[NetworkEdition]:
    """What was issued of a network of whose office the transaction is, the first first."""
    rows = sa.select(NetworkEdition).filter_by(network_id=network_id)
    return (await db.scalars(rows.order_by(NetworkEdition.number))).all()


async def last_edition(db: AsyncSession, network_id: UUID) -> NetworkEdition | None:
    """What was issued last; None before anything was."""
    rows = sa.select(NetworkEdition).filter_by(network_id=network_id)
    return await db.scalar(rows.order_by(NetworkEdition.number.desc()).limit(1))


def shared(programme_id: UUID) -> sa.Select[SharedReport]:
    """What the organisation itself shared of a programme."""
    return sa.select(SharedReport).where(SharedReport.programme_id == programme_id)


async def shared_report(db: AsyncSession, share_id: UUID) -> SharedReport:
    """What the organisation itself shared; SharedReportNotFound, also to the office that has the copy."""
    rows = sa.select(SharedReport).filter_by(id=share_id, organisation_id=tenant_of(db))
    found = await db.scalar(rows)
    if found is None:
        raise SharedReportNotFound()
    return found
