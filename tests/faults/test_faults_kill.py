"""kill -9 where it hurts most: nothing lost, nothing doubled, and a build without the inbox is caught."""

import uuid
from collections import Counter

import pytest
import sqlalchemy as sa

from mentoring_common.broker import Publisher, Record, ensure_topics
from mentoring_common.clock import SystemClock
from mentoring_common.db import Database, create_engine
from mentoring_common.envelope import Envelope
from mentoring_common.ids import new_id
from mentoring_common.outbox import emit
from mentoring_common.tables import outbox
from mentoring_common.testing.checker import check
from mentoring_common.testing.harness import begin_at_end
from mentoring_common.tracing import new_traceparent
from mentoring_contracts.applications import PersonChanged, PersonErased

TOPIC = "mentoring.applications"
KILLED = -9
pytestmark = pytest.mark.faults


async def announce(settings, tenant, count):
    """Commit `count` events to the outbox, about a few people."""
    people = [uuid.uuid4() for _ in range(5)]
    database = Database(settings, SystemClock(), "writer")
    for number in range(count):
        async with database.transaction(tenant) as db:
            emit(db, PersonChanged(person_id=people[number % 5]))
    await database.close()


async def publish_foreign(settings, tenant, people):
    """Events of another service, straight to the broker."""
    publisher, records = Publisher(settings), []
    for person in people:
        event = PersonErased(person_id=person)
        envelope = Envelope.of(event, new_id(), tenant, SystemClock().now(), new_traceparent())
        headers = [(k, v.encode()) for k, v in envelope.headers().items()]
        records.append(Record(event.topic(), str(person), event.model_dump_json().encode(), headers))
    await publisher.publish(records)
    await publisher.close()


async def verdict_on(settings, tenant):
    engine = create_engine(settings.system_database_url, settings, name="checker")
    verdict = await check(engine, settings, TOPIC, tenant)
    await engine.dispose()
    return verdict


async def effects(settings, people):
    """How often each of these people's event had its effect; a broker may show a new group what earlier tests left."""
    engine = create_engine(settings.system_database_url, settings, name="checker")
    async with engine.connect() as connection:
        rows = await connection.scalars(sa.select(outbox.c.aggregate_id).where(outbox.c.aggregate_id.in_(people)))
        counted = Counter(rows)
    await engine.dispose()
    return counted


async def test_relay_killed_between_publish_and_mark_loses_and_doubles_nothing(children, tenant):
    await ensure_topics(children.settings, [TOPIC])
    await announce(children.settings, tenant, 40)
    assert await children.run("relay", die_at="after publish, before mark") == KILLED
    assert await children.run("relay", die_at="after publish, before mark") == KILLED
    assert await children.run("relay", until_idle=True) == 0
    verdict = await verdict_on(children.settings, tenant)
    assert (verdict.lost, verdict.ghosts, verdict.inversions) == (0, 0, 0)
    assert verdict.repeated == 80  # three rounds of forty: the inbox of each consumer drops the second and third


@pytest.mark.parametrize(
    ("first", "second", "times"),
    [
        ("after commit, before offsets", None, 1),
        # The negative control: without the inbox the same kill doubles, and this test can tell.
        ("no inbox, after commit, before offsets", "no inbox", 2),
    ],
)
async def test_consumer_killed_between_commit_and_offsets(children, tenant, first, second, times):
    await begin_at_end(children.settings, [TOPIC, "mentoring.matching"])
    people = [uuid.uuid4() for _ in range(10)]
    await publish_foreign(children.settings, tenant, people)
    assert await children.run("consumer", die_at=first) == KILLED
    assert await children.run("consumer", die_at=second, until_idle=True) == 0
    seen = await effects(children.settings, people)
    assert set(seen) == set(people)
    assert max(seen.values()) == times
