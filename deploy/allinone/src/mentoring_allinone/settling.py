"""Waiting until everything that was announced has had its effect: what a person calls "a moment later"."""

import asyncio
from collections import Counter
from typing import TYPE_CHECKING
from uuid import UUID

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
    """The services that have not handled all there is for them.

    Each organisation by itself: at a broker of one's own, events of another folder's organisations are handled too.
    """
    services = [s for s in stack.services.values() if isinstance(s, Service)]
    emitted: Counter[tuple[UUID, str]] = Counter()
    handled: dict[str, dict[UUID, int]] = {}
    for service, (counts, seen) in zip(services, await asyncio.gather(*map(_counts, services)), strict=True):
        emitted.update(counts)
        handled[service.name] = seen
    tenants = {tenant for tenant, _ in emitted}
    return [
        s.name
        for s in services
        if any(
            sum(emitted[tenant, cls.type_name()] for cls in s.design.takes) > handled[s.name].get(tenant, 0)
            for tenant in tenants
        )
    ]


async def _counts(service: Service) -> tuple[dict[tuple[UUID, str], int], dict[UUID, int]]:
    """How many events of each organisation and type a service has emitted, and how many of each organisation it has
    handled; read at one moment."""
    emitted = sa.select(outbox.c.tenant_id, outbox.c.type, sa.func.count()).group_by(outbox.c.tenant_id, outbox.c.type)
    handled = sa.select(inbox.c.tenant_id, sa.null(), sa.func.count()).group_by(inbox.c.tenant_id)
    async with service.looking.connect() as connection:
        rows = (await connection.execute(sa.union_all(emitted, handled))).all()
    counts = {(tenant, kind): count for tenant, kind, count in rows if kind is not None}
    return counts, {tenant: count for tenant, kind, count in rows if kind is None}
