"""Concerns, as the sessions service answers."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import body


@strawberry.type(description="Somebody who is or was in the relationship that a concern is about")
class ConcernMember:
    person_id: UUID
    role: str
    left_at: datetime | None = None


@dataclass
class ConcernRecord:
    id: UUID
    match_id: UUID
    raised_by: UUID
    raised_at: datetime
    source: str
    severity: str
    safeguarding: bool
    state: str
    version: int
    due_at: datetime | None = None
    owner_id: UUID | None = None
    taken_at: datetime | None = None
    resolved_at: datetime | None = None
    text: str | None = None
    members: list[ConcernMember] | None = None


@strawberry.type(description="What was done about a concern; `text` is null where its writer was erased")
class CaseNote:
    id: UUID
    concern_id: UUID
    written_by: UUID
    written_at: datetime
    text: str | None = None


_concern = TypeAdapter(ConcernRecord)
_concerns = TypeAdapter(Page[ConcernRecord])
_case_note = TypeAdapter(CaseNote)
_case_notes = TypeAdapter(Page[CaseNote])


@dataclass(frozen=True)
class ConcernsApi:
    """Concerns, for one caller."""

    api: Upstream

    async def concerns(self, path: str, wanted: PageRequest, **which: object) -> Page[ConcernRecord]:
        """Concerns of `/relationships/{id}` that the caller may see, or of `/programmes/{id}` by state."""
        return await self.api.page(f"{path}/concerns", _concerns, which, wanted)

    async def concern(self, concern_id: UUID) -> ConcernRecord:
        """One concern."""
        return await self.api.get(f"/concerns/{concern_id}", _concern)

    async def raise_concern(self, match_id: UUID, **concern: object) -> ConcernRecord:
        """Tell the programme team what worries one."""
        return await self.api.send("POST", f"/relationships/{match_id}/concerns", _concern, body(**concern))

    async def change_concern(self, concern_id: UUID, **change: object) -> ConcernRecord:
        """Take a concern, give it to somebody, weigh it anew or settle it."""
        return await self.api.send("PATCH", f"/concerns/{concern_id}", _concern, body(**change))

    async def case_notes(self, concern_id: UUID, wanted: PageRequest) -> Page[CaseNote]:
        """What was done about a concern."""
        return await self.api.page(f"/concerns/{concern_id}/notes", _case_notes, {}, wanted)

    async def note_case(self, concern_id: UUID, text: str) -> CaseNote:
        """Note what was done about a concern."""
        return await self.api.send("POST", f"/concerns/{concern_id}/notes", _case_note, body(text=text))
