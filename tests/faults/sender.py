"""The integrations service as a process that sends to webhooks; it kills itself after sending, before noting."""

import asyncio
import json
import os
import signal
import sys
from typing import Any

from mentoring_common.observability import configure_logging
from mentoring_common.settings import Settings
from mentoring_integrations.app import create_app
from mentoring_integrations.webhooks import commands


def die_instead_of_noting(times: int) -> None:
    """Note so many times, then die."""
    note, left = commands.note, times

    async def noted(*args: Any, **options: Any) -> None:
        nonlocal left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        await note(*args, **options)

    commands.note = noted


async def serve(settings: Settings) -> None:
    service = create_app(settings)
    await service.start()
    await asyncio.Event().wait()


def main() -> None:
    order = json.loads(sys.argv[1])
    configure_logging("ERROR")
    if order["dies_after"] is not None:
        die_instead_of_noting(order["dies_after"])
    asyncio.run(serve(Settings(**order["settings"])))


if __name__ == "__main__":
    main()
