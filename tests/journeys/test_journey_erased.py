"""Nobody who was erased is brought back by an event that comes late: of every kind, in every service."""

import json
import uuid
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

import mentoring_contracts
from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common.broker import Publisher, Record
from mentoring_common.consumer import taken
from mentoring_common.envelope import Envelope
from mentoring_common.ids import new_id
from mentoring_common.tables import inbox, parked_events, subject_keys
from mentoring_common.testing import eventually
from mentoring_common.tracing import new_traceparent
from mentoring_contracts import event_classes

EXAMPLES = Path(mentoring_contracts.__file__).parent / "examples"
NAMING = [(cls, name) for cls in event_classes() for name in cls.people_fields() if not cls.erases]
# Where the id of somebody erased may stand in any service, and why.
MECHANISMS = {
    "subject_keys": "that they are erased, so that they stay so",
    "event_marks": "how far the service has come with the events about them",
}
# Only what came before the erasure: what comes after it names nobody there either.
FED = {
    ("integrations", "changes"): "what was announced of them before, as on the topics",
    ("integrations", "employees"): "whose clients are told of that, for as long as it is kept",
}
OF_THE_OWNER = {
    "outbox": "that their erasure was announced, and what was before",
    "aggregate_versions": "how many events about them there were",
    "audit_log": "that they were erased, when and by whom",
}


async def where_is(stack, person):
    """The (service, table) pairs that hold the id, as a value, in JSON, in an array or in bytes."""
    found = set()
    text, raw = str(person), str(person).encode().hex()
    for name in WITH_DATABASE:
        engine = create_async_engine(stack.postgres.dsn(f"mentoring_{name}"))
        async with engine.connect() as connection:
            tables = (
                await connection.scalars(sa.text("SELECT tablename FROM pg_tables WHERE schemaname = 'public'"))
            ).all()
            for table in tables:
                held = sa.text(f'SELECT 1 FROM "{table}" AS t WHERE t::text LIKE :text OR t::text LIKE :raw LIMIT 1')  # noqa: S608
                if (await connection.execute(held, {"text": f"%{text}%", "raw": f"%{raw}%"})).first():
                    found.add((name, table))
        await engine.dispose()
    return found


def allowed():
    return {(name, table) for name in WITH_DATABASE for table in MECHANISMS} | {
        *(("applications", table) for table in OF_THE_OWNER),
        *FED,
    }


async def fed(stack, person):
    """How much those outside can read of them."""
    engine = create_async_engine(stack.postgres.dsn("mentoring_integrations"))
    async with engine.connect() as connection:
        held = sa.text("SELECT count(*) FROM changes AS t WHERE t::text LIKE :text")
        found = await connection.scalar(held, {"text": f"%{person}%"})
    await engine.dispose()
    return found


async def deliver(stack, tenant, cls, people):
    """Publish one fresh event of the class that names these people (field → id); wait until all have reacted to it."""
    name = f"{cls.owner}.{cls.__name__}.v{cls.version}.json"
    data = json.loads((EXAMPLES / name).read_text("utf-8"))["data"]
    ids = {field: str(new_id()) for field in data if field.endswith("_id") and data[field]}
    event = cls.model_validate(data | ids | {field: str(person) for field, person in people.items()})
    envelope = Envelope.of(event, new_id(), tenant, stack.clock.now(), new_traceparent())
    headers = envelope.headers() | {"ce_aggregateversion": "1000000"}
    publisher = Publisher(stack.settings["applications"])
    record = Record(cls.topic(), envelope.partitionkey, event.model_dump_json().encode(), list(_encoded(headers)))
    await publisher.publish([record])
    await publisher.close()
    for service in stack.services.values():
        if service.name in WITH_DATABASE and cls in taken(service.design.reactions, service.design.feed):
            seen = sa.select(inbox.c.event_id).where(inbox.c.event_id == envelope.id)
            await eventually(lambda service=service, seen=seen: _first(service.system, seen), what=f"{service.name}")
            parked = sa.select(parked_events.c.id).where(parked_events.c.event_id == envelope.id)
            assert await _first(service.system, parked) is None, f"{service.name} parked it"


def _encoded(headers):
    return ((name, value.encode()) for name, value in headers.items())


async def _first(engine, statement):
    async with engine.connect() as connection:
        return (await connection.execute(statement)).first()


async def tenant_of_a_fresh_organisation(stack):
    async with stack.call("platform:admin") as operator:
        named = {"name": "Erased", "slug": f"erased-{uuid.uuid4().hex[:8]}"}
        return uuid.UUID((await operator.post("/applications/organisations", json=named)).json()["id"])


@pytest.fixture(scope="module")
async def erased(stack):
    """An organisation and somebody of it who is erased, which every service has heard."""
    tenant = await tenant_of_a_fresh_organisation(stack)
    async with stack.call("organisation:admin", "applications:read", "applications:write", tenant=tenant) as admin:
        added = await admin.post("/applications/people", json={"name": "Ada", "email": "ada@example.org"})
        person = uuid.UUID(added.json()["id"])
        gone = await admin.delete(f"/applications/people/{person}", headers={"If-Match": "*"})
        assert gone.status_code == 204, gone.text

    async def heard_by_all():
        engines = [create_async_engine(stack.postgres.dsn(f"mentoring_{name}")) for name in WITH_DATABASE]
        mark = sa.select(subject_keys.c.subject_id).where(subject_keys.c.subject_id == person, subject_keys.c.destroyed)
        marks = [await _first(engine, mark) for engine in engines]
        for engine in engines:
            await engine.dispose()
        return all(marks)

    await eventually(heard_by_all, what="the erasure in every service")
    return tenant, person


@pytest.mark.parametrize(("cls", "field"), NAMING, ids=lambda value: getattr(value, "__name__", value))
async def test_an_event_that_comes_after_the_erasure_brings_nobody_back(stack, erased, cls, field):
    tenant, person = erased
    others, before = {name: new_id() for name in cls.people_fields()}, await fed(stack, person)
    await deliver(stack, tenant, cls, others | {field: person})
    assert await where_is(stack, person) <= allowed()
    assert await fed(stack, person) == before


async def test_the_scan_finds_somebody_who_is_not_erased(stack):
    tenant, person = await tenant_of_a_fresh_organisation(stack), new_id()
    for cls in dict.fromkeys(cls for cls, _ in NAMING):
        await deliver(stack, tenant, cls, dict.fromkeys(cls.people_fields(), person))
    found = await where_is(stack, person) - allowed()
    assert {name for name, _ in found} == set(WITH_DATABASE)
    assert {("integrations", "notifications"), ("matching", "pool_members"), ("sessions", "members")} <= found
    assert {("evaluation", "attendance"), ("evaluation", "matches"), ("applications", "pairings")} <= found
