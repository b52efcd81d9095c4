"""The matching service: groups that people are offered, and who is in them."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.matching.client import MatchRecord
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import body


@dataclass
class GroupMemberRecord:
    person_id: UUID
    role: str
    leads: bool
    state: str
    expires_at: datetime
    match_id: UUID | None = None
    accepted_at: datetime | None = None
    joined_at: datetime | None = None
    left_at: datetime | None = None
    end_reason: str | None = None


@dataclass
class GroupWithoutPeople:
    id: UUID
    version: int
    programme_id: UUID
    cohort_id: UUID
    kind: str
    state: str
    offered_at: datetime
    short_of: int
    title: str | None = None
    starts_on: date | None = None
    formed_at: datetime | None = None
    over_at: datetime | None = None
    end_reason: str | None = None


@dataclass
class GroupRecord(GroupWithoutPeople):
    members: list[GroupMemberRecord] | None = None


@strawberry.type(description="A kind of relationship of a programme; `lead` is null where all are equals")
class RelationshipKind:
    id: str
    base: str
    title: str
    member: str
    least: int
    most: int
    together: bool
    main: bool
    agreement: bool
    private: bool
    lead: str | None = None
    hours_budget: float | None = None
    duration_months: int | None = None


@dataclass
class OfferedRecord:
    groups: list[GroupRecord]


@dataclass
class TakenOverRecord:
    matches: list[MatchRecord]
    groups: list[GroupRecord]
    unchanged: list[int]


_group = TypeAdapter(GroupRecord)
_groups = TypeAdapter(Page[GroupRecord])
_kinds = TypeAdapter(list[RelationshipKind])
_offered = TypeAdapter(OfferedRecord)
_taken_over = TypeAdapter(TakenOverRecord)


async def kinds(api: Upstream, programme_id: UUID) -> list[RelationshipKind]:
    """The kinds of relationship of a programme."""
    return await api.get(f"/programmes/{programme_id}/kinds", _kinds)


async def group(api: Upstream, group_id: UUID) -> GroupRecord:
    """One group."""
    return await api.get(f"/groups/{group_id}", _group)


async def groups(api: Upstream, wanted: PageRequest, **which: UUID | str | None) -> Page[GroupRecord]:
    """Groups by programme_id, cohort_id, person_id, kind, state."""
    return await api.page("/groups", _groups, which, wanted)


async def own_groups(api: Upstream, wanted: PageRequest) -> Page[GroupRecord]:
    """The groups of the person who calls."""
    return await api.page("/me/groups", _groups, {}, wanted)


async def offer_group(api: Upstream, cohort_id: UUID, **offer: object) -> GroupRecord:
    """Offer a group made by hand."""
    return await api.send("POST", f"/cohorts/{cohort_id}/groups/offer", _group, body(**offer))


async def offer_arrangement(api: Upstream, cohort_id: UUID, **offer: object) -> list[GroupRecord]:
    """Offer the groups, or buddy pairs, of an arrangement."""
    path = f"/cohorts/{cohort_id}/groups/offer-arrangement"
    return (await api.send("POST", path, _offered, body(**offer))).groups


async def take_over(api: Upstream, cohort_id: UUID, relationships: list[object], dry_run: bool) -> TakenOverRecord:
    """Take over relationships that stood before, or say what that would do."""
    content = body(relationships=relationships)
    said = {"dry_run": "true"} if dry_run else {}
    return await api.send("POST", f"/cohorts/{cohort_id}/standing", _taken_over, content, said)


async def act_on_group(api: Upstream, group_id: UUID, act: str, **content: object) -> GroupRecord:
    """`act` is accept, decline, end, members or members/{person}/leave."""
    return await api.send("POST", f"/groups/{group_id}/{act}", _group, body(**content))
