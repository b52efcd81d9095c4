"""A run's work: from people and terms to a proposal with its reasons. Pure and slow: it runs in a thread."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from mentoring_matching import profiles
from mentoring_matching.engine import (
    DryRun,
    Mentee,
    Mentor,
    Pair,
    PinCost,
    Policy,
    Remembering,
    Run,
    WhyNot,
    blocking_pairs,
    default_embedder,
    dry_run,
    floor_curve,
    pin_costs,
    price_without,
    recruitment,
    score_of,
    solve,
    solve_again,
    stable_pairs,
    why_not,
)
from mentoring_matching.explanations import SPARE, Reason, why_this_pair, why_without_mentor
from mentoring_matching.policies import Terms
from mentoring_matching.profiles import Candidate

PairIds = tuple[str, str]
Progress = Callable[[int, int], None]
PRICED_PINS = 100
COMPARED = 200  # pairs up to which a run also says what else would have been possible, one more solve each


@dataclass(frozen=True)
class Question:
    """Who is free, under which terms, for how many places; pins and bars are (mentor id, mentee id)."""

    candidates: Sequence[Candidate]
    terms: Terms
    titles: Mapping[str, str]
    places: int
    pins: Sequence[PairIds]
    bars: Sequence[PairIds]
    seed: int


@dataclass(frozen=True)
class ExplainedPair:
    """A pair, words to send on, and what doing without it would cost (None where that was not asked)."""

    pair: Pair
    text: str
    without: dict[str, float] | None
    close_call: bool


@dataclass(frozen=True)
class Proposal:
    """The answer: pairs with their words, who is left and why, and how good it is."""

    pairs: Sequence[ExplainedPair]
    unmatched_mentees: Mapping[str, Reason]
    unmatched_mentors: Mapping[str, Reason]
    result: dict[str, Any]
    certificate: dict[str, Any]
    input_hash: str


def propose(question: Question, progress: Progress | None = None) -> Proposal:
    """Solve and explain. InputError and PolicyError say what cannot be solved; `progress` may raise to end the work."""
    run = solved(question, progress)
    return Proposal(
        pairs=_explained(run, question.terms.engine, question.titles),
        unmatched_mentees=why_without_mentor(run, question.terms.texts),
        unmatched_mentors=_spare(run),
        result=_result(run) | {"pins": [asdict(cost) for cost in costs_of_pins(question, run)]},
        certificate=asdict(run.certificate) | {"gap": run.certificate.gap},
        input_hash=run.input_hash,
    )


def why_not_these(question: Question, input_hash: str, mentor_id: str, mentee_id: str) -> WhyNot | None:
    """Why a run did not propose a pair; None when the question is no longer the one the run answered."""
    run = solved(question)
    return why_not(run, mentor_id, mentee_id) if run.input_hash == input_hash else None


def solved(question: Question, progress: Progress | None = None) -> Run:
    """The engine's answer."""
    return solve(
        *_people(question),
        question.terms.engine,
        places=question.places,
        pins=question.pins,
        bars=question.bars,
        seed=question.seed,
        progress=progress,
    )


def _people(question: Question) -> tuple[list[Mentor], list[Mentee]]:
    mentors = [profiles.mentor(c) for c in question.candidates if c.role == "mentor"]
    return mentors, [profiles.mentee(c) for c in question.candidates if c.role == "mentee"]


def _result(run: Run) -> dict[str, Any]:
    """Totals, blocking pairs, and for pools up to COMPARED pairs what would help and what a floor would cost."""
    result = asdict(run.totals) | {"blocking_pairs": blocking_pairs(run), "recruitment": [], "floor_curve": []}
    if len(run.pairs) <= COMPARED:
        result["recruitment"] = [asdict(gain) for gain in recruitment(run)]
        result["floor_curve"] = [asdict(point) for point in floor_curve(run)]
        stable = stable_pairs(run.situation)
        held = [pair.score for pair in run.pairs if pair.pinned]
        score = score_of(run.situation, stable) + sum(held)
        result["stable"] = {"matched": len(stable) + len(held), "score": round(score, 4)}
    return result


def costs_of_pins(question: Question, run: Run) -> list[PinCost]:
    """What the first PRICED_PINS pins cost each by itself and what they override; `run` answers the question."""
    pins = question.pins[:PRICED_PINS]
    if not pins:
        return []
    embedder = Remembering(default_embedder())
    free = solve_again(run, question.terms.engine, places=question.places, bars=question.bars, embedder=embedder)
    texts = question.terms.texts
    found = pin_costs(free, pins, embedder)
    return [replace(cost, rules=tuple(texts.get(rule, rule) for rule in cost.rules)) for cost in found]


def _explained(run: Run, policy: Policy, titles: Mapping[str, str]) -> list[ExplainedPair]:
    mentors, mentees = run.situation.mentors, run.situation.mentees
    rows, columns = run.situation.row, run.situation.column
    found = []
    for pair in run.pairs:
        two = mentors[columns[pair.mentor_id]], mentees[rows[pair.mentee_id]]
        alone = None if pair.pinned or len(run.pairs) > COMPARED else price_without(run, pair.mentee_id)
        price = None if alone is None else {"matches": alone.matches, "score": alone.score}
        close = alone is not None and alone.small
        found.append(ExplainedPair(pair, why_this_pair(pair, *two, policy, titles), price, close))
    return found


def _spare(run: Run) -> dict[str, Reason]:
    busy = {pair.mentor_id for pair in run.pairs}
    return {mentor.id: SPARE for mentor in run.situation.mentors if mentor.id not in busy}


def rule_effects(question: Question) -> DryRun:
    """A dry run: what each rule does to the pairs of these people."""
    return dry_run(*_people(question), question.terms.engine)
