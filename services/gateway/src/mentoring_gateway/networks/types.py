"""Networks, as the schema shows them."""

from enum import Enum
from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import fetched
from mentoring_gateway.networks.client import (
    NetworkBlueprintContent,
    NetworkBlueprintRecord,
    NetworkMembership,
    NetworkRecord,
)
from mentoring_gateway.paging import After, Connection, First, connection, wanted
from mentoring_gateway.reports.client import NetworkTotals
from mentoring_gateway.settings import DEFAULT_PAGE
from mentoring_gateway.values import same


@strawberry.enum(description="Where an organisation's membership of a network stands")
class MembershipState(Enum):
    INVITED = "invited"
    JOINED = "joined"
    DECLINED = "declined"
    LEFT = "left"


@strawberry.type(description="A version of a blueprint that a network shares")
class NetworkBlueprint(NetworkBlueprintRecord):
    @fetched("The blueprint, whole, and what it changes of the version before")
    async def content(self, info: Info) -> NetworkBlueprintContent | None:
        return await info.context.services.networks.content(self.id)


@strawberry.type(description="A network of organisations, for its office")
class Network(NetworkRecord):
    @fetched("Who was invited, is a member, declined or left")
    async def members(
        self, info: Info, state: MembershipState | None = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[NetworkMembership] | None:
        return await memberships(info, first, after, self.id, state)

    @fetched("Totals over its members that shared a report, as they were issued last; for the office's admin")
    async def totals(self, info: Info) -> NetworkTotals | None:
        return await info.context.services.reports.network_totals(self.id)

    @fetched("The versions of blueprints that it shares")
    async def blueprints(
        self, info: Info, name: str | None = None, first: First = DEFAULT_PAGE, after: After = None
    ) -> Connection[NetworkBlueprint] | None:
        return await blueprints(info, first, after, self.id, name)


async def memberships(
    info: Info, first: First, after: After, network_id: UUID | None, state: MembershipState | None
) -> Connection[NetworkMembership]:
    """A page of memberships."""
    which = {"network_id": network_id, "state": state and state.value}
    return connection(await info.context.services.networks.memberships(wanted(first, after), **which), same)


async def blueprints(
    info: Info, first: First, after: After, network_id: UUID | None, name: str | None
) -> Connection[NetworkBlueprint]:
    """A page of versions."""
    page = await info.context.services.networks.blueprints(wanted(first, after), network_id=network_id, name=name)
    return connection(page, blueprint_of)


def blueprint_of(record: NetworkBlueprintRecord) -> NetworkBlueprint:
    """A version, as the schema shows it."""
    return NetworkBlueprint(**vars(record))
