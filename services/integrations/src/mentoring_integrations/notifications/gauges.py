"""What an operator sees of letters, in numbers that name nobody."""

from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from mentoring_common.metrics import Gauge
from mentoring_integrations.notifications.models import Notification

_MADE_AT = sa.func.coalesce(Notification.held_until, Notification.created_at)  # a letter that was held is not late
_AGE = sa.cast(sa.extract("epoch", sa.func.clock_timestamp() - sa.func.min(_MADE_AT)), sa.Float)
_WAITING = sa.select(sa.func.count().label("number"), sa.func.coalesce(_AGE, 0.0).label("seconds")).where(
    Notification.state == "queued"
)


async def letters_waiting(connection: AsyncConnection) -> Sequence[Gauge]:
    """How many letters the mail server has not taken yet, and for how long the oldest of them has waited."""
    row = (await connection.execute(_WAITING)).one()
    return [
        Gauge("mentoring_letters_waiting", "Letters that the mail server has not taken yet.", row.number),
        Gauge("mentoring_letters_oldest_seconds", "For how long the oldest of them has waited.", row.seconds),
    ]
