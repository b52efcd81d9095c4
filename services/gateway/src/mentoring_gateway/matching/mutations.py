"""Runs, what-ifs, first conversations, offers."""

from uuid import UUID

import strawberry
from strawberry.scalars import JSON

from mentoring_gateway.context import Info
from mentoring_gateway.fields import command
from mentoring_gateway.matching import arrangements, groups, reviews, what_ifs
from mentoring_gateway.matching.inputs import PairChoice, ReasonCode, RunKind, StandingRelationship
from mentoring_gateway.matching.types import (
    Buddies,
    Groups,
    Match,
    MatchRun,
    RelationshipGroup,
    WhatIf,
    buddies_of,
    group_of,
    groups_of,
    what_if_of,
)
from mentoring_gateway.values import Role


@strawberry.type(description="The relationships that stand here now")
class TakenOver:
    matches: list[Match]
    groups: list[RelationshipGroup]
    unchanged: list[int]


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
        weights: JSON | None = None,
        may_move: bool | None = None,
    ) -> MatchRun:
        run = await info.context.commands(info).matching.start_run(
            cohort_id, kind=kind, seed=seed, mentee_ids=mentee_ids, pins=pins, bars=bars,
            policy_changes=policy_changes, weights=weights, may_move=may_move,
        )  # fmt: skip
        return MatchRun(**vars(run))

    @command(
        "What changes or other weights would do to a cohort's matching: both sides, who changes, the price of pins"
    )
    async def ask_what_if(
        self,
        info: Info,
        cohort_id: UUID,
        policy_changes: JSON | None = None,
        policies: list[JSON] | None = None,
        pins: list[PairChoice] | None = None,
        bars: list[PairChoice] | None = None,
        places: int | None = None,
        weights: JSON | None = None,
    ) -> WhatIf:
        api = info.context.commands(info).matching.api
        found = await what_ifs.ask_what_if(
            api, cohort_id, policy_changes=policy_changes, policies=policies, pins=pins, bars=bars, places=places,
            weights=weights,
        )  # fmt: skip
        return what_if_of(found)

    @command("Make a new version of a programme's matching policy")
    async def change_policy(
        self, info: Info, programme_id: UUID, expected_version: int, document: JSON
    ) -> reviews.MatchingPolicy:
        api = info.context.commands(info, expected_version).matching.api
        return await reviews.change_policy(api, programme_id, document)

    @command("Have no cohort of a programme matched by itself until that is resumed; runs that began go on")
    async def pause_recurring_runs(self, info: Info, programme_id: UUID) -> reviews.RecurringRuns:
        return await reviews.act_on_recurring_runs(info.context.commands(info).matching.api, programme_id, "pause")

    @command("Have the cohorts of a programme matched by themselves again, from the next time on")
    async def resume_recurring_runs(self, info: Info, programme_id: UUID) -> reviews.RecurringRuns:
        return await reviews.act_on_recurring_runs(info.context.commands(info).matching.api, programme_id, "resume")

    @command(
        "How many pairs of a cohort each rule removes, with or without changes, or by another policy; nothing is stored"
    )
    async def try_policy(
        self, info: Info, cohort_id: UUID, policy_changes: JSON | None = None, policy: JSON | None = None
    ) -> reviews.PolicyTrial:
        api = info.context.commands(info).matching.api
        return await reviews.try_policy(api, cohort_id, policy_changes=policy_changes, policy=policy)

    @command("Stop a matching run, or discard its result")
    async def cancel_run(self, info: Info, run_id: UUID, expected_version: int | None = None) -> MatchRun:
        api = info.context.commands(info, expected_version).matching
        return MatchRun(**vars(await api.cancel_run(run_id)))

    @command(
        "Offer the pairs of a completed run to their people; `moves` also to people who have a mentor, `together` each "
        "mentor and their mentees as one group"
    )
    async def approve_run(
        self,
        info: Info,
        run_id: UUID,
        offer_days: int | None = None,
        moves: bool | None = None,
        together: bool | None = None,
        expected_version: int | None = None,
    ) -> list[Match]:
        api = info.context.commands(info, expected_version).matching
        offered = await api.approve_run(run_id, offer_days, moves, together)
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

    @command("Offer a relationship of several people, made by hand; each of them answers")
    async def offer_group(
        self,
        info: Info,
        cohort_id: UUID,
        kind: str,
        member_ids: list[UUID],
        lead_id: UUID | None = None,
        title: str | None = None,
        offer_days: int | None = None,
        despite_rules: bool = False,
    ) -> RelationshipGroup:
        api = info.context.commands(info).matching.api
        offer = {"kind": kind, "lead_id": lead_id, "member_ids": member_ids, "title": title, "offer_days": offer_days}
        offer["despite_rules"] = despite_rules
        return group_of(await groups.offer_group(api, cohort_id, **offer))

    @command("Offer every group, or buddy pair, of an arrangement as a relationship of one kind")
    async def offer_arrangement(
        self,
        info: Info,
        cohort_id: UUID,
        arrangement_id: UUID,
        kind: str,
        lead_ids: list[UUID] | None = None,
        offer_days: int | None = None,
        despite_rules: bool = False,
    ) -> list[RelationshipGroup]:
        api = info.context.commands(info).matching.api
        offer = {"arrangement_id": arrangement_id, "kind": kind, "lead_ids": lead_ids, "offer_days": offer_days}
        offer["despite_rules"] = despite_rules
        return [group_of(record) for record in await groups.offer_arrangement(api, cohort_id, **offer)]

    @command("Offer places in a group that is there already")
    async def invite_to_group(
        self,
        info: Info,
        group_id: UUID,
        member_ids: list[UUID],
        offer_days: int | None = None,
        despite_rules: bool = False,
        expected_version: int | None = None,
    ) -> RelationshipGroup:
        api = info.context.commands(info, expected_version).matching.api
        content = {"member_ids": member_ids, "offer_days": offer_days, "despite_rules": despite_rules}
        return group_of(await groups.act_on_group(api, group_id, "members", **content))

    @command("Accept one's place in a group; who leads it accepts for all who are in it")
    async def accept_group_place(
        self, info: Info, group_id: UUID, expected_version: int | None = None
    ) -> RelationshipGroup:
        api = info.context.commands(info, expected_version).matching.api
        return group_of(await groups.act_on_group(api, group_id, "accept"))

    @command("Decline one's place in a group; why, by a `code` or in words")
    async def decline_group_place(
        self,
        info: Info,
        group_id: UUID,
        reason: str | None = None,
        code: ReasonCode | None = None,
        expected_version: int | None = None,
    ) -> RelationshipGroup:
        api = info.context.commands(info, expected_version).matching.api
        return group_of(await groups.act_on_group(api, group_id, "decline", reason=_reason(reason, code)))

    @command(
        "Leave a group, or take somebody out of it, and say why: it goes on without them, and ends if they lead it"
    )
    async def leave_group(
        self,
        info: Info,
        group_id: UUID,
        person_id: UUID,
        reason: str | None = None,
        code: ReasonCode | None = None,
        expected_version: int | None = None,
    ) -> RelationshipGroup:
        api = info.context.commands(info, expected_version).matching.api
        return group_of(
            await groups.act_on_group(api, group_id, f"members/{person_id}/leave", reason=_reason(reason, code))
        )

    @command("End a group early, for everybody; why, by a `code` or in words")
    async def end_group(
        self,
        info: Info,
        group_id: UUID,
        reason: str | None = None,
        code: ReasonCode | None = None,
        expected_version: int | None = None,
    ) -> RelationshipGroup:
        api = info.context.commands(info, expected_version).matching.api
        return group_of(await groups.act_on_group(api, group_id, "end", reason=_reason(reason, code)))

    @command("Take over relationships that stood before, each since its day; nobody is asked again, all or none")
    async def take_over_relationships(
        self, info: Info, cohort_id: UUID, relationships: list[StandingRelationship], dry_run: bool = False
    ) -> TakenOver:
        api = info.context.commands(info).matching.api
        done = await groups.take_over(api, cohort_id, [vars(one) for one in relationships], dry_run)
        matches = [Match(**vars(match)) for match in done.matches]
        return TakenOver(matches=matches, groups=[group_of(record) for record in done.groups], unchanged=done.unchanged)

    @command("Accept an offer; the second acceptance confirms the match")
    async def accept_match(self, info: Info, match_id: UUID, expected_version: int | None = None) -> Match:
        api = info.context.commands(info, expected_version).matching
        return Match(**vars(await api.act_on_match(match_id, "accept")))

    @command("Decline an offer; why, by a `code` or in words")
    async def decline_match(
        self,
        info: Info,
        match_id: UUID,
        reason: str | None = None,
        code: ReasonCode | None = None,
        expected_version: int | None = None,
    ) -> Match:
        api = info.context.commands(info, expected_version).matching
        return Match(**vars(await api.act_on_match(match_id, "decline", reason=_reason(reason, code))))

    @command("End a confirmed match early, and say why, by a `code` or in words; both people go back to the pool")
    async def end_match(
        self,
        info: Info,
        match_id: UUID,
        reason: str | None = None,
        code: ReasonCode | None = None,
        never_again: bool = False,
        rematch: bool = False,
        expected_version: int | None = None,
    ) -> Match:
        api = info.context.commands(info, expected_version).matching
        ended = await api.act_on_match(
            match_id, "end", reason=_reason(reason, code), never_again=never_again, rematch=rematch
        )
        return Match(**vars(ended))

    @command(
        "Have another mentor carry on: the match ends and the new one, which this gives, stands at once; also of a "
        "match that ended already. Why, by a `code` or in words. For the programme team"
    )
    async def hand_over_match(
        self,
        info: Info,
        match_id: UUID,
        mentor_id: UUID,
        reason: str | None = None,
        code: ReasonCode | None = None,
        despite_rules: bool = False,
        expected_version: int | None = None,
    ) -> Match:
        api = info.context.commands(info, expected_version).matching
        content = {"mentor_id": mentor_id, "reason": _reason(reason, code), "despite_rules": despite_rules}
        done = await api.act_on_match(match_id, "handover", **content)
        return Match(**vars(done))

    @command("Have somebody else lead a group, which goes on as it is; all in it are told. For the programme team")
    async def hand_over_group(
        self,
        info: Info,
        group_id: UUID,
        lead_id: UUID,
        reason: str | None = None,
        code: ReasonCode | None = None,
        despite_rules: bool = False,
        expected_version: int | None = None,
    ) -> RelationshipGroup:
        api = info.context.commands(info, expected_version).matching.api
        content = {"lead_id": lead_id, "reason": _reason(reason, code), "despite_rules": despite_rules}
        return group_of(await groups.act_on_group(api, group_id, "handover", **content))


def _reason(words: str | None, code: ReasonCode | None) -> str | None:
    """Why, as the service takes it: a code, or people's own words."""
    return str(code.value) if code else words
