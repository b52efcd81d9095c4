"""What an operator sees of webhooks, in numbers that name nobody."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from mentoring_common.metrics import Gauge
from mentoring_integrations.webhooks import queries


async def webhooks_and_deliveries(connection: AsyncConnection) -> Sequence[Gauge]:
    """How many webhooks are in each state, and how many events wait to be delivered to them."""
    states, waiting = await queries.numbers_of_all(connection)
    return [
        Gauge("mentoring_webhook_deliveries_waiting", "Events that no receiver has taken yet.", waiting),
        *(Gauge("mentoring_webhooks", "Webhooks by state.", number, (("state", state),)) for state, number in states),
    ]
