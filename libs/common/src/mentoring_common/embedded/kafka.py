"""Apache Kafka itself, one KRaft node on 127.0.0.1, where Java 17 and Maven are at hand: for tests and benchmarks."""

import asyncio
import base64
import fcntl
import shutil
import signal
import subprocess
import tempfile
import uuid
from pathlib import Path

from mentoring_common.embedded.child_process import ChildProcess, free_port, server_environment
from mentoring_common.embedded.errors import EmbeddedServerError
from mentoring_common.embedded.readiness import answers

START_ATTEMPTS = 3
START_PATIENCE_S = 60.0
DOWNLOAD_PATIENCE_S = 600.0
HEAP = "-Xmx384m"

_PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@127.0.0.1:{controller_port}
listeners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller_port}
advertised.listeners=PLAINTEXT://127.0.0.1:{port}
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
log.dirs={folder}/data
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


class ApacheKafka:
    """A Kafka node in a process of its own; its data lies in a temporary folder and is gone with it."""

    def __init__(self, process: ChildProcess, bootstrap_servers: str, folder: Path) -> None:
        self._process = process
        self._folder = folder
        self.bootstrap_servers = bootstrap_servers

    @staticmethod
    def available(project: Path | None = None) -> bool:
        """Whether `start` can work: Java is here, and the jars are or Maven is."""
        project = project or kafka_project()
        if project is None or not (project / "pom.xml").is_file() or shutil.which("java") is None:
            return False
        return shutil.which("mvn") is not None or _jars_complete(project)

    @classmethod
    async def start(cls, project: Path | None = None) -> "ApacheKafka":
        """Start a node and wait until it answers. Raises EmbeddedServerError.

        `project` is the folder of the Maven project that names Kafka's jars (None: `deploy/kafka` of the source tree);
        the first start brings them there.
        """
        project = project or kafka_project()
        if project is None or not cls.available(project):
            raise EmbeddedServerError("Apache Kafka needs Java 17, Maven and deploy/kafka/pom.xml: install them first.")
        jars = await asyncio.to_thread(_jars, project)
        for _ in range(START_ATTEMPTS):
            node, cluster_id = await asyncio.to_thread(cls._spawn, jars)
            if await answers(node._process, node.bootstrap_servers, cluster_id, START_PATIENCE_S):
                return node
            last_words = node._process.last_words()
            await node.stop()
        raise EmbeddedServerError(f"Apache Kafka does not answer: {last_words}")

    @classmethod
    def _spawn(cls, jars: Path) -> tuple["ApacheKafka", str]:
        folder = Path(tempfile.mkdtemp(prefix="mentoring-kafka-"))
        port, controller_port = free_port(), free_port()
        properties = folder / "server.properties"
        properties.write_text(_PROPERTIES.format(port=port, controller_port=controller_port, folder=folder))
        cluster_id = base64.urlsafe_b64encode(uuid.uuid4().bytes).rstrip(b"=").decode()
        _format(jars, properties, cluster_id)
        process = ChildProcess.spawn(
            [*_java(jars), f"-Dkafka.logs.dir={folder}", "kafka.Kafka", properties],
            stop_signal=signal.SIGTERM,
            log=folder / "kafka.log",
            environment=server_environment(),
        )
        return cls(process, f"127.0.0.1:{port}", folder), cluster_id

    @property
    def pid(self) -> int:
        return self._process.pid

    async def stop(self) -> None:
        """End the node and remove its data. Does nothing the second time."""
        await asyncio.to_thread(self.stop_blocking)

    def stop_blocking(self) -> None:
        """`stop` for code without an event loop."""
        self._process.stop(patience_s=15)
        shutil.rmtree(self._folder, ignore_errors=True)


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


def _java(jars: Path) -> list[str | Path]:
    return ["java", HEAP, "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto", "-cp", f"{jars}/*"]


def _format(jars: Path, properties: Path, cluster_id: str) -> None:
    command = [*_java(jars), "kafka.tools.StorageTool", "format", f"--cluster-id={cluster_id}", "-c", properties]
    outcome = subprocess.run(command, capture_output=True, text=True, timeout=60, env=server_environment())  # noqa: S603
    if outcome.returncode != 0:
        raise EmbeddedServerError(f"Apache Kafka's folder cannot be made: {(outcome.stderr or outcome.stdout)[-300:]}")
