import asyncio
import json
import signal
import sys
from pathlib import Path

import pytest

from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.testing import toy
from mentoring_common.testing.harness import ISSUER, settings_for

CHILD = Path(__file__).with_name("child.py")


class Children:
    """Processes of one toy service, which share its database and broker and may die at a named point."""

    def __init__(self, settings, issuer):
        self.settings = settings
        self.issuer = issuer
        self._running = []

    async def run(self, part, *, die_at=None, until_idle=False, within_s=60):
        """Run relay or consumer in a process of its own; its exit code (-9: killed)."""
        process = await self.start(part, die_at=die_at, until_idle=until_idle)
        async with asyncio.timeout(within_s):
            return await process.wait()

    async def start(self, part, *, die_at=None, until_idle=False):
        # The settings hold secrets that JSON of pydantic would mask.
        values = self.settings.model_dump() | {
            "master_key": self.settings.master_key.get_secret_value(),
            "client_secret": self.settings.client_secret.get_secret_value(),
            "smtp_password": "",
            "kafka_password": "",
        }
        order = {"part": part, "die_at": die_at, "until_idle": until_idle, "settings": values}
        process = await asyncio.create_subprocess_exec(
            sys.executable, str(CHILD), json.dumps(order), stdout=asyncio.subprocess.DEVNULL
        )
        self._running.append(process)
        return process

    async def stop(self):
        for process in self._running:
            if process.returncode is None:
                process.send_signal(signal.SIGKILL)
                await process.wait()


@pytest.fixture
async def children(each_broker):
    urls = await toy.make_database(each_broker.superuser_url)
    made = Children(settings_for(each_broker, urls), DevIssuer(ISSUER, "mentoring"))
    yield made
    await made.stop()
