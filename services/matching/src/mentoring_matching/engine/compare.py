"""Two runs side by side, a dry run of the rules, and plainer ways of matching to compare with."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import numpy as np

from .explain import blocking_pairs
from .features import UNITS
from .people import Mentee, Mentor
from .policy import Policy
from .pool import PairIds
from .rules import Index
from .run import Run, Situation, Totals, prepare
from .scoring import to_units
from .text import Embedder


@dataclass(frozen=True, slots=True)
class Change:
    """A mentee's mentor before and, in their place, after (None: nobody); who has several may have several of these."""

    mentee_id: str
    before: str | None
    after: str | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """Totals and blocking pairs of two runs (before, after) and who changes, by mentee id."""

    totals: tuple[Totals, Totals]
    blocking_pairs: tuple[int, int]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True)
class RuleEffect:
    """What one rule does: pairs it forbids, pairs that it alone forbids, mentees whom it alone leaves without
    anybody.
    """

    name: str
    removes: int
    removes_alone: int
    strands: int


@dataclass(frozen=True, slots=True)
class DryRun:
    """All pairs, those permitted, mentees without a permitted mentor, and the effect of each rule, floor last."""

    pairs: int
    permitted: int
    stranded: int
    rules: tuple[RuleEffect, ...]


def compare(before: Run, after: Run) -> Comparison:
    """A what-if: nothing is stored, nobody is told."""
    old, new = ({(pair.mentee_id, pair.mentor_id) for pair in run.pairs} for run in (before, after))
    gone, came = (_by_mentee(pairs) for pairs in (old - new, new - old))
    mentees = sorted({*gone, *came})
    changes = [Change(m, *two) for m in mentees for two in zip_longest(gone.get(m, ()), came.get(m, ()))]
    return Comparison((before.totals, after.totals), (blocking_pairs(before), blocking_pairs(after)), tuple(changes))


def _by_mentee(pairs: Iterable[tuple[str, str]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for mentee, mentor in sorted(pairs):
        found.setdefault(mentee, []).append(mentor)
    return found


def dry_run(
    mentors: Sequence[Mentor], mentees: Sequence[Mentee], policy: Policy, embedder: Embedder | None = None
) -> DryRun:
    """How many pairs each rule removes, without solving anything."""
    situation = prepare(mentors, mentees, policy, embedder=embedder)
    market = situation.problem.market
    rules = [
        rule
        for rule in market.rules
        if rule.kind not in ("self", "available", "together") and rule.name != "barred by a coordinator"
    ]
    names = [*(rule.name for rule in rules), "floor"]
    removes, alone, strands = (np.zeros(len(names), dtype=np.int64) for _ in range(3))
    left, stranded, cols = 0, 0, np.arange(market.shape[1], dtype=np.int64)
    for start, block in market.blocks():
        rows = np.arange(start, start + len(block), dtype=np.int64)[:, None]
        tests = [rule.test(rows, cols) for rule in rules]
        forbidden = np.stack([*(~test for test in tests), to_units(block) < market.floor])
        count = forbidden.sum(axis=0)
        none = (count == 0).sum(axis=1) == 0
        removes += forbidden.sum(axis=(1, 2))
        sole = forbidden & (count == 1)
        alone += sole.sum(axis=(1, 2))
        strands += (none & sole.any(axis=2)).sum(axis=1)
        left, stranded = left + int((count == 0).sum()), stranded + int(none.sum())
    effects = zip(names, removes.tolist(), alone.tolist(), strands.tolist(), strict=True)
    pairs = market.shape[0] * market.shape[1]
    return DryRun(pairs, left, stranded, tuple(RuleEffect(*effect) for effect in effects))


def stable_pairs(situation: Situation) -> list[PairIds]:
    """The stable matching by score: no two people would both rather have each other. Scores are common to both
    sides, so taking the best remaining pair again and again gives it (Gale and Shapley 1962; unique up to ties)."""
    units, allowed = _everything(situation)
    order = np.flatnonzero(allowed)
    order = order[np.argsort(-units.ravel()[order], kind="stable")]
    return _take(situation, order)


def first_come_pairs(situation: Situation) -> list[PairIds]:
    """Mentees in their drawn order each take the best mentor still free."""
    units, allowed = _everything(situation)
    rows, cols = np.nonzero(allowed)
    order = np.lexsort((-units[rows, cols], rows))
    return _take(situation, (rows * units.shape[1] + cols)[order])


def _everything(situation: Situation) -> tuple[Index, np.ndarray[tuple[int, ...], np.dtype[np.bool_]]]:
    market = situation.problem.market
    rows, cols = (np.arange(size, dtype=np.int64) for size in market.shape)
    units = market.block_units(0, market.shape[0])
    return units, market.allowed(rows[:, None], cols[None, :]) & (units >= market.floor)


def _take(situation: Situation, order: Index) -> list[PairIds]:
    room, places = situation.problem.capacity.tolist(), situation.problem.places
    seats = situation.problem.seats
    wants = [1] * len(situation.mentees) if seats is None else seats.room.tolist()
    pairs: list[PairIds] = []
    width = max(len(situation.mentors), 1)
    for key in order.tolist():
        i, j = divmod(key, width)
        if places is not None and len(pairs) >= places:
            break
        if wants[i] and room[j]:
            wants[i] -= 1
            room[j] -= 1
            pairs.append((situation.mentors[j].id, situation.mentees[i].id))
    return pairs


def score_of(situation: Situation, pairs: Sequence[PairIds]) -> float:
    """Total score of pairs (mentor id, mentee id)."""
    rows = np.array([situation.row[mentee] for _, mentee in pairs], dtype=np.int64)
    cols = np.array([situation.column[mentor] for mentor, _ in pairs], dtype=np.int64)
    return int(situation.problem.market.units(rows, cols).sum()) / UNITS
