"""Runs and matches, as the matching service answers."""

from dataclasses import dataclass, field
from datetime import date, datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.matching.what_ifs import BarredPair, PricedPin
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import Role, body


@strawberry.type(
    description="What one more place with a mentor would bring: people matched, mentors beyond somebody's first "
    "(`further`), total score"
)
@dataclass
class PlaceGain:
    mentor_id: UUID
    matches: int
    score: float
    further: int = 0


@strawberry.type(
    description="Whether a hard rule stood on HR's word or on what people say of themselves, in people; `void` if "
    "nothing is known of one side"
)
class RuleSources:
    rule: str
    attribute: str
    from_hr: int
    self_declared: int
    not_given: int
    explanation: str
    void: bool = False


@strawberry.type(description="How far a limit is used: pairs of at most, or (least) at least, number of its value")
@dataclass
class LimitUse:
    name: str
    value: str
    number: int
    least: bool
    pairs: int


@strawberry.type(description="The arrangement in which no two people would both rather have each other")
@dataclass
class StableAlternative:
    matched: int
    score: float
    pairs: int | None = None


@dataclass
class RunRecord:
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    kind: str
    state: str
    version: int
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
    recurring: bool = False
    moved: int | None = None
    policy_changes: JSON | None = None
    certificate: JSON | None = None
    places: int | None = None
    priority: int | None = None
    priority_matched: int | None = None
    stable: StableAlternative | None = None
    recruitment: list[PlaceGain] = field(default_factory=list)
    recruitment_known: bool | None = None
    limits: list[LimitUse] = field(default_factory=list)
    rule_sources: list[RuleSources] = field(default_factory=list)
    pins: list[PricedPin] = field(default_factory=list)
    bars: list[BarredPair] = field(default_factory=list)
    unread: int | None = None
    busiest: int | None = None
    even_cost: float | None = None
    short_of_mentors: int | None = None


@dataclass
class ProposedPairRecord:
    id: UUID
    mentor_id: UUID
    mentee_id: UUID
    score: float
    contributions: JSON
    explanation: str
    pinned: bool
    close_call: bool = False
    without: JSON | None = None
    replaces: UUID | None = None
    waits_for: UUID | None = None


@dataclass
class UnmatchedRecord:
    id: UUID
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
    version: int
    proposed_at: datetime
    expires_at: datetime
    updated_at: datetime
    run_id: UUID | None = None
    score: float | None = None
    group_id: UUID | None = None
    starts_on: date | None = None
    mentor_accepted_at: datetime | None = None
    mentee_accepted_at: datetime | None = None
    confirmed_at: datetime | None = None
    ended_at: datetime | None = None
    end_reason: str | None = None
    end_note: str | None = None
    rematch_of: UUID | None = None
    handover: bool = False
    replaces: UUID | None = None
    waits_for: UUID | None = None


@strawberry.type(description="How many there are in one state")
class StateCount:
    state: str
    count: int


@dataclass
class MatchCounts:
    items: list[StateCount]


@dataclass
class ApprovalRecord:
    matches: list[MatchRecord]


_run = TypeAdapter(RunRecord)
_runs = TypeAdapter(Page[RunRecord])
_pairs = TypeAdapter(Page[ProposedPairRecord])
_unmatched = TypeAdapter(Page[UnmatchedRecord])
_match = TypeAdapter(MatchRecord)
_matches = TypeAdapter(Page[MatchRecord])
_counts = TypeAdapter(MatchCounts)
_approval = TypeAdapter(ApprovalRecord)


@dataclass(frozen=True)
class MatchingApi:
    """The matching API for one caller."""

    api: Upstream

    async def run(self, run_id: UUID) -> RunRecord:
        """One matching run."""
        return await self.api.get(f"/runs/{run_id}", _run)

    async def runs(self, cohort_id: UUID, wanted: PageRequest) -> Page[RunRecord]:
        """The matching runs of a cohort."""
        return await self.api.page(f"/cohorts/{cohort_id}/runs", _runs, {}, wanted)

    async def cancel_run(self, run_id: UUID) -> RunRecord:
        """Stop a run, or discard its result."""
        return await self.api.send("POST", f"/runs/{run_id}/cancel", _run, {})

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

    async def every_match(self, **which: object) -> list[MatchRecord]:
        """All matches of a selection."""
        return await self.api.every("/matches", _matches, which)

    async def match_counts(self, programme_id: UUID, cohort_id: UUID | None) -> list[StateCount]:
        """How many matches of a programme or cohort stand in each state."""
        of = {"cohort_id": cohort_id}
        return (await self.api.get(f"/programmes/{programme_id}/matches/counts", _counts, of)).items

    async def start_run(self, cohort_id: UUID, **choices: object) -> RunRecord:
        """Queue a matching run of a cohort."""
        return await self.api.send("POST", f"/cohorts/{cohort_id}/runs", _run, body(**choices))

    async def approve_run(
        self, run_id: UUID, offer_days: int | None, moves: bool | None = None, together: bool | None = None
    ) -> list[MatchRecord]:
        """Offer the pairs of a completed run to their people."""
        content = body(offer_days=offer_days, moves=moves, together=together)
        return (await self.api.send("POST", f"/runs/{run_id}/approve", _approval, content)).matches

    async def act_on_match(self, match_id: UUID, act: str, **content: object) -> MatchRecord:
        """`act` is accept, decline or end."""
        return await self.api.send("POST", f"/matches/{match_id}/{act}", _match, body(**content))
