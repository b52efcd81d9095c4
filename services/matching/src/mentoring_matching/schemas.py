"""What the REST API takes and gives."""

from datetime import date, datetime
from typing import Annotated, Any, ClassVar, Literal, Self
from uuid import UUID

from pydantic import BaseModel, BeforeValidator, Field, RootModel, model_validator

from mentoring_common.bodies import Body
from mentoring_common.versions import VersionedView
from mentoring_common.views import View
from mentoring_contracts.words import REASONS, Side
from mentoring_matching.lifecycle import MatchState, MemberState, RunKind, RunState

Weights = Annotated[
    dict[str, Annotated[float, Field(ge=0, le=1_000_000)]],
    Field(max_length=200, description="other weights by the names of criteria; 0 leaves one out"),
]
Ids = Annotated[
    list[UUID],
    BeforeValidator(lambda values: [part for value in values for part in str(value).split(",")]),
    Field(max_length=50),
]
Reason = Annotated[str, Field(min_length=1, max_length=1000)]
ReasonToEnd = Annotated[
    Reason,
    Field(
        description=f"why: {', '.join(REASONS)}, or one's own words, which the programme team reads and nobody else",
        json_schema_extra={"x-extensible-enum": list(REASONS)},
    ),
]


class PolicyView(View, VersionedView):
    """`problem` says why this version cannot be used (a blueprint may bring one); null if it can.

    `rules_off` are the safe rules (line management, conflicts of interest, matched before) that it does without.
    """

    programme_id: UUID
    document: dict[str, Any]
    rules_off: list[str] = []
    problem: dict[str, str] | None
    made_at: datetime


class PolicyDocument(RootModel[dict[str, Any]]):
    """A matching policy: `hard_rules`, `weights` or `criteria`, `floor`, `offers`, `max_load`, …"""


class PolicyTrial(Body):
    """Members of the policy in force that are different in a trial, or a whole `policy`; none: the policy as it is."""

    policy_changes: dict[str, Any] | None = None
    policy: dict[str, Any] | None = None

    @model_validator(mode="after")
    def _one_of_both(self) -> Self:
        if self.policy is not None and self.policy_changes:
            raise ValueError("give policy_changes or policy, not both")
        return self


class MemberView(View):
    """`load` is the number of partners and open offers over all programmes of the organisation.

    `unread` are attributes that the policy cannot read, with the reason: no working hours, no place in the order that a
    rule asks for, or not among the policy's values. They count as not given.
    """

    id: UUID
    person_id: UUID
    role: Side
    capacity: int
    taken: int
    priority: bool
    state: MemberState
    load: int = 0
    unread: dict[str, str] = {}


class NewPair(Body):
    """A pair that is to be, or not to be, and why."""

    mentor_id: UUID
    mentee_id: UUID
    reason: Reason


class NewRun(Body):
    pins: Annotated[list[NewPair], Field(max_length=1000)] = []
    bars: Annotated[list[NewPair], Field(max_length=1000)] = []
    seed: Annotated[int, Field(ge=0, le=2**31 - 1)] = 0
    policy_changes: dict[str, Any] = {}
    weights: Weights = {}
    kind: Literal["full", "rematch"] = "full"
    mentee_ids: Annotated[list[UUID], Field(max_length=1000)] | None = None
    may_move: bool = False

    @model_validator(mode="after")
    def _moves_in_rematches(self) -> Self:
        if self.may_move and (self.kind != "rematch" or self.pins):
            raise ValueError("may_move is for runs of kind rematch without pins")
        return self


class GainView(BaseModel):
    """What one more place with a mentor would bring: people matched, mentors beyond somebody's first (`further`), total
    score.
    """

    mentor_id: UUID
    matches: int
    score: float
    further: int = 0


class FloorPointView(BaseModel):
    """The best matching above a floor; `matched` counts mentees."""

    floor: float
    matched: int
    score: float


class PriceView(View):
    """Matches and total score lost, and by how much the tiers of those matched sum up to less (above 0: somebody who
    goes before others would give way); `further` counts the mentors lost beyond everybody's first.
    """

    matches: int
    score: float
    priority: int = 0
    further: int = 0


class StableView(BaseModel):
    """What the stable arrangement would give instead: no two people who would both rather have each other.

    `matched` counts mentees, `pairs` more where they may have several mentors; null of runs from before it was counted.
    """

    matched: int
    pairs: int | None = None
    score: float


class LimitUseView(View):
    """How far a limit is used: `pairs` of at most, or (`least`) at least, `number` of its value."""

    name: str
    value: str
    number: int
    least: bool
    pairs: int


class WhyNotView(View):
    """Why a pair was not proposed: the rules it breaks, the floor, or what forcing it would cost."""

    mentor_id: UUID
    mentee_id: UUID
    rules: list[str]
    below_floor: bool
    price: PriceView | None
    text: str


class AlternativeView(View):
    """Another partner, and what the pair would cost everybody; `text` says it in words."""

    mentor_id: UUID
    mentee_id: UUID
    price: PriceView
    text: str


class PersonAlternativesView(BaseModel):
    """The cheapest other partners of one person, cheapest first."""

    person_id: UUID
    role: Side
    alternatives: list[AlternativeView]


class AlternativesView(BaseModel):
    """Whom else people could have, each person of the question in its order."""

    run_id: UUID
    people: list[PersonAlternativesView]


class PinView(View):
    """A pair that the team settled. `price` is what it alone costs (negative parts are gains), null if not computed.

    `rules` it overrides are named by the programme's words for them, hidden ones as "a private reason".
    """

    mentor_id: UUID
    mentee_id: UUID
    reason: str = ""
    price: PriceView | None = None
    rules: list[str] = []
    below_floor: bool = False


class BarView(View):
    """A pair that the team ruled out."""

    mentor_id: UUID
    mentee_id: UUID
    reason: str = ""


class RuleSourcesView(BaseModel):
    """How many people a hard rule judged by what HR said, by their own word, and with nothing said; in words too.

    `void`: nothing is known of one side, so the rule keeps nobody apart (or, if it asks for an answer, everybody).
    """

    rule: str
    attribute: str
    from_hr: int
    self_declared: int
    not_given: int
    void: bool = False
    explanation: str


class Timetable(BaseModel):
    """When a policy has cohorts matched by themselves."""

    every: Literal["week", "month"] = Field(description="how often")
    day: str = Field(description="a day of the week (of a month its first), or the day of the month by its number")
    at: str = Field(description="the time, by the clocks of the programme")
    offers: Literal["after_approval", "at_once"] = Field(description="whether the team approves what comes out first")


class NextRun(BaseModel):
    """What comes next in a cohort."""

    cohort_id: UUID
    starts_at: datetime | None = Field(description="when it is matched next, in UTC, if something waits; null: paused")
    to_approve: UUID | None = Field(description="the run that waits for the team's approval; the next one discards it")


class RecurringRuns(BaseModel):
    """When the cohorts of a programme are matched by themselves; without a timetable they are not."""

    timetable: Timetable | None = None
    zone: str = Field(description="by whose clocks")
    paused: bool
    next: list[NextRun] = Field([], description="what comes next, by cohort")


class RunView(VersionedView):
    """A run; the numbers of its result are null until it is completed. `pairs` and `unmatched_…` are counts.

    `unread` counts people of whom something could not be read that a rule asks for (the pool says whose and why).
    `priority` counts those who go before others: with priority, or left over by an earlier run where the policy says
    so. `busiest` is the most mentees of one mentor; `even_cost` the total score that an even load costs;
    `short_of_mentors` counts mentees who get a mentor and fewer than they may have.
    """

    MADE_AT: ClassVar = "/runs/{id}"
    id: UUID
    programme_id: UUID
    cohort_id: UUID
    kind: RunKind
    state: RunState
    progress: float
    policy_version: int
    policy_changes: dict[str, Any]
    seed: int
    may_move: bool
    recurring: bool = Field(description="whether it began by itself, as the policy says")
    requested_at: datetime
    failure: str | None
    input_hash: str | None
    pins: list[PinView]
    bars: list[BarView] = []
    pairs: int
    unmatched_mentees: int
    unmatched_mentors: int
    places: int | None = None
    priority: int | None = None
    priority_matched: int | None = None
    moved: int | None = None
    unread: int | None = None
    busiest: int | None = None
    even_cost: float | None = None
    short_of_mentors: int | None = None
    total_score: float | None = None
    worst_score: float | None = None
    fifth_percentile: float | None = None
    blocking_pairs: int | None = None
    recruitment: list[GainView] = []
    recruitment_known: bool | None = Field(
        None,
        description="whether one more place with anybody not named is known to change nothing; null: not looked at",
    )
    floor_curve: list[FloorPointView] = []
    stable: StableView | None = None
    limits: list[LimitUseView] = []
    rule_sources: list[RuleSourcesView] = []
    certificate: dict[str, Any] | None = None


class PairView(View):
    """A proposed pair; `contributions` add up to the score and are for the team, `explanation` for anybody.

    `without` is the exact loss (matches, total score) if the mentee had another mentor or none; null if not computed.
    `replaces`: the confirmed match that ends once this one is confirmed; `waits_for`: one whose end frees the place.
    """

    id: UUID
    mentor_id: UUID
    mentee_id: UUID
    score: float
    contributions: dict[str, float]
    explanation: str
    without: dict[str, float] | None
    close_call: bool
    pinned: bool
    replaces: UUID | None
    waits_for: UUID | None


class UnmatchedView(View):
    """Somebody without a partner; `reason` and `rule` are for the programme team, `explanation` for anybody."""

    id: UUID
    person_id: UUID
    role: Side
    reason: str
    rule: str | None
    explanation: str


class Change(BaseModel):
    """A mentee whose mentor differs between two runs; null is nobody."""

    mentee_id: UUID
    mentor_id: UUID | None
    other_mentor_id: UUID | None
    score: float | None = Field(None, description="of the first pair, by the first side's weights; null: there is none")
    other_score: float | None = Field(None, description="of the second pair, by the second side's weights")


class Comparison(BaseModel):
    """Two runs side by side."""

    run: RunView
    other: RunView
    same_pairs: int
    changes: list[Change]


class WhatIf(Body):
    """Either changes of the policy in force, or two whole policies; other `weights`, places, pins and bars belong to
    the second side.
    """

    policy_changes: dict[str, Any] = {}
    weights: Weights = {}
    policies: Annotated[list[dict[str, Any]], Field(min_length=2, max_length=2)] | None = None
    pins: Annotated[list[NewPair], Field(max_length=50)] = []
    bars: Annotated[list[NewPair], Field(max_length=1000)] = []
    places: Annotated[int, Field(ge=0, le=1_000_000)] | None = None

    @model_validator(mode="after")
    def _one_or_two(self) -> Self:
        if self.policies and self.policy_changes:
            raise ValueError("give policy_changes or policies, not both")
        return self


class SideView(BaseModel):
    """One side of a what-if: people matched and how well, scores in 0..1, `certified` if proved to be the best.

    `matched` counts mentees, `pairs` more where they may have several mentors. `weights` are the criteria with their
    shares of a score, `fits` how well the pairs fit by each of them on average (0..1, whatever it weighs), `busiest`
    the most mentees that one mentor has.
    """

    mentors: int
    mentees: int
    places: int
    matched: int
    pairs: int
    priority: int
    priority_matched: int
    total_score: float
    worst_score: float | None
    fifth_percentile: float | None
    blocking_pairs: int
    certified: bool
    busiest: int
    weights: dict[str, float]
    fits: dict[str, float]


class WhatIfView(BaseModel):
    """Two sides; `changes` name the mentees whose mentor differs (`other_mentor_id` is the second side's)."""

    before: SideView
    after: SideView
    same_pairs: int
    changes: list[Change]
    pins: list[PinView]


class RuleEffectView(BaseModel):
    """What a rule does: pairs it removes, those it alone removes, and mentees it alone leaves without anybody."""

    rule: str
    text: str
    removes: int
    removes_alone: int
    strands: int


class DryRunView(BaseModel):
    """What the policy's rules do to the pool as it is; nothing is stored.

    `stranded` mentees have no permitted mentor; `rules_off` are the safe rules that the policy does without; `unread`
    counts people of whom something cannot be read that a rule asks for (the pool says whose and why).
    """

    mentors: int
    mentees: int
    pairs: int
    permitted: int
    stranded: int
    rules: list[RuleEffectView]
    rules_off: list[str] = []
    unread: int = 0


class Approval(Body):
    """`moves`: also offer another mentor to people who have one, as a run with `may_move` proposes.

    `together`: a mentor and the mentees of the run are offered one group; without it as the programme says.
    """

    offer_days: Annotated[int, Field(ge=1, le=365)] | None = None
    moves: bool = False
    together: bool | None = None


class MatchView(View, VersionedView):
    """A match; `end_reason` is a code, `end_note` the words behind it, shown to the programme team only.

    The two people themselves read `private` in place of a code that tells of one of them (illness, a conflict, …).
    `run_id` and `score` are null of a pair that no run proposed; `group_id` is of a mentee's match in a group.
    """

    id: UUID
    programme_id: UUID
    cohort_id: UUID
    run_id: UUID | None
    group_id: UUID | None = None
    starts_on: date | None = Field(None, description="since when it stood, where it came into the system standing")
    mentor_id: UUID
    mentee_id: UUID
    state: MatchState
    score: float | None
    proposed_at: datetime
    expires_at: datetime
    mentor_accepted_at: datetime | None
    mentee_accepted_at: datetime | None
    confirmed_at: datetime | None
    ended_at: datetime | None
    end_reason: str | None
    end_note: str | None = None
    rematch_of: UUID | None
    handover: bool = Field(description="whether it carries on the match `rematch_of` with another mentor")
    replaces: UUID | None = None
    waits_for: UUID | None = None
    updated_at: datetime


class StateCount(BaseModel):
    """How many matches stand in a state."""

    state: MatchState
    count: int


class MatchCounts(BaseModel):
    """The matches of a programme or cohort by state; a state that none stands in is left out."""

    items: list[StateCount]


class Approved(BaseModel):
    """The offers that went out."""

    run_id: UUID
    matches: list[MatchView]


class Declining(Body):
    reason: ReasonToEnd | None = None


class Ending(Body):
    reason: ReasonToEnd
    never_again: bool = False
    rematch: bool = False


class Handover(Body):
    """Who carries on in the place of the mentor; both were asked, nobody is asked again."""

    mentor_id: UUID = Field(description="who mentors from now on: free in the pool of the cohort")
    reason: ReasonToEnd | None = None
    despite_rules: bool = Field(
        default=False, description="have the two together though they would break hard rules of the policy"
    )


class ConversationsView(BaseModel):
    """How many conversations were proposed now, and how many mentees have none."""

    proposed: int
    mentees_without: int


class ConversationView(View, VersionedView):
    """A first conversation; the two see their own rating and comment only, the programme team both ratings."""

    id: UUID
    programme_id: UUID
    cohort_id: UUID
    mentor_id: UUID
    mentee_id: UUID
    proposed_at: datetime
    due_at: datetime
    my_rating: int | None = None
    my_comment: str | None = None
    mentor_rating: int | None = None
    mentee_rating: int | None = None


class Rating(Body):
    rating: Annotated[int, Field(ge=1, le=5)]
    comment: Annotated[str, Field(min_length=1, max_length=2000)] | None = None


class FloorCurveView(BaseModel):
    """What a least score would leave, each point solved exactly over the people and places of the run."""

    run_id: UUID
    points: list[FloorPointView]
