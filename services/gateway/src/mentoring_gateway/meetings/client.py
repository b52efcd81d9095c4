"""Mentoring sessions and notes, as the sessions service answers."""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter

from mentoring_common.pagination import Page
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import NOTHING, body


@strawberry.type(description="A note of somebody on a meeting; `text` is null where the caller may not read it")
class Note:
    id: UUID
    written_by: UUID
    written_at: datetime
    visibility: str
    version: int
    supervisor: bool = False
    shared: bool = False
    written_with: list[UUID] = field(default_factory=list)
    text: str | None = None


@dataclass
class MentoringSessionRecord:
    id: UUID
    version: int
    held_at: datetime
    minutes: int
    mode: str
    over_budget: bool
    recorded_by: UUID | None = None
    corrected_by: UUID | None = None
    confirmed_at: datetime | None = None
    withdrawn_at: datetime | None = None
    attended: list[UUID] | None = None
    topics: list[str] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)


@strawberry.type(description="What a meeting was said to be like")
class MeetingFacts:
    held_at: datetime
    minutes: int
    mode: str
    attended: list[UUID] | None = None
    topics: list[str] = field(default_factory=list)


@strawberry.type(description="Something that meetings of a programme may be about")
class MeetingTopic:
    id: str
    title: str


@strawberry.type(
    description="Who corrected a meeting (or withdrew it: `after` is null), when and why; `reason` is null where the "
    "caller may not read it"
)
class MeetingCorrection:
    id: UUID
    made_by: UUID
    made_at: datetime
    before: MeetingFacts
    after: MeetingFacts | None = None
    reason: str | None = None


@dataclass
class RecordedMeetingRecord:
    id: UUID
    version: int
    held_at: datetime
    minutes: int
    mode: str
    over_budget: bool
    total_minutes: int
    outcome: str
    recorded_by: UUID | None = None
    budget_minutes: int | None = None
    note_id: UUID | None = None
    topics: list[str] = field(default_factory=list)


_topics = TypeAdapter(list[MeetingTopic])
_meeting = TypeAdapter(RecordedMeetingRecord)
_held = TypeAdapter(MentoringSessionRecord)
_meetings = TypeAdapter(Page[MentoringSessionRecord])
_corrections = TypeAdapter(Page[MeetingCorrection])


@strawberry.type(
    description="That two people who take concerns about safeguarding open the notes of a relationship; `state`: "
    "asked, open, closed or lapsed"
)
class GlassBreak:
    id: UUID
    match_id: UUID
    state: str
    asked_by: UUID
    asked_at: datetime
    approved_by: UUID | None = None
    approved_at: datetime | None = None
    ends_at: datetime | None = None
    reason: str | None = None


@strawberry.type(description="A note that was opened, with the meeting that it is about")
class OpenedNote(Note):
    mentoring_session_id: UUID


@strawberry.type(description="A note that somebody whom I supervise wrote for me; `note` has its text")
class SupervisedNote:
    id: UUID
    version: int
    written_by: UUID
    written_at: datetime
    visibility: str
    mentoring_session_id: UUID
    match_id: UUID
    supervisor: bool = True
    shared: bool = False
    written_with: list[UUID] = field(default_factory=list)


_glass_break = TypeAdapter(GlassBreak)
_glass_breaks = TypeAdapter(list[GlassBreak])
_opened = TypeAdapter(list[OpenedNote])
_note = TypeAdapter(Note)
_supervised = TypeAdapter(Page[SupervisedNote])


@dataclass(frozen=True)
class MeetingsApi:
    """Mentoring sessions and notes, for one caller."""

    api: Upstream

    async def mentoring_sessions(
        self, match_id: UUID, wanted: PageRequest, *, withdrawn: bool = False
    ) -> Page[MentoringSessionRecord]:
        """The mentoring sessions of a relationship, or those that were withdrawn."""
        which = {"withdrawn": "true"} if withdrawn else {}
        return await self.api.page(f"/relationships/{match_id}/mentoring-sessions", _meetings, which, wanted)

    async def mentoring_session(self, mentoring_session_id: UUID) -> MentoringSessionRecord:
        """One meeting with its notes."""
        return await self.api.get(f"/mentoring-sessions/{mentoring_session_id}", _held)

    async def corrections(self, mentoring_session_id: UUID, wanted: PageRequest) -> Page[MeetingCorrection]:
        """The trace of a mentoring session."""
        path = f"/mentoring-sessions/{mentoring_session_id}/corrections"
        return await self.api.page(path, _corrections, {}, wanted)

    async def record_mentoring_session(self, match_id: UUID, **meeting: object) -> RecordedMeetingRecord:
        """Record a meeting."""
        path = f"/relationships/{match_id}/mentoring-sessions"
        return await self.api.send("POST", path, _meeting, body(**meeting))

    async def correct_mentoring_session(self, mentoring_session_id: UUID, **change: object) -> MentoringSessionRecord:
        """Say what a meeting was like."""
        return await self.api.send("PATCH", f"/mentoring-sessions/{mentoring_session_id}", _held, body(**change))

    async def confirm_mentoring_session(self, mentoring_session_id: UUID) -> MentoringSessionRecord:
        """Say that a meeting was as the other recorded it."""
        return await self.api.send("POST", f"/mentoring-sessions/{mentoring_session_id}/confirm", _held)

    async def withdraw_mentoring_session(self, mentoring_session_id: UUID, reason: str) -> MentoringSessionRecord:
        """Say that a meeting never was."""
        path = f"/mentoring-sessions/{mentoring_session_id}/withdraw"
        return await self.api.send("POST", path, _held, body(reason=reason))

    async def break_glass(self, match_id: UUID, reason: str) -> GlassBreak:
        """Ask that the notes of a relationship are opened."""
        return await self.api.send("POST", f"/relationships/{match_id}/break-glass", _glass_break, body(reason=reason))

    async def glass_breaks(self, match_id: UUID) -> list[GlassBreak]:
        """By whom, when and why the notes of a relationship were opened."""
        return await self.api.get(f"/relationships/{match_id}/break-glass", _glass_breaks)

    async def approve_glass_break(self, glass_break_id: UUID) -> GlassBreak:
        """Approve what another person asked for."""
        return await self.api.send("POST", f"/break-glass/{glass_break_id}/approve", _glass_break)

    async def opened_notes(self, glass_break_id: UUID) -> list[OpenedNote]:
        """The notes that were opened."""
        return await self.api.get(f"/break-glass/{glass_break_id}/notes", _opened)

    async def topics(self, programme_id: UUID) -> list[MeetingTopic]:
        """What meetings of a programme may be about."""
        return await self.api.get(f"/programmes/{programme_id}/meeting-topics", _topics)

    async def supervised_notes(self, wanted: PageRequest) -> Page[SupervisedNote]:
        """The notes for the caller from those whom they supervise."""
        return await self.api.page("/supervised-notes", _supervised, {}, wanted)

    async def note(self, note_id: UUID) -> Note:
        """One note."""
        return await self.api.get(f"/notes/{note_id}", _note)

    async def add_note(self, mentoring_session_id: UUID, **note: object) -> Note:
        """Write a note on a meeting."""
        return await self.api.send("POST", f"/mentoring-sessions/{mentoring_session_id}/notes", _note, body(**note))

    async def change_note(self, note_id: UUID, **change: object) -> Note:
        """Change a note of one's own, or who may read it."""
        return await self.api.send("PATCH", f"/notes/{note_id}", _note, body(**change))

    async def delete_note(self, note_id: UUID) -> None:
        """Remove a note of one's own for good."""
        await self.api.send("DELETE", f"/notes/{note_id}", NOTHING)
