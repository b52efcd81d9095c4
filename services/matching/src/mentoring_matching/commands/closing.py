"""A programme is closed: what was offered in it is taken back, and nobody is matched in it any more.

Pairs and groups that stand are ended by their relationships, which the sessions service tells of.
"""

from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncSession

from mentoring_common.db import occurred_at
from mentoring_matching import group_queries, queries
from mentoring_matching.commands import recurring
from mentoring_matching.commands.groups import withdraw_places
from mentoring_matching.commands.matches import withdraw_offer
from mentoring_matching.commands.runs import discard
from mentoring_matching.models import Programme

PROGRAMME_CLOSED = "programme_closed"


async def close_programme(db: AsyncSession, programme_id: UUID) -> None:
    """Let nothing begin, and take back what stands open; done twice, there is nothing left to take."""
    this = sa.update(Programme).where(Programme.id == programme_id, Programme.closed_at.is_(None))
    await db.execute(this.values(closed_at=occurred_at(db)))
    await recurring.plan_cohorts(db, programme_id)
    await discard(db, await queries.runs_open(db, programme_id), "the programme is closed")
    for group in await group_queries.groups_with_offers(db, programme_id):
        await withdraw_places(db, group, PROGRAMME_CLOSED)
    for offer in await queries.offers_of_programme(db, programme_id):
        await withdraw_offer(db, offer, PROGRAMME_CLOSED)
