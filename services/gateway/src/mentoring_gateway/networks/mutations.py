"""Networks: members invited, joining and leaving; blueprints published, adopted and taken anew."""

from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.networks.client import NetworkMembership, ProgrammeOrigin
from mentoring_gateway.networks.types import Network, NetworkBlueprint, blueprint_of
from mentoring_gateway.programmes.types import Programme
from mentoring_gateway.reports.client import NetworkTotals, SharedReport


@strawberry.type
class Networks:
    @command("Ask an organisation to join a network; by its office")
    async def invite_network_member(self, info: Info, network_id: UUID, organisation_id: UUID) -> NetworkMembership:
        return await info.context.commands(info).networks.invite(network_id, organisation_id)

    @command("Call a network something else; by its office")
    async def rename_network(self, info: Info, network_id: UUID, name: str) -> Network:
        return Network(**vars(await info.context.commands(info).networks.rename(network_id, name)))

    @command("End a network with every membership of it; by its office")
    async def close_network(self, info: Info, network_id: UUID) -> Network:
        return Network(**vars(await info.context.commands(info).networks.close(network_id)))

    @command("Join the network that asked; by who administers the organisation")
    async def accept_network_membership(self, info: Info, membership_id: UUID) -> NetworkMembership:
        return await info.context.commands(info).networks.accept(membership_id)

    @command("Do not join the network that asked; by who administers the organisation")
    async def decline_network_membership(self, info: Info, membership_id: UUID) -> NetworkMembership:
        return await info.context.commands(info).networks.decline(membership_id)

    @command("End a membership of a network; by the member or the office")
    async def leave_network(self, info: Info, membership_id: UUID) -> NetworkMembership:
        return await info.context.commands(info).networks.leave(membership_id)

    @command("Publish a blueprint, or its next version, to the members of a network; by its office")
    async def publish_network_blueprint(
        self, info: Info, network_id: UUID, blueprint: JSON, note: str | None = None
    ) -> NetworkBlueprint:
        api = info.context.commands(info).networks
        return blueprint_of(await api.publish(network_id, blueprint=blueprint, note=note))

    @command("Make a programme from a version that a network shares; which one is noted")
    async def adopt_network_blueprint(self, info: Info, blueprint_id: UUID, title: str | None = None) -> Programme:
        return Programme(**vars(await info.context.commands(info).networks.adopt(blueprint_id, title)))

    @command("Hand the protected figures of a published report to the network over to its office, for totals")
    async def share_report(self, info: Info, report_id: UUID, network_id: UUID) -> SharedReport:
        return await info.context.commands(info).reports.share(report_id, network_id)

    @command("Take back what was shared with a network: it is in no total any more")
    async def withdraw_shared_report(self, info: Info, share_id: UUID) -> SharedReport:
        return await info.context.commands(info).reports.withdraw_share(share_id)

    @command("Issue the totals over what the members of a network share now; by its office")
    async def issue_network_totals(self, info: Info, network_id: UUID) -> NetworkTotals:
        return await info.context.commands(info).reports.issue_network_totals(network_id)

    @command("Take another version of what a programme was made from; what the programme made its own stays")
    async def take_network_version(
        self, info: Info, programme_id: UUID, number: int, expected_version: int
    ) -> ProgrammeOrigin:
        return await info.context.commands(info, expected_version).networks.take(programme_id, number)
