"""What can be followed."""

import asyncio
from collections.abc import AsyncGenerator
from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.types.fields import followed
from mentoring_gateway.types.matches import MatchRun

UNDER_WAY = frozenset({"queued", "running"})
POLL_S = 0.5


@strawberry.type
class Subscription:
    @followed("A matching run whenever it has got further, until it is over")
    async def match_run(self, info: Info, id: UUID) -> AsyncGenerator[MatchRun, None]:
        seen: tuple[str, float] | None = None
        while True:
            info.context.renew()
            run = await info.context.services.matching.run(id)
            if (run.state, run.progress) != seen:
                seen = run.state, run.progress
                yield MatchRun(**vars(run))
            if run.state not in UNDER_WAY:
                return
            await asyncio.sleep(POLL_S)
