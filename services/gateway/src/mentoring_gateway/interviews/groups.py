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


async def act(api: Upstream, focus_group_id: UUID, act: str, **content: object) -> FocusGroupRecord:
    """`act` is participants, hold or cancel."""
    return await api.send("POST", f"/focus-groups/{focus_group_id}/{act}", _group, body(**content) or None)


async def act_on_own(api: Upstream, focus_group_id: UUID, act: str, **content: object) -> FocusGroupParticipantRecord:
    """`act` is consent, amend, approve or withdraw."""
    return await api.send("POST", f"/focus-groups/{focus_group_id}/{act}", _participant, body(**content) or None)


async def record(api: Upstream, focus_group_id: UUID, person_id: UUID, **said: object) -> FocusGroupParticipantRecord:
    """Hand in what one person said."""
    path = f"/focus-groups/{focus_group_id}/participants/{person_id}/contribution"
    return await api.send("POST", path, _participant, body(**said))


async def contribution(api: Upstream, focus_group_id: UUID, person_id: UUID) -> Contribution:
    """What one person said."""
    return await api.get(f"/focus-groups/{focus_group_id}/participants/{person_id}", _contribution)
