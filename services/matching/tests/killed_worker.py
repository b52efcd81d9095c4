"""Works on one matching run and is killed while it solves, or begins one whose time has come and is killed before its
transaction ends."""

import asyncio
import json
import os
import signal
import sys
from datetime import datetime
from typing import Any
from uuid import UUID

from mentoring_common.clock import MovableClock
from mentoring_common.deadlines import DeadlinePoller
from mentoring_common.runner import Service
from mentoring_common.settings import Settings
from mentoring_matching import jobs
from mentoring_matching.app import create_app
from mentoring_matching.commands import runs


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


async def begin(service: Service, moment: str) -> None:
    """Fire what is due at a moment; the run is written, and its transaction never ends."""
    start = runs.start_by_itself

    async def and_die(*given: Any) -> None:
        await start(*given)
        await given[0].flush()
        die()

    runs.start_by_itself = and_die
    clock = MovableClock(datetime.fromisoformat(moment))
    await DeadlinePoller(service.system, service.database, service.design.deadlines, clock, 1.0).fire_due()


if __name__ == "__main__":
    jobs.propose = die
    service = create_app(Settings(**json.loads(sys.argv[1])))
    tenant, what = UUID(sys.argv[2]), sys.argv[3]
    asyncio.run(begin(service, what) if "T" in what else jobs._work(service, tenant, UUID(what)))
