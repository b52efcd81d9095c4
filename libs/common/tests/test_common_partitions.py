"""Events of one subject are on the partition on which every client of Kafka looks for them."""

from random import Random

from aiokafka.partitioner import murmur2

from mentoring_common.broker import partition_of


def test_a_key_is_where_other_clients_put_it():
    rng = Random(1)
    keys = ["".join(chr(rng.choice((45, 97, 0xE4, 0x1F600))) for _ in range(length)) for length in range(80)]
    keys += [f"0192f8a1-4c31-7000-8000-{n:012x}" for n in range(500)]
    assert [partition_of(key, 12) for key in keys] == [(murmur2(key.encode()) & 0x7FFFFFFF) % 12 for key in keys]
