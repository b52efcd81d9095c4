"""Runs a service's module as `python -m` does, with one mechanism taken away: what a test of faults has to notice.

python broken.py BUILD MODULE [ARGUMENT ...]
"""

import asyncio
import contextlib
import runpy
import sys
from collections.abc import Sequence
from typing import Any

from mentoring_common import broker, consumer, idempotency


def nobody_waits_for_the_broker() -> None:
    """The relay notes as published what no broker has confirmed after a second."""
    publish = broker.Publisher.publish

    async def hope(self: broker.Publisher, records: Sequence[broker.Record]) -> None:
        with contextlib.suppress(Exception):
            async with asyncio.timeout(1):
                await publish(self, records)

    broker.Publisher.publish = hope  # type: ignore[method-assign]


def offsets_are_not_kept() -> None:
    """Every start of a consumer begins where the first one began."""

    async def no_commit(*_: Any) -> None:
        return None

    consumer._commit = no_commit


def the_inbox_is_not_asked() -> None:
    """Neither inbox nor marks: whatever comes is fresh."""
    offsets_are_not_kept()

    async def take_all(_db: Any, _service: str, items: Any) -> set[Any]:
        return {item.envelope.id for item in items}

    consumer.take = take_all


def keys_are_not_looked_at() -> None:
    """An Idempotency-Key changes nothing."""

    async def no_claim(*_: Any) -> None:
        return None

    idempotency.claim = no_claim  # type: ignore[assignment]


BUILDS = {
    build.__name__: build
    for build in (nobody_waits_for_the_broker, offsets_are_not_kept, the_inbox_is_not_asked, keys_are_not_looked_at)
}

if __name__ == "__main__":
    _, build, module, *arguments = sys.argv
    BUILDS[build]()
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
