"""What a pair keeps."""

from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import strawberry

from mentoring_gateway.again import whole
from mentoring_gateway.context import Info
from mentoring_gateway.fields import command, derived
from mentoring_gateway.sessions.client import (
    Action,
    Activity,
    CaseNote,
    CheckIn,
    ConcernRecord,
    Goal,
    Habit,
    MentoringSessionRecord,
    Note,
    RecordedMeetingRecord,
)
from mentoring_gateway.sessions.inputs import ConcernState, GoalState, MeetingMode, Severity, Visibility
from mentoring_gateway.sessions.types import Concern, MentoringSession, Relationship
from mentoring_gateway.values import Role, kept


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

    @command("Add a goal of the pair or group, or of one person in it")
    async def set_goal(
        self,
        info: Info,
        match_id: UUID,
        text: str,
        due_on: date | None = None,
        person_id: UUID | None = None,
        measure: str | None = None,
        remind_on: date | None = None,
    ) -> Goal:
        goal = {"text": text, "due_on": due_on, "person_id": person_id, "measure": measure, "remind_on": remind_on}
        return await _goal(info, await info.context.commands(info).sessions.set_goal(match_id, **goal))

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
    ) -> RecordedMentoringSession:
        held = await info.context.commands(info).sessions.record_mentoring_session(
            match_id, held_at=held_at, minutes=minutes, mode=mode, note=note, note_visibility=note_visibility,
            another_meeting=another_meeting, attended=attended,
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
    ) -> MentoringSession:
        api = info.context.commands(info, expected_version).sessions
        held = await api.correct_mentoring_session(
            mentoring_session_id, reason=reason, held_at=held_at, minutes=minutes, mode=mode,
            another_meeting=another_meeting, attended=attended,
        )  # fmt: skip
        return await _meeting(info, held)

    @command("Say that a meeting was as the other of the pair recorded it")
    async def confirm_mentoring_session(
        self, info: Info, mentoring_session_id: UUID, expected_version: int | None = None
    ) -> MentoringSession:
        api = info.context.commands(info, expected_version).sessions
        return await _meeting(info, await api.confirm_mentoring_session(mentoring_session_id))

    @command("Say that a meeting of one's pair never was, and why: it counts no more")
    async def withdraw_mentoring_session(
        self, info: Info, mentoring_session_id: UUID, reason: str, expected_version: int | None = None
    ) -> MentoringSession:
        api = info.context.commands(info, expected_version).sessions
        return await _meeting(info, await api.withdraw_mentoring_session(mentoring_session_id, reason))

    @command("Tell the programme team how it goes, from 1 to 5")
    async def check_in(
        self, info: Info, match_id: UUID, going_well: int, comment: str | None = None, needs_help: bool = False
    ) -> CheckIn:
        api = info.context.commands(info).sessions
        said = await api.check_in(match_id, going_well=going_well, comment=comment, needs_help=needs_help)
        return replace(said, comment=kept(comment))

    @command("Change a goal, or say that it is reached or dropped; what is left out stays")
    async def change_goal(
        self,
        info: Info,
        goal_id: UUID,
        expected_version: int,
        text: str | None = None,
        due_on: date | None = None,
        state: GoalState | None = None,
        measure: str | None = None,
        progress: int | None = None,
        remind_on: date | None = None,
    ) -> Goal:
        api = info.context.commands(info, expected_version).sessions
        more = {"measure": measure, "progress": progress, "remind_on": remind_on}
        return await _goal(info, await api.change_goal(goal_id, text=text, due_on=due_on, state=state, **more))

    @command("Add a step towards a goal")
    async def add_action(
        self,
        info: Info,
        goal_id: UUID,
        text: str,
        due_on: date | None = None,
        owner_id: UUID | None = None,
        remind_on: date | None = None,
    ) -> Action:
        action = {"text": text, "due_on": due_on, "owner_id": owner_id, "remind_on": remind_on}
        return await _action(info, await info.context.commands(info).sessions.add_action(goal_id, **action))

    @command("Change a step, or say that it is done or not; what is left out stays")
    async def change_action(
        self,
        info: Info,
        action_id: UUID,
        expected_version: int,
        text: str | None = None,
        due_on: date | None = None,
        done: bool | None = None,
        owner_id: UUID | None = None,
        remind_on: date | None = None,
    ) -> Action:
        api = info.context.commands(info, expected_version).sessions
        change = {"text": text, "due_on": due_on, "done": done, "owner_id": owner_id, "remind_on": remind_on}
        return await _action(info, await api.change_action(action_id, **change))

    @command("Write a note on a meeting; it is its author's alone unless another visibility is given")
    async def add_note(
        self, info: Info, mentoring_session_id: UUID, text: str, visibility: Visibility | None = None
    ) -> Note:
        api = info.context.commands(info).sessions
        return await _note(info, await api.add_note(mentoring_session_id, text=text, visibility=visibility))

    @command("Change a note of one's own, or who may read it; what is left out stays")
    async def change_note(
        self,
        info: Info,
        note_id: UUID,
        expected_version: int,
        text: str | None = None,
        visibility: Visibility | None = None,
    ) -> Note:
        api = info.context.commands(info, expected_version).sessions
        return await _note(info, await api.change_note(note_id, text=text, visibility=visibility))

    @command("Remove a note of one's own for good; gives its id")
    async def delete_note(self, info: Info, note_id: UUID, expected_version: int | None = None) -> UUID:
        await info.context.commands(info, expected_version).sessions.delete_note(note_id)
        return note_id

    @command("Tell the programme team what worries one; the partner does not see it")
    async def raise_concern(
        self, info: Info, match_id: UUID, text: str, severity: Severity = Severity.NORMAL, safeguarding: bool = False
    ) -> Concern:
        new = {"text": text, "severity": severity.value, "safeguarding": safeguarding}
        return await _concern(info, await info.context.commands(info).sessions.raise_concern(match_id, **new))

    @command(
        "Take a concern (ACKNOWLEDGED), give it to somebody on duty, weigh it anew or settle it; for the programme team"
    )
    async def change_concern(
        self,
        info: Info,
        concern_id: UUID,
        expected_version: int,
        state: ConcernState | None = None,
        owner_id: UUID | None = None,
        severity: Severity | None = None,
        safeguarding: bool | None = None,
    ) -> Concern:
        change = {
            "state": state and state.value,
            "owner_id": owner_id,
            "severity": severity and severity.value,
            "safeguarding": safeguarding,
        }
        api = info.context.commands(info, expected_version).sessions
        return await _concern(info, await api.change_concern(concern_id, **change))

    @command("Note what was done about a concern, for the others who read it for the programme team")
    async def note_case(self, info: Info, concern_id: UUID, text: str) -> CaseNote:
        return replace(await info.context.commands(info).sessions.note_case(concern_id, text), text=kept(text))

    @command(
        "Say what a new mentor takes over: goals with their steps, the agreement as a draft, how often one met; never "
        "a note. For the mentee; what came along stays"
    )
    async def consent_to_handover(
        self,
        info: Info,
        match_id: UUID,
        goals: bool = False,
        agreement: bool = False,
        history: bool = False,
        expected_version: int | None = None,
    ) -> Relationship:
        api = info.context.commands(info, expected_version).sessions
        await api.consent_to_handover(match_id, goals=goals, agreement=agreement, history=history)
        return await _relationship(info, match_id)

    @command("The relationship ran its course; to end it early, end the match")
    async def close_relationship(self, info: Info, match_id: UUID, expected_version: int | None = None) -> Relationship:
        api = info.context.commands(info, expected_version).sessions
        return Relationship(**vars(await api.close(match_id)))

    # -------------------------------------------------------------------------------------------------------- habits
    @command("Commit to a habit for some weeks, so many `times` in each: nobody else sees it")
    async def commit_to_habit(
        self,
        info: Info,
        programme_id: UUID,
        text: str,
        times: int | None = None,
        weeks: int | None = None,
        starts_on: date | None = None,
    ) -> Habit:
        new = {"text": text, "times": times, "weeks": weeks, "starts_on": starts_on}
        made = await info.context.commands(info).sessions.commit_to_habit(programme_id, **new)
        return await info.context.services.sessions.habit(made.id)

    @command("Say a habit of mine in other words, give it up (`dropped`) or take it up again")
    async def change_habit(
        self, info: Info, habit_id: UUID, expected_version: int, text: str | None = None, dropped: bool | None = None
    ) -> Habit:
        api = info.context.commands(info, expected_version).sessions
        await api.change_habit(habit_id, text=text, dropped=dropped)
        return await info.context.services.sessions.habit(habit_id)

    @command("Say that I kept a habit on a day, or (`kept: false`) that I did not")
    async def mark_habit(self, info: Info, habit_id: UUID, day: date, kept: bool = True) -> Habit:
        api = info.context.commands(info).sessions
        await (api.mark_habit(habit_id, day) if kept else api.unmark_habit(habit_id, day))
        return await info.context.services.sessions.habit(habit_id)

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
        relationship_id: UUID | None = None,
        zone: str | None = None,
        link: str | None = None,
        speakers: list[str] | None = None,
        materials: list[str] | None = None,
        sides: list[Role] | None = None,
        invited: list[UUID] | None = None,
        prerequisite: str | None = None,
    ) -> Activity:
        more: dict[str, object] = {
            "zone": zone,
            "link": link,
            "speakers": speakers,
            "materials": materials,
            "invited": invited,
        }
        more |= {"sides": [side.value for side in sides] if sides else None, "prerequisite": prerequisite}
        return await info.context.commands(info).sessions.plan_activity(
            programme_id, **more, kind=kind, title=title, mode=mode, starts_at=starts_at, minutes=minutes,
            cohort_id=cohort_id, places=places, location=location, topics=topics, relationship_id=relationship_id,
        )  # fmt: skip

    @command(
        "Change an activity to come: what is not given stays; who has a place is told when or where it is now. For who "
        "runs activities"
    )
    async def change_activity(
        self,
        info: Info,
        activity_id: UUID,
        expected_version: int,
        title: str | None = None,
        mode: MeetingMode | None = None,
        starts_at: datetime | None = None,
        minutes: int | None = None,
        places: int | None = None,
        location: str | None = None,
        topics: list[str] | None = None,
        zone: str | None = None,
        link: str | None = None,
        speakers: list[str] | None = None,
        materials: list[str] | None = None,
    ) -> Activity:
        return await info.context.commands(info, expected_version).sessions.change_activity(
            activity_id, title=title, mode=mode, starts_at=starts_at, minutes=minutes, places=places, location=location,
            topics=topics, zone=zone, link=link, speakers=speakers, materials=materials,
        )  # fmt: skip

    @command("Call an activity off; who has a place or waits is told. For who runs activities")
    async def cancel_activity(self, info: Info, activity_id: UUID, expected_version: int | None = None) -> Activity:
        return await info.context.commands(info, expected_version).sessions.cancel_activity(activity_id)

    @command("Say that an activity took place; attendance may still be added. For who runs activities")
    async def hold_activity(self, info: Info, activity_id: UUID, expected_version: int | None = None) -> Activity:
        await info.context.commands(info, expected_version).sessions.hold_activity(activity_id)
        return await info.context.services.sessions.activity(activity_id)

    @command("Take a place of an activity for oneself; with `wait` stand in line where every place is taken")
    async def register_for_activity(self, info: Info, activity_id: UUID, wait: bool = False) -> Activity:
        return await info.context.commands(info).sessions.register(activity_id, wait=wait)

    @command("Say by the code at the door that one is there, on the day of the activity")
    async def attend_by_code(self, info: Info, activity_id: UUID, code: str) -> Activity:
        await info.context.commands(info).sessions.attend_by_code(activity_id, code)
        return await info.context.services.sessions.activity(activity_id)

    @command("Give one's place of an activity back, or leave the line")
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


async def _goal(info: Info, made: Goal) -> Goal:
    return await whole(info, made, lambda: info.context.services.sessions.goal(made.id), "text", "measure", "actions")


async def _action(info: Info, made: Action) -> Action:
    return await whole(info, made, lambda: info.context.services.sessions.action(made.id), "text")


async def _note(info: Info, made: Note) -> Note:
    return await whole(info, made, lambda: info.context.services.sessions.note(made.id), "text")


async def _concern(info: Info, made: ConcernRecord) -> Concern:
    read = await whole(info, made, lambda: info.context.services.sessions.concern(made.id), "text", "members", "people")
    return Concern(**vars(read))


async def _meeting(info: Info, made: MentoringSessionRecord) -> MentoringSession:
    read = lambda: info.context.services.sessions.mentoring_session(made.id)  # noqa: E731
    return MentoringSession(**vars(await whole(info, made, read, "notes", "attended")))
