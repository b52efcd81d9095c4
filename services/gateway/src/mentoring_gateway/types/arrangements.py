"""Buddy pairs and groups."""

import asyncio
from uuid import UUID

import strawberry

from mentoring_gateway.clients.arrangements import (
    BuddiesRecord,
    BuddiesWithoutPairs,
    BuddyPairRecord,
    GroupsRecord,
    GroupsWithoutPeople,
)
from mentoring_gateway.context import Info
from mentoring_gateway.types.fields import derived
from mentoring_gateway.types.people import Person, person_of


@strawberry.type(description="Two people of one side; `score` is 0..1")
class BuddyPair(BuddyPairRecord):
    @derived("The one")
    async def one(self, info: Info) -> Person | None:
        return await person_of(info, self.one_id)

    @derived("The other")
    async def other(self, info: Info) -> Person | None:
        return await person_of(info, self.other_id)


@strawberry.type(description="Buddy pairs, and ids of people left alone; `optimal` if proved most and best")
class Buddies(BuddiesWithoutPairs):
    pairs: list[BuddyPair]


@strawberry.type(description="A group of people of one side")
class Group:
    person_ids: list[UUID]

    @derived("Who is in it")
    async def people(self, info: Info) -> list[Person] | None:
        return list(await asyncio.gather(*(person_of(info, person_id) for person_id in self.person_ids)))


@strawberry.type(description="Groups of at most `size`; `imbalance` counts people beyond an even share, 0 is perfect")
class Groups(GroupsWithoutPeople):
    groups: list[Group]


def buddies_of(record: BuddiesRecord) -> Buddies:
    """The record with its people to be asked for."""
    return Buddies(**(vars(record) | {"pairs": [BuddyPair(**vars(pair)) for pair in record.pairs]}))


def groups_of(record: GroupsRecord) -> Groups:
    """The record with its people to be asked for."""
    return Groups(**(vars(record) | {"groups": [Group(person_ids=ids) for ids in record.groups]}))
