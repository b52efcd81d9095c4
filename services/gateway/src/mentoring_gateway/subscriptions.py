"""What can be followed."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from typing import TypeVar
from uuid import UUID

import strawberry

from mentoring_gateway.context import Info
from mentoring_gateway.fields import followed
from mentoring_gateway.matching.client import RunRecord
from mentoring_gateway.matching.types import MatchRun
from mentoring_gateway.reports.client import ReportRecord
from mentoring_gateway.reports.types import Report

UNDER_WAY = frozenset({"queued", "running"})
POLL_S = 0.5
Record = TypeVar("Record", RunRecord, ReportRecord)


@strawberry.type
class Subscription:
    @followed("A matching run whenever it has got further, until it is over")
    async def match_run(self, info: Info, id: UUID) -> AsyncGenerator[MatchRun, None]:
        async for run in _followed(info, lambda: info.context.services.matching.run(id)):
            yield MatchRun(**vars(run))

    @followed("A report when it is queued, and once it is built")
    async def report(self, info: Info, id: UUID) -> AsyncGenerator[Report, None]:
        async for report in _followed(info, lambda: info.context.services.reports.report(id)):
            yield Report(**vars(report))


async def _followed(info: Info, read: Callable[[], Awaitable[Record]]) -> AsyncGenerator[Record, None]:
    """What is read, whenever its state or progress is another one, until it is no longer under way."""
    seen: tuple[str, float] | None = None
    while True:
        info.context.renew()
        record = await read()
        stands = record.state, getattr(record, "progress", 0.0)
        if stands != seen:
            seen = stands
            yield record
        if record.state not in UNDER_WAY:
            return
        await asyncio.sleep(POLL_S)
