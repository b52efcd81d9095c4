"""What an operator sees of letters, in numbers that name nobody."""

from collections.abc import Sequence

from sqlalchemy.ext.asyncio import AsyncConnection

from mentoring_common.metrics import Gauge
from mentoring_integrations.notifications import queries


async def letters_waiting(connection: AsyncConnection) -> Sequence[Gauge]:
    """How many letters the mail server has not taken yet, and for how long the oldest of them has waited."""
    number, seconds = await queries.letters_waiting(connection)
    return [
        Gauge("mentoring_letters_waiting", "Letters that the mail server has not taken yet.", number),
        Gauge("mentoring_letters_oldest_seconds", "For how long the oldest of them has waited.", seconds),
    ]
