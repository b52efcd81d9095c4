"""The SELECTs of networks."""

from collections.abc import Collection, Mapping, Sequence
from typing import Literal
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.directory.models import Organisation
from mentoring_applications.errors import (
    MembershipNotFound,
    NetworkBlueprintNotFound,
    NetworkClosed,
    NetworkNotFound,
    OriginNotFound,
)
from mentoring_applications.lifecycle import Belongs
from mentoring_applications.networks.models import Adoption, Network, NetworkBlueprint, NetworkMembership
from mentoring_applications.tables import one


async def organisation_name(db: AsyncSession) -> str | None:
    """The name of the transaction's own organisation; None where there is none."""
    return await db.scalar(sa.select(Organisation.name))


async def network(db: AsyncSession, network_id: UUID, *, lock: Literal["none", "shared", "own"] = "none") -> Network:
    """The network, of whose office the transaction is, or which is in the operator's register; NetworkNotFound."""
    return await one(db, sa.select(Network).where(Network.id == network_id), NetworkNotFound, lock=lock)


def networks() -> sa.Select[Network]:
    """The networks of which the organisation is the office; in the operator's register, all."""
    return sa.select(Network)


async def network_that_goes_on(db: AsyncSession, network_id: UUID, *, locked: bool = False) -> Network:
    """The network, of whose office the transaction is, while it goes on; NetworkNotFound, NetworkClosed."""
    found = await network(db, network_id, lock="own" if locked else "shared")
    if found.closed_at is not None:
        raise NetworkClosed()
    return found


async def membership(db: AsyncSession, membership_id: UUID) -> NetworkMembership:
    """The membership; MembershipNotFound."""
    return await one(db, sa.select(NetworkMembership).where(NetworkMembership.id == membership_id), MembershipNotFound)


def memberships(network_id: UUID | None, state: Belongs | None) -> sa.Select[NetworkMembership]:
    """Memberships that the organisation knows of: its own, and those of its networks."""
    given = {"network_id": network_id, "state": state}
    return sa.select(NetworkMembership).filter_by(**{name: value for name, value in given.items() if value is not None})


async def joined(db: AsyncSession, network_id: UUID) -> Sequence[UUID]:
    """The ids of the memberships that stand."""
    rows = sa.select(NetworkMembership.id).filter_by(network_id=network_id, state=Belongs.JOINED)
    return (await db.scalars(rows)).all()


async def membership_that_stands(db: AsyncSession, membership_id: UUID) -> NetworkMembership | None:
    """The membership while it stands; it goes on standing until the end of the transaction."""
    rows = sa.select(NetworkMembership).filter_by(id=membership_id, state=Belongs.JOINED)
    return await db.scalar(rows.with_for_update(read=True).execution_options(populate_existing=True))


async def memberships_that_end(db: AsyncSession, network_id: UUID) -> Sequence[NetworkMembership]:
    """Those that stand or are offered; they are held until the end of the transaction."""
    rows = sa.select(NetworkMembership).where(
        NetworkMembership.network_id == network_id, NetworkMembership.state.in_([Belongs.JOINED, Belongs.INVITED])
    )
    return (await db.scalars(rows.order_by(NetworkMembership.id).with_for_update())).all()


def blueprints(network_id: UUID | None, name: str | None) -> sa.Select[NetworkBlueprint]:
    """The versions that the organisation published or was given."""
    given = {"network_id": network_id, "name": name}
    return sa.select(NetworkBlueprint).filter_by(**{name: value for name, value in given.items() if value is not None})


async def blueprint(
    db: AsyncSession, blueprint_id: UUID, only: sa.ColumnElement[bool] | None = None
) -> NetworkBlueprint:
    """A version, of those to which `only` applies; NetworkBlueprintNotFound."""
    rows = sa.select(NetworkBlueprint).where(NetworkBlueprint.id == blueprint_id)
    return await one(db, rows if only is None else rows.where(only), NetworkBlueprintNotFound)


def is_origin_of(programme_ids: sa.Select[UUID]) -> sa.ColumnElement[bool]:
    """Of a version: whether one of the programmes was made from this blueprint, in whatever version."""
    taken = sa.orm.aliased(NetworkBlueprint)
    made = sa.select(Adoption.id).join(
        taken, sa.and_(taken.tenant_id == Adoption.tenant_id, taken.id == Adoption.blueprint_id)
    )
    return made.where(
        Adoption.id.in_(programme_ids),
        taken.network_id == NetworkBlueprint.network_id,
        taken.name == NetworkBlueprint.name,
    ).exists()


async def version(db: AsyncSession, network_id: UUID, name: str, number: int) -> NetworkBlueprint | None:
    """A version by its number; None where the organisation has none such."""
    return await db.scalar(sa.select(NetworkBlueprint).filter_by(network_id=network_id, name=name, number=number))


async def newest(db: AsyncSession, network_id: UUID, name: str) -> NetworkBlueprint | None:
    """The newest version of a blueprint that the organisation has."""
    rows = sa.select(NetworkBlueprint).filter_by(network_id=network_id, name=name)
    return await db.scalar(rows.order_by(NetworkBlueprint.number.desc()).limit(1))


async def blueprint_ids(db: AsyncSession, network_id: UUID) -> Collection[UUID]:
    """The versions that the organisation has of a network."""
    return (await db.scalars(sa.select(NetworkBlueprint.id).where(NetworkBlueprint.network_id == network_id))).all()


async def blueprints_beyond(db: AsyncSession, network_id: UUID, known: Collection[UUID]) -> list[Mapping[str, object]]:
    """The versions that are not among the known, as the values of their columns."""
    columns = [column for column in NetworkBlueprint.__table__.c if column.name != "tenant_id"]
    rows = sa.select(*columns).where(NetworkBlueprint.network_id == network_id, NetworkBlueprint.id.not_in(known))
    found = await db.execute(rows.order_by(NetworkBlueprint.id))
    return [dict(row) for row in found.mappings()]


async def adoption(db: AsyncSession, programme_id: UUID) -> tuple[Adoption, NetworkBlueprint]:
    """What a programme was made from; OriginNotFound."""
    found = await one(db, sa.select(Adoption).where(Adoption.id == programme_id), OriginNotFound)
    return found, await blueprint(db, found.blueprint_id)
