"""Networks, their members, and the blueprints that they share."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query

from mentoring_applications.errors import MembershipNotFound
from mentoring_applications.lifecycle import Belongs, Joining
from mentoring_applications.networks import queries
from mentoring_applications.networks.access import (
    OfficeOrOperator,
    readable_blueprints,
    require_office_or_operator,
)
from mentoring_applications.networks.api import views
from mentoring_applications.networks.commands import blueprints
from mentoring_applications.networks.commands import networks as commands
from mentoring_applications.networks.models import Network, NetworkBlueprint, NetworkMembership
from mentoring_applications.networks.schemas import (
    MembershipView,
    NetworkBlueprintSummary,
    NetworkBlueprintView,
    NetworkView,
    NewAdoption,
    NewMember,
    NewName,
    NewNetwork,
    NewNetworkBlueprint,
    OriginView,
    TakenVersion,
)
from mentoring_applications.planning.commands.amending import may_amend
from mentoring_applications.programmes.access import Operator, Reader, Writer
from mentoring_applications.programmes.api.views import programme as shown
from mentoring_applications.programmes.schemas import ProgrammeView
from mentoring_common.auth import Principal, require_admin
from mentoring_common.db import tenant_of
from mentoring_common.pagination import Cursor, Limit, Page, page, page_of
from mentoring_common.unit_of_work import Db, Route
from mentoring_common.versions import IfMatchRequired

router = APIRouter(route_class=Route, tags=["networks"])
OfNetwork = Annotated[UUID | None, Query(description="those of this network")]


@router.post("/networks", status_code=201)
async def create_network(new: NewNetwork, by: Operator, db: Db) -> NetworkView:
    """Make a network with an organisation as its office; by the platform's operator."""
    return views.network(await commands.create_network(db, new, by))


@router.get("/networks")
async def list_networks(by: OfficeOrOperator, db: Db, cursor: Cursor = None, limit: Limit = 50) -> Page[NetworkView]:
    """The networks of which the caller's organisation is the office, for its admin; to the operator, all."""
    require_office_or_operator(by)
    found, following = await page(db, queries.networks(), Network.id, cursor, limit)
    return page_of(found, following, views.network)


@router.get("/networks/{network_id}")
async def read_network(network_id: UUID, by: OfficeOrOperator, db: Db) -> NetworkView:
    """One network, for its office's admin and the operator."""
    require_office_or_operator(by)
    return views.network(await queries.network(db, network_id))


@router.post("/networks/{network_id}/rename")
async def rename_network(network_id: UUID, new: NewName, by: Writer, db: Db) -> NetworkView:
    """Call a network something else; by its office. Its members are told the new name."""
    require_admin(by)
    return views.network(await commands.rename(db, network_id, new.name, by))


@router.post("/networks/{network_id}/close")
async def close_network(network_id: UUID, by: Writer, db: Db) -> NetworkView:
    """End a network, by its office: every membership and invitation ends, and nothing is published any more.

    What members were given stays with them; what they shared goes from the office.
    """
    require_admin(by)
    return views.network(await commands.close(db, network_id, by))


@router.post("/networks/{network_id}/members", status_code=201)
async def invite_member(network_id: UUID, new: NewMember, by: Writer, db: Db) -> MembershipView:
    """Ask an organisation to join; it is a member once who administers it accepts."""
    require_admin(by)
    return MembershipView.model_validate(await commands.invite(db, network_id, new.organisation_id, by))


@router.get("/network-memberships")
async def list_memberships(
    by: Reader,
    db: Db,
    network_id: OfNetwork = None,
    state: Annotated[Belongs | None, Query(description="those in this state")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[MembershipView]:
    """The organisation's own memberships, and the members of networks of which it is the office; for its admin."""
    require_admin(by)
    rows = queries.memberships(network_id, state)
    found, following = await page(db, rows, NetworkMembership.id, cursor, limit)
    return page_of(found, following, MembershipView.model_validate)


@router.get("/network-memberships/{membership_id}")
async def read_membership(membership_id: UUID, by: Reader, db: Db) -> MembershipView:
    """One membership, for who administers the office or the member."""
    require_admin(by)
    return MembershipView.model_validate(await queries.membership(db, membership_id))


@router.post("/network-memberships/{membership_id}/accept")
async def accept_membership(membership_id: UUID, by: Writer, db: Db) -> MembershipView:
    """Join the network, by who administers the invited organisation. Its office then knows the organisation's name.

    Who has joined and accepts again is answered as the first time.
    """
    return await _answered(db, membership_id, Joining.ACCEPT, by)


@router.post("/network-memberships/{membership_id}/decline")
async def decline_membership(membership_id: UUID, by: Writer, db: Db) -> MembershipView:
    """Do not join, by who administers the invited organisation."""
    return await _answered(db, membership_id, Joining.DECLINE, by)


@router.post("/network-memberships/{membership_id}/leave")
async def leave_network(membership_id: UUID, by: Writer, db: Db) -> MembershipView:
    """End a membership, by the member at any time, or by the office, which so takes back an invitation too.

    What was handed over stays with the member; what it shared goes from the office.
    """
    require_admin(by)
    found = await queries.membership(db, membership_id)
    return MembershipView.model_validate(await commands.change(db, found, Joining.LEAVE, by))


async def _answered(db: Db, membership_id: UUID, act: Joining, by: Principal) -> MembershipView:
    """The member's own word: an office that answered for it would find no membership to answer."""
    require_admin(by)
    found = await queries.membership(db, membership_id)
    if found.organisation_id != tenant_of(db):
        raise MembershipNotFound()
    return MembershipView.model_validate(await commands.change(db, found, act, by))


@router.post("/networks/{network_id}/blueprints", status_code=201)
async def publish_blueprint(network_id: UUID, new: NewNetworkBlueprint, by: Writer, db: Db) -> NetworkBlueprintView:
    """Publish a blueprint, or its next version, to every member; by the office."""
    require_admin(by)
    made = await blueprints.publish(db, network_id, new, by)
    return views.version(made, await blueprints.changed_by(db, made))


@router.get("/network-blueprints")
async def list_network_blueprints(
    by: Reader,
    db: Db,
    network_id: OfNetwork = None,
    name: Annotated[str | None, Query(max_length=100, description="the versions of this blueprint")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> Page[NetworkBlueprintSummary]:
    """The versions of blueprints that the organisation published as an office, or was given as a member.

    For who administers the organisation; of those that a programme was made from, for who manages it.
    """
    rows = queries.blueprints(network_id, name).where(await readable_blueprints(db, by))
    found, following = await page(db, rows, NetworkBlueprint.id, cursor, limit)
    return page_of(found, following, NetworkBlueprintSummary.model_validate)


@router.get("/network-blueprints/{blueprint_id}")
async def read_network_blueprint(blueprint_id: UUID, by: Reader, db: Db) -> NetworkBlueprintView:
    """One version, whole, with what it changes of the one before; for whom the list shows it to."""
    found = await queries.blueprint(db, blueprint_id, await readable_blueprints(db, by))
    return views.version(found, await blueprints.changed_by(db, found))


@router.post("/network-blueprints/{blueprint_id}/adopt", status_code=201)
async def adopt_blueprint(blueprint_id: UUID, new: NewAdoption, by: Writer, db: Db) -> ProgrammeView:
    """Make a programme from a version; which one is noted. By who administers the organisation."""
    require_admin(by)
    return shown(await blueprints.adopt(db, blueprint_id, new.title, by))


@router.get("/programmes/{programme_id}/origin")
async def read_origin(programme_id: UUID, by: Reader, db: Db) -> OriginView:
    """What the programme was made from, and what the newest version would change; for who manages it."""
    return views.origin(await blueprints.origin(db, await may_amend(db, programme_id, by)))


@router.put("/programmes/{programme_id}/origin")
async def take_version(
    programme_id: UUID, taken: TakenVersion, by: Writer, db: Db, expected: IfMatchRequired
) -> OriginView:
    """Take another version of what the programme was made from, within what a running programme may change.

    Members of the blueprint that the programme has made its own stay as they are.
    """
    programme = await may_amend(db, programme_id, by)
    await expected.hold(db, programme)
    await blueprints.take(db, programme, taken.number, by)
    return views.origin(await blueprints.origin(db, programme))
