"""What can be done. A field is one request to the owning service, which decides whether the caller may."""

from datetime import date, datetime
from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.clients import arrangements, match_reviews, what_ifs
from mentoring_gateway.clients.sessions import CheckIn, Goal, RecordedMeetingRecord
from mentoring_gateway.clients.values import Role
from mentoring_gateway.context import Info
from mentoring_gateway.types.arrangements import Buddies, Groups, buddies_of, groups_of
from mentoring_gateway.types.evaluation import Report
from mentoring_gateway.types.fields import command, derived
from mentoring_gateway.types.inputs import (
    Audience,
    Decision,
    MeetingMode,
    Override,
    PairChoice,
    RunKind,
    Visibility,
)
from mentoring_gateway.types.matches import Match, MatchRun, Relationship
from mentoring_gateway.types.people import Person, person_of
from mentoring_gateway.types.programmes import Application


@strawberry.type(description="A meeting that was recorded, and the hours of the pair with it")
class RecordedMentoringSession(RecordedMeetingRecord):
    match_id: UUID

    @derived("The relationship with the meeting in it")
    async def relationship(self, info: Info) -> Relationship | None:
        return await _relationship(info, self.match_id)


@strawberry.type
class Mutation:
    # ------------------------------------------------------------------------------------------------- applications
    @command("Make a person known to the organisation")
    async def register_person(
        self,
        info: Info,
        name: str,
        email: str,
        employer_id: UUID | None = None,
        line_manager_id: UUID | None = None,
        languages: list[str] | None = None,
        attributes: JSON | None = None,
    ) -> Person:
        person_id = await info.context.commands(info).applications.register_person(
            name=name, email=email, employer_id=employer_id, line_manager_id=line_manager_id, languages=languages,
            attributes=attributes,
        )  # fmt: skip
        return await person_of(info, person_id)

    @command("Apply for oneself, or as a team for somebody")
    async def submit_application(
        self,
        info: Info,
        programme_id: UUID,
        role: Role,
        answers: JSON,
        consents: JSON,
        cohort_id: UUID | None = None,
        person_id: UUID | None = None,
        capacity: int | None = None,
        equality: JSON | None = None,
    ) -> Application:
        made = await info.context.commands(info).applications.submit_application(
            programme_id, role=role, cohort_id=cohort_id, person_id=person_id, capacity=capacity, answers=answers,
            consents=consents, equality=equality,
        )  # fmt: skip
        return Application(**vars(made))

    @command("Accept, waitlist or refuse an application")
    async def decide_application(
        self,
        info: Info,
        application_id: UUID,
        decision: Decision,
        overrides: list[Override] | None = None,
        reason: str | None = None,
    ) -> Application:
        decided = await info.context.commands(info).applications.act_on_application(
            application_id, "decision", decision=decision, override=overrides or None, reason=reason
        )
        return Application(**vars(decided))

    @command("Withdraw an application, also after matching")
    async def withdraw_application(self, info: Info, application_id: UUID, reason: str | None = None) -> Application:
        api = info.context.commands(info).applications
        return Application(**vars(await api.act_on_application(application_id, "withdraw", reason=reason)))

    @command("Move an application to another cohort")
    async def move_application(self, info: Info, application_id: UUID, cohort_id: UUID, reason: str) -> Application:
        api = info.context.commands(info).applications
        moved = await api.act_on_application(application_id, "move", cohort_id=cohort_id, reason=reason)
        return Application(**vars(moved))

    # ----------------------------------------------------------------------------------------------------- matching
    @command("Queue a matching run; follow it by `matchRun` or its subscription")
    async def start_match_run(
        self,
        info: Info,
        cohort_id: UUID,
        kind: RunKind = RunKind.FULL,
        seed: int | None = None,
        mentee_ids: list[UUID] | None = None,
        pins: list[PairChoice] | None = None,
        bars: list[PairChoice] | None = None,
        policy_changes: JSON | None = None,
        may_move: bool | None = None,
    ) -> MatchRun:
        run = await info.context.commands(info).matching.start_run(
            cohort_id, kind=kind, seed=seed, mentee_ids=mentee_ids, pins=pins, bars=bars,
            policy_changes=policy_changes, may_move=may_move,
        )  # fmt: skip
        return MatchRun(**vars(run))

    @command("What changes would do to a cohort's matching: both sides, who changes, the price of every pin")
    async def ask_what_if(
        self,
        info: Info,
        cohort_id: UUID,
        policy_changes: JSON | None = None,
        policies: list[JSON] | None = None,
        pins: list[PairChoice] | None = None,
        bars: list[PairChoice] | None = None,
        places: int | None = None,
    ) -> what_ifs.WhatIf:
        api = info.context.commands(info).matching.api
        return await what_ifs.ask_what_if(
            api, cohort_id, policy_changes=policy_changes, policies=policies, pins=pins, bars=bars, places=places
        )

    @command("Make a new version of a programme's matching policy")
    async def change_policy(self, info: Info, programme_id: UUID, document: JSON) -> match_reviews.MatchingPolicy:
        return await match_reviews.change_policy(info.context.commands(info).matching.api, programme_id, document)

    @command("How many pairs of a cohort each rule removes, with or without changes; nothing is stored")
    async def try_policy(
        self, info: Info, cohort_id: UUID, policy_changes: JSON | None = None
    ) -> match_reviews.PolicyTrial:
        return await match_reviews.try_policy(info.context.commands(info).matching.api, cohort_id, policy_changes)

    @command("Stop a matching run, or discard its result")
    async def cancel_run(self, info: Info, run_id: UUID) -> MatchRun:
        return MatchRun(**vars(await info.context.commands(info).matching.cancel_run(run_id)))

    @command("Offer the pairs of a completed run to their people; `moves` also to people who have a mentor")
    async def approve_run(
        self, info: Info, run_id: UUID, offer_days: int | None = None, moves: bool | None = None
    ) -> list[Match]:
        offered = await info.context.commands(info).matching.approve_run(run_id, offer_days, moves)
        return [Match(**vars(match)) for match in offered]

    @command("Propose first conversations to every mentee of a cohort, as its policy plans them")
    async def propose_conversations(self, info: Info, cohort_id: UUID) -> what_ifs.ProposedConversations:
        return await what_ifs.propose_conversations(info.context.commands(info).matching.api, cohort_id)

    @command("Say how a first conversation went, 1 to 5; the other side never sees it")
    async def rate_conversation(
        self, info: Info, conversation_id: UUID, rating: int, comment: str | None = None
    ) -> what_ifs.Conversation:
        api = info.context.commands(info).matching.api
        return await what_ifs.rate_conversation(api, conversation_id, rating=rating, comment=comment)

    @command("Pair mentors, or mentees, of a cohort as buddies: as many as possible, then the best fit")
    async def pair_buddies(
        self, info: Info, cohort_id: UUID, role: Role | None = None, seed: int | None = None
    ) -> Buddies:
        api = info.context.commands(info).matching.api
        return buddies_of(await arrangements.pair_buddies(api, cohort_id, role=role, seed=seed))

    @command(
        "Form groups of at most `size` mentees, or mentors, of a cohort, balanced over attributes of their profiles"
    )
    async def form_groups(
        self,
        info: Info,
        cohort_id: UUID,
        size: int,
        balance_over: list[str] | None = None,
        role: Role | None = None,
        seed: int | None = None,
    ) -> Groups:
        api = info.context.commands(info).matching.api
        asked = {"size": size, "balance_over": balance_over, "role": role, "seed": seed}
        return groups_of(await arrangements.form_groups(api, cohort_id, **asked))

    @command("Accept an offer; the second acceptance confirms the match")
    async def accept_match(self, info: Info, match_id: UUID) -> Match:
        return Match(**vars(await info.context.commands(info).matching.act_on_match(match_id, "accept")))

    @command("Decline an offer")
    async def decline_match(self, info: Info, match_id: UUID, reason: str | None = None) -> Match:
        api = info.context.commands(info).matching
        return Match(**vars(await api.act_on_match(match_id, "decline", reason=reason)))

    @command("End a confirmed match early; both people go back to the pool")
    async def end_match(
        self, info: Info, match_id: UUID, reason: str, never_again: bool = False, rematch: bool = False
    ) -> Match:
        api = info.context.commands(info).matching
        ended = await api.act_on_match(match_id, "end", reason=reason, never_again=never_again, rematch=rematch)
        return Match(**vars(ended))

    # ----------------------------------------------------------------------------------------------------- sessions
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

    # ------------------------------------------------------------------------------------ evaluation, notifications
    @command("Have a report built; it is ready when its state says so")
    async def create_report(self, info: Info, programme_id: UUID, audience: Audience) -> Report:
        api = info.context.commands(info).evaluation
        return Report(**vars(await api.create_report(programme_id, audience.value)))

    @command("Publish a report to its audience")
    async def publish_report(self, info: Info, report_id: UUID) -> Report:
        await info.context.commands(info).evaluation.publish_report(report_id)
        return Report(**vars(await info.context.services.evaluation.report(report_id)))

    @command("Answer a survey, once; gives the id of its wave")
    async def answer_survey(self, info: Info, organisation_id: UUID, token: str, answers: JSON) -> UUID:
        return await info.context.commands(info).evaluation.answer_survey(organisation_id, token, answers)

    @command("Mark one of one's notifications as read; gives its id")
    async def mark_notification_read(self, info: Info, notification_id: UUID) -> UUID:
        await info.context.commands(info).integrations.mark_read(notification_id)
        return notification_id


async def _relationship(info: Info, match_id: UUID) -> Relationship:
    return Relationship(**vars(await info.context.services.sessions.relationship(match_id)))
