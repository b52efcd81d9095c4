"""Pages and PDFs for readers without an account, who may come in any number: made one at a time, the last ones kept."""

import asyncio
import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from mentoring_evaluation.errors import PrinterBusy

KEPT = 16  # pages and PDFs of a few hundred kB each
WAITING = 20

Content = Mapping[str, Any]
Key = tuple[str, UUID]


class Printer:
    """Makes what is asked for, unless it is at hand as it is now; of a report nothing older than the last is kept."""

    def __init__(self) -> None:
        self._kept: dict[Key, tuple[str, bytes]] = {}
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def printed(self, key: Key, digest: str, make: Callable[[], bytes]) -> bytes:
        """What `make` gives for this digest of all it is made from. PrinterBusy."""
        found = self._kept.get(key)
        if found is None or found[0] != digest:
            found = await self._made(key, digest, make)
        return found[1]

    async def _made(self, key: Key, digest: str, make: Callable[[], bytes]) -> tuple[str, bytes]:
        if self._waiting >= WAITING:
            raise PrinterBusy()
        self._waiting += 1
        try:
            async with self._turn:
                found = self._kept.pop(key, None)
                if found is None or found[0] != digest:
                    found = digest, await asyncio.to_thread(make)
                self._kept[key] = found
        finally:
            self._waiting -= 1
        while len(self._kept) > KEPT:
            del self._kept[next(iter(self._kept))]
        return found


def digest_of(content: Content, issue: Content) -> str:
    """A short name of what a page is made from; anything else has another. Blocking."""
    return hashlib.sha256(json.dumps([content, issue], default=str, sort_keys=True).encode()).hexdigest()
