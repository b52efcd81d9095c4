"""examples/consumers: readers in Python, Java and Node each read every event of Apache Kafka once."""

import asyncio
import json
import shutil
import sys
import uuid

import pytest

from mentoring_common.broker import Publisher, Record, ensure_topics
from mentoring_common.clock import SystemClock
from mentoring_common.embedded import ApacheKafka
from mentoring_common.embedded.kafka import kafka_project
from mentoring_common.envelope import Envelope
from mentoring_common.testing import toy
from mentoring_common.testing.harness import settings_for
from mentoring_common.tracing import new_traceparent
from mentoring_contracts.applications import PersonChanged
from mentoring_contracts.matching import MatchEnded

from .conftest import ROOT

CONSUMERS = ROOT / "examples" / "consumers"
NUMBER = 300
pytestmark = [
    pytest.mark.broker,
    pytest.mark.skipif(not ApacheKafka.available(), reason="Apache Kafka needs Java and Maven"),
]


@pytest.fixture(scope="module")
async def told(kafka_servers):
    """A broker with events of two services, every fifth of them twice, and the events by id."""
    settings = settings_for(kafka_servers, await toy.make_database(kafka_servers.superuser_url))
    await ensure_topics(settings, ["mentoring.applications", "mentoring.matching"])
    tenant, events, records = uuid.uuid4(), {}, []
    for number in range(NUMBER):
        event = PersonChanged(person_id=uuid.uuid4()) if number % 2 else _ended()
        envelope = Envelope.of(event, uuid.uuid4(), tenant, SystemClock().now(), new_traceparent())
        headers = [(name, value.encode()) for name, value in envelope.headers().items()]
        record = Record(event.topic(), str(event.subject_id()), event.model_dump_json().encode(), headers)
        records += [record] * (1 + (number % 5 == 0))
        events[str(envelope.id)] = (envelope.type, str(event.subject_id()), json.loads(event.model_dump_json()))
    publisher = Publisher(settings)
    await publisher.publish(records)
    await publisher.close()
    return kafka_servers.kafka_bootstrap_servers, str(tenant), events


def _ended():
    ids = {name: uuid.uuid4() for name in ("match_id", "programme_id", "cohort_id", "mentor_id", "mentee_id")}
    return MatchEnded.model_validate(ids | {"reason": "no_time"})


def in_python():
    return [sys.executable, CONSUMERS / "consumer.py"]


def in_java():
    jars = kafka_project() / "target" / "jars"
    return ["java", "-cp", f"{jars}/*", CONSUMERS / "java" / "Consumer.java"]


async def in_node():
    folder = CONSUMERS / "node"
    if not (folder / "node_modules" / "kafkajs").exists():
        installing = await asyncio.create_subprocess_exec("npm", "ci", "--no-audit", "--no-fund", cwd=folder)
        assert await installing.wait() == 0
    return ["node", folder / "consumer.mjs"]


@pytest.mark.parametrize("language", ["python", "java", "node"])
async def test_a_consumer_reads_every_event_once(told, language):
    servers, tenant, events = told
    if language == "node":
        if shutil.which("npm") is None:
            pytest.skip("needs Node.js")
        command = await in_node()
    else:
        command = in_python() if language == "python" else in_java()
    reading = await asyncio.create_subprocess_exec(
        *map(str, command), servers, f"example-{language}", "--until-quiet", "8", stdout=asyncio.subprocess.PIPE
    )
    out, _ = await asyncio.wait_for(reading.communicate(), 120)
    assert reading.returncode == 0
    said = [json.loads(line) for line in out.decode().splitlines()]
    lines = [one for one in said if one["tenantid"] == tenant]  # others have written to the topics before
    assert len(lines) == NUMBER
    assert {one["id"]: (one["type"], one["subject"], one["data"]) for one in lines} == events
