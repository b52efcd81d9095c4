"""Events that come again after the inbox has forgotten them, and owners that were restored to an older state."""

import asyncio
import dataclasses
import uuid
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from urllib.parse import urlsplit

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import create_async_engine

from mentoring_common.clock import MovableClock
from mentoring_common.embedded.issuer import DevIssuer
from mentoring_common.main import main
from mentoring_common.outbox import emit
from mentoring_common.relay import publish_all_again
from mentoring_common.runner import Service
from mentoring_common.tables import event_marks, inbox, outbox, parked_events
from mentoring_common.testing import eventually, toy
from mentoring_common.testing.harness import ISSUER, Harness, issuer_only, settings_for
from mentoring_contracts.applications import PersonChanged, PersonErased

OWNER = dataclasses.replace(toy.DESIGN, reactions={}, deadlines={})


@asynccontextmanager
async def running(settings, design=toy.DESIGN):
    issuer, clock = DevIssuer(ISSUER, "mentoring"), MovableClock(datetime(2022, 1, 3, tzinfo=UTC))
    service = Service(design, settings, clock=clock, http=issuer_only(issuer))
    await service.start()
    harness = Harness(service, issuer, clock)
    try:
        yield harness
    finally:
        await harness.close()
        await service.stop()


async def toy_settings(servers, **changes):
    return settings_for(servers, await toy.make_database(servers.superuser_url), **changes)


async def announce(owner, tenant, people):
    """The owner announces something about each, in a transaction of its own: the next version of each."""
    for person in people:
        async with owner.service.database.transaction(tenant) as db:
            emit(db, PersonErased(person_id=person))


async def effects(reader, tenant):
    return [e.person_id for e in await reader.emitted(tenant, PersonChanged)]


async def seen(reader, tenant, number):
    """Wait until the reader has met so many events of the tenant."""

    async def met():
        async with reader.service.system.connect() as connection:
            count = sa.select(sa.func.count()).where(inbox.c.tenant_id == tenant)
            return await connection.scalar(count) == number

    await eventually(met, what=f"{number} events in the inbox")


async def in_tenant(harness, tenant, statement):
    async with harness.service.database.transaction(tenant) as db:
        return await db.execute(statement)


@pytest.mark.parametrize("marks", [True, False], ids=["marks", "without marks"])
async def test_a_group_that_begins_again_with_an_empty_inbox_has_no_effect_again(each_broker, tenant, marks):
    settings = await toy_settings(each_broker)
    people = [uuid.uuid4() for _ in range(5)]
    async with running(await toy_settings(each_broker), OWNER) as owner:
        async with running(settings) as reader:
            for _ in range(3):
                await announce(owner, tenant, people)
            await seen(reader, tenant, 15)
            before = await effects(reader, tenant)
            assert sorted(before) == sorted(people * 3)
            await in_tenant(reader, tenant, sa.update(inbox).values(received_at=sa.text("now() - interval '181 days'")))
            await reader.service.clean_up()
            await seen(reader, tenant, 0)
            if not marks:
                await in_tenant(reader, tenant, sa.delete(event_marks))
        # A group without offsets: they were reset, or were forgotten while the service was stopped.
        async with running(settings.model_copy(update={"kafka_group": f"test-{uuid.uuid4()}"})) as reader:
            await seen(reader, tenant, 15)
            # The control: without the marks everything is done once more.
            assert len(await effects(reader, tenant)) == (15 if marks else 30)
            await announce(owner, tenant, people[:1])
            await seen(reader, tenant, 16)
            assert len(await effects(reader, tenant)) == (16 if marks else 31)


async def test_what_was_parked_and_replayed_is_not_parked_again(servers, tenant):
    bad = uuid.uuid4()
    async with (
        running(await toy_settings(servers), OWNER) as owner,
        running(await toy_settings(servers)) as reader,
    ):
        toy.POISON.add(bad)
        try:
            await announce(owner, tenant, [bad, bad])
            await seen(reader, tenant, 2)
        finally:
            toy.POISON.discard(bad)
        assert await reader.service.replay(tenant, by="operator") == 2
        await in_tenant(reader, tenant, sa.delete(inbox))
        await publish_all_again(owner.service.system)
        await seen(reader, tenant, 2)
        assert await effects(reader, tenant) == [bad, bad]
        async with reader.service.system.connect() as connection:
            c = parked_events.c
            waiting = sa.select(c.id).where(c.tenant_id == tenant, c.replayed_at.is_(None))
            assert (await connection.scalars(waiting)).all() == []


async def test_many_events_of_one_aggregate_in_one_batch_are_all_taken_in_order(servers, tenant):
    person, settings = uuid.uuid4(), await toy_settings(servers)
    async with running(await toy_settings(servers), OWNER) as owner:
        async with owner.service.database.transaction(tenant) as db:
            for _ in range(30):
                emit(db, PersonErased(person_id=person))
        async with running(settings) as reader:
            await seen(reader, tenant, 30)
            assert len(await effects(reader, tenant)) == 30
            marks = sa.select(event_marks.c.version).where(event_marks.c.tenant_id == tenant)
            assert (await in_tenant(reader, tenant, marks)).scalars().all() == [30]


async def test_published_events_stay_for_ever_or_for_the_days_that_are_set(servers, tenant):
    for days, left in ((0, 1), (400, 0)):
        async with running(await toy_settings(servers, outbox_days=days), OWNER) as owner:
            await announce(owner, tenant, [uuid.uuid4()])
            old = sa.update(outbox).values(created_at=sa.text("now() - interval '401 days'"))
            await in_tenant(owner, tenant, old.values(published_at=sa.func.now()))
            await owner.service.clean_up()
            assert len(await owner.emitted(tenant)) == left


async def copied(servers, settings, name=None):
    """The settings of a copy of a database that nobody is connected to: its backup, or what is restored from it."""
    source = urlsplit(settings.database_url).path[1:]
    copy = name or f"{source}_copy"
    engine = create_async_engine(servers.superuser_url, isolation_level="AUTOCOMMIT")
    async with engine.connect() as connection:
        await connection.execute(sa.text(f'DROP DATABASE IF EXISTS "{copy}"'))
        await connection.execute(sa.text(f'CREATE DATABASE "{copy}" TEMPLATE "{source}"'))
    await engine.dispose()
    urls = ("database_url", "system_database_url", "owner_database_url")
    return settings.model_copy(update={url: getattr(settings, url).replace(source, copy) for url in urls})


def operator_runs(monkeypatch, settings, command):
    """`python -m mentoring_toy <command>`, with the settings in the environment."""
    for name, value in settings.model_dump(mode="json").items():
        secret = getattr(settings, name)
        text = secret.get_secret_value() if hasattr(secret, "get_secret_value") else value
        monkeypatch.setenv(f"MENTORING_{name.upper()}", str(text))
    monkeypatch.setattr("sys.argv", ["mentoring_toy", command])
    main("toy")


@pytest.mark.parametrize("told", [True, False], ids=["restored", "not told"])
async def test_readers_take_what_a_restored_owner_announces(servers, tenant, monkeypatch, told):
    known, young = uuid.uuid4(), uuid.uuid4()
    settings = await toy_settings(servers)
    async with running(await toy_settings(servers)) as reader:
        async with running(settings, OWNER) as owner:
            await announce(owner, tenant, [known])
            await seen(reader, tenant, 1)
        backup = await copied(servers, settings)
        async with running(settings, OWNER) as owner:
            # `young` is first spoken of after the backup: the restored owner has no row for it at all.
            await announce(owner, tenant, [known, known, young])
            await seen(reader, tenant, 4)
        for times in (1, 2):  # the same backup may have to do twice
            settings = await copied(servers, backup, urlsplit(settings.database_url).path[1:])
            if told:
                await asyncio.to_thread(operator_runs, monkeypatch, settings, "restored")
            async with running(settings, OWNER) as owner:
                await announce(owner, tenant, [known, young])
                await seen(reader, tenant, 4 + 2 * times)
        # Not told, they take these for events they have had.
        assert len(await effects(reader, tenant)) == (8 if told else 4)
