from pathlib import Path

import pytest

from mentoring_allinone.stack import Stack


@pytest.fixture(scope="session")
async def stack(tmp_path_factory):
    """The embedded stack, as `mentoring up` starts it."""
    folder: Path = tmp_path_factory.mktemp("stack")
    running = await Stack.start(folder, durable=False)
    yield running
    await running.stop()
