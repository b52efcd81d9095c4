"""What an operator sees of webhooks, in numbers that name nobody."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from mentoring_common.metrics import Gauge
from mentoring_integrations.webhooks.models import Delivery, Webhook

_WAITING = sa.select(sa.func.count()).select_from(Delivery).where(Delivery.state == "queued")
_BY_STATE = sa.select(Webhook.state, sa.func.count()).group_by(Webhook.state)


async def webhooks_and_deliveries(connection: AsyncConnection) -> Sequence[Gauge]:
    """How many webhooks are in each state, and how many events wait to be delivered to them."""
    waiting = await connection.scalar(_WAITING) or 0
    states = (await connection.execute(_BY_STATE)).all()
    return [
        Gauge("mentoring_webhook_deliveries_waiting", "Events that no receiver has taken yet.", waiting),
        *(Gauge("mentoring_webhooks", "Webhooks by state.", number, (("state", state),)) for state, number in states),
    ]
