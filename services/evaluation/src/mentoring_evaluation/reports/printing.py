"""Pages and PDFs for readers without an account, who may come in any number: made one at a time, the last ones kept."""

import asyncio
import hashlib
from collections.abc import Callable
from uuid import UUID

from pydantic_core import to_json

from mentoring_evaluation.errors import PrinterBusy
from mentoring_evaluation.reports.changes import Issue
from mentoring_evaluation.reports.document import Document, Words

KEPT = 16  # pages and PDFs of a few hundred kB each
WAITING = 20

Key = tuple[str, UUID]


class Printer:
    """Makes pages and PDFs and keeps them while the report stays as it is; older versions of a report are dropped."""

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


def digest_of(document: Document, words: Words, issue: Issue) -> str:
    """A short name of what a page is made from; anything else has another. Blocking."""
    return hashlib.sha256(b"\0".join(map(to_json, (document, words, issue)))).hexdigest()
