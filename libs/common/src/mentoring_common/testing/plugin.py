"""The pytest plugin: servers for the whole run, a fresh tenant for every test.

Every run imports it: what a server needs is imported by the fixture that starts one, so that a test of a pure module
answers at once.
"""

import asyncio
import inspect
import os
import signal
from collections import Counter
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

import pytest
import uvloop

if TYPE_CHECKING:
    from mentoring_common.testing.harness import Servers


_ran: Counter[str] = Counter()
# Servers as in production, for the tests of faults: every commit on the disk, Apache Kafka instead of the small broker.
AS_IN_PRODUCTION = os.environ.get("MENTORING_TESTS_AS_IN_PRODUCTION") == "1"
_BROKER = {"servers": "embedded", "stack": "embedded", "kafka_servers": "Apache Kafka"}


def pytest_configure() -> None:
    """A run that is told to end (by a CI that has waited long enough, say) ends as by Ctrl-C: its servers too."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A test that is not async and takes what lives on the event loop would end the loop, and every server with it."""
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("asyncio") is None:
            found = [name for name in item.fixturenames if _is_async(item, name)]
            if found:
                raise pytest.UsageError(f"{item.nodeid} takes {found[0]}, which is async: make it an async def")


def _is_async(item: pytest.Function, name: str) -> bool:
    known = item._fixtureinfo.name2fixturedefs.get(name, ())[-1:]  # the nearest is the one that it gets
    return any(inspect.iscoroutinefunction(one.func) or inspect.isasyncgenfunction(one.func) for one in known)


def pytest_asyncio_loop_factories() -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Tests run on the event loop that the services run on."""
    return {"uvloop": uvloop.new_event_loop}


@pytest.fixture(scope="session", autouse=True)
def _quiet_logs() -> None:
    from mentoring_common.observability import configure_logging

    configure_logging("ERROR")


@pytest.fixture(scope="session")
async def superuser_url() -> AsyncIterator[str]:
    """A PostgreSQL server: that of DATABASE_URL (a superuser's), else one of our own."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given.replace("postgresql://", "postgresql+asyncpg://", 1)
        return
    from mentoring_common.embedded.folders import TemporaryFolder
    from mentoring_common.embedded.postgres import EmbeddedPostgres

    folder = TemporaryFolder("mentoring-tests-")
    server = await EmbeddedPostgres.start(folder.path / "postgres", durable=AS_IN_PRODUCTION)
    yield server.dsn("postgres")
    await server.stop()
    folder.close()


@pytest.fixture(scope="session")
def servers(request: pytest.FixtureRequest) -> "Servers":
    """PostgreSQL and a broker: the usual one of tests, or Apache Kafka where all is as in production."""
    found: Servers = request.getfixturevalue("kafka_servers" if AS_IN_PRODUCTION else "usual_servers")
    return found


@pytest.fixture(scope="session")
async def usual_servers(superuser_url: str) -> "AsyncIterator[Servers]":
    """PostgreSQL and a broker: that of KAFKA_BOOTSTRAP_SERVERS, else the embedded one."""
    from mentoring_common.embedded.broker import EmbeddedBroker
    from mentoring_common.testing.harness import Servers

    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        yield Servers(superuser_url, given, kafka_idempotent=True, kafka_fast_groups=False)
        return
    broker = await EmbeddedBroker.start()
    yield Servers(superuser_url, broker.bootstrap_servers)
    await broker.stop()


@pytest.fixture(scope="session")
async def kafka_servers(superuser_url: str) -> "AsyncIterator[Servers]":
    """PostgreSQL and Apache Kafka itself; skips where Java or Maven is missing."""
    from mentoring_common.embedded.kafka import ApacheKafka
    from mentoring_common.testing.harness import Servers

    if not ApacheKafka.available():
        pytest.skip("Apache Kafka needs Java and Maven")
    kafka = await ApacheKafka.start()
    yield Servers(superuser_url, kafka.bootstrap_servers, kafka_idempotent=True)
    await kafka.stop()


@pytest.fixture(scope="session", params=["embedded", "kafka"])
def each_broker(request: pytest.FixtureRequest) -> "Servers":
    """Runs a test on the embedded broker and on Apache Kafka."""
    found: Servers = request.getfixturevalue("servers" if request.param == "embedded" else "kafka_servers")
    return found


@pytest.fixture
def tenant() -> UUID:
    """A fresh organisation: tests share servers and services and never see each other's rows."""
    return uuid4()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" and report.passed:
        _ran[str(dict(report.user_properties).get("broker", "none"))] += 1


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> None:
    names = getattr(item, "fixturenames", [])
    for fixture, broker in reversed(_BROKER.items()):
        if fixture in names or (fixture == "servers" and "each_broker" in names and "[embedded" in item.name):
            item.user_properties.append(("broker", broker))
            return
    if "each_broker" in names:
        item.user_properties.append(("broker", _BROKER["kafka_servers"]))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    for broker, count in sorted(_ran.items()):
        if AS_IN_PRODUCTION and broker == "embedded":
            broker = "Apache Kafka, with fsync"
        name = "the broker of KAFKA_BOOTSTRAP_SERVERS" if given and broker == "embedded" else broker
        terminalreporter.write_line(f"passed on broker {name}: {count}")
