"""Runs, what-ifs, first conversations, offers."""

from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.clients import arrangements, match_reviews, what_ifs
from mentoring_gateway.clients.values import Role
from mentoring_gateway.context import Info
from mentoring_gateway.types.arrangements import Buddies, Groups, buddies_of, groups_of
from mentoring_gateway.types.fields import command
from mentoring_gateway.types.inputs import PairChoice, RunKind
from mentoring_gateway.types.matches import Match, MatchRun


@strawberry.type
class Matching:
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
    async def change_policy(
        self, info: Info, programme_id: UUID, expected_version: int, document: JSON
    ) -> match_reviews.MatchingPolicy:
        api = info.context.commands(info, expected_version).matching.api
        return await match_reviews.change_policy(api, programme_id, document)

    @command("How many pairs of a cohort each rule removes, with or without changes; nothing is stored")
    async def try_policy(
        self, info: Info, cohort_id: UUID, policy_changes: JSON | None = None
    ) -> match_reviews.PolicyTrial:
        return await match_reviews.try_policy(info.context.commands(info).matching.api, cohort_id, policy_changes)

    @command("Stop a matching run, or discard its result")
    async def cancel_run(self, info: Info, run_id: UUID, expected_version: int | None = None) -> MatchRun:
        api = info.context.commands(info, expected_version).matching
        return MatchRun(**vars(await api.cancel_run(run_id)))

    @command("Offer the pairs of a completed run to their people; `moves` also to people who have a mentor")
    async def approve_run(
        self,
        info: Info,
        run_id: UUID,
        offer_days: int | None = None,
        moves: bool | None = None,
        expected_version: int | None = None,
    ) -> list[Match]:
        offered = await info.context.commands(info, expected_version).matching.approve_run(run_id, offer_days, moves)
        return [Match(**vars(match)) for match in offered]

    @command("Propose first conversations to every mentee of a cohort, as its policy plans them")
    async def propose_conversations(self, info: Info, cohort_id: UUID) -> what_ifs.ProposedConversations:
        return await what_ifs.propose_conversations(info.context.commands(info).matching.api, cohort_id)

    @command("Say how a first conversation went, 1 to 5; the other side never sees it")
    async def rate_conversation(
        self,
        info: Info,
        conversation_id: UUID,
        rating: int,
        comment: str | None = None,
        expected_version: int | None = None,
    ) -> what_ifs.Conversation:
        api = info.context.commands(info, expected_version).matching.api
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
    async def accept_match(self, info: Info, match_id: UUID, expected_version: int | None = None) -> Match:
        api = info.context.commands(info, expected_version).matching
        return Match(**vars(await api.act_on_match(match_id, "accept")))

    @command("Decline an offer")
    async def decline_match(
        self, info: Info, match_id: UUID, reason: str | None = None, expected_version: int | None = None
    ) -> Match:
        api = info.context.commands(info, expected_version).matching
        return Match(**vars(await api.act_on_match(match_id, "decline", reason=reason)))

    @command("End a confirmed match early; both people go back to the pool")
    async def end_match(
        self,
        info: Info,
        match_id: UUID,
        reason: str,
        never_again: bool = False,
        rematch: bool = False,
        expected_version: int | None = None,
    ) -> Match:
        api = info.context.commands(info, expected_version).matching
        ended = await api.act_on_match(match_id, "end", reason=reason, never_again=never_again, rematch=rematch)
        return Match(**vars(ended))
