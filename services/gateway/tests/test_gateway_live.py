"""What happens is followed: read from the broker once, told to whoever may read what it is about."""

import asyncio
import json
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest

from mentoring_common.broker import Publisher, Record, ensure_topics
from mentoring_common.envelope import Envelope
from mentoring_common.ids import new_id
from mentoring_common.problems import problem
from mentoring_common.testing.harness import eventually
from mentoring_common.tracing import new_traceparent
from mentoring_contracts.applications import ProgrammeClosed, RoleRevoked
from mentoring_contracts.matching import MatchRunCompleted
from mentoring_contracts.sessions import ConcernTaken
from mentoring_gateway import live as live_module
from mentoring_gateway import subscriptions
from mentoring_gateway.live import KEPT_S, TOPICS, Happened, Live
from mentoring_gateway.settings import GatewaySettings

from .conftest import front_of

CHANGES = "subscription($ids: [ID!]!, $after: UUID) { changes(ids: $ids, after: $after) { id of } }"


class Socket:
    """A front end that follows by graphql-transport-ws."""

    def __init__(self, front, query, variables):
        self._to, self._from = asyncio.Queue(), asyncio.Queue()
        self._open = [
            {"type": "connection_init", "payload": {"Authorization": f"Bearer {front.token()}"}},
            {"id": "1", "type": "subscribe", "payload": {"query": query, "variables": variables}},
        ]
        self._front = front

    async def __aenter__(self):
        scope = {"type": "websocket", "path": "/graphql", "headers": [], "query_string": b"", "scheme": "ws"}
        scope |= {"subprotocols": ["graphql-transport-ws"], "root_path": "", "asgi": {"version": "3.0"}}
        self._to.put_nowait({"type": "websocket.connect"})
        for message in self._open:
            self._to.put_nowait({"type": "websocket.receive", "text": json.dumps(message)})
        self._task = asyncio.create_task(self._front.gateway.asgi(scope, self._to.get, self._send))
        return self

    async def __aexit__(self, *_):
        self._to.put_nowait({"type": "websocket.disconnect", "code": 1000})
        await self._task

    async def _send(self, message):
        if "text" in message:
            self._from.put_nowait(json.loads(message["text"]))

    async def next(self):
        """The next message that is an answer, or the end."""
        async with asyncio.timeout(60):
            while (message := await self._from.get())["type"] in ("connection_ack", "ping", "pong"):
                pass
        return message

    async def change(self):
        message = await self.next()
        assert message["type"] == "next", message
        assert "errors" not in message["payload"], message
        return message["payload"]["data"]["changes"]


@asynccontextmanager
async def following(front, *ids, after=None):
    before = front.gateway._live.followers
    async with Socket(front, CHANGES, {"ids": list(ids), "after": after}) as socket:

        async def follows():
            return front.gateway._live.followers > before

        await eventually(follows)
        yield socket


@pytest.fixture
async def front(world):
    """A gateway whose events are told by the test itself."""
    async with front_of(world) as front:
        front.gateway._live = Live(GatewaySettings(token_issuer="http://i.test", token_jwks_url="http://i.test"))
        yield front


@pytest.fixture
def programme(world):
    p = uuid4()
    world.get(f"/applications/programmes/{p}", {"id": str(p), "title": "Mentoring", "version": 1})
    return p


def event(front, *about, people=(), tenant=None, ago_s=0.0):
    at = datetime.now(UTC) - timedelta(seconds=ago_s)
    return Happened(
        uuid4(), tenant or front.tenant, frozenset(about), frozenset(people), at, int(at.timestamp() * 1000)
    )


async def looked(world, path, times=1):
    """Once the permission was asked for so often."""
    await eventually(lambda: _enough(world, path, times))


async def _enough(world, path, times):
    return world.paths().count(path) >= times


async def test_who_may_read_a_thing_hears_of_it(front, world, programme):
    at = f"/applications/programmes/{programme}"
    async with following(front, f"Programme:{programme}") as socket:
        await looked(world, at)
        other, mine = event(front, uuid4()), event(front, programme)
        front.gateway._live.tell(other)
        front.gateway._live.tell(mine)
        front.gateway._live.tell(mine)
        last = event(front, programme)
        assert await socket.change() == {"id": str(mine.id), "of": f"Programme:{programme}"}
        front.gateway._live.tell(last)
        assert (await socket.change())["id"] == str(last.id)
    assert world.paths() == [at]


async def test_other_tenants_are_heard_of_by_nobody(front, world, programme):
    async with following(front, f"Programme:{programme}") as socket:
        await looked(world, f"/applications/programmes/{programme}")
        front.gateway._live.tell(event(front, programme, tenant=uuid4()))
        own = event(front, programme)
        front.gateway._live.tell(own)
        assert (await socket.change())["id"] == str(own.id)


async def test_who_loses_a_right_hears_no_more(front, world, programme):
    other = uuid4()
    world.get(f"/applications/programmes/{other}", {"id": str(other), "title": "Another", "version": 1})
    async with following(front, f"Programme:{programme}", f"Programme:{other}") as socket:
        await looked(world, f"/applications/programmes/{other}")
        front.gateway._live.tell(event(front, programme))
        assert (await socket.change())["of"] == f"Programme:{programme}"
        world.get(f"/applications/programmes/{programme}", problem(403, "forbidden", "No"))
        front.gateway._live.tell(event(front, uuid4(), people=[front.person_id]))
        front.gateway._live.tell(event(front, programme))
        front.gateway._live.tell(event(front, other))
        assert (await socket.change())["of"] == f"Programme:{other}"


async def test_what_one_may_not_read_is_not_followed(front, world):
    async with Socket(front, CHANGES, {"ids": [f"Programme:{uuid4()}"]}) as socket:
        [error] = (await socket.next())["payload"]["errors"]
    assert error["extensions"]["code"] == "nothing_to_follow"


async def test_who_comes_back_hears_what_happened_meanwhile(front, world, programme):
    seen = event(front, programme, ago_s=20)
    missed = event(front, programme, ago_s=10)
    before = event(front, programme, ago_s=30)
    for one in (before, seen, missed, event(front, uuid4())):
        front.gateway._live.tell(one)
    async with following(front, f"Programme:{programme}", after=str(seen.id)) as socket:
        assert (await socket.change())["id"] == str(missed.id)
        fresh = event(front, programme)
        front.gateway._live.tell(fresh)
        assert (await socket.change())["id"] == str(fresh.id)


async def test_who_comes_back_too_late_reads_all_again(front, world, programme):
    long_ago = uuid4()
    async with following(front, f"Programme:{programme}", after=str(long_ago)) as socket:
        assert await socket.change() == {"id": str(long_ago), "of": f"Programme:{programme}"}


async def test_a_service_that_is_away_for_a_moment_ends_no_stream(front, world, programme, monkeypatch):
    monkeypatch.setattr(subscriptions, "AGAIN_S", 0.01)
    at = f"/applications/programmes/{programme}"
    answers = iter([problem(503, "unavailable", "Wait"), problem(503, "unavailable", "Wait")])
    there = world.answers["GET", at]
    world.get(at, lambda _: next(answers, there))
    async with following(front, f"Programme:{programme}") as socket:
        await looked(world, at, 3)
        front.gateway._live.tell(event(front, programme))
        assert (await socket.change())["of"] == f"Programme:{programme}"


async def test_a_run_is_followed_past_a_failure(front, world, make, monkeypatch):
    monkeypatch.setattr(subscriptions, "POLL_S", 0.01)
    monkeypatch.setattr(subscriptions, "AGAIN_S", 0.01)
    run = uuid4()
    found = iter([make.run(run, "running", 0.5), problem(503, "unavailable", "Wait"), make.run(run, "completed", 1.0)])
    world.get(f"/matching/runs/{run}", lambda _: next(found))
    query = "subscription($id: UUID!) { matchRun(id: $id) { state } }"
    async with Socket(front, query, {"id": str(run)}) as socket:
        states = [(await socket.next())["payload"]["data"]["matchRun"]["state"] for _ in range(2)]
        assert (await socket.next())["type"] == "complete"
    assert states == ["running", "completed"]


async def test_a_gateway_without_a_broker_says_so(front, world, programme):
    front.gateway._live = None
    async with Socket(front, CHANGES, {"ids": [f"Programme:{programme}"]}) as socket:
        [error] = (await socket.next())["payload"]["errors"]
    assert error["extensions"]["code"] == "unavailable"


async def test_only_the_last_minutes_are_kept(front):
    live = front.gateway._live
    old = event(front, uuid4(), ago_s=KEPT_S + 1)
    live.tell(old)
    live.tell(event(front, uuid4()))
    assert old.id not in live._kept


def test_what_is_told_in_confidence_is_told_to_who_follows_the_thing_itself():
    concern = ConcernTaken.model_construct(concern_id=uuid4(), programme_id=uuid4(), cohort_id=uuid4())
    run = MatchRunCompleted.model_construct(run_id=uuid4(), programme_id=uuid4(), cohort_id=uuid4())
    assert live_module.about(concern) == {concern.concern_id}
    assert live_module.about(run) == {run.run_id, run.programme_id, run.cohort_id}


async def test_events_come_from_the_broker_and_from_before_the_start(each_broker, world, programme):
    where = {
        "kafka_bootstrap_servers": each_broker.kafka_bootstrap_servers,
        "kafka_idempotent": each_broker.kafka_idempotent,
        "kafka_fast_groups": each_broker.kafka_fast_groups,
    }
    settings = GatewaySettings(token_issuer="http://i.test", token_jwks_url="http://i.test", **where)
    await ensure_topics(settings, TOPICS)
    publisher = Publisher(settings)

    async def publish(tenant, happened):
        envelope = Envelope.of(happened, new_id(), tenant, datetime.now(UTC), new_traceparent())
        headers = [(name, value.encode()) for name, value in envelope.headers().items()]
        value = happened.model_dump_json().encode()
        await publisher.publish([Record(happened.topic(), str(happened.subject_id()), value, headers)])
        return str(envelope.id)

    tenant, closed = uuid4(), ProgrammeClosed(programme_id=programme, reason="ended_early")
    role = {"role_id": uuid4(), "programme_id": programme, "person_id": uuid4(), "role": "trainer"}
    first = await publish(tenant, RoleRevoked.model_construct(**role))
    second = await publish(tenant, closed)
    async with front_of(world, **where) as front:
        front.tenant = tenant

        async def has_read():
            return {first, second} <= {str(one) for one in front.gateway._live._kept}

        await eventually(has_read)
        async with following(front, f"Programme:{programme}", after=first) as socket:
            assert (await socket.change())["id"] == second
            third = await publish(tenant, closed)
            assert (await socket.change())["id"] == third
    await publisher.close()
