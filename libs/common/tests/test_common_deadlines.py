"""Deadlines on two replicas: each once, in order of time, and a long one does not hold up what is due with it."""

import asyncio
import uuid
from datetime import timedelta

import sqlalchemy as sa

from mentoring_common.deadlines import DeadlinePoller, schedule
from mentoring_common.runner import Service
from mentoring_common.testing import eventually, toy
from mentoring_common.testing.toy_things import Thing


def pollers(harness, number, handlers):
    """Pollers of so many instances of the service, which do nothing else."""
    first = harness.service
    services = [Service(toy.DESIGN, first.settings, clock=first.clock, http=first.http) for _ in range(number)]
    return services, [DeadlinePoller(s.system, s.database, handlers, s.clock, 0.01) for s in services]


async def fire_all(services, replicas):
    async def drain(poller):
        while await poller.fire_due():
            pass

    try:
        await asyncio.gather(*(drain(poller) for poller in replicas))
    finally:
        for service in services:
            await service.database.close()
            await service.system.dispose()


async def test_each_fires_once_and_an_earlier_moment_before_a_later_one(toy_service, tenant):
    fired, kind, due = [], f"order-{uuid.uuid4()}", toy_service.clock.now()
    moments = [[uuid.uuid4() for _ in range(15)] for _ in range(3)]

    async def note(db, subject_id):
        await asyncio.sleep(0.001)
        fired.append(subject_id)

    async with toy_service.service.database.transaction(tenant) as db:
        for number, subjects in enumerate(reversed(moments)):
            for subject_id in subjects:
                await schedule(db, kind, subject_id, due - timedelta(seconds=number))
    await fire_all(*pollers(toy_service, 2, {kind: note}))
    moments_fired = [next(n for n, subjects in enumerate(moments) if subject in subjects) for subject in fired]
    assert moments_fired == sorted(moments_fired)
    assert sorted(fired) == sorted(subject for subjects in moments for subject in subjects)


async def test_a_long_one_does_not_hold_up_what_is_due_with_it(toy_service, tenant):
    kind, due = f"long-{uuid.uuid4()}", toy_service.clock.now()
    long, others, done = uuid.uuid4(), [uuid.uuid4() for _ in range(10)], []
    others_done = asyncio.Event()

    async def work(db, subject_id):
        if subject_id == long:
            await asyncio.wait_for(others_done.wait(), 10)  # it ends only after all the others have
        done.append(subject_id)
        if len(done) == len(others):
            others_done.set()

    async with toy_service.service.database.transaction(tenant) as db:
        for subject_id in (long, *others):
            await schedule(db, kind, subject_id, due)
    await fire_all(*pollers(toy_service, 1, {kind: work}))
    assert done[-1] == long
    assert sorted(done[:-1]) == sorted(others)


async def test_no_replica_waits_for_what_another_has_in_hand_nor_goes_on_to_a_later_moment(toy_service, tenant):
    kind, due = f"hand-{uuid.uuid4()}", toy_service.clock.now()
    long, others, later, done = uuid.uuid4(), [uuid.uuid4() for _ in range(10)], uuid.uuid4(), []
    others_done = asyncio.Event()

    async def work(db, subject_id):
        if subject_id == long:
            await asyncio.wait_for(others_done.wait(), 10)  # two replicas of one worker each: the other fires them all
            await asyncio.sleep(0.2)
        done.append(subject_id)
        if len(done) == len(others):
            others_done.set()

    async with toy_service.service.database.transaction(tenant) as db:
        for subject_id in (long, *others):
            await schedule(db, kind, subject_id, due - timedelta(seconds=1))
        await schedule(db, kind, later, due)
    services, replicas = pollers(toy_service, 2, {kind: work})
    for replica in replicas:
        replica._at_once = 1
    await fire_all(services, replicas)
    assert sorted(done[:10]) == sorted(others)
    assert done[10:] == [long, later]


async def test_one_that_fails_does_not_stop_the_others(toy_service, tenant):
    kind, due = f"fails-{uuid.uuid4()}", toy_service.clock.now()
    bad, others, done = uuid.uuid4(), [uuid.uuid4() for _ in range(6)], []

    async def work(db, subject_id):
        if subject_id == bad:
            raise ValueError
        done.append(subject_id)

    async with toy_service.service.database.transaction(tenant) as db:
        for subject_id in (bad, *others):
            await schedule(db, kind, subject_id, due)
    await fire_all(*pollers(toy_service, 2, {kind: work}))
    assert sorted(done) == sorted(others)


async def test_one_gives_way_to_a_request_that_holds_what_it_wants_and_moves_it(toy_service, tenant):
    """Each holds what the other wants. PostgreSQL would end the request, which has waited longest."""
    kind, subject, due = f"way-{uuid.uuid4()}", uuid.uuid4(), toy_service.clock.now()
    has_the_thing, has_the_deadline, fired = asyncio.Event(), asyncio.Event(), []
    database = toy_service.service.database

    async def hold_thing(db):
        await db.execute(sa.update(Thing).where(Thing.id == subject).values(name="held"))

    async def fire(db, _):
        has_the_deadline.set()
        await asyncio.wait_for(has_the_thing.wait(), 10)
        await asyncio.sleep(0.3)  # by then the request waits for the deadline
        await hold_thing(db)
        fired.append(subject)

    async def request():
        async with database.transaction(tenant) as db:
            await hold_thing(db)
            has_the_thing.set()
            await asyncio.wait_for(has_the_deadline.wait(), 10)
            await schedule(db, kind, subject, due)

    async with database.transaction(tenant) as db:
        db.add(Thing(id=subject, name="free"))
        await schedule(db, kind, subject, due)
    services, [poller] = pollers(toy_service, 1, {kind: fire})
    _, first = await asyncio.gather(request(), poller.fire_due())
    assert (first, fired) == (0, [])

    async def fires():
        return await poller.fire_due()

    assert await eventually(fires, what="the next try") == 1
    assert fired == [subject]
    await fire_all(services, [poller])
