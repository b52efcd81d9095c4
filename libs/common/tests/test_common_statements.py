"""How often the database is asked: by a transaction, by a request, by the relay, and by a service that nobody uses."""

import asyncio
import uuid
from datetime import timedelta

import pytest

from mentoring_common import audit, outbox
from mentoring_common.deadlines import schedule
from mentoring_common.runner import Service
from mentoring_common.testing import eventually, toy
from mentoring_common.testing.harness import Harness, begin_at_end, settings_for
from mentoring_common.testing.statements import statements
from mentoring_contracts.applications import PersonChanged, PersonErased

NEVER_S = 3600.0


@pytest.fixture
async def left_alone(servers, toy_service):
    """The service on a database of its own, which looks for nothing by itself as long as a test lasts."""
    urls = await toy.make_database(servers.superuser_url)
    settings = settings_for(servers, urls, poll_interval_s=NEVER_S)
    first = toy_service.service
    service = Service(toy.DESIGN, settings, clock=first.clock, http=first.http)
    harness = Harness(service, toy_service.issuer, toy_service.clock)
    await _begin(service)
    yield harness
    await harness.close()
    await service.stop()


async def _begin(service):
    """Start it on topics of which it has read all: others have written there."""
    await begin_at_end(service.settings, service.design.topics)
    await service.start()
    await eventually(lambda: _joined(service), what="a consumer with partitions")


async def _joined(service):
    return service._consumer is not None and service._consumer.resting


async def test_what_a_transaction_collected_is_one_statement(toy_service, tenant):
    database, person = toy_service.service.database, uuid.uuid4()
    with statements(database.engine) as asked:
        async with database.transaction(tenant) as db:
            for act in ("read", "write"):
                audit.audit(db, "somebody", act, "note", person)
            for _ in range(3):
                outbox.emit(db, PersonChanged(person_id=person))
    begin, write, commit = asked  # and no more
    assert begin.startswith("BEGIN; SELECT set_config('app.tenant'")
    assert write.startswith("SELECT write_collected(")
    assert commit == "COMMIT"
    assert len(await toy_service.emitted(tenant, PersonChanged)) == 3


async def test_a_request_under_a_key_claims_it_by_one_statement_and_keeps_its_answer_with_what_it_wrote(
    toy_service, tenant
):
    database, body = toy_service.service.database, {"person_id": str(uuid.uuid4())}
    office = toy_service.caller("toy:write", tenant=tenant, subject="office")
    key = {"Idempotency-Key": "once"}
    with statements(database.engine) as asked:
        first = await office.post("/changes", json=body, headers=key)
    assert len(asked) == 4
    assert "claim_key" in asked[1]
    assert "write_collected" in asked[2]
    with statements(database.engine) as asked:
        again = await office.post("/changes", json=body, headers=key)
    assert (again.status_code, again.json()) == (first.status_code, first.json())
    assert len(asked) == 3  # begun, looked up, rolled back
    assert len(await toy_service.emitted(tenant, PersonChanged)) == 1


async def test_a_batch_is_published_by_four_statements(left_alone, tenant):
    with statements(left_alone.service.system) as asked:
        async with left_alone.service.database.transaction(tenant) as db:
            for _ in range(50):
                outbox.emit(db, PersonChanged(person_id=uuid.uuid4()))
        await eventually(lambda: _with(asked, "COMMIT"), what="publication")
    published = asked[asked.index("BEGIN") :]  # before it the first look of a relay that has just begun
    assert [text.split(" ")[0] for text in published] == ["BEGIN", "SELECT", "UPDATE", "COMMIT"]


async def _with(asked, text):
    return text in asked


async def test_a_service_that_nobody_uses_asks_nothing(left_alone):
    service = left_alone.service
    with statements(service.system, service.database.engine) as asked:
        await asyncio.sleep(2)
    assert asked == []


async def test_a_service_that_nobody_uses_looks_by_two_statements_now_and_again(servers, toy_service):
    urls = await toy.make_database(servers.superuser_url)
    first = toy_service.service
    settings = settings_for(servers, urls, poll_interval_s=0.5)
    service = Service(toy.DESIGN, settings, clock=first.clock, http=first.http)
    await _begin(service)
    with statements(service.system, service.database.engine) as asked:
        await asyncio.sleep(3)
    await service.stop()
    kinds = set(asked)
    assert len(kinds) == 2, kinds  # the oldest event, and all other kinds of work at once
    assert 2 <= len(asked) <= 2 * 7


async def test_nobody_has_to_look_who_is_told(left_alone, tenant):
    """Events go out and come in, and deadlines fire: what is due at once, and what is by a clock that is moved."""
    person, soon, now_due, later = (uuid.uuid4() for _ in range(4))
    office = left_alone.caller("toy:write", tenant=tenant)

    async def reacted():
        return person in toy.REACTED

    def fired(subject):
        async def looked():
            return subject in toy.FIRED

        return looked

    await left_alone.publish(tenant, PersonErased(person_id=person), wait=False)
    await eventually(reacted, what="the reaction")
    await office.post("/later", json={"person_id": str(now_due)})
    await eventually(fired(now_due), what="the deadline that is due")
    moment = left_alone.clock.now() + timedelta(days=400)
    async with left_alone.service.database.transaction(tenant) as db:
        await schedule(db, "toy", soon, moment)
        await schedule(db, "toy", later, moment + timedelta(days=1))
    left_alone.clock.move_to(moment)
    await eventually(fired(soon), what="the deadline that the clock was moved to")
    assert later not in toy.FIRED
