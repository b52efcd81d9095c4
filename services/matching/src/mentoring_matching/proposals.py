"""A run's work: from people and terms to a proposal with its reasons. Pure and slow: it runs in a thread."""

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import Any
from uuid import UUID

from mentoring_matching import profiles
from mentoring_matching.engine import (
    Choice,
    DryRun,
    FloorPoint,
    Mentee,
    Mentor,
    Pair,
    PinCost,
    Remembering,
    Run,
    WhyNot,
    blocking_pairs,
    choices,
    choices_of_mentor,
    default_embedder,
    dry_run,
    evenly,
    floor_points,
    pin_costs,
    prices_without,
    recruitment,
    recruitment_known,
    rematch,
    score_of,
    solve,
    solve_again,
    stable_pairs,
    why_not,
)
from mentoring_matching.explanations import (
    Reason,
    how_many_mentors,
    in_words,
    why_this_pair,
    why_without_mentee,
    why_without_mentor,
)
from mentoring_matching.policies import Terms
from mentoring_matching.profiles import Candidate

PairIds = tuple[str, str]
Progress = Callable[[int, int], None]
PRICED_PINS = 100  # each price is one more solution
HELPFUL = 2000
"""Pairs up to which a run says what else would have been possible, and whom to recruit: beyond, that would take longer
than the matching itself, and nobody reads it pair by pair."""


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
    standing: Mapping[PairIds, UUID] = field(default_factory=dict)
    """Confirmed pairs whose mentees may move, with their match; the people and places include theirs."""
    held: Sequence[PairIds] = ()
    """Pairs of the programme that stand or are offered, and stay; two people are not each other's mentor."""


@dataclass(frozen=True)
class ExplainedPair:
    """A pair, words to send on, and what doing without it would cost (None where that was not asked).

    `replaces` is the mentee's present match, `waits_for` the one whose end frees the mentor's place.
    """

    pair: Pair
    text: str
    without: dict[str, float] | None
    close_call: bool
    replaces: UUID | None = None
    waits_for: UUID | None = None


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
    run, even_cost = _solved(question, progress)
    pairs = _with_moves(question, {(pair.mentor_id, pair.mentee_id) for pair in run.pairs}, _explained(run, question))
    costs = [asdict(cost) for cost in costs_of_pins(question, run)]
    sources = [asdict(rule) for rule in rule_sources(question)]
    moved = sum(explained.replaces is not None for explained in pairs)
    return Proposal(
        pairs=pairs,
        unmatched_mentees=why_without_mentor(run, question.terms.texts),
        unmatched_mentors=why_without_mentee(run, question.terms.texts, full=len(run.pairs) >= question.places),
        result=_result(run)
        | {"pins": costs, "moved": moved, "unread": unread(question), "rule_sources": sources}
        | {"busiest": busiest(run), "even_cost": even_cost, "short_of_mentors": len(run.short)},
        certificate=asdict(run.certificate) | {"gap": run.certificate.gap},
        input_hash=run.input_hash,
    )


@dataclass(frozen=True)
class RuleSources:
    """How many people a hard rule judged by what HR said of them, by their own word, and with nothing said."""

    rule: str
    attribute: str
    from_hr: int
    self_declared: int
    not_given: int
    void: bool
    """Nothing is known of one side: the rule keeps nobody apart, or everybody if it asks for an answer."""
    explanation: str


def rule_sources(question: Question) -> list[RuleSources]:
    """What the hard rules that read a value of people stood on, in their order."""
    found = []
    for rule in question.terms.engine.rules:
        names = {"mentee": rule.attribute, "mentor": rule.mentor_attribute or rule.attribute}
        if rule.kind == "no_line_management":
            names = {"mentee": "line_manager", "mentor": "line_manager"}
        if names["mentee"]:
            said = Counter(profiles.source(c.profile, names[c.role]) for c in question.candidates)
            counts = (said["hr"], said["self"], said[None])
            words = question.terms.texts.get(rule.name, rule.name)
            # who is the other's line manager or partner of before is said by either of the two
            both = rule.kind not in ("no_line_management", "not_matched_before")
            silent = [role for role in names if both and _is_silent(question, role, names[role])]
            told = _standing(words, *counts, silent, lenient=rule.allows_missing)
            found.append(RuleSources(rule.name, names["mentee"], *counts, bool(silent), told))
    return found


def _is_silent(question: Question, role: str, name: str) -> bool:
    """Whether there are people of a role and none of them has a value that can be read."""
    values = [profiles.source(c.profile, name) for c in question.candidates if c.role == role]
    return bool(values) and not any(values)


def _standing(
    words: str, from_hr: int, self_declared: int, not_given: int, silent: Sequence[str], *, lenient: bool
) -> str:
    if silent:
        effect = "so it keeps nobody apart" if lenient else "so no pair can meet it"
        return f"{words}: nothing is known of any {' or '.join(silent)}, {effect}"
    if not self_declared and not not_given:
        return f"{words}: HR's word for everybody"
    return f"{words}: HR's word for {from_hr}, their own for {self_declared}, nothing known of {not_given}"


def unread(question: Question) -> int:
    """The number of people of whom the policy asks for something that cannot be read."""
    return sum(bool(candidate.unread) for candidate in question.candidates)


def conversations(question: Question, per_mentee: int, had: Collection[PairIds]) -> list[Pair]:
    """Up to `per_mentee` mentors for each mentee beside those they `had`, best for all in each round.

    A mentor talks to at most `per_mentee` times as many mentees as they could take.
    """
    people, found = question.candidates, [Pair(*pair, 0.0, {}) for pair in had]
    for _ in range(per_mentee):
        talks = Counter(id_ for pair in found for id_ in (pair.mentor_id, pair.mentee_id))
        left = [replace(c, load=0, free=c.free * per_mentee - talks[str(c.person_id)]) if c.role == "mentor"
                else replace(c, load=0, free=int(talks[str(c.person_id)] < per_mentee)) for c in people]  # fmt: skip
        bars = {*question.bars, *((pair.mentor_id, pair.mentee_id) for pair in found)}
        here = {str(c.person_id) for c in left if c.free > 0}
        asked = sorted(pair for pair in bars if here >= set(pair))
        able = [c for c in left if c.free > 0]
        found += solved(replace(question, candidates=able, bars=asked, places=len(able))).pairs
    return found[len(had) :]


def why_not_these(question: Question, input_hash: str, mentor_id: str, mentee_id: str) -> WhyNot | None:
    """Why a run did not propose a pair; None when the question is no longer the one the run answered."""
    run = solved(question)
    if run.input_hash != input_hash:
        return None
    if any((pair.mentor_id, pair.mentee_id) == (mentor_id, mentee_id) for pair in run.pairs):
        return WhyNot(mentor_id, mentee_id, (), False, None, "The run proposes this pair.")
    return in_words(why_not(run, mentor_id, mentee_id), question.terms.texts)


def alternatives_of(
    question: Question, input_hash: str, wanted: Sequence[tuple[str, str]], number: int
) -> list[list[Choice]] | None:
    """For each of `wanted` (role, person id) the cheapest other partners; None when the question is no longer the one
    the run answered.
    """
    run = solved(question)
    if run.input_hash != input_hash:
        return None
    of = {"mentee": choices, "mentor": choices_of_mentor}
    return [of[role](run, person_id, number) for role, person_id in wanted]


def solved(question: Question, progress: Progress | None = None) -> Run:
    """The engine's answer; with standing pairs, as few of their people moved as the number matched allows."""
    return _solved(question, progress)[0]


def _solved(question: Question, progress: Progress | None = None) -> tuple[Run, float | None]:
    """The same, and the total score that an even load costs (None where it is not asked for)."""
    mentors, mentees = _people(question)
    policy, even = question.terms.engine, question.terms.load.even
    terms: dict[str, Any] = {
        "places": question.places,
        "bars": question.bars,
        "held": question.held,
        "seed": question.seed,
    }
    terms["embedder"] = Remembering(default_embedder())

    def run_of(able: Sequence[Mentor]) -> Run:
        if question.standing:
            return rematch(able, mentees, policy, question.standing, **terms).run
        return solve(able, mentees, policy, pins=question.pins, progress=progress, **terms)

    run = run_of(mentors)
    if even is None:
        return run, None
    loads = {str(c.person_id): c.load for c in question.candidates if c.role == "mentor"}
    found, _ = evenly(mentors, run, run_of, worth=even, loads=loads)
    return found, round(run.totals.score - found.totals.score, 4)


def busiest(run: Run) -> int:
    """The most mentees that the run gives one mentor."""
    return max(Counter(pair.mentor_id for pair in run.pairs).values(), default=0)


def _people(question: Question) -> tuple[list[Mentor], list[Mentee]]:
    mentors = [profiles.mentor(c) for c in question.candidates if c.role == "mentor"]
    return mentors, [profiles.mentee(c) for c in question.candidates if c.role == "mentee"]


def _result(run: Run) -> dict[str, Any]:
    """Totals, blocking pairs, and as far as it is cheap what would help and what a floor or stability would cost."""
    result = asdict(run.totals) | {"blocking_pairs": blocking_pairs(run), "recruitment": [], "floor_curve": []}
    result["limits"] = [asdict(use) for use in run.limits]
    standing = run.situation.problem.standing
    if len(run.pairs) <= HELPFUL and not standing:
        result["floor_curve"] = [asdict(point) for point in floor_points(run)]
        result["recruitment"] = [asdict(gain) for gain in recruitment(run)]
        result["recruitment_known"] = recruitment_known(run)
        stable = stable_pairs(run.situation)
        held = [pair for pair in run.pairs if pair.pinned]
        score = score_of(run.situation, stable) + sum(pair.score for pair in held)
        people = {mentee_id for _, mentee_id in stable} | {pair.mentee_id for pair in held}
        pairs = len(stable) + len(held)
        result["stable"] = {"matched": len(people), "pairs": pairs, "score": round(score, 4)}
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


def _with_moves(question: Question, made: Collection[PairIds], pairs: Sequence[ExplainedPair]) -> list[ExplainedPair]:
    """Who moves, and who waits for whose move: a mentor's free places go first, then those that moves free."""
    lost: dict[str, list[UUID]] = defaultdict(list)
    for pair, match_id in question.standing.items():
        if pair not in made:
            lost[pair[1]].append(match_id)
    new = [replace(e, replaces=lost[e.pair.mentee_id].pop() if lost[e.pair.mentee_id] else None) for e in pairs]
    moving = {e.replaces for e in new}
    leaving: dict[str, list[UUID]] = defaultdict(list)
    free = {str(c.person_id): c.free for c in question.candidates if c.role == "mentor"}
    for (mentor_id, _), match_id in question.standing.items():
        free[mentor_id] -= 1
        if match_id in moving:
            leaving[mentor_id].append(match_id)
    found = []
    for explained in new:
        mentor_id = explained.pair.mentor_id
        free[mentor_id] -= 1
        waits_for = leaving[mentor_id].pop() if free[mentor_id] < 0 else None
        found.append(replace(explained, waits_for=waits_for))
    return found


def _explained(run: Run, question: Question) -> list[ExplainedPair]:
    mentors, mentees = run.situation.mentors, run.situation.mentees
    rows, columns = run.situation.row, run.situation.column
    found = []
    policy, titles = question.terms.engine, question.titles
    alternatives = prices_without(run) if len(run.pairs) <= HELPFUL else {}
    several = how_many_mentors(run, question.terms.texts)
    for pair in run.pairs:
        if (pair.mentor_id, pair.mentee_id) in question.standing:
            continue
        two = mentors[columns[pair.mentor_id]], mentees[rows[pair.mentee_id]]
        alone = alternatives.get((pair.mentor_id, pair.mentee_id))
        price = None if alone is None else {"matches": alone.matches, "score": alone.score, "priority": alone.priority}
        close = alone is not None and alone.small
        text = " ".join(filter(None, [why_this_pair(pair, *two, policy, titles), several.get(pair.mentee_id)]))
        found.append(ExplainedPair(pair, text, price, close))
    return found


def floor_curve_of(question: Question, input_hash: str) -> list[FloorPoint] | None:
    """The floor curve of a run; None when the question is no longer the one the run answered."""
    run = solved(question)
    return floor_points(run) if run.input_hash == input_hash else None


def rule_effects(question: Question) -> DryRun:
    """A dry run: what each rule does to the pairs of these people."""
    return dry_run(*_people(question), question.terms.engine)
