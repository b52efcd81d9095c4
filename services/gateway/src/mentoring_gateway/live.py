"""What happens, read from Kafka once in this process and passed on to whoever follows the things that it is about.

The gateway is in no consumer group: every process reads every event, and keeps those of the last minutes for who comes
back. An event is known here by ids alone; what became of a thing its owner says, to whoever may read it.
"""

import asyncio
import contextlib
import time
from collections import OrderedDict, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from aiokafka import AIOKafkaConsumer

from mentoring_common import broker
from mentoring_common.observability import log
from mentoring_common.polling import Polling
from mentoring_common.progress import Progress, pause
from mentoring_common.records import Received, Unreadable, read
from mentoring_common.settings import Settings
from mentoring_common.supervision import Loop
from mentoring_contracts import Event, event_classes

KEPT_S: Final = 15 * 60
MOST_KEPT: Final = 50_000
# Processes read partitions in different orders: who goes to another is told again what came so shortly before.
OVERLAP_MS: Final = 2_000
POLL_MS: Final = 1_000
BUSY_MS: Final = 100
# Only who follows the thing itself hears of it: that it happened is told in confidence.
CONFIDED: Final = frozenset({"concern", "interview", "focus_group"})
_TAKEN: Final = frozenset(cls for cls in event_classes() if cls.aggregate != "audit_log")
TOPICS: Final = sorted({cls.topic() for cls in _TAKEN})


@dataclass(frozen=True, slots=True)
class Happened:
    """An event: which things of a tenant it is about, whom it names, and when the broker got it (milliseconds)."""

    id: UUID
    tenant: UUID
    about: frozenset[UUID]
    people: frozenset[UUID]
    at: datetime
    stamp: int


class Follower:
    """One who follows things: the last event of each that was not told yet, in their order."""

    def __init__(self, person: UUID | None) -> None:
        self.person = person
        self.doubtful = True  # something happened to the person since it was looked at what they may read
        self._waiting: dict[UUID, Happened] = {}
        self._rung = asyncio.Event()

    def tell(self, thing: UUID, happened: Happened) -> None:
        """Keep an event until it is taken; it stands for those of the thing that came before."""
        self._waiting.pop(thing, None)
        self._waiting[thing] = happened
        self._rung.set()

    def wake(self) -> None:
        """Have `take` return, though nothing happened."""
        self._rung.set()

    async def take(self) -> list[tuple[UUID, Happened]]:
        """What happened to which thing, once something has."""
        await self._rung.wait()
        self._rung.clear()
        taken, self._waiting = self._waiting, {}
        return list(taken.items())


class Live:
    """The events of all topics, for the followers in this process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._kept: OrderedDict[UUID, Happened] = OrderedDict()
        self._following: defaultdict[tuple[UUID, UUID], set[Follower]] = defaultdict(set)
        self._persons: defaultdict[tuple[UUID, UUID], set[Follower]] = defaultdict(set)
        self._stopping = asyncio.Event()
        self.progress = Progress()
        self._loop = Loop("gateway", "live", self._read, self.progress)
        self._task: asyncio.Task[None] | None = None

    @property
    def over(self) -> bool:
        """Whether this process ends: followers go elsewhere."""
        return self._stopping.is_set()

    @property
    def followers(self) -> int:
        """How many follow something."""
        return len({follower for followers in self._following.values() for follower in followers})

    async def start(self) -> None:
        """Begin to read; nobody waits for the broker."""
        self._task = asyncio.create_task(self._loop.run())

    async def stop(self) -> None:
        """End the reading, and every stream that waits for it."""
        self._stopping.set()
        self._loop.stop()
        for followers in self._following.values():
            for follower in followers:
                follower.wake()
        if self._task is not None:
            await self._task

    @contextlib.contextmanager
    def follow(
        self, tenant: UUID, things: Iterable[UUID], *, person: UUID | None, after: UUID | None
    ) -> Iterator[Follower]:
        """A follower of things of a tenant, told again what happened since the event `after`.

        Where that is none that is kept here, the follower is told of every thing: it may have changed.
        """
        follower, keys = Follower(person), [(tenant, thing) for thing in things]
        for key in keys:
            self._following[key].add(follower)
        if person is not None:
            self._persons[tenant, person].add(follower)
        try:
            if after is not None:
                self._catch_up(follower, tenant, {thing for _, thing in keys}, after)
            yield follower
        finally:
            _discard(self._following, keys, follower)
            if person is not None:
                _discard(self._persons, [(tenant, person)], follower)

    def tell(self, happened: Happened) -> None:
        """Pass an event on, once."""
        if happened.id in self._kept:
            return
        self._kept[happened.id] = happened
        self._forget(happened.stamp)
        for person in happened.people:
            for follower in self._persons.get((happened.tenant, person), ()):
                follower.doubtful = True
        for thing in happened.about:
            for follower in self._following.get((happened.tenant, thing), ()):
                follower.tell(thing, happened)

    def _catch_up(self, follower: Follower, tenant: UUID, things: set[UUID], after: UUID) -> None:
        last = self._kept.get(after)
        if last is None or last.tenant != tenant:
            moment = Happened(after, tenant, frozenset(), frozenset(), datetime.now().astimezone(), 0)
            for thing in things:
                follower.tell(thing, moment)
            return
        passed = False
        for happened in self._kept.values():
            if happened.tenant == tenant and (passed or happened.stamp >= last.stamp - OVERLAP_MS) and happened != last:
                for thing in happened.about & things:
                    follower.tell(thing, happened)
            passed = passed or happened.id == after

    def _forget(self, now_ms: int) -> None:
        while len(self._kept) > MOST_KEPT or next(iter(self._kept.values())).stamp < now_ms - KEPT_S * 1000:
            self._kept.popitem(last=False)

    async def _read(self) -> None:
        while not self._stopping.is_set():
            consumer = broker.consumer(self._settings, None)
            try:
                await consumer.start()
                partitions = await broker.partitions_of(consumer, TOPICS)
                consumer.assign(partitions)
                await self._begin(consumer)
                await self._consume(consumer)
            except Exception as error:
                seconds = self.progress.failed(error)
                log.warning(
                    "live_failed", service="gateway", error=type(error).__name__, attempt=self.progress.failures
                )
                await pause(seconds, self._stopping)
            finally:
                with contextlib.suppress(Exception):
                    await consumer.stop()

    async def _begin(self, consumer: AIOKafkaConsumer) -> None:
        """Go back as far as events are kept; what this process knows already is told once."""
        since = int((time.time() - KEPT_S) * 1000)
        found = await consumer.offsets_for_times(dict.fromkeys(consumer.assignment(), since))
        ends = await consumer.end_offsets(list(consumer.assignment()))
        for partition, end in ends.items():
            place = found.get(partition)
            consumer.seek(partition, place.offset if place is not None else end)

    async def _consume(self, consumer: AIOKafkaConsumer) -> None:
        polling = Polling(consumer)
        fast = self._settings.kafka_fast_groups
        with broker.published.bell(TOPICS) as bell:
            while not self._stopping.is_set():
                polled = await polling.poll(500, BUSY_MS if fast else POLL_MS)
                self.progress.made()
                for records in polled.values():
                    for record in records:
                        found = record if isinstance(record, Unreadable) else read(record, _TAKEN)
                        if isinstance(found, Received) and found.event is not None:
                            self.tell(happened(found, found.event))
                if fast and not polled:
                    await self._rest(bell)

    async def _rest(self, bell: asyncio.Event) -> None:
        """The embedded broker wakes no fetch that waits: who publishes in this process rings."""
        ends, rung = asyncio.ensure_future(self._stopping.wait()), asyncio.ensure_future(bell.wait())
        await asyncio.wait([rung, ends], timeout=self._settings.poll_interval_s, return_when=asyncio.FIRST_COMPLETED)
        rung.cancel()
        ends.cancel()
        bell.clear()


def happened(received: Received, event: Event) -> Happened:
    """What a record says, as far as followers are told."""
    envelope = received.envelope
    return Happened(
        envelope.id, envelope.tenantid, frozenset(about(event)), frozenset(event.people()), envelope.time,
        received.record.timestamp,
    )  # fmt: skip


def about(event: Event) -> set[UUID]:
    """The things whose followers hear of an event: what it is of, and what that is a part of; people are none."""
    people, found = set(event.people_fields()), {event.subject_id()}
    if event.aggregate not in CONFIDED:
        named = (
            getattr(event, name) for name in type(event).model_fields if name.endswith("_id") and name not in people
        )
        found |= {one for one in named if isinstance(one, UUID)}
    return found


def _discard(
    index: defaultdict[tuple[UUID, UUID], set[Follower]], keys: Iterable[tuple[UUID, UUID]], follower: Follower
) -> None:
    for key in keys:
        index[key].discard(follower)
        if not index[key]:
            del index[key]
