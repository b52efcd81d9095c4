"""The matching service: runs, proposals, matches."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.clients.upstream import PageRequest, Upstream
from mentoring_gateway.clients.values import Role, body
from mentoring_gateway.clients.what_ifs import PinPrice


@dataclass
class RunRecord:
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    kind: str
    state: str
    progress: float
    policy_version: int
    seed: int
    requested_at: datetime
    pairs: int
    unmatched_mentees: int
    unmatched_mentors: int
    failure: str | None = None
    input_hash: str | None = None
    total_score: float | None = None
    worst_score: float | None = None
    fifth_percentile: float | None = None
    blocking_pairs: int | None = None
    may_move: bool = False
    moved: int | None = None
    certificate: JSON | None = None


@dataclass
class ProposedPairRecord:
    mentor_id: UUID
    mentee_id: UUID
    score: float
    contributions: JSON
    explanation: str
    pinned: bool
    replaces: UUID | None = None
    waits_for: UUID | None = None


@dataclass
class UnmatchedRecord:
    person_id: UUID
    role: Role
    reason: str
    explanation: str
    rule: str | None = None


@dataclass
class MatchRecord:
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    mentor_id: UUID
    mentee_id: UUID
    state: str
    score: float
    proposed_at: datetime
    expires_at: datetime
    mentor_accepted_at: datetime | None = None
    mentee_accepted_at: datetime | None = None
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    end_note: str | None = None
    rematch_of: UUID | None = None
    replaces: UUID | None = None
    waits_for: UUID | None = None


@dataclass
class MemberRecord:
    id: UUID
    person_id: UUID
    role: Role
    state: str
    capacity: int
    taken: int
    priority: bool
    load: int = 0


@strawberry.type(description="What matching obeys; `problem` says why this version cannot be used")
class Policy:
    version: int
    document: JSON
    made_at: datetime
    problem: JSON | None = None


@strawberry.type(description="Why a run did not pair two people, in words that can be sent on")
class WhyNot:
    mentor_id: UUID
    mentee_id: UUID
    rules: list[str]
    below_floor: bool
    text: str
    price: PinPrice | None = None


@dataclass
class ApprovalRecord:
    matches: list[MatchRecord]


_run = TypeAdapter(RunRecord)
_pairs = TypeAdapter(Page[ProposedPairRecord])
_unmatched = TypeAdapter(Page[UnmatchedRecord])
_match = TypeAdapter(MatchRecord)
_matches = TypeAdapter(Page[MatchRecord])
_runs = TypeAdapter(Page[RunRecord])
_members = TypeAdapter(Page[MemberRecord])
_policy = TypeAdapter(Policy)
_why_not = TypeAdapter(WhyNot)
_approval = TypeAdapter(ApprovalRecord)


@dataclass(frozen=True)
class Matching:
    """The matching API for one caller."""

    api: Upstream

    async def run(self, run_id: UUID) -> RunRecord:
        """One matching run."""
        return await self.api.get(f"/runs/{run_id}", _run)

    async def runs(self, cohort_id: UUID, wanted: PageRequest) -> Page[RunRecord]:
        """The runs of a cohort."""
        return await self.api.page(f"/cohorts/{cohort_id}/runs", _runs, {}, wanted)

    async def cancel_run(self, run_id: UUID) -> RunRecord:
        """Stop a run that is queued or running, or put away one that is completed."""
        return await self.api.send("POST", f"/runs/{run_id}/cancel", _run)

    async def why_not(self, run_id: UUID, mentor_id: UUID, mentee_id: UUID) -> WhyNot:
        """Why a run did not pair two people."""
        pair = {"mentor_id": mentor_id, "mentee_id": mentee_id}
        return await self.api.get(f"/runs/{run_id}/why-not", _why_not, pair)

    async def pool(self, cohort_id: UUID, wanted: PageRequest) -> Page[MemberRecord]:
        """The accepted people of a cohort."""
        return await self.api.page(f"/cohorts/{cohort_id}/pool", _members, {}, wanted)

    async def policy(self, programme_id: UUID) -> Policy:
        """The policy in force."""
        return await self.api.get(f"/programmes/{programme_id}/policy", _policy)

    async def change_policy(self, programme_id: UUID, document: JSON) -> Policy:
        """Make a new version of the policy."""
        return await self.api.send("PUT", f"/programmes/{programme_id}/policy", _policy, document)

    async def pairs(self, run_id: UUID, wanted: PageRequest) -> Page[ProposedPairRecord]:
        """The pairs that a run proposes."""
        return await self.api.page(f"/runs/{run_id}/pairs", _pairs, {}, wanted)

    async def unmatched(self, run_id: UUID, wanted: PageRequest) -> Page[UnmatchedRecord]:
        """The people that a run leaves over."""
        return await self.api.page(f"/runs/{run_id}/unmatched", _unmatched, {}, wanted)

    async def match(self, match_id: UUID) -> MatchRecord:
        """One match."""
        return await self.api.get(f"/matches/{match_id}", _match)

    async def matches(self, wanted: PageRequest, **which: UUID | str | None) -> Page[MatchRecord]:
        """Matches by cohort_id, programme_id, person_id, state."""
        return await self.api.page("/matches", _matches, which, wanted)

    async def every_match(self, **which: UUID | str | None) -> list[MatchRecord]:
        """All matches of a selection."""
        return await self.api.every("/matches", _matches, which)

    async def start_run(self, cohort_id: UUID, **choices: object) -> RunRecord:
        """Queue a matching run of a cohort."""
        return await self.api.send("POST", f"/cohorts/{cohort_id}/runs", _run, body(**choices))

    async def approve_run(self, run_id: UUID, offer_days: int | None, moves: bool | None = None) -> list[MatchRecord]:
        """Offer the pairs of a completed run to their people."""
        content = body(offer_days=offer_days, moves=moves)
        return (await self.api.send("POST", f"/runs/{run_id}/approve", _approval, content)).matches

    async def act_on_match(self, match_id: UUID, act: str, **content: object) -> MatchRecord:
        """`act` is accept, decline or end."""
        return await self.api.send("POST", f"/matches/{match_id}/{act}", _match, body(**content))
