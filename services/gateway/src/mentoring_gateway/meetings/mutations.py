"""What can be done about mentoring sessions and notes."""

from datetime import datetime
from uuid import UUID

import strawberry

from mentoring_gateway.again import whole
from mentoring_gateway.context import Info
from mentoring_gateway.fields import command, derived
from mentoring_gateway.meetings.client import GlassBreak, MentoringSessionRecord, Note, RecordedMeetingRecord
from mentoring_gateway.meetings.inputs import MeetingMode, Visibility
from mentoring_gateway.meetings.types import MentoringSession
from mentoring_gateway.relationships.types import Relationship, relationship_of


@strawberry.type(
    description="A meeting that was recorded, and the hours of the pair with it; `outcome` is `confirmed` where the "
    "other of the pair had recorded it, and says what they said"
)
class RecordedMentoringSession(RecordedMeetingRecord):
    match_id: UUID

    @derived("The relationship with the meeting in it")
    async def relationship(self, info: Info) -> Relationship | None:
        return await relationship_of(info, self.match_id)


@strawberry.type
class Meetings:
    @command(
        "Ask that the notes of a relationship are opened, and say why; another person approves it. For who takes "
        "concerns about safeguarding"
    )
    async def break_glass(self, info: Info, match_id: UUID, reason: str) -> GlassBreak:
        return await _glass_break(info, await info.context.commands(info).meetings.break_glass(match_id, reason))

    @command("Approve that notes are opened, which another person asked for: for a day, and whoever wrote one is told")
    async def approve_glass_break(self, info: Info, glass_break_id: UUID) -> GlassBreak:
        made = await info.context.commands(info).meetings.approve_glass_break(glass_break_id)
        return await _glass_break(info, made)

    @command(
        "Record that the pair met, or confirm what the other recorded of that time; `anotherMeeting` says that the "
        "pair met twice. A note is its author's alone unless another visibility is given"
    )
    async def record_mentoring_session(
        self,
        info: Info,
        match_id: UUID,
        held_at: datetime,
        minutes: int,
        mode: MeetingMode,
        note: str | None = None,
        note_visibility: Visibility | None = None,
        another_meeting: bool | None = None,
        attended: list[UUID] | None = None,
        topics: list[str] | None = None,
    ) -> RecordedMentoringSession:
        held = await info.context.commands(info).meetings.record_mentoring_session(
            match_id, held_at=held_at, minutes=minutes, mode=mode, note=note, note_visibility=note_visibility,
            another_meeting=another_meeting, attended=attended, topics=topics,
        )  # fmt: skip
        return RecordedMentoringSession(match_id=match_id, **vars(held))

    @command("Correct a meeting of one's pair, whoever recorded it, and say why; what is left out stays")
    async def correct_mentoring_session(
        self,
        info: Info,
        mentoring_session_id: UUID,
        expected_version: int,
        reason: str,
        held_at: datetime | None = None,
        minutes: int | None = None,
        mode: MeetingMode | None = None,
        another_meeting: bool | None = None,
        attended: list[UUID] | None = None,
        topics: list[str] | None = None,
    ) -> MentoringSession:
        api = info.context.commands(info, expected_version).meetings
        held = await api.correct_mentoring_session(
            mentoring_session_id, reason=reason, held_at=held_at, minutes=minutes, mode=mode,
            another_meeting=another_meeting, attended=attended, topics=topics,
        )  # fmt: skip
        return await _meeting(info, held)

    @command("Say that a meeting was as the other of the pair recorded it")
    async def confirm_mentoring_session(
        self, info: Info, mentoring_session_id: UUID, expected_version: int | None = None
    ) -> MentoringSession:
        api = info.context.commands(info, expected_version).meetings
        return await _meeting(info, await api.confirm_mentoring_session(mentoring_session_id))

    @command("Say that a meeting of one's pair never was, and why: it counts no more")
    async def withdraw_mentoring_session(
        self, info: Info, mentoring_session_id: UUID, reason: str, expected_version: int | None = None
    ) -> MentoringSession:
        api = info.context.commands(info, expected_version).meetings
        return await _meeting(info, await api.withdraw_mentoring_session(mentoring_session_id, reason))

    @command(
        "Write a note on a meeting; it is its author's alone unless another visibility is given. One that is `shared` "
        "is written by everybody in the relationship"
    )
    async def add_note(
        self,
        info: Info,
        mentoring_session_id: UUID,
        text: str,
        visibility: Visibility | None = None,
        shared: bool | None = None,
        supervisor: bool | None = None,
    ) -> Note:
        api, new = info.context.commands(info).meetings, {"text": text, "visibility": visibility, "shared": shared}
        return await _note(info, await api.add_note(mentoring_session_id, supervisor=supervisor, **new))

    @command("Change a note of one's own, or who may read it, or the text of a shared one; what is left out stays")
    async def change_note(
        self,
        info: Info,
        note_id: UUID,
        expected_version: int,
        text: str | None = None,
        visibility: Visibility | None = None,
        supervisor: bool | None = None,
    ) -> Note:
        api = info.context.commands(info, expected_version).meetings
        changed = await api.change_note(note_id, text=text, visibility=visibility, supervisor=supervisor)
        return await _note(info, changed)

    @command("Remove a note of one's own for good; gives its id")
    async def delete_note(self, info: Info, note_id: UUID, expected_version: int | None = None) -> UUID:
        await info.context.commands(info, expected_version).meetings.delete_note(note_id)
        return note_id


async def _glass_break(info: Info, made: GlassBreak) -> GlassBreak:
    async def read() -> GlassBreak:
        every = await info.context.services.meetings.glass_breaks(made.match_id)
        return next(one for one in every if one.id == made.id)

    return await whole(info, made, read, "reason")


async def _note(info: Info, made: Note) -> Note:
    return await whole(info, made, lambda: info.context.services.meetings.note(made.id), "text")


async def _meeting(info: Info, made: MentoringSessionRecord) -> MentoringSession:
    read = lambda: info.context.services.meetings.mentoring_session(made.id)  # noqa: E731
    return MentoringSession(**vars(await whole(info, made, read, "notes", "attended")))
