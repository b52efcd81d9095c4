"""The matching service: what a programme team looks at before anybody is told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import strawberry
from pydantic import TypeAdapter
from strawberry.scalars import JSON

from mentoring_common.pagination import Page
from mentoring_gateway.matching.what_ifs import ChangeRecord, PinPrice
from mentoring_gateway.upstream import PageRequest, Upstream
from mentoring_gateway.values import Role, body


@strawberry.type(
    description="A version of a programme's matching policy; `problem` says why it cannot be used, `rulesOff` which of "
    "the safe rules (line management, conflicts of interest, matched before) it does without"
)
@dataclass
class MatchingPolicy:
    programme_id: UUID
    version: int
    document: JSON
    made_at: datetime
    problem: JSON | None = None
    rules_off: list[str] | None = None


@strawberry.type(
    description="When cohorts are matched by themselves; `offers` says whether the team approves what comes out first"
)
@dataclass
class Timetable:
    every: str
    day: str
    at: str
    offers: str


@strawberry.type(description="What comes next in a cohort that is matched by itself")
@dataclass
class NextRun:
    cohort_id: UUID
    starts_at: datetime | None = None
    to_approve: UUID | None = None


@strawberry.type(description="When the cohorts of a programme are matched by themselves, and what comes next")
@dataclass
class RecurringRuns:
    paused: bool
    zone: str
    next: list[NextRun]
    timetable: Timetable | None = None


@strawberry.type(
    description="Pairs that a rule removes, those it alone removes, mentees it alone leaves without anybody"
)
@dataclass
class RuleEffect:
    rule: str
    text: str
    removes: int
    removes_alone: int
    strands: int


@strawberry.type(
    description="What the rules do to a pool; `stranded` mentees have no permitted mentor, `rulesOff` are safe rules "
    "that the policy does without, `unread` counts people of whom something cannot be read"
)
@dataclass
class PolicyTrial:
    mentors: int
    mentees: int
    pairs: int
    permitted: int
    stranded: int
    rules: list[RuleEffect]
    rules_off: list[str] | None = None
    unread: int = 0


@dataclass
class PoolMemberRecord:
    id: UUID
    person_id: UUID
    role: Role
    capacity: int
    taken: int
    priority: bool
    state: str
    load: int = 0
    unread: JSON | None = None


@strawberry.type(
    description="Why a pair was not proposed: the rules it breaks, the floor, or what forcing it would cost"
)
@dataclass
class WhyNot:
    mentor_id: UUID
    mentee_id: UUID
    rules: list[str]
    below_floor: bool
    text: str
    price: PinPrice | None = None


@strawberry.type(description="Another partner, and what the pair would cost everybody")
@dataclass
class Alternative:
    mentor_id: UUID
    mentee_id: UUID
    price: PinPrice
    text: str


@strawberry.type(description="The cheapest other partners of one person, cheapest first")
@dataclass
class Alternatives:
    person_id: UUID
    role: Role
    alternatives: list[Alternative]


@dataclass
class AlternativesRecord:
    people: list[Alternatives]


@strawberry.type(description="The best matching above a least score")
@dataclass
class FloorPoint:
    floor: float
    matched: int
    score: float


@dataclass
class FloorCurve:
    points: list[FloorPoint]


@dataclass
class ComparisonRecord:
    same_pairs: int
    changes: list[ChangeRecord]


_policy = TypeAdapter(MatchingPolicy)
_recurring = TypeAdapter(RecurringRuns)
_trial = TypeAdapter(PolicyTrial)
_pool = TypeAdapter(Page[PoolMemberRecord])
_why_not = TypeAdapter(WhyNot)
_alternatives = TypeAdapter(AlternativesRecord)
_curve = TypeAdapter(FloorCurve)
_comparison = TypeAdapter(ComparisonRecord)


async def policy(api: Upstream, programme_id: UUID) -> MatchingPolicy:
    """The policy in force."""
    return await api.get(f"/programmes/{programme_id}/policy", _policy)


async def change_policy(api: Upstream, programme_id: UUID, document: JSON) -> MatchingPolicy:
    """A new version of the policy."""
    return await api.send("PUT", f"/programmes/{programme_id}/policy", _policy, document)


async def recurring_runs(api: Upstream, programme_id: UUID) -> RecurringRuns:
    """When the cohorts of a programme are matched by themselves."""
    return await api.get(f"/programmes/{programme_id}/recurring-runs", _recurring)


async def act_on_recurring_runs(api: Upstream, programme_id: UUID, act: str) -> RecurringRuns:
    """`act` is pause or resume."""
    return await api.send("POST", f"/programmes/{programme_id}/recurring-runs/{act}", _recurring)


async def try_policy(api: Upstream, cohort_id: UUID, **trial: object) -> PolicyTrial:
    """What each rule does to the pool of a cohort."""
    return await api.send("POST", f"/cohorts/{cohort_id}/dry-run", _trial, body(**trial))


async def pool(api: Upstream, cohort_id: UUID, wanted: PageRequest) -> Page[PoolMemberRecord]:
    """The people of a cohort's pool."""
    return await api.page(f"/cohorts/{cohort_id}/pool", _pool, {}, wanted)


async def why_not(api: Upstream, run_id: UUID, mentor_id: UUID, mentee_id: UUID) -> WhyNot:
    """Why a run did not propose a pair."""
    return await api.get(f"/runs/{run_id}/why-not", _why_not, {"mentor_id": mentor_id, "mentee_id": mentee_id})


async def alternatives(
    api: Upstream, run_id: UUID, mentee_ids: Sequence[UUID], mentor_ids: Sequence[UUID], number: int
) -> list[Alternatives]:
    """Whom else people could have, and the price of each."""
    asked = {"mentee_ids": _ids(mentee_ids), "mentor_ids": _ids(mentor_ids), "number": number}
    return (await api.get(f"/runs/{run_id}/alternatives", _alternatives, asked)).people


def _ids(ids: Sequence[UUID]) -> str | None:
    return ",".join(map(str, ids)) or None


async def floor_curve(api: Upstream, run_id: UUID) -> list[FloorPoint]:
    """Least score against people matched."""
    return (await api.get(f"/runs/{run_id}/floor-curve", _curve)).points


async def compare(api: Upstream, run_id: UUID, other_id: UUID) -> ComparisonRecord:
    """Whose mentor differs between two runs."""
    return await api.get(f"/runs/{run_id}/compare/{other_id}", _comparison)
