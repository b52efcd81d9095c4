"""The matching service: buddy pairs and groups of people of one side."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import Role, body


@dataclass
class BuddyPairRecord:
    one_id: UUID
    other_id: UUID
    score: float


@dataclass
class Arranged:
    id: UUID
    made_at: datetime
    role: Role


@dataclass
class BuddiesWithoutPairs(Arranged):
    alone: list[UUID]
    optimal: bool


@dataclass
class BuddiesRecord(BuddiesWithoutPairs):
    pairs: list[BuddyPairRecord]


@dataclass
class GroupsWithoutPeople(Arranged):
    size: int
    balance_over: list[str]
    seed: int
    imbalance: int


@dataclass
class GroupsRecord(GroupsWithoutPeople):
    groups: list[list[UUID]]


_buddies = TypeAdapter(BuddiesRecord)
_all_buddies = TypeAdapter(Page[BuddiesRecord])
_groups = TypeAdapter(GroupsRecord)
_all_groups = TypeAdapter(Page[GroupsRecord])


async def pair_buddies(api: Upstream, cohort_id: UUID, **asked: object) -> BuddiesRecord:
    """Pair people of one side of a cohort."""
    return await api.send("POST", f"/cohorts/{cohort_id}/buddies", _buddies, body(**asked))


async def form_groups(api: Upstream, cohort_id: UUID, **asked: object) -> GroupsRecord:
    """Form groups of people of one side of a cohort."""
    return await api.send("POST", f"/cohorts/{cohort_id}/groups", _groups, body(**asked))


async def buddies(api: Upstream, cohort_id: UUID, wanted: PageRequest) -> Page[BuddiesRecord]:
    """The buddy pairs that were made for a cohort."""
    return await api.page(f"/cohorts/{cohort_id}/buddies", _all_buddies, {}, wanted)


async def groups(api: Upstream, cohort_id: UUID, wanted: PageRequest) -> Page[GroupsRecord]:
    """The groups that were formed for a cohort."""
    return await api.page(f"/cohorts/{cohort_id}/groups", _all_groups, {}, wanted)
