"""What a pair keeps."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from mentoring_gateway.clients.sessions import CheckIn, Goal, RecordedMeetingRecord
from mentoring_gateway.context import Info
from mentoring_gateway.types.fields import command, derived
from mentoring_gateway.types.inputs import MeetingMode, Visibility
from mentoring_gateway.types.matches import Relationship


@strawberry.type(description="A meeting that was recorded, and the hours of the pair with it")
class RecordedMentoringSession(RecordedMeetingRecord):
    match_id: UUID

    @derived("The relationship with the meeting in it")
    async def relationship(self, info: Info) -> Relationship | None:
        return await _relationship(info, self.match_id)


@strawberry.type
class Sessions:
    @command("Put the terms of the mentoring agreement to the other side")
    async def propose_agreement(self, info: Info, match_id: UUID, terms: str | None = None) -> Relationship:
        await info.context.commands(info).sessions.propose_agreement(match_id, terms)
        return await _relationship(info, match_id)

    @command("Sign the agreement for oneself; `version` is the one that was read")
    async def sign_agreement(self, info: Info, match_id: UUID, version: int | None = None) -> Relationship:
        await info.context.commands(info).sessions.sign_agreement(match_id, version)
        return await _relationship(info, match_id)

    @command("Add a goal of the pair")
    async def set_goal(self, info: Info, match_id: UUID, text: str, due_on: date | None = None) -> Goal:
        return await info.context.commands(info).sessions.set_goal(match_id, text=text, due_on=due_on)

    @command("Record that the pair met; a note is its author's alone unless another visibility is given")
    async def record_mentoring_session(
        self,
        info: Info,
        match_id: UUID,
        held_at: datetime,
        minutes: int,
        mode: MeetingMode,
        note: str | None = None,
        note_visibility: Visibility | None = None,
    ) -> RecordedMentoringSession:
        held = await info.context.commands(info).sessions.record_mentoring_session(
            match_id, held_at=held_at, minutes=minutes, mode=mode, note=note, note_visibility=note_visibility
        )
        return RecordedMentoringSession(match_id=match_id, **vars(held))

    @command("Tell the programme team how it goes, from 1 to 5")
    async def check_in(
        self, info: Info, match_id: UUID, going_well: int, comment: str | None = None, needs_help: bool = False
    ) -> CheckIn:
        api = info.context.commands(info).sessions
        return await api.check_in(match_id, going_well=going_well, comment=comment, needs_help=needs_help)


async def _relationship(info: Info, match_id: UUID) -> Relationship:
    return Relationship(**vars(await info.context.services.sessions.relationship(match_id)))
