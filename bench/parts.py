"""The real parts that are measured, and a row of the table."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from mentoring_common.embedded import EmbeddedBroker, EmbeddedPostgres
from mentoring_common.observability import configure_logging
from mentoring_common.testing.harness import Servers


@dataclass(frozen=True)
class Row:
    """One measurement: `ours` and the floor in the same unit (a second's worth, more is better)."""

    what: str
    unit: str
    ours: float
    floor_is: str
    floor: float

    @property
    def ratio(self) -> float:
        return self.ours / self.floor


@asynccontextmanager
async def running_parts() -> AsyncIterator[Servers]:
    """PostgreSQL and a broker for the length of a block."""
    configure_logging("ERROR")
    with tempfile.TemporaryDirectory() as folder:
        postgres = await EmbeddedPostgres.start(Path(folder) / "postgres", durable=False)
        broker = await EmbeddedBroker.start()
        try:
            yield Servers(postgres.dsn("postgres"), broker.bootstrap_servers)
        finally:
            await broker.stop()
            await postgres.stop()
