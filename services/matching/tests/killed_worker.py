"""Works on one matching run, and is killed while it solves."""

import asyncio
import json
import os
import signal
import sys
from typing import Any
from uuid import UUID

from mentoring_common.settings import Settings
from mentoring_matching import jobs
from mentoring_matching.app import create_app


def die(*_: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


if __name__ == "__main__":
    jobs.propose = die
    service = create_app(Settings(**json.loads(sys.argv[1])))
    asyncio.run(jobs._work(service, UUID(sys.argv[2]), UUID(sys.argv[3])))
