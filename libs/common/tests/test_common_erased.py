"""Whoever is erased stays erased: in events that wait, and in transactions that run at the same moment."""

import asyncio
import uuid

from mentoring_common.consumer import park, replay_parked
from mentoring_common.envelope import Envelope
from mentoring_common.erased import erased_among, is_nobody, nobody, without
from mentoring_common.ids import new_id
from mentoring_common.records import Received
from mentoring_common.tracing import new_traceparent
from mentoring_common.vault import destroy_key
from mentoring_contracts.applications import PersonErased
from mentoring_contracts.matching import MatchEnded


def ended(**people):
    ids = {name: uuid.uuid4() for name in ("match_id", "programme_id", "cohort_id", "mentor_id", "mentee_id")}
    return MatchEnded(**(ids | people), reason="no_time")


def test_nobody_takes_the_place_of_who_is_erased_and_of_no_other():
    mentor, mentee = uuid.uuid4(), new_id()
    event = without(ended(mentor_id=mentor, mentee_id=mentee), {mentee})
    assert event.mentor_id == mentor
    assert is_nobody(event.mentee_id)
    assert not is_nobody(mentor)
    assert not is_nobody(mentee)
    assert nobody() != nobody(), "two who are erased are counted as two"
    erasure = PersonErased(person_id=mentee)
    assert without(erasure, {mentee}) is erasure


async def test_whoever_erases_waits_for_whoever_writes_of_the_person(toy_service, tenant):
    database, person, order = toy_service.service.database, uuid.uuid4(), []
    writing = asyncio.Event()

    async def write():
        async with database.transaction(tenant) as db:
            assert await erased_among(db, [person]) == set()
            writing.set()
            await asyncio.sleep(0.3)
            order.append("written")

    async def erase():
        await writing.wait()
        async with database.transaction(tenant) as db:
            await erased_among(db, [], erasing=[person])
            order.append("erased")
            await destroy_key(db, person)

    await asyncio.gather(write(), erase())
    assert order == ["written", "erased"]
    async with database.transaction(tenant) as db:
        assert await erased_among(db, [person, uuid.uuid4()]) == {person}
    async with database.transaction(uuid.uuid4()) as db:
        assert await erased_among(db, [person]) == set(), "another organisation's person of that id is another"


async def test_an_event_that_was_parked_before_the_erasure_names_nobody_when_it_is_replayed(toy_service, tenant):
    event, seen = ended(), []
    envelope = Envelope.of(event, new_id(), tenant, toy_service.clock.now(), new_traceparent())
    item = Received(envelope, event, envelope.headers(), event.model_dump_json().encode(), None)

    async def react(_, event):
        seen.append(event)

    async with toy_service.service.database.transaction(tenant) as db:
        await park(db, "replayed", item, "ValueError")
        await destroy_key(db, event.mentor_id)
    async with toy_service.service.database.transaction(tenant) as db:
        assert await replay_parked(db, "replayed", {MatchEnded: react}, item.aggregate_key) == 1
    assert is_nobody(seen[0].mentor_id)
    assert seen[0].mentee_id == event.mentee_id
