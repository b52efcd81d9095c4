"""The broker of the embedded stack: its own, which starts empty each time, or one that is there already."""

import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from aiokafka.errors import KafkaError

from mentoring_allinone.told import reaching
from mentoring_common.broker import administered, begin_at_end
from mentoring_common.embedded import EmbeddedBroker, EmbeddedServerError
from mentoring_common.embedded.child_process import free_port, is_free
from mentoring_common.embedded.kept import kept
from mentoring_common.runner import Service


class Broker(Protocol):
    """What the stack needs of a broker."""

    @property
    def bootstrap_servers(self) -> str: ...

    async def stop(self) -> None: ...


@dataclass(frozen=True)
class GivenBroker:
    """A Kafka that somebody else runs: it goes on after the stack."""

    bootstrap_servers: str

    async def stop(self) -> None:
        return None


async def start_broker(kafka: str | None, folder: Path) -> Broker:
    """The Kafka at `kafka` (host:port[,host:port]), else an embedded one, at the same port at every start on `folder`.

    At another port where somebody else has that one meanwhile.
    """
    if kafka:
        return GivenBroker(kafka)
    path = folder / "broker.json"
    known = kept(path, lambda: {"port": free_port()}, "remove it, and the events get another port")
    port = int(known["port"])
    return await EmbeddedBroker.start(port if is_free(port) else None)


def settings_of(broker: Broker) -> dict[str, Any]:
    """What the services are told of their broker. How to reach one with TLS or SASL comes from the environment."""
    if isinstance(broker, GivenBroker):
        return {"kafka_bootstrap_servers": broker.bootstrap_servers}
    return {
        "kafka_bootstrap_servers": broker.bootstrap_servers,
        "kafka_idempotent": False,
        "kafka_fast_groups": True,
        "kafka_partitions": 3,
    }


class Acquaintance:
    """What a data folder knows of the broker at hand: the names of its consumer groups there, if it has met it.

    Databases and a broker that have not met: what lies on the topics is of other databases, and what these databases
    announced is not there. So the groups begin at the end of the topics, and the outboxes are published again.
    A group's name is the folder's own: two folders at one broker do not take each other's places.
    """

    def __init__(self, folder: Path, cluster: str) -> None:
        self._path = folder / f"kafka-{cluster}.json"
        self.met = self._path.exists()
        self._prefix = f"mentoring-{secrets.token_hex(4)}"
        if self.met:
            self._remember()

    def group(self, service: str) -> str:
        """The consumer group of a service of this folder."""
        return f"{self._prefix}-{service}"

    async def begin_at_end(self, services: Iterable[Service]) -> None:
        """Pass over what is on the topics, with groups that nobody has used."""
        for service in services:
            if service.design.takes:
                await begin_at_end(service.settings, service.design.topics)

    def keep(self) -> None:
        """The folder and the broker have met: nothing of this is done again."""
        self._remember()
        self.met = True

    def _remember(self) -> None:
        found = kept(self._path, lambda: {"groups": self._prefix}, "remove it, and the events are published again")
        self._prefix = str(found.get("groups", self._prefix))


async def cluster_of(kafka: str) -> str:
    """The id of the cluster at `kafka`; EmbeddedServerError where nobody answers."""
    # Of the environment, TLS and SASL alone matter here.
    try:
        async with administered(reaching(kafka)) as admin:
            return str((await admin.describe_cluster())["cluster_id"])
    except (KafkaError, OSError) as error:
        raise EmbeddedServerError(
            f"No Kafka answers at {kafka} ({type(error).__name__}): start one, or leave --kafka out."
        ) from error
