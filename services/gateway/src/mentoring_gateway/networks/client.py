"""The applications service: networks, their members and their blueprints."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.programmes.client import ProgrammeRecord
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import body


@dataclass
class NetworkRecord:
    id: UUID
    name: str
    office_id: UUID
    created_at: datetime
    closed_at: datetime | None = None


@strawberry.type(
    description="An organisation's way in a network, as its office and the organisation itself see it; `state` is "
    "invited, joined, declined or left"
)
class NetworkMembership:
    id: UUID
    network_id: UUID
    network_name: str
    office_id: UUID
    organisation_id: UUID
    state: str
    invited_at: datetime
    office_name: str | None = None
    organisation_name: str | None = None
    answered_at: datetime | None = None
    left_at: datetime | None = None
    ended_by_office: bool | None = None


@strawberry.type(description="A member of a blueprint that another version changes")
class BlueprintDifference:
    pointer: str
    section: str
    touches: str
    services: list[str]
    refused: str | None = None


@dataclass
class NetworkBlueprintRecord:
    id: UUID
    network_id: UUID
    name: str
    number: int
    title: str
    published_at: datetime
    note: str | None = None


@strawberry.type(description="What a version of a network's blueprint holds, and what it changes of the one before")
class NetworkBlueprintContent:
    blueprint: JSON
    changes: list[BlueprintDifference]


@strawberry.type(
    description="What a programme was made from, and what the newest version would change of it; `kept` names the "
    "members of the blueprint that the programme has made its own"
)
class ProgrammeOrigin:
    programme_id: UUID
    version: int
    network_id: UUID
    blueprint_id: UUID
    name: str
    number: int
    adopted_at: datetime
    newest: int
    changes: list[BlueprintDifference]
    kept: list[str]


_networks = TypeAdapter(Page[NetworkRecord])
_network = TypeAdapter(NetworkRecord)
_memberships = TypeAdapter(Page[NetworkMembership])
_membership = TypeAdapter(NetworkMembership)
_blueprints = TypeAdapter(Page[NetworkBlueprintRecord])
_blueprint = TypeAdapter(NetworkBlueprintRecord)
_content = TypeAdapter(NetworkBlueprintContent)
_origin = TypeAdapter(ProgrammeOrigin)
_programme = TypeAdapter(ProgrammeRecord)


@dataclass(frozen=True)
class NetworksApi:
    """Networks for one caller."""

    api: Upstream

    async def networks(self, wanted: PageRequest) -> Page[NetworkRecord]:
        """The networks of which the caller's organisation is the office."""
        return await self.api.page("/networks", _networks, {}, wanted)

    async def network(self, network_id: UUID) -> NetworkRecord:
        """One network, for its office."""
        return await self.api.get(f"/networks/{network_id}", _network)

    async def memberships(self, wanted: PageRequest, **which: object) -> Page[NetworkMembership]:
        """Memberships that the caller's organisation knows of."""
        return await self.api.page("/network-memberships", _memberships, which, wanted)

    async def invite(self, network_id: UUID, organisation_id: UUID) -> NetworkMembership:
        """Ask an organisation to join."""
        path = f"/networks/{network_id}/members"
        return await self.api.send("POST", path, _membership, body(organisation_id=organisation_id))

    async def rename(self, network_id: UUID, name: str) -> NetworkRecord:
        """Call it something else."""
        return await self.api.send("POST", f"/networks/{network_id}/rename", _network, body(name=name))

    async def close(self, network_id: UUID) -> NetworkRecord:
        """End it."""
        return await self.api.send("POST", f"/networks/{network_id}/close", _network)

    async def accept(self, membership_id: UUID) -> NetworkMembership:
        """Join."""
        return await self.api.send("POST", f"/network-memberships/{membership_id}/accept", _membership)

    async def decline(self, membership_id: UUID) -> NetworkMembership:
        """Do not join."""
        return await self.api.send("POST", f"/network-memberships/{membership_id}/decline", _membership)

    async def leave(self, membership_id: UUID) -> NetworkMembership:
        """End a membership."""
        return await self.api.send("POST", f"/network-memberships/{membership_id}/leave", _membership)

    async def blueprints(self, wanted: PageRequest, **which: object) -> Page[NetworkBlueprintRecord]:
        """Versions that were published or handed over."""
        return await self.api.page("/network-blueprints", _blueprints, which, wanted)

    async def blueprint(self, blueprint_id: UUID) -> NetworkBlueprintRecord:
        """One version."""
        return await self.api.get(f"/network-blueprints/{blueprint_id}", _blueprint)

    async def content(self, blueprint_id: UUID) -> NetworkBlueprintContent:
        """What a version holds."""
        return await self.api.get(f"/network-blueprints/{blueprint_id}", _content)

    async def publish(self, network_id: UUID, **new: object) -> NetworkBlueprintRecord:
        """Publish a version."""
        return await self.api.send("POST", f"/networks/{network_id}/blueprints", _blueprint, body(**new))

    async def adopt(self, blueprint_id: UUID, title: str | None) -> ProgrammeRecord:
        """Make a programme from a version."""
        return await self.api.send("POST", f"/network-blueprints/{blueprint_id}/adopt", _programme, body(title=title))

    async def origin(self, programme_id: UUID) -> ProgrammeOrigin:
        """What a programme was made from."""
        return await self.api.get(f"/programmes/{programme_id}/origin", _origin)

    async def take(self, programme_id: UUID, number: int) -> ProgrammeOrigin:
        """Take another version."""
        return await self.api.send("PUT", f"/programmes/{programme_id}/origin", _origin, body(number=number))
