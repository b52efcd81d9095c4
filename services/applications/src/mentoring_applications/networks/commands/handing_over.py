"""Members are given what the office has published: a deadline for each membership, in a transaction of its own."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_applications.networks import queries
from mentoring_applications.networks.commands.crossing import acting_in
from mentoring_applications.networks.models import NetworkBlueprint, NetworkMembership
from mentoring_common.db import now
from mentoring_common.deadlines import schedule_all
from mentoring_common.outbox import emit
from mentoring_common.writing import insert
from mentoring_contracts.applications import NetworkBlueprintReceived

HAND_OVER: Final = "network_hand_over"


async def hand_over_to(db: AsyncSession, membership_ids: Collection[UUID]) -> None:
    """Have members given what they do not have yet, and told what the network is called."""
    await schedule_all(db, HAND_OVER, dict.fromkeys(membership_ids, now(db)))


async def hand_over(db: AsyncSession, membership_id: UUID) -> None:
    """Deadline, in the office's tenant: the member is given the versions that it does not have, and the names."""
    membership = await queries.membership_that_stands(db, membership_id)
    if membership is None:
        return
    network_id, member = membership.network_id, membership.organisation_id
    async with acting_in(db, member):
        known = await queries.blueprint_ids(db, network_id)
    published = await queries.blueprints_beyond(db, network_id, known)
    about = {"membership_id": membership.id, "network_id": network_id, "office_id": membership.office_id}
    named = {"network_name": membership.network_name, "office_name": membership.office_name}
    async with acting_in(db, member):
        await db.execute(sa.update(NetworkMembership).where(NetworkMembership.id == membership_id).values(named))
        given = set(await insert(db, NetworkBlueprint, published, unless_known=True))
        for one in published:
            if one["id"] in given:
                said = {"blueprint_id": one["id"], "number": one["number"]}
                emit(db, NetworkBlueprintReceived.model_validate(about | said))
