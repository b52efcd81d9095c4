"""Callers who wait for something to happen: one look at the heads for all of them, and none while nobody waits."""

import asyncio
import time
from collections import Counter
from typing import Final
from uuid import UUID

from mentoring_common.observability import log
from mentoring_common.runner import Service
from mentoring_integrations.changes import queries

LOOK_EVERY_S: Final = 0.1


class Watch:
    """Of one service in this process."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._waiting: Counter[UUID] = Counter()
        self._heads: dict[UUID, int] = {}
        self._looked = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None

    async def beyond(self, tenant: UUID, position: int, seconds: float) -> bool:
        """Whether something happened after this place; False when the time is over, or when the service stops."""
        ends = time.monotonic() + seconds
        self._waiting[tenant] += 1
        try:
            while self._service.ready and time.monotonic() < ends:
                if self._looking is None or self._looking.done():
                    self._looking = asyncio.create_task(self._look())
                await self._looked.wait()
                if self._heads.get(tenant, 0) > position:
                    return True
            return False
        finally:
            self._waiting[tenant] -= 1

    async def _look(self) -> None:
        """Look until nobody waits; whoever comes later begins anew."""
        while +self._waiting:
            try:
                async with self._service.looking.connect() as connection:
                    self._heads = await queries.heads(connection, list(+self._waiting))
            except Exception as error:
                log.warning("look_failed", service=self._service.name, kind="changes", error=type(error).__name__)
            self._looked.set()
            self._looked = asyncio.Event()
            await asyncio.sleep(LOOK_EVERY_S)
