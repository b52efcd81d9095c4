"""What a process says in numbers, and that each alert is raised by its fault."""

import asyncio
import contextlib
import uuid
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_common import yaml_text
from mentoring_common.broker import Record, begin_at_end
from mentoring_common.clock import MovableClock
from mentoring_common.commands import serve
from mentoring_common.embedded.child_process import free_port
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.metrics import MetricsServer, PortTaken
from mentoring_common.relay import LOCK
from mentoring_common.runner import Service
from mentoring_common.testing import eventually, toy
from mentoring_common.testing.harness import ISSUER, Harness, issuer_only, settings_for
from mentoring_common.testing.prometheus import command, prometheus
from mentoring_contracts.applications import PersonErased

ALERTS = Path(__file__).resolve().parents[3] / "deploy" / "prometheus" / "alerts.yaml"


@pytest.fixture
async def counted(servers):
    """A service that counts, and where its numbers are."""
    urls = await toy.make_database(servers.superuser_url)
    issuer, clock = DevIssuer(ISSUER, "mentoring"), MovableClock(datetime(2022, 1, 3, tzinfo=UTC))
    port = free_port()
    settings = settings_for(servers, urls, metrics_port=port)
    service = Service(toy.DESIGN, settings, clock=clock, http=issuer_only(issuer))
    server = MetricsServer([service], "127.0.0.1", port)
    harness = Harness(service, issuer, clock)
    await begin_at_end(settings, ["mentoring.applications", "mentoring.matching"])  # others have written there
    await service.start()
    await server.start()
    yield harness
    await server.stop()
    await harness.close()
    await service.stop()


async def numbers(harness):
    """Every sample as (name, labels) → value."""
    async with httpx.AsyncClient() as client:
        answer = await client.get(f"http://127.0.0.1:{harness.service.settings.metrics_port}/metrics")
    assert answer.status_code == 200, answer.text
    families = list(text_string_to_metric_families(answer.text))
    assert len({family.name for family in families}) == len(families)
    samples = {(s.name, frozenset(s.labels.items())): s.value for family in families for s in family.samples}
    return answer.text, samples


def value(samples, name, **labels):
    found = [v for (n, of), v in samples.items() if n == name and labels.items() <= dict(of).items()]
    assert found, f"no {name} with {labels}"
    return sum(found)


async def test_requests_events_loops_and_connections_are_counted(counted, tenant):
    person = uuid.uuid4()
    async with counted.caller("toy:write", tenant=tenant) as caller:
        assert (await caller.post("/changes", json={"person_id": str(person)})).status_code == 201
        assert (await caller.post("/changes", json={})).status_code == 422
        assert (await caller.get(f"/nowhere/{person}")).status_code == 404
    await counted.publish(tenant, PersonErased(person_id=uuid.uuid4()))

    async def all_taken():
        text, samples = await numbers(counted)
        return (text, samples) if "mentoring_event_delay_seconds_count" in text else None

    text, samples = await eventually(all_taken, what="an event is counted")
    requests = "mentoring_http_request_duration_seconds_count"
    assert value(samples, requests, service="toy", method="POST", route="/changes", status="201") == 1
    assert value(samples, requests, route="/changes", status="422") == 1
    assert value(samples, requests, route="", status="404") == 1
    assert value(samples, "mentoring_event_delay_seconds_count", type=PersonErased.type_name()) == 1
    assert value(samples, "mentoring_pool_size") == 5
    assert value(samples, "mentoring_database_up") == 1
    assert value(samples, "mentoring_loop_running", loop="relay") == 1
    assert value(samples, "mentoring_consumer_lag_records", topic="mentoring.applications") == 0
    assert value(samples, "process_cpu_seconds_total") > 0
    assert str(tenant) not in text
    assert str(person) not in text


async def test_what_cannot_be_taken_is_counted(counted, tenant):
    person = uuid.uuid4()
    toy.POISON.add(person)
    await counted.publish(tenant, PersonErased(person_id=person))
    await counted._publisher.publish([Record("mentoring.applications", "x", b"hello", [])])

    async def both():
        text, samples = await numbers(counted)  # counted comes after what is read of the tables
        aside = text.count("mentoring_events_put_aside_total{") == 2
        return samples if aside and value(samples, "mentoring_records_unreadable") else None

    samples = await eventually(both, what="both were put aside")
    assert value(samples, "mentoring_events_put_aside_total", kind="parked") == 1
    assert value(samples, "mentoring_events_parked") == 1
    assert value(samples, "mentoring_records_unreadable") == 1


async def test_a_service_without_a_port_for_it_counts_nothing(toy_service):
    assert toy_service.service.metrics is None


async def test_a_port_that_is_taken_is_said_in_one_line_before_anything_is_started(counted, monkeypatch, capsys):
    port = counted.service.settings.metrics_port
    with pytest.raises(PortTaken, match=f"^port {port} for /metrics is in use"):
        MetricsServer([counted.service], "127.0.0.1", port)
    with pytest.raises(SystemExit) as ended:
        await serve(counted.service, "127.0.0.1", free_port())
    assert ended.value.code == 2
    assert capsys.readouterr().err.endswith("choose another one with MENTORING_METRICS_PORT\n")


# What makes each fault; `undo` ends it.


async def database_away(harness, servers, tenant, undo):
    name = sa.engine.make_url(harness.service.settings.database_url).database
    engine = create_async_engine(servers.superuser_url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(sa.text(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false'))
        await connection.execute(
            sa.text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"), {"name": name}
        )
    await engine.dispose()


async def events_unpublished(harness, servers, tenant, undo):
    """Another relay leads, and hangs."""
    engine = create_async_engine(harness.service.settings.owner_database_url)
    undo.push_async_callback(engine.dispose)
    leader = await undo.enter_async_context(engine.connect())
    await leader.execute(sa.select(sa.func.pg_advisory_lock(LOCK)))
    async with harness.caller("toy:write", tenant=tenant) as caller:
        assert (await caller.post("/changes", json={"person_id": str(uuid.uuid4())})).status_code == 201
    async with engine.begin() as owner:
        await owner.execute(sa.text("ALTER TABLE outbox NO FORCE ROW LEVEL SECURITY"))
        await owner.execute(sa.text("UPDATE outbox SET created_at = created_at - interval '2 minutes'"))


async def consumer_behind(harness, servers, tenant, undo):
    person = uuid.uuid4()
    toy.TROUBLE[person] = ["40001"] * 100_000
    undo.callback(toy.TROUBLE.clear)
    events = [PersonErased(person_id=person) for _ in range(1200)]
    await harness.publish(tenant, *events, wait=False)


async def events_parked(harness, servers, tenant, undo):
    person = uuid.uuid4()
    toy.POISON.add(person)
    await harness.publish(tenant, PersonErased(person_id=person))


async def records_unreadable(harness, servers, tenant, undo):
    await harness.publish(tenant, PersonErased(person_id=uuid.uuid4()))
    await harness._publisher.publish([Record("mentoring.applications", "x", b"hello", [])])


async def work_overdue(harness, servers, tenant, undo):
    due = harness.clock.now() - timedelta(minutes=10)
    async with harness.caller("toy:write", tenant=tenant) as caller:
        kept = {"due_at": due.isoformat(), "attempts": 3}
        assert (await caller.post("/kept", json=kept)).status_code == 200


async def requests_fail(harness, servers, tenant, undo):
    caller = await undo.enter_async_context(harness.caller("toy:write", tenant=tenant))

    async def work():
        while True:  # a rate needs more than one look at it, and a busy machine's Prometheus looks when it can
            assert (await caller.post("/broken", json={"person_id": str(uuid.uuid4())})).status_code == 500
            await asyncio.sleep(0.3)

    undo.callback(asyncio.create_task(work()).cancel)


async def requests_slow(harness, servers, tenant, undo):
    async def work():
        while True:
            harness.service.metrics.request("GET", "/changes", 200, 4.0)
            await asyncio.sleep(1.2)

    undo.callback(asyncio.create_task(work()).cancel)


async def connections_wanted(harness, servers, tenant, undo):
    async def work():
        while True:
            async with harness.service.database.transaction(tenant):
                await asyncio.sleep(0.5)

    for _ in range(20):  # at five connections
        undo.callback(asyncio.create_task(work()).cancel)


async def service_gone(harness, servers, tenant, undo):
    """The port that is scraped beside the service's is nobody's."""


FAULTS = {
    "ServiceGone": service_gone,
    "DatabaseAway": database_away,
    "EventsUnpublished": events_unpublished,
    "ConsumerBehind": consumer_behind,
    "EventsParked": events_parked,
    "RecordsUnreadable": records_unreadable,
    "WorkOverdue": work_overdue,
    "LoopFailing": database_away,
    "RequestsFail": requests_fail,
    "RequestsSlow": requests_slow,
    "ConnectionsWanted": connections_wanted,
}
RULES = yaml_text.ours(ALERTS.read_text("utf-8"))["groups"][0]["rules"]


def test_every_alert_has_its_fault():
    assert {rule["alert"] for rule in RULES} - set(FAULTS) == {"LettersWaiting"}  # its fault is made in integrations


@pytest.fixture
async def watching(tmp_path, counted):
    """Prometheus with our rules, looking at the service and at a port that is nobody's."""
    if command() is None:
        pytest.skip("Debian's package prometheus is not installed")
    with prometheus(tmp_path, ALERTS, [counted.service.settings.metrics_port, free_port()]) as found:
        yield found


@pytest.mark.parametrize("alert", FAULTS)
async def test_an_alert_is_raised_by_its_fault(watching, counted, servers, tenant, alert):
    async with contextlib.AsyncExitStack() as undo:
        await FAULTS[alert](counted, servers, tenant, undo)
        (one, *_) = await eventually(lambda: watching.firing(alert), what=f"{alert} is raised")
    assert one["annotations"]["summary"]
