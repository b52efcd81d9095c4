"""Waiting until everything that was announced has had its effect: what a person calls "a moment later"."""

import asyncio
from typing import TYPE_CHECKING

import sqlalchemy as sa

from mentoring_common.embedded.patience import Patience
from mentoring_common.runner import Service
from mentoring_common.tables import inbox, outbox

if TYPE_CHECKING:
    from mentoring_allinone.stack import Stack

PATIENCE_S = 60.0


class NotSettled(TimeoutError):
    """Some service did not get to the end of its events in time."""


async def settle(stack: "Stack", within_s: float = PATIENCE_S) -> None:
    """Return when every event in every outbox was published and handled by each service that takes it.

    Handling may announce more: this returns when there is nothing left at all. NotSettled after `within_s`.
    """
    patience = Patience(within_s)
    while behind := await _behind(stack):
        if patience.is_over:
            raise NotSettled(f"still behind: {', '.join(behind)}")
        await asyncio.sleep(0.01)


async def announced(stack: "Stack") -> int:
    """How many events there are in all outboxes."""
    services = [s for s in stack.services.values() if isinstance(s, Service)]
    return sum([sum((await _counts(service))[0].values()) for service in services])


async def _behind(stack: "Stack") -> list[str]:
    """The services that have not handled all there is for them."""
    services = [s for s in stack.services.values() if isinstance(s, Service)]
    emitted: dict[str, int] = {}
    handled: dict[str, int] = {}
    for service, (counts, seen) in zip(services, await asyncio.gather(*map(_counts, services)), strict=True):
        emitted |= counts
        handled[service.name] = seen
    return [
        s.name for s in services if sum(emitted.get(cls.type_name(), 0) for cls in s.design.takes) > handled[s.name]
    ]


async def _counts(service: Service) -> tuple[dict[str, int], int]:
    """How many events of each type a service has emitted, and how many of all it has handled; read at one moment."""
    emitted = sa.select(outbox.c.type, sa.func.count()).group_by(outbox.c.type)
    handled = sa.select(sa.null(), sa.func.count()).select_from(inbox)
    async with service.looking.connect() as connection:
        counts = {row[0]: row[1] for row in await connection.execute(sa.union_all(emitted, handled))}
    seen: int = counts.pop(None)
    return counts, seen
