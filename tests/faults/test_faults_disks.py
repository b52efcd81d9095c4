"""A disk that is full, PostgreSQL's or the broker's: what is answered is kept once, and all goes on with room again."""

import asyncio
import os
import subprocess
import tempfile
from pathlib import Path

import pytest

from mentoring_common.embedded.kafka import ApacheKafka
from mentoring_common.testing.plugin import AS_IN_PRODUCTION

SIZE_MB = {"postgres": 400, "kafka": 200}
FULL_S = 15
pytestmark = [
    pytest.mark.faults,
    pytest.mark.skipif(not AS_IN_PRODUCTION, reason="minutes long: make faults"),
]


class SmallDisk:
    """A file system of its own, which only root can mount."""

    def __init__(self, name):
        self.path = Path(tempfile.mkdtemp(prefix=f"disk-{name}-"))
        options = f"size={SIZE_MB[name]}m,mode=0755"
        told = subprocess.run(
            ["/bin/mount", "-t", "tmpfs", "-o", options, "tmpfs", self.path], capture_output=True, check=False
        )
        if told.returncode:
            self.path.rmdir()
            pytest.skip("a file system of its own needs root")

    @property
    def room(self):
        of = os.statvfs(self.path)
        return of.f_bavail * of.f_frsize

    def fill(self):
        with (self.path / "filler").open("ab", buffering=0) as filler:
            while self.room:
                filler.write(bytes(min(self.room, 1 << 20)))

    def clear(self):
        (self.path / "filler").unlink(missing_ok=True)

    def close(self):
        subprocess.run(["/bin/umount", "-l", self.path], check=True)
        self.path.rmdir()


@pytest.fixture(scope="module")
def database_disk():
    disk = SmallDisk("postgres")
    yield disk
    disk.close()


@pytest.fixture(scope="module")
def database_folder(database_disk):
    return database_disk.path / "data"


@pytest.fixture(scope="module")
def broker_disk():
    disk = SmallDisk("kafka")
    yield disk
    disk.close()


@pytest.fixture(scope="module")
async def kafka(broker_disk):
    """The broker's data lies in the system's temporary folder: the small disk is that for as long as it starts."""
    if not ApacheKafka.available():
        pytest.skip("Apache Kafka needs Java and Maven")
    usual, tempfile.tempdir = tempfile.tempdir, str(broker_disk.path)
    try:
        running = await ApacheKafka.start()
    finally:
        tempfile.tempdir = usual
    yield running
    await running.stop()


async def full_for_a_while(disk):
    """Fill it, again and again: who deletes something must not find room by that."""
    for _ in range(FULL_S):
        disk.fill()
        await asyncio.sleep(1)
    disk.clear()


async def test_the_disk_of_the_database_is_full(whole, database_disk):
    async def fault():
        await full_for_a_while(database_disk)
        if not whole.server.running:  # it had no room to recover in: an operator starts it when there is
            await asyncio.to_thread(whole.server.restart)
        return 1

    load = await whole.under("the database's disk is full", fault)
    assert load.refused > 0  # it was full


async def test_the_disk_of_the_broker_is_full(whole, broker_disk, kafka):
    async def fault():
        await full_for_a_while(broker_disk)
        logs = "".join(log.read_text(errors="replace") for log in broker_disk.path.rglob("kafka.log"))
        assert "No space left on device" in logs or not kafka.running(1)  # it was full
        if not kafka.running(1):
            await asyncio.to_thread(kafka.start_again, 1)
        await asyncio.sleep(5)
        return 1

    await whole.under("the broker's disk is full", fault)
