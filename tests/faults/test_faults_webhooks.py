"""kill -9 of a sender of webhooks between sending and noting: a receiver sees every event at least once, each under one
webhook-id, and none is missing in between."""

import asyncio
import json
import signal
import sys
import uuid
from collections import defaultdict
from pathlib import Path
from types import SimpleNamespace

import pytest
import sqlalchemy as sa

from mentoring_common import migrations
from mentoring_common.clock import SystemClock
from mentoring_common.consumer import Told
from mentoring_common.databases import provision
from mentoring_common.envelope import Envelope
from mentoring_common.ids import new_id
from mentoring_common.testing import eventually
from mentoring_common.testing.harness import plain, settings_for
from mentoring_common.testing.receivers import Receivers
from mentoring_common.tracing import new_traceparent
from mentoring_contracts.applications import PersonChanged
from mentoring_integrations.app import create_app
from mentoring_integrations.reactions import tell_those_outside
from mentoring_integrations.webhooks import commands
from mentoring_integrations.webhooks.models import Delivery, Webhook
from mentoring_integrations.webhooks.schemas import NewWebhook

SENDER = Path(__file__).with_name("sender.py")
EVENTS, KILLS, TOGETHER = 60, 4, 8
pytestmark = pytest.mark.faults


@pytest.fixture
async def receivers():
    server = await Receivers().start()
    yield server
    await server.stop()


class Sending:
    """A service whose senders are processes of their own; this one only leaves them work."""

    def __init__(self, settings, tenant):
        self.settings, self.tenant = settings, tenant
        self.service = create_app(settings)
        self._senders = []

    async def webhook(self, url):
        admin = SimpleNamespace(subject="admin", person=None, is_admin=True)
        async with self.service.database.transaction(self.tenant) as db:
            made = await commands.make_webhook(db, admin, NewWebhook(url=url), commands.rule_of(self.service))
            await commands.act(db, admin, made, "verify")

    async def happen(self, count):
        """So many events come, of which those outside are told."""
        told = []
        for _ in range(count):
            event = PersonChanged(person_id=uuid.uuid4())
            envelope = Envelope.of(event, new_id(), self.tenant, SystemClock().now(), new_traceparent())
            told.append(Told(envelope, event))
        async with self.service.database.transaction(self.tenant) as db:
            await tell_those_outside(db, told)
        return [one.envelope.id for one in told]

    async def send(self, dies_after=None):
        """A sender; the number of notes after which it dies."""
        order = json.dumps({"dies_after": dies_after, "settings": plain(self.settings)})
        sender = await asyncio.create_subprocess_exec(
            sys.executable, str(SENDER), order, stdout=asyncio.subprocess.DEVNULL
        )
        self._senders.append(sender)
        return sender

    async def leases_end(self):
        async with self.service.database.transaction(self.tenant) as db:
            await db.execute(sa.update(Webhook).values(not_before=sa.func.clock_timestamp()))

    async def states(self):
        async with self.service.database.transaction(self.tenant) as db:
            return set(await db.scalars(sa.select(Delivery.state)))

    async def stop(self):
        for sender in self._senders:
            if sender.returncode is None:
                sender.kill()
                await sender.wait()
        await self.service.database.close()
        await self.service.system.dispose()


@pytest.fixture
async def sending(servers, tenant):
    urls = await provision(servers.superuser_url, "integrations", database=f"mentoring_i_{uuid.uuid4().hex[:8]}")
    await migrations.upgrade(urls.owner, "integrations")
    made = Sending(settings_for(servers, urls, webhooks_to_loopback=True), tenant)
    yield made
    await made.stop()


async def test_every_event_comes_at_least_once_under_one_id_however_senders_die(sending, receivers):
    await sending.webhook(receivers.url("/hook"))
    ids = await sending.happen(EVENTS)
    for _ in range(KILLS):
        sender = await sending.send(dies_after=1)
        async with asyncio.timeout(60):
            assert await sender.wait() == -signal.SIGKILL
        await sending.leases_end()
    await sending.send()

    async def all_delivered():
        return await sending.states() == {"delivered"}

    await eventually(all_delivered, what="delivery")
    seen = defaultdict(list)
    for message in receivers.at("/hook"):
        seen[uuid.UUID(message.headers["webhook-id"])].append(message)
    assert set(seen) == set(ids)  # nothing is missing, and nothing else came
    assert all(uuid.UUID(m.event["id"]) == id_ for id_, messages in seen.items() for m in messages)
    assert all(len({m.body for m in messages}) == 1 for messages in seen.values())
    places = sorted({int(m.event["sequence"]) for messages in seen.values() for m in messages})
    assert places == list(range(1, EVENTS + 1))
    # Each that died had sent as many as go together, and noted them no more: the fault was there.
    assert sum(len(messages) - 1 for messages in seen.values()) == KILLS * TOGETHER
