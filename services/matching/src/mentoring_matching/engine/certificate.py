"""An independent proof that a run is optimal: it looks at the pairs and prices only, not at how they were found.

Weak duality: for prices u, v, p >= 0 with u[i] + v[j] + p >= worth[i] + score[i, j] for every permitted pair,
no matching within the capacities and places is worth more than sum(u) + sum(capacity * v) + places * p. A
matching worth exactly that is therefore best. A limit's price adds to those of the people it counts, and its room
to the sum, which is then the bound of the linear relaxation: whole matchings may fall short of it. All numbers are
integers, so equality is exact. A least number is a negative most, and its price at most what a missing pair costs. Two
pairs that exclude each other may have a price that is theirs alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from .acceleration import accelerated, compiled_scanning
from .features import PER_UNIT
from .limits import Limits
from .mutual import Doubles
from .rules import Barred
from .scoring import Market
from .search import Screen

Index = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Claim:
    """What is to be proved: matched pairs (`rows`, `cols`) and prices of mentees, mentors' places and cohort places."""

    rows: Index
    cols: Index
    worth: Index
    capacity: Index
    places: int | None
    mentee_price: Index
    mentor_price: Index
    place_price: int
    standing: Mapping[tuple[int, int], int] = field(default_factory=dict)
    """Pairs that exist already, exempt from the rules, and what keeping each is worth beyond its score."""
    limits: Limits = ()
    limit_price: Index = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    shortfall: int = 0
    """What each pair missing to a least number costs."""
    doubles: Doubles | None = None
    """People on both sides, no two of whom are each other's mentor."""
    cuts: Index = field(default_factory=lambda: np.zeros((0, 2), dtype=np.int64))
    cut_price: Index = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Two pairs each (row * mentors + column) that exclude each other, and what taking one of them costs beside."""

    def own(self, rows: Index, cols: Index) -> Index:
        """The prices of single pairs: those of cuts."""
        prices = dict(zip(self.cuts.ravel().tolist(), np.repeat(self.cut_price, 2).tolist(), strict=True))
        keys = (rows * self.mentor_price.size + cols).tolist()
        return np.array([prices.get(key, 0) for key in keys], dtype=np.int64)

    def exclusive(self, rows: Index, cols: Index) -> int:
        """How many times both of two pairs that exclude each other are among these."""
        return 0 if self.doubles is None else self.doubles.exclusive(rows, cols, self.standing)[0].size

    def limit_prices_folded(self) -> Claim:
        """The same claim, the limits' prices added to those of the people they count (least: taken off)."""
        mentee, mentor = self.mentee_price.copy(), self.mentor_price.copy()
        for bound, price in zip(self.limits, self.limit_price.tolist(), strict=True):
            (mentee if bound.side == "mentee" else mentor)[bound.people] += bound.sign * price
        return replace(self, mentee_price=mentee, mentor_price=mentor)


@dataclass(frozen=True, slots=True)
class Certificate:
    """`valid` only if the matching is permitted and no price is violated by more than `worst` = 0 and the totals agree.

    `gap` is the most by which any matching could be better, in units of 1e-4 (of score, once the worth of
    matches agrees).
    """

    valid: bool
    feasible: bool
    primal: int
    dual: int
    worst: int
    pairs_checked: int

    @property
    def gap(self) -> int:
        return self.dual - self.primal


def certify(market: Market, claim: Claim) -> Certificate:
    """Check a claim against every permitted pair; reads nothing of the solver."""
    feasible = _is_matching(market, claim)
    folded = claim.limit_prices_folded()
    keys = np.unique(claim.cuts)
    others = market.barring(Barred(keys, market.shape[1])) if keys.size else market
    worst, checked = _worst_violation(others, folded)
    worst = max(worst, _worst_cut(market, folded))
    primal = sum((claim.worth[claim.rows] + market.units(claim.rows, claim.cols)).tolist())
    chosen = zip(claim.rows.tolist(), claim.cols.tolist(), strict=True)
    primal += sum(claim.standing.get(pair, 0) for pair in chosen)
    worst = max(worst, _worst_standing(market, folded))
    dual = sum(claim.mentee_price.tolist()) + (claim.places or 0) * claim.place_price
    dual += sum(c * p for c, p in zip(claim.capacity.tolist(), claim.mentor_price.tolist(), strict=True))
    dual += sum(bound.sign * bound.room * p for bound, p in zip(claim.limits, claim.limit_price.tolist(), strict=True))
    dual += sum(claim.cut_price.tolist())
    missing = [bound for bound in claim.limits if bound.least]
    primal -= claim.shortfall * sum(bound.beyond(claim.rows, claim.cols) for bound in missing)
    prices = (claim.mentee_price, claim.mentor_price, claim.limit_price, claim.cut_price)
    priced = min(*map(_least, prices), claim.place_price) >= 0
    priced &= claim.places is not None or claim.place_price == 0
    capped = zip(claim.limits, claim.limit_price.tolist(), strict=True)
    priced &= all(price <= claim.shortfall for bound, price in capped if bound.least)
    priced &= all(claim.exclusive(cut // market.shape[1], cut % market.shape[1]) == 1 for cut in claim.cuts)
    sound = feasible and priced and worst == 0
    return Certificate(sound and primal == dual, feasible, primal, dual, worst, checked)


def _least(values: Index) -> int:
    return int(values.min(initial=0))


def _is_matching(market: Market, claim: Claim) -> bool:
    """Nobody twice, no mentor, limit or cohort with more pairs than it has room for, no pair that a rule forbids."""
    counts = np.bincount(claim.cols, minlength=claim.capacity.size)
    once = np.unique(claim.rows).size == claim.rows.size and bool((counts <= claim.capacity).all())
    within = claim.places is None or claim.rows.size <= claim.places
    allowed = market.allowed(claim.rows, claim.cols) & (market.units(claim.rows, claim.cols) >= market.floor)
    broken = zip(claim.rows[~allowed].tolist(), claim.cols[~allowed].tolist(), strict=True)
    within &= not any(bound.beyond(claim.rows, claim.cols) for bound in claim.limits if not bound.least)
    within &= not claim.exclusive(claim.rows, claim.cols)
    return once and within and all(pair in claim.standing for pair in broken)


def _worst_standing(market: Market, claim: Claim) -> int:
    if not claim.standing:
        return 0
    rows, cols = np.array(list(claim.standing), dtype=np.int64).T
    value = claim.worth[rows] + market.units(rows, cols) + np.array(list(claim.standing.values()), dtype=np.int64)
    prices = claim.mentee_price[rows] + claim.mentor_price[cols] + claim.place_price + claim.own(rows, cols)
    return max(0, int((value - prices).max()))


def _worst_cut(market: Market, claim: Claim) -> int:
    """The same of the pairs of cuts, whose price is added to those of the two people."""
    keys = claim.cuts.ravel()
    rows, cols = keys // market.shape[1], keys % market.shape[1]
    worth = market.units(rows, cols) + claim.worth[rows]
    over = worth - claim.mentee_price[rows] - claim.mentor_price[cols] - claim.place_price - claim.own(rows, cols)
    kept = market.allowed(rows, cols) & (market.units(rows, cols) >= market.floor)
    return int(over[kept].max(initial=0))


def _worst_violation(market: Market, claim: Claim) -> tuple[int, int]:
    """The largest amount by which a permitted pair is worth more than its prices (0: none), and the number of pairs."""
    worst, checked = 0, 0
    rows_limit, cols_limit = claim.mentee_price - claim.worth, claim.mentor_price + claim.place_price
    if accelerated(market.shape[0] * market.shape[1]):
        return _worst_compiled(market, rows_limit, cols_limit), market.shape[0] * market.shape[1]
    for start, block in market.blocks():
        # a score rounds up to a unit from half a unit on; float64 holds these limits exactly
        excess = np.maximum(block, 0) - (cols_limit * float(PER_UNIT))
        open_pairs = np.flatnonzero(excess >= ((rows_limit[start : start + len(block)] + 0.5) * PER_UNIT)[:, None])
        rows, cols = open_pairs // excess.shape[1] + start, open_pairs % excess.shape[1]
        units = market.units(rows, cols)
        over = units - rows_limit[rows] - cols_limit[cols]
        suspect = (over > 0) & (units >= market.floor)
        kept = market.allowed(rows[suspect], cols[suspect])
        worst, checked = max(worst, int(over[suspect][kept].max(initial=0))), checked + excess.size
    return worst, checked


def _worst_compiled(market: Market, rows_limit: Index, cols_limit: Index) -> int:
    screen, look = Screen(market), compiled_scanning().worst_violation
    limits = rows_limit[screen.names], cols_limit, market.floor, screen.rules
    return max((look(block, start, *limits) for start, block in screen.blocks()), default=0)
