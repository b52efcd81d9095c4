"""What a pair keeps."""

from datetime import date, datetime
from uuid import UUID

import strawberry

from mentoring_gateway.clients.sessions import Action, Activity, CheckIn, Goal, Note, RecordedMeetingRecord
from mentoring_gateway.context import Info
from mentoring_gateway.types.fields import command, derived
from mentoring_gateway.types.inputs import ConcernState, GoalState, MeetingMode, Visibility
from mentoring_gateway.types.matches import Concern, MentoringSession, Relationship


@strawberry.type(
    description="A meeting that was recorded, and the hours of the pair with it; `outcome` is `confirmed` where the "
    "other of the pair had recorded it, and says what they said"
)
class RecordedMentoringSession(RecordedMeetingRecord):
    match_id: UUID

    @derived("The relationship with the meeting in it")
    async def relationship(self, info: Info) -> Relationship | None:
        return await _relationship(info, self.match_id)


@strawberry.type
class Sessions:
    @command(
        "Put the terms of the mentoring agreement to the other side; in place of others with the `revision` of those"
    )
    async def propose_agreement(
        self, info: Info, match_id: UUID, terms: str | None = None, expected_version: int | None = None
    ) -> Relationship:
        await info.context.commands(info, expected_version).sessions.propose_agreement(match_id, terms)
        return await _relationship(info, match_id)

    @command("Sign the agreement for oneself; `version` is the one that was read")
    async def sign_agreement(self, info: Info, match_id: UUID, version: int | None = None) -> Relationship:
        await info.context.commands(info).sessions.sign_agreement(match_id, version)
        return await _relationship(info, match_id)

    @command("Add a goal of the pair")
    async def set_goal(self, info: Info, match_id: UUID, text: str, due_on: date | None = None) -> Goal:
        return await info.context.commands(info).sessions.set_goal(match_id, text=text, due_on=due_on)

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
    ) -> RecordedMentoringSession:
        held = await info.context.commands(info).sessions.record_mentoring_session(
            match_id, held_at=held_at, minutes=minutes, mode=mode, note=note, note_visibility=note_visibility,
            another_meeting=another_meeting,
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
    ) -> MentoringSession:
        api = info.context.commands(info, expected_version).sessions
        held = await api.correct_mentoring_session(
            mentoring_session_id, reason=reason, held_at=held_at, minutes=minutes, mode=mode,
            another_meeting=another_meeting,
        )  # fmt: skip
        return MentoringSession(**vars(held))

    @command("Say that a meeting of one's pair never was, and why: it counts no more")
    async def withdraw_mentoring_session(
        self, info: Info, mentoring_session_id: UUID, reason: str, expected_version: int | None = None
    ) -> MentoringSession:
        api = info.context.commands(info, expected_version).sessions
        return MentoringSession(**vars(await api.withdraw_mentoring_session(mentoring_session_id, reason)))

    @command("Tell the programme team how it goes, from 1 to 5")
    async def check_in(
        self, info: Info, match_id: UUID, going_well: int, comment: str | None = None, needs_help: bool = False
    ) -> CheckIn:
        api = info.context.commands(info).sessions
        return await api.check_in(match_id, going_well=going_well, comment=comment, needs_help=needs_help)

    @command("Change a goal, or say that it is reached or dropped; what is left out stays")
    async def change_goal(
        self,
        info: Info,
        goal_id: UUID,
        expected_version: int,
        text: str | None = None,
        due_on: date | None = None,
        state: GoalState | None = None,
    ) -> Goal:
        api = info.context.commands(info, expected_version).sessions
        return await api.change_goal(goal_id, text=text, due_on=due_on, state=state)

    @command("Add a step towards a goal")
    async def add_action(self, info: Info, goal_id: UUID, text: str, due_on: date | None = None) -> Action:
        return await info.context.commands(info).sessions.add_action(goal_id, text=text, due_on=due_on)

    @command("Change a step, or say that it is done or not; what is left out stays")
    async def change_action(
        self,
        info: Info,
        action_id: UUID,
        expected_version: int,
        text: str | None = None,
        due_on: date | None = None,
        done: bool | None = None,
    ) -> Action:
        api = info.context.commands(info, expected_version).sessions
        return await api.change_action(action_id, text=text, due_on=due_on, done=done)

    @command("Write a note on a meeting; it is its author's alone unless another visibility is given")
    async def add_note(
        self, info: Info, mentoring_session_id: UUID, text: str, visibility: Visibility | None = None
    ) -> Note:
        api = info.context.commands(info).sessions
        return await api.add_note(mentoring_session_id, text=text, visibility=visibility)

    @command("Tell the programme team what worries one; the partner does not see it")
    async def raise_concern(self, info: Info, match_id: UUID, text: str) -> Concern:
        return Concern(**vars(await info.context.commands(info).sessions.raise_concern(match_id, text)))

    @command("Say that a concern is acknowledged or resolved; for the programme team")
    async def change_concern(self, info: Info, concern_id: UUID, expected_version: int, state: ConcernState) -> Concern:
        api = info.context.commands(info, expected_version).sessions
        return Concern(**vars(await api.change_concern(concern_id, state.value)))

    @command("The relationship ran its course; to end it early, end the match")
    async def close_relationship(self, info: Info, match_id: UUID, expected_version: int | None = None) -> Relationship:
        api = info.context.commands(info, expected_version).sessions
        return Relationship(**vars(await api.close(match_id)))

    # ---------------------------------------------------------------------------------------------------- activities
    @command("Put something on: orientation, workshop, webinar, …")
    async def plan_activity(
        self,
        info: Info,
        programme_id: UUID,
        kind: str,
        title: str,
        mode: MeetingMode,
        starts_at: datetime,
        minutes: int,
        cohort_id: UUID | None = None,
        places: int | None = None,
        location: str | None = None,
        topics: list[str] | None = None,
    ) -> Activity:
        return await info.context.commands(info).sessions.plan_activity(
            programme_id, kind=kind, title=title, mode=mode, starts_at=starts_at, minutes=minutes, cohort_id=cohort_id,
            places=places, location=location, topics=topics,
        )  # fmt: skip

    @command("Take a place of an activity for oneself")
    async def register_for_activity(self, info: Info, activity_id: UUID) -> Activity:
        return await info.context.commands(info).sessions.register(activity_id)

    @command("Give one's place of an activity back")
    async def leave_activity(self, info: Info, activity_id: UUID) -> Activity:
        await info.context.commands(info).sessions.unregister(activity_id)
        return await info.context.services.sessions.activity(activity_id)

    @command("Say who attended an activity; for the programme team")
    async def record_attendance(self, info: Info, activity_id: UUID, person_ids: list[UUID]) -> Activity:
        await info.context.commands(info).sessions.record_attendance(activity_id, person_ids)
        return await info.context.services.sessions.activity(activity_id)

    @command("Take back that somebody attended an activity, and say why; for the programme team and trainers")
    async def withdraw_attendance(self, info: Info, activity_id: UUID, person_id: UUID, reason: str) -> Activity:
        await info.context.commands(info).sessions.withdraw_attendance(activity_id, person_id, reason)
        return await info.context.services.sessions.activity(activity_id)


async def _relationship(info: Info, match_id: UUID) -> Relationship:
    return Relationship(**vars(await info.context.services.sessions.relationship(match_id)))
