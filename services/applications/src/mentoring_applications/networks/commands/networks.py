"""Networks are made by the platform's operator; organisations are invited by the office, and join by their own word."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.errors import AlreadyMember, MemberIsOffice, MembershipNotAllowed, UnknownOrganisation
from mentoring_applications.lifecycle import MEMBERSHIPS, Belongs, Joining
from mentoring_applications.networks import queries
from mentoring_applications.networks.commands.crossing import acting_in
from mentoring_applications.networks.commands.handing_over import hand_over_to
from mentoring_applications.networks.models import Network, NetworkMembership
from mentoring_applications.networks.schemas import NewNetwork
from mentoring_common.audit import audit
from mentoring_common.auth import Principal
from mentoring_common.db import bind_tenant, now, tenant_of
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_common.unit_of_work import PLATFORM
from mentoring_contracts import Event
from mentoring_contracts.applications import (
    NetworkDeclined,
    NetworkInvited,
    NetworkJoined,
    NetworkLeft,
    NetworkMemberDeclined,
    NetworkMemberInvited,
    NetworkMemberJoined,
    NetworkMemberLeft,
)

_BEFORE: Final = {act: [state for state, acts in MEMBERSHIPS.items() if act in acts] for act in Joining}
_AFTER: Final = {act: MEMBERSHIPS[states[0]][act] for act, states in _BEFORE.items()}
# What the office's feed says of an act, and what the member's.
_TOLD: Final[Mapping[Joining, tuple[type[Event], type[Event]]]] = {
    Joining.INVITE: (NetworkMemberInvited, NetworkInvited),
    Joining.ACCEPT: (NetworkMemberJoined, NetworkJoined),
    Joining.DECLINE: (NetworkMemberDeclined, NetworkDeclined),
    Joining.LEAVE: (NetworkMemberLeft, NetworkLeft),
}


async def create_network(db: AsyncSession, new: NewNetwork, by: Principal) -> Network:
    """Make a network with an organisation as its office, and enter it in the operator's register.

    UnknownOrganisation.
    """
    values = {"id": new_id(), "office_id": new.office_id, "name": new.name, "created_at": now(db)}
    db.add(Network(**values))
    await db.flush()
    await bind_tenant(db, new.office_id)
    if await queries.organisation_name(db) is None:
        raise UnknownOrganisation()
    network = Network(**values)
    db.add(network)
    await db.flush()
    audit(db, by.subject, "create_network", "network", network.id)
    return network


async def rename(db: AsyncSession, network_id: UUID, name: str, by: Principal) -> Network:
    """Call it something else; members are told in transactions of their own. NetworkNotFound, NetworkClosed."""
    network = await queries.network_that_goes_on(db, network_id, locked=True)
    await _note(db, network_id, name=name)
    of_it = sa.update(NetworkMembership).where(NetworkMembership.network_id == network_id)
    await db.execute(of_it.values(network_name=name, office_name=await queries.organisation_name(db)))
    await hand_over_to(db, await queries.joined(db, network_id))
    audit(db, by.subject, "rename_network", "network", network_id)
    await db.refresh(network)
    return network


async def close(db: AsyncSession, network_id: UUID, by: Principal) -> Network:
    """End it, and every membership and invitation. NetworkNotFound; one that is closed is answered as it is."""
    network = await queries.network(db, network_id, lock="own")
    if network.closed_at is None:
        await _note(db, network_id, closed_at=now(db))
        audit(db, by.subject, "close_network", "network", network_id)
        for membership in await queries.memberships_that_end(db, network_id):
            await change(db, membership, Joining.LEAVE, by)
        await db.refresh(network)
    return network


async def _note(db: AsyncSession, network_id: UUID, **values: object) -> None:
    """Write it down with the office and in the register."""
    for tenant in (tenant_of(db), PLATFORM):
        async with acting_in(db, tenant):
            await db.execute(sa.update(Network).where(Network.id == network_id).values(values))


async def invite(db: AsyncSession, network_id: UUID, organisation_id: UUID, by: Principal) -> NetworkMembership:
    """Ask an organisation to join; also again, one that declined or left.

    NetworkNotFound, NetworkClosed, MemberIsOffice, UnknownOrganisation, AlreadyMember.
    """
    network, office = await queries.network_that_goes_on(db, network_id), tenant_of(db)
    if organisation_id == office:
        raise MemberIsOffice()
    async with acting_in(db, organisation_id):
        if await queries.organisation_name(db) is None:
            raise UnknownOrganisation()
    values = {
        "id": new_id(), "network_id": network.id, "network_name": network.name, "office_id": office,
        "office_name": await queries.organisation_name(db), "organisation_id": organisation_id,
        "state": Belongs.INVITED, "invited_at": now(db),
    }  # fmt: skip
    membership = await _invited(db, values)
    if membership is None:
        raise AlreadyMember()
    _tell(db, membership, Joining.INVITE, by.subject, by_office=True)
    async with acting_in(db, organisation_id):
        copy = await _invited(db, values | {"id": membership.id})
        assert copy is not None
        _tell(db, copy, Joining.INVITE, _of(office), by_office=True)
    return membership


async def _invited(db: AsyncSession, values: dict[str, Any]) -> NetworkMembership | None:
    statement = insert(NetworkMembership).values(values)
    again = dict.fromkeys(("answered_at", "left_at", "ended_by_office", "organisation_name"))
    again |= {name: values[name] for name in ("state", "invited_at", "network_name", "office_name")}
    asked = statement.on_conflict_do_update(
        index_elements=["tenant_id", "network_id", "organisation_id"],
        set_=again,
        where=NetworkMembership.state.in_(_BEFORE[Joining.INVITE]),
    )
    made: NetworkMembership | None = await db.scalar(
        asked.returning(NetworkMembership).execution_options(populate_existing=True)
    )
    return made


async def change(db: AsyncSession, membership: NetworkMembership, act: Joining, by: Principal) -> NetworkMembership:
    """Accept, decline or leave, for the office and the member alike. MembershipNotAllowed.

    What was done is answered as the first time.
    """
    own, known, moment = tenant_of(db), membership, now(db)
    by_office = own == known.office_id
    values = {"state": _AFTER[act], "left_at" if act is Joining.LEAVE else "answered_at": moment}
    values |= {"organisation_name": await queries.organisation_name(db)} if act is Joining.ACCEPT else {}
    values |= {"ended_by_office": by_office} if act is Joining.LEAVE else {}
    for tenant in (known.office_id, known.organisation_id):
        async with acting_in(db, tenant):
            changed = await _changed(db, known.id, act, values)
            if changed is None:
                break
            _tell(db, changed, act, by.subject if tenant == own else _of(own), by_office=by_office)
            if act is Joining.ACCEPT and tenant == known.office_id:
                await hand_over_to(db, [known.id])
    return await queries.membership(db, known.id)


async def _changed(
    db: AsyncSession, membership_id: UUID, act: Joining, values: Mapping[str, Any]
) -> NetworkMembership | None:
    """The membership, changed; None where it was before. MembershipNotAllowed."""
    statement = sa.update(NetworkMembership).where(
        NetworkMembership.id == membership_id, NetworkMembership.state.in_(_BEFORE[act])
    )
    changed: NetworkMembership | None = await db.scalar(
        statement.values(values).returning(NetworkMembership).execution_options(populate_existing=True)
    )
    if changed is None:
        known = await queries.membership(db, membership_id)
        if known.state != _AFTER[act]:
            raise MembershipNotAllowed(act=act.value, state=known.state)
    return changed


def _tell(db: AsyncSession, membership: NetworkMembership, act: Joining, actor: str, *, by_office: bool) -> None:
    """Announce it in the feed of the transaction's tenant, in its words, and enter it in its audit log."""
    audit(db, actor, f"network_{act.value}", "network_membership", membership.id)
    to_office = tenant_of(db) == membership.office_id
    told = _TOLD[act][0 if to_office else 1]
    known = {"network_id": membership.network_id} | ({"by_office": by_office} if act is Joining.LEAVE else {})
    if to_office:
        known |= {"member_id": membership.id, "organisation_id": membership.organisation_id}
    else:
        known |= {"membership_id": membership.id, "office_id": membership.office_id}
    emit(db, told.model_validate(known))


def _of(organisation_id: UUID) -> str:
    """Who acted, in the other's audit log: the organisation, and nobody in it."""
    return f"organisation:{organisation_id}"
