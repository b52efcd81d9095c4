"""The evaluation service: focus groups, in which several people are heard at once."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import body


@dataclass
class FocusGroupParticipantRecord:
    person_id: UUID
    role: str
    state: str
    consented_at: datetime | None = None
    approved_at: datetime | None = None
    withdrawn_at: datetime | None = None


@strawberry.type(
    description="What one person said in a focus group: a summary, null before it is handed in, and quotes"
)
@dataclass
class Contribution(FocusGroupParticipantRecord):
    summary: str | None = None
    quotes: list[str] = field(default_factory=list)


@dataclass
class FocusGroupRecord:
    id: UUID
    programme_id: UUID
    title: str
    occasion: str
    guide: list[str]
    state: str
    version: int
    scheduled_at: datetime
    people: int
    participants: list[FocusGroupParticipantRecord]
    cohort_id: UUID | None = None
    held_at: datetime | None = None


_group = TypeAdapter(FocusGroupRecord)
_groups = TypeAdapter(Page[FocusGroupRecord])
_participant = TypeAdapter(FocusGroupParticipantRecord)
_contribution = TypeAdapter(Contribution)


async def focus_group(api: Upstream, focus_group_id: UUID) -> FocusGroupRecord:
    """One focus group."""
    return await api.get(f"/focus-groups/{focus_group_id}", _group)


async def focus_groups(api: Upstream, programme_id: UUID, wanted: PageRequest) -> Page[FocusGroupRecord]:
    """The focus groups of a programme that the caller may see."""
    return await api.page(f"/programmes/{programme_id}/focus-groups", _groups, {}, wanted)


async def plan(api: Upstream, programme_id: UUID, **new: object) -> FocusGroupRecord:
    """Plan a focus group."""
    return await api.send("POST", f"/programmes/{programme_id}/focus-groups", _group, body(**new))


async def change(api: Upstream, focus_group_id: UUID, **changes: object) -> FocusGroupRecord:
    """Change a focus group before it is held."""
    return await api.send("PATCH", f"/focus-groups/{focus_group_id}", _group, body(**changes))


async def invite(api: Upstream, focus_group_id: UUID, person_ids: list[UUID]) -> FocusGroupRecord:
    """Ask more people to take part."""
    return await api.send("POST", f"/focus-groups/{focus_group_id}/participants", _group, body(person_ids=person_ids))


async def hold(api: Upstream, focus_group_id: UUID) -> FocusGroupRecord:
    """Say that it took place."""
    return await api.send("POST", f"/focus-groups/{focus_group_id}/hold", _group)


async def cancel(api: Upstream, focus_group_id: UUID) -> FocusGroupRecord:
    """Call it off."""
    return await api.send("POST", f"/focus-groups/{focus_group_id}/cancel", _group)


async def consent(api: Upstream, focus_group_id: UUID) -> FocusGroupParticipantRecord:
    """Agree to be recorded and quoted."""
    return await api.send("POST", f"/focus-groups/{focus_group_id}/consent", _participant)


async def amend(api: Upstream, focus_group_id: UUID, **said: object) -> FocusGroupParticipantRecord:
    """Put what one said in one's own words."""
    return await api.send("POST", f"/focus-groups/{focus_group_id}/amend", _participant, body(**said))


async def approve(api: Upstream, focus_group_id: UUID) -> FocusGroupParticipantRecord:
    """Let what one said be used."""
    return await api.send("POST", f"/focus-groups/{focus_group_id}/approve", _participant)


async def withdraw(api: Upstream, focus_group_id: UUID) -> FocusGroupParticipantRecord:
    """Take back what one said."""
    return await api.send("POST", f"/focus-groups/{focus_group_id}/withdraw", _participant)


async def record(api: Upstream, focus_group_id: UUID, person_id: UUID, **said: object) -> FocusGroupParticipantRecord:
    """Hand in what one person said."""
    path = f"/focus-groups/{focus_group_id}/participants/{person_id}/contribution"
    return await api.send("POST", path, _participant, body(**said))


async def contribution(api: Upstream, focus_group_id: UUID, person_id: UUID) -> Contribution:
    """What one person said."""
    return await api.get(f"/focus-groups/{focus_group_id}/participants/{person_id}", _contribution)
