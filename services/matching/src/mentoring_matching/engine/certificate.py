"""An independent proof that a run is optimal: it looks at the pairs and prices only, not at how they were found.

Weak duality: for prices u, v, p >= 0 with u[i] + v[j] + p >= worth[i] + score[i, j] for every permitted pair,
no matching within the capacities and places is worth more than sum(u) + sum(capacity * v) + places * p. A
matching worth exactly that is therefore best. A limit's price adds to those of the people it counts, and its room
to the sum, which is then the bound of the linear relaxation: whole matchings may fall short of it. Where a mentee
may get several mentors, a further one is worth `less` than the first and adds max(0, u - less); as no pair is made
twice, one that is made may be worth more than its prices, and what it is worth more is added. All numbers are
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
from .mutual import Doubles
from .problem import Limits
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
    further: Index = field(default_factory=lambda: np.zeros((0, 0), dtype=np.int64))
    """By how much each mentor beyond the first is worth less than that (n, most - 1), least last; -1: there is none."""

    @property
    def several(self) -> bool:
        """Whether mentees may get several mentors."""
        return bool(self.further.size)

    def own(self, rows: Index, cols: Index) -> Index:
        """The prices of single pairs: those of cuts."""
        prices = dict(zip(self.cuts.ravel().tolist(), np.repeat(self.cut_price, 2).tolist(), strict=True))
        keys = (rows * self.mentor_price.size + cols).tolist()
        return np.array([prices.get(key, 0) for key in keys], dtype=np.int64)

    def prices(self, rows: Index, cols: Index) -> Index:
        """What pairs have to be worth more than to be made."""
        people = self.mentee_price[rows] + self.mentor_price[cols]
        return np.asarray(people + self.place_price + self.own(rows, cols))

    def bound(self, rows: Index, cols: Index) -> NDArray[np.bool_]:
        """Which pairs may not be worth more than their prices: all, or where mentees may get several the others."""
        width = self.mentor_price.size
        made = np.isin(rows * width + cols, self.rows * width + self.cols)
        return ~made if self.several else np.ones(rows.size, dtype=np.bool_)

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
    own = claim.rows * market.shape[1] + claim.cols if claim.several else np.zeros(0, dtype=np.int64)
    keys = np.unique(np.concatenate([claim.cuts.ravel(), own]))
    others = market.barring(Barred(keys, market.shape[1])) if keys.size else market
    worst, checked = _worst_violation(others, folded)
    worst = max(worst, _worst_cut(market, folded))
    value = _values(market, claim)
    primal = sum(value.tolist()) - _less_for_further(claim)
    worst = max(worst, _worst_standing(market, folded))
    dual = sum(claim.mentee_price.tolist()) + (claim.places or 0) * claim.place_price
    if claim.several:
        over = claim.mentee_price[:, None] - claim.further
        dual += sum(np.maximum(over[claim.further >= 0], 0).tolist())
        dual += sum(np.maximum(value - folded.prices(claim.rows, claim.cols), 0).tolist())
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


def _values(market: Market, claim: Claim) -> Index:
    """What each pair of the claim is worth, were it the mentee's first."""
    chosen = zip(claim.rows.tolist(), claim.cols.tolist(), strict=True)
    standing = np.array([claim.standing.get(pair, 0) for pair in chosen], dtype=np.int64)
    return np.asarray(claim.worth[claim.rows] + market.units(claim.rows, claim.cols) + standing)


def _less_for_further(claim: Claim) -> int:
    """By how much further mentors of mentees are worth less than the first."""
    if not claim.several:
        return 0
    held = np.bincount(claim.rows, minlength=claim.worth.size)
    taken = np.arange(claim.further.shape[1]) + 1 < held[:, None]
    return sum(claim.further[taken].tolist())


def _least(values: Index) -> int:
    return int(values.min(initial=0))


def _is_matching(market: Market, claim: Claim) -> bool:
    """Nobody more often than they may, no pair twice, no mentor, limit or cohort with more pairs than it has room for,
    no pair that a rule forbids.
    """
    counts = np.bincount(claim.cols, minlength=claim.capacity.size)
    held = np.bincount(claim.rows, minlength=claim.worth.size)
    room = 1 + (claim.further >= 0).sum(axis=1) if claim.several else 1
    once = bool((held <= room).all()) and bool((counts <= claim.capacity).all())
    once &= np.unique(claim.rows * market.shape[1] + claim.cols).size == claim.rows.size
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
    over = value - claim.prices(rows, cols)
    return max(0, int(over[claim.bound(rows, cols)].max(initial=0)))


def _worst_cut(market: Market, claim: Claim) -> int:
    """The same of the pairs of cuts, whose price is added to those of the two people."""
    keys = claim.cuts.ravel()
    rows, cols = keys // market.shape[1], keys % market.shape[1]
    over = market.units(rows, cols) + claim.worth[rows] - claim.prices(rows, cols)
    kept = market.allowed(rows, cols) & (market.units(rows, cols) >= market.floor) & claim.bound(rows, cols)
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
    return max((look(tile, start, columns, *limits) for start, columns, tile in screen.tiles()), default=0)
