"""Apache Kafka itself, one KRaft node or several on 127.0.0.1, where Java 17 and Maven are at hand: for tests."""

import asyncio
import base64
import fcntl
import os
import shutil
import signal
import subprocess
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from aiokafka.admin import AIOKafkaAdminClient

from mentoring_common.embedded.child_process import ChildProcess, free_port, server_environment
from mentoring_common.embedded.errors import EmbeddedServerError
from mentoring_common.embedded.folders import TemporaryFolder
from mentoring_common.embedded.patience import Patience
from mentoring_common.embedded.readiness import answers

START_ATTEMPTS = 3
START_PATIENCE_S = 60.0
DOWNLOAD_PATIENCE_S = 600.0
HEAP = "-Xmx384m"

_PROPERTIES = """\
controller.quorum.voters={voters}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
auto.create.topics.enable=false
offsets.topic.num.partitions=4
offsets.topic.replication.factor=1
transaction.state.log.num.partitions=4
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
share.coordinator.state.topic.num.partitions=4
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
group.initial.rebalance.delay.ms=0
group.min.session.timeout.ms=1000
log.cleaner.dedupe.buffer.size=4194304
log.cleaner.threads=1
"""


@dataclass(frozen=True)
class Listener:
    """One more door of a node, with TLS or SASL; `properties` are those of the listener, without its prefix."""

    protocol: str
    properties: Mapping[str, str] = field(default_factory=dict)


class ApacheKafka:
    """Kafka nodes in processes of their own; their data lies in a temporary folder and is gone with them.

    `addresses` has host:port of each further listener of the first node, by its name.
    """

    def __init__(
        self,
        spawn_node: Callable[[int], ChildProcess],
        nodes: int,
        bootstrap_servers: str,
        addresses: Mapping[str, str],
        folder: TemporaryFolder,
    ) -> None:
        self._spawn_node = spawn_node
        self._processes = [spawn_node(number) for number in range(1, nodes + 1)]
        self._folder = folder
        self.bootstrap_servers = bootstrap_servers
        self.addresses = addresses

    @staticmethod
    def available(project: Path | None = None) -> bool:
        """Whether `start` can work: Java is here, and the jars are or Maven is."""
        project = project or kafka_project()
        if project is None or not (project / "pom.xml").is_file() or shutil.which("java") is None:
            return False
        return shutil.which("mvn") is not None or _jars_complete(project)

    @classmethod
    async def start(
        cls,
        project: Path | None = None,
        *,
        nodes: int = 1,
        controllers: int = 1,
        ports: Sequence[int] = (),
        listeners: Mapping[str, Listener] | None = None,
        users: Sequence[str] = (),
        properties: Mapping[str, str] | None = None,
        java_options: Sequence[str] = (),
    ) -> "ApacheKafka":
        """Start the nodes and wait until all answer. Raises EmbeddedServerError.

        `project` is the folder of the Maven project that names Kafka's jars (None: `deploy/kafka` of the source tree);
        the first start brings them there. The first `controllers` nodes vote on who is the controller. `ports` are
        those of the nodes where they must be known before. `users` are SCRAM users as `--add-scram` takes them,
        `properties` are set for every node beside our own.
        """
        project = project or kafka_project()
        if project is None or not cls.available(project):
            raise EmbeddedServerError("Apache Kafka needs Java 17, Maven and deploy/kafka/pom.xml: install them first.")
        jars = await asyncio.to_thread(_jars, project)
        plan = _Plan(jars, nodes, controllers, ports, listeners or {}, users, properties or {}, java_options)
        for _ in range(START_ATTEMPTS):
            kafka, cluster_id = await asyncio.to_thread(cls._spawn, plan)
            first = kafka._processes[0]
            if await answers(
                first, kafka.bootstrap_servers.split(",")[0], cluster_id, START_PATIENCE_S
            ) and await kafka._joined(START_PATIENCE_S):
                return kafka
            last_words = first.last_words()
            await kafka.stop()
        raise EmbeddedServerError(f"Apache Kafka does not answer: {last_words}")

    @classmethod
    def _spawn(cls, plan: "_Plan") -> tuple["ApacheKafka", str]:
        folder = TemporaryFolder("mentoring-kafka-")
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        ports = list(plan.ports) or [free_port() for _ in range(plan.nodes)]
        doors = {name: free_port() for name in plan.listeners}
        votes = {number: free_port() for number in range(1, plan.controllers + 1)}
        common = _PROPERTIES.format(voters=",".join(f"{number}@127.0.0.1:{port}" for number, port in votes.items()))
        for number, port in enumerate(ports, start=1):
            home = folder.path / str(number)
            home.mkdir()
            properties = home / "server.properties"
            own = _of_node(home, number, port, votes.get(number), plan.listeners, doors) | dict(plan.properties)
            properties.write_text(common + "".join(f"{name}={value}\n" for name, value in own.items()))
            _format(plan, properties, cluster_id)
        servers = ",".join(f"127.0.0.1:{port}" for port in ports)
        addresses = {name: f"127.0.0.1:{port}" for name, port in doors.items()}
        return cls(partial(_spawn_node, plan, folder.path), plan.nodes, servers, addresses, folder), cluster_id

    async def _joined(self, patience_s: float) -> bool:
        """Whether every node is in the cluster in time."""
        admin = AIOKafkaAdminClient(bootstrap_servers=self.bootstrap_servers.split(",")[0])
        await admin.start()
        patience = Patience(patience_s)
        try:
            while not patience.is_over:
                if len((await admin.describe_cluster())["brokers"]) == len(self._processes):
                    return True
                await asyncio.sleep(0.1)
            return False
        finally:
            await admin.close()

    @property
    def pid(self) -> int:
        return self._processes[0].pid

    def running(self, number: int) -> bool:
        """Whether the process of a node (the first is 1) is there."""
        return self._processes[number - 1].running

    def data(self, number: int) -> Path:
        """Where a node keeps its topics."""
        return self._folder.path / str(number) / "data"

    def kill(self, *numbers: int) -> None:
        """End nodes without a word, all at once."""
        for number in numbers:
            os.kill(self._processes[number - 1].pid, signal.SIGKILL)
        for number in numbers:
            self._processes[number - 1].wait()

    def start_again(self, number: int) -> None:
        """Start a node that has ended, on the data it had."""
        self._processes[number - 1] = self._spawn_node(number)

    async def stop(self) -> None:
        """End the nodes and remove their data. Does nothing the second time."""
        await asyncio.to_thread(self.stop_blocking)

    def stop_blocking(self) -> None:
        """`stop` for code without an event loop."""
        for process in reversed(self._processes):  # the first is a controller, which the others report to
            process.stop(patience_s=15)
        self._folder.close()


@dataclass(frozen=True)
class _Plan:
    """What is to be started."""

    jars: Path
    nodes: int
    controllers: int
    ports: Sequence[int]
    listeners: Mapping[str, Listener]
    users: Sequence[str]
    properties: Mapping[str, str]
    java_options: Sequence[str]


def _of_node(
    home: Path,
    number: int,
    port: int,
    votes_at: int | None,
    listeners: Mapping[str, Listener],
    doors: Mapping[str, int],
) -> dict[str, str]:
    """The properties of one node, a controller too where it votes; the first has the further listeners."""
    first = number == 1
    open_doors = {"PLAINTEXT": port} | (dict(doors) if first else {})
    advertised = ",".join(f"{name}://127.0.0.1:{at}" for name, at in open_doors.items())
    protocols = {"PLAINTEXT": "PLAINTEXT", "CONTROLLER": "PLAINTEXT"} | {n: x.protocol for n, x in listeners.items()}
    own = {
        "process.roles": "broker,controller" if votes_at else "broker",
        "node.id": str(number),
        "listeners": advertised + (f",CONTROLLER://127.0.0.1:{votes_at}" if votes_at else ""),
        "advertised.listeners": advertised,
        "listener.security.protocol.map": ",".join(f"{name}:{protocol}" for name, protocol in protocols.items()),
        "log.dirs": str(home / "data"),
    }
    for name, listener in listeners.items() if first else ():
        own |= {f"listener.name.{name.lower()}.{key}": value for key, value in listener.properties.items()}
    return own


def kafka_project() -> Path | None:
    """`deploy/kafka` of the source tree this file lies in; None where the package was installed without the tree."""
    candidates = (parent / "deploy" / "kafka" for parent in Path(__file__).resolve().parents)
    return next((folder for folder in candidates if (folder / "pom.xml").is_file()), None)


def _jars_complete(project: Path) -> bool:
    """The marker holds the pom the jars were brought for, so that a new version brings new ones."""
    marker = project / "target" / "complete"
    return marker.is_file() and marker.read_bytes() == (project / "pom.xml").read_bytes()


def _jars(project: Path) -> Path:
    """The folder of the jars, brought by Maven the first time, by one process at a time."""
    target = project / "target"
    target.mkdir(exist_ok=True)
    with (target / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _jars_complete(project):
            shutil.rmtree(target / "jars", ignore_errors=True)
            _copy_dependencies(project, target / "jars")
            (target / "complete").write_bytes((project / "pom.xml").read_bytes())
    return target / "jars"


def _copy_dependencies(project: Path, jars: Path) -> None:
    command = ["mvn", "-q", "-B", "dependency:copy-dependencies", f"-DoutputDirectory={jars}"]
    try:
        outcome = subprocess.run(command, cwd=project, capture_output=True, text=True, timeout=DOWNLOAD_PATIENCE_S)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise EmbeddedServerError(
            "Maven did not bring Apache Kafka in time: try again, or look at its network."
        ) from error
    if outcome.returncode != 0:
        reason = next((line for line in outcome.stdout.splitlines() if "ERROR" in line), outcome.stderr)
        raise EmbeddedServerError(f"Maven cannot bring Apache Kafka: {reason[:300]}")


def _java(jars: Path, options: Sequence[str] = ()) -> list[str | Path]:
    fast = ["-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"]
    return ["java", HEAP, *fast, *options, "-cp", f"{jars}/*"]


def _spawn_node(plan: _Plan, folder: Path, number: int) -> ChildProcess:
    home = folder / str(number)
    command = [
        *_java(plan.jars, plan.java_options),
        f"-Dkafka.logs.dir={home}",
        "kafka.Kafka",
        home / "server.properties",
    ]
    return ChildProcess.spawn(
        command, stop_signal=signal.SIGTERM, log=home / "kafka.log", environment=server_environment()
    )


def _format(plan: _Plan, properties: Path, cluster_id: str) -> None:
    users = [option for user in plan.users for option in ("--add-scram", user)]
    tool = [*_java(plan.jars), "kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}"]
    command = [*tool, "-c", properties, *users]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=60, env=server_environment())  # noqa: S603
    if outcome.returncode != 0:
        raise EmbeddedServerError(f"Apache Kafka's folder cannot be made: {(outcome.stderr or outcome.stdout)[-300:]}")
