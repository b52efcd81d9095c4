"""Whatever a producer writes, the others flow: what is no event is kept as its bytes, what does not fit is parked."""

import json
import time
import uuid

import pytest
import sqlalchemy as sa
from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.record.default_records import DefaultRecordBatchBuilder
from aiokafka.record.util import calc_crc32c
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mentoring_common import broker
from mentoring_common import consumer as consumer_module
from mentoring_common.consumer import EventConsumer
from mentoring_common.envelope import Envelope
from mentoring_common.ids import new_id
from mentoring_common.tables import inbox, parked_events, unreadable_records
from mentoring_common.testing import eventually, toy
from mentoring_common.tracing import new_traceparent
from mentoring_contracts.applications import PersonChanged, PersonErased

TOPIC = "mentoring.applications"


def envelope_of(tenant, person, now):
    envelope = Envelope.of(PersonErased(person_id=person), new_id(), tenant, now, new_traceparent())
    return {name: value.encode() for name, value in envelope.headers().items()}


def but(**changes):
    """The headers of an envelope with some of them changed."""
    return lambda headers: headers | {f"ce_{name}": value for name, value in changes.items()}


def without(name):
    return lambda headers: {k: v for k, v in headers.items() if k != f"ce_{name}"}


GOOD = PersonErased(person_id=uuid.uuid4()).model_dump_json().encode()
NOTHING = object()  # no headers at all
# what → (headers made from those of an envelope, value, what becomes of it)
POISON = {
    "tombstone": (dict, None, "parked"),
    "tombstone without an envelope": (NOTHING, None, "unreadable"),
    "header without a value": (but(source=None), GOOD, "unreadable"),
    "U+0000 in the partition key": (but(partitionkey=b"a\0b"), GOOD, "unreadable"),
    "no JSON, U+0000 in a header": (lambda h: h | {"x": b"\0"}, b"{", "unreadable"),
    "U+0000 in the name of a header": (lambda h: h | {"a\0b": b"x"}, GOOD, "unreadable"),
    "bytes that are no UTF-8 in a header": (but(source=b"\xff\xfe"), GOOD, "unreadable"),
    "text of somebody else": (NOTHING, b"hello", "unreadable"),
    "half an envelope": (without("tenantid"), GOOD, "unreadable"),
    "a tenant that is no id": (but(tenantid=b"everybody"), GOOD, "unreadable"),
    "a partition key without end": (but(partitionkey=b"k" * 100_000), GOOD, "unreadable"),
    "a version that fits into no column": (but(aggregateversion=b"1" + b"0" * 30), GOOD, "unreadable"),
    "no JSON": (dict, b"\xff{", "parked"),
    "nothing": (dict, b"", "parked"),
    "JSON of another shape": (dict, b'{"person_id": {"a": 1}}', "parked"),
    "JSON without a bottom": (dict, b"[" * 200_000, "parked"),
    "a number without end": (dict, b'{"person_id": ' + b"9" * 100_000 + b"}", "parked"),
}


async def parked_of(harness, tenant):
    c = parked_events.c
    async with harness.service.system.connect() as connection:
        return await connection.scalar(sa.select(sa.func.count()).where(c.tenant_id == tenant))


async def unreadable_of(harness):
    async with harness.service.system.connect() as connection:
        return (await connection.execute(sa.select(unreadable_records).order_by(unreadable_records.c.id))).all()


async def produce(harness, headers, value, key=b"k"):
    pairs = [] if headers is NOTHING else list(headers.items())
    settings = harness.service.settings
    async with AIOKafkaProducer(**broker.connection(settings), enable_idempotence=False, acks="all") as producer:
        return await producer.send_and_wait(TOPIC, value, key=key, headers=pairs)


@pytest.mark.broker
@pytest.mark.parametrize("kind", POISON)
async def test_poison_is_put_aside_and_the_others_flow(toy_on_each_broker, tenant, kind):
    harness = toy_on_each_broker
    change, value, becomes = POISON[kind]
    before = len(await unreadable_of(harness))
    headers = envelope_of(tenant, uuid.uuid4(), harness.clock.now())
    sent = await produce(harness, NOTHING if change is NOTHING else change(headers), value)
    good = [uuid.uuid4() for _ in range(4)]  # on every partition
    await harness.publish(tenant, *(PersonErased(person_id=p) for p in good))
    assert {e.person_id for e in await harness.emitted(tenant, PersonChanged)} == set(good)
    if becomes == "parked":
        await eventually(lambda: parked_of(harness, tenant), what="parking")
    else:

        async def kept():
            return (await unreadable_of(harness))[before:]

        [row] = await eventually(kept, what="keeping")
        assert (row.topic, row.partition, row.record_offset) == (TOPIC, sent.partition, sent.offset)
        assert (row.key, row.value, row.tenant_id) == (b"k", value, uuid.UUID(int=0))
        assert row.reason
        assert json.loads(row.headers) is not None


def _batch(records, *, bad):
    """A batch as clients of other languages may write it: the last record has a header whose name is no UTF-8."""
    builder = DefaultRecordBatchBuilder(2, 0, 0, -1, -1, -1, 1_000_000)
    now = int(time.time() * 1000)
    for number, (headers, value) in enumerate(records):
        builder.append(number, now, b"k", value, list(headers.items()))
    builder.append(len(records), now, b"k", b"x", [("XXXX", b"x")] if bad else [])
    written = bytearray(builder.build()).replace(b"XXXX", b"\xff\xfe\xff\xfe")
    written[17:21] = calc_crc32c(bytes(written[21:])).to_bytes(4, "big")
    return bytes(written)


async def write_batch(harness, partition, records, *, bad):
    """The offset of the first of its records."""
    async with AIOKafkaProducer(**broker.connection(harness.service.settings), acks="all") as producer:
        batch = producer.create_batch()
        batch.append(key=b"k", value=b"x", timestamp=None)
        batch.close()
        batch._buffer = _batch(records, bad=bad)
        return (await (await producer.send_batch(batch, TOPIC, partition=partition))).offset


@pytest.mark.broker
async def test_what_the_client_cannot_take_apart_is_passed_over(toy_on_each_broker, tenant):
    harness = toy_on_each_broker
    before, now = len(await unreadable_of(harness)), harness.clock.now()
    people = [uuid.uuid4() for _ in range(6)]
    events = [(envelope_of(tenant, p, now), PersonErased(person_id=p).model_dump_json().encode()) for p in people]
    await write_batch(harness, 0, events[:2], bad=False)
    offset = await write_batch(harness, 0, events[2:4], bad=True)
    await write_batch(harness, 0, events[4:], bad=False)
    await harness.publish(tenant, *(PersonErased(person_id=uuid.uuid4()) for _ in range(4)))

    async def all_have_come():
        return set(people) <= {e.person_id for e in await harness.emitted(tenant, PersonChanged)}

    await eventually(all_have_come, what="what stands before and behind the record")
    kept = (await unreadable_of(harness))[before:]
    assert (0, offset + 2, "UnicodeDecodeError", None) in [
        (r.partition, r.record_offset, r.reason, r.value) for r in kept
    ]


@pytest.mark.broker
@pytest.mark.parametrize("codec", ["gzip", "snappy", "lz4", "zstd"])
async def test_producers_may_compress_as_they_like(toy_on_each_broker, tenant, codec):
    harness, person = toy_on_each_broker, uuid.uuid4()
    headers = envelope_of(tenant, person, harness.clock.now())
    how = broker.connection(harness.service.settings)
    async with AIOKafkaProducer(**how, compression_type=codec, acks="all") as producer:
        value = PersonErased(person_id=person).model_dump_json().encode()
        await producer.send_and_wait(TOPIC, value, key=b"k", headers=list(headers.items()))

    async def has_come():
        return person in [e.person_id for e in await harness.emitted(tenant, PersonChanged)]

    await eventually(has_come, what=codec)


def record_of(headers, value, offset):
    return ConsumerRecord(TOPIC, 0, offset, 0, 0, b"k", value, None, 0, len(value or b""), tuple(headers))


_text = st.one_of(
    st.text(max_size=40).map(str.encode),
    st.binary(max_size=40),
    st.none(),
    st.sampled_from([b"\0", b"9" * 400, b"9999-12-31T23:59:59-14:00", b"0001-01-01T00:00:00+14:00", b"-1", b"NaN"]),
)
_changes = st.dictionaries(
    st.one_of(st.sampled_from(["id", "source", "type", "subject", "time", "tenantid", "partitionkey",
                               "traceparent", "aggregateversion", "specversion"]), st.text(max_size=8)),
    _text, max_size=3,
)  # fmt: skip
_values = st.one_of(
    st.none(),
    st.binary(max_size=60),
    st.just(GOOD),
    st.dictionaries(st.sampled_from(["person_id", "x"]), st.one_of(st.none(), st.floats(), st.text())).map(
        lambda d: json.dumps(d).encode()
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=_changes, value=_values, offset=st.integers(0, 2**63 - 1))
async def test_no_record_stops_the_others(toy_service, changes, value, offset):
    service, tenant = toy_service.service, uuid.uuid4()
    consumer = EventConsumer(service.database, service.settings, "toy", toy.DESIGN.reactions)
    now = toy_service.clock.now()
    bad = envelope_of(tenant, uuid.uuid4(), now) | {f"ce_{name}": value for name, value in changes.items()}
    good = envelope_of(tenant, person := uuid.uuid4(), now)
    payload = PersonErased(person_id=person).model_dump_json().encode()
    await consumer._handle([record_of(bad.items(), value, offset), record_of(good.items(), payload, offset + 1)])
    async with service.system.connect() as connection:
        taken = sa.select(inbox.c.event_id).where(inbox.c.event_id == uuid.UUID(good["ce_id"].decode()))
        assert await connection.scalar(taken)
    assert person in [e.person_id for e in await toy_service.emitted(tenant, PersonChanged)]


async def test_a_record_that_comes_again_is_kept_once(toy_service):
    service = toy_service.service
    consumer = EventConsumer(service.database, service.settings, "toy", toy.DESIGN.reactions)
    offset = 2**62
    for _ in range(2):
        await consumer._handle([record_of([("x", None)], b"v", offset)])
    assert [r.record_offset for r in await unreadable_of(toy_service)].count(offset) == 1


async def test_an_event_that_cannot_be_parked_is_kept_as_bytes(toy_service, tenant, monkeypatch):
    """What parking does not foresee stops nobody either."""

    async def refuse(*_):
        raise ValueError("not storable")

    monkeypatch.setattr(consumer_module, "park", refuse)
    service, offset = toy_service.service, 2**62 + 1
    consumer = EventConsumer(service.database, service.settings, "toy", toy.DESIGN.reactions)
    headers = envelope_of(tenant, uuid.uuid4(), toy_service.clock.now())
    await consumer._handle([record_of(headers.items(), b"{", offset)])
    [kept] = [r for r in await unreadable_of(toy_service) if r.record_offset == offset]
    assert (kept.reason, kept.value) == ("EventUnreadable, ValueError", b"{")
