"""Exact scores of all pairs in blocks, hard rules on the survivors, and the best pairs of every row and column."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .features import PER_UNIT, UNITS, Features
from .rules import Index, Mask, Permission, Test, permitted

_BLOCK = 1 << 22
_SAMPLE = 2048
_MANY = 400
"""Pairs above their price, per row, from which on it pays to bound each row's and column's best first."""

Units = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs (mentee row, mentor column) with their score in units, sorted by row and column."""

    rows: Index
    cols: Index
    units: Units


@dataclass(frozen=True, slots=True)
class Prices:
    """What a pair's score has to exceed, per mentee row and mentor column, in units; `step` is the worth of
    one match, of which prices hold a whole multiple and a small rest."""

    rows: Units
    cols: Units
    step: int


@dataclass(frozen=True, slots=True)
class Market:
    """Who may meet whom and how well it fits: n mentees, m mentors, rules, features and the least score in units."""

    features: Features
    rules: Sequence[Permission]
    floor: int

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.features.mentees), len(self.features.mentors)

    def dots(self, start: int, stop: int) -> NDArray[np.float32]:
        """Scores of mentee rows start..stop with every mentor, exact, in 1/SCALE, not yet cut to 0..1."""
        block = self.features.mentees[start:stop] @ self.features.mentors.T
        width = self.shape[1]
        for bonus in self.features.bonuses:
            low, high = np.searchsorted(bonus.keys, (start * width, stop * width))
            keys = bonus.keys[low:high] - start * width
            block[keys // width, keys % width] += bonus.values[low:high]
        return block

    def block_units(self, start: int, stop: int) -> Units:
        """Scores of mentee rows start..stop with every mentor in units."""
        return to_units(self.dots(start, stop))

    def units(self, rows: Index, cols: Index) -> Units:
        """Scores of single pairs in units."""
        parts = [self._pair_dots(rows[part], cols[part]) for part in _chunks(rows.size, 1 << 17)]
        return to_units(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)

    def _pair_dots(self, rows: Index, cols: Index) -> NDArray[np.float32]:
        features = self.features
        dots = np.einsum("ij,ij->i", features.mentees[rows], features.mentors[cols])
        for bonus in features.bonuses:
            dots += bonus.at(rows * self.shape[1] + cols)
        return np.asarray(dots, dtype=np.float32)

    def allowed(self, rows: Index, cols: Index) -> NDArray[np.bool_]:
        """Pairs that break no hard rule (the floor is not looked at)."""
        return permitted(self.rules, rows, cols)

    def best_pairs(self, per_row: int, per_col: int, prices: Prices) -> Pairs:
        """The permitted pairs whose score exceeds row price + column price, at most the best `per_row` of every mentee
        and the best `per_col` of every mentor (by score minus prices, then by position)."""
        search = _Search(self, per_row, per_col, prices)
        for start, stop in self.blocks():
            search.scan(start, stop)
        return search.result()

    def part(self, rows: Index, cols: Index) -> Market:
        """The market of some mentees and mentors, in the order given by ascending positions."""
        own = self.features
        bonuses = tuple(bonus.part(rows, cols, self.shape[1]) for bonus in own.bonuses)
        rules = [Permission(rule.name, rule.kind, _within(rule, rows, cols)) for rule in self.rules]
        return Market(Features(own.mentees[rows], own.mentors[cols], own.spans, bonuses), rules, self.floor)

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Row ranges whose blocks of scores fit the cache and the memory."""
        rows, cols = self.shape
        step = max(64, min(1024, _BLOCK // max(cols, 1)))
        yield from ((start, min(start + step, rows)) for start in range(0, rows if cols else 0, step))


def _sample(size: int) -> Index:
    """Evenly spaced positions: a quarter of all, at least 256, at most about `_SAMPLE`."""
    return np.arange(0, size, max(1, size // min(_SAMPLE, max(256, size // 4))), dtype=np.int64)


def _within(rule: Permission, rows: Index, cols: Index) -> Test:
    return lambda i, j: rule.test(rows[i], cols[j])


def to_units(dots: NDArray[np.float32]) -> Units:
    """1/SCALE to units of 1e-4, cut to 0..UNITS."""
    return np.asarray(np.clip(np.rint(dots / np.float32(PER_UNIT)), 0, UNITS), dtype=np.int64)


def _chunks(size: int, step: int) -> Iterator[slice]:
    return (slice(start, start + step) for start in range(0, size, step))


class _Search:
    """State of `best_pairs`: what was kept so far and each column's worst kept gain."""

    def __init__(self, market: Market, per_row: int, per_col: int, prices: Prices) -> None:
        self.market, self.per_row, self.per_col = market, per_row, per_col
        self.row_price, self.col_price, far = _compress(prices)
        # float32 holds prices to one part in 2**24; the screen lets through what this leaves open
        self.slack = np.float32(PER_UNIT * (1 + 4 * far / (1 << 22)))
        self.col_screen = (self.col_price * PER_UNIT).astype(np.float32)
        self.row_screen = (self.row_price * PER_UNIT).astype(np.float32)
        self.col_least: NDArray[np.float32] | None = None
        self.by_row: list[NDArray[np.int64]] = []
        self.by_col = np.zeros((3, 0), dtype=np.int64)
        self.waiting: list[NDArray[np.int64]] = []

    def scan(self, start: int, stop: int) -> None:
        block = self.market.dots(start, stop)
        np.maximum(block, 0, out=block)
        sample = _sample(block.shape[1])
        low = block[:, sample] < (self.market.floor - 0.5) * PER_UNIT
        block -= self.col_screen
        block -= self.row_screen[start:stop, None]
        above = block > -self.slack
        if np.count_nonzero(above) > _MANY * len(block):
            above = self._cut(block, start, sample, low)
        chosen = np.flatnonzero(above)
        self._keep(self._exact(chosen // block.shape[1] + start, chosen % block.shape[1]))

    def _cut(self, block: NDArray[np.float32], start: int, sample: Index, low: Mask) -> Mask:
        """What can be among the best of its row or column, where too much is above its price."""
        least = np.full(len(block), np.inf, dtype=np.float32)
        if self.per_row:
            rows = np.arange(start, start + len(block))
            seen = np.array(block[:, sample])
            seen[low | ~self.market.allowed(rows[:, None], sample[None, :])] = -np.inf
            least = self._bound(seen, self.per_row)
        above: Mask = block > least[:, None]
        if self.per_col:
            if self.col_least is None:
                self.col_least = self._column_bounds()
            above |= block > self.col_least
        return above

    def _bound(self, seen: NDArray[np.float32], count: int) -> NDArray[np.float32]:
        """Below each line's `count` best permitted gain, from a sample of them; never above the true one."""
        bound = np.full(len(seen), -self.slack, dtype=np.float32)
        kth = seen.shape[1] - count
        if kth <= 0:
            return bound
        return np.asarray(np.maximum(bound, np.partition(seen, kth, axis=1)[:, kth] - self.slack))

    def _column_bounds(self) -> NDArray[np.float32]:
        """A first bound of each column from a sample of rows; bonuses only add, so they may be left out."""
        features, (rows, cols) = self.market.features, self.market.shape
        sample = _sample(rows)
        bounds = [np.zeros(0, dtype=np.float32)]
        for start in range(0, cols, _SAMPLE):
            columns = np.arange(start, min(start + _SAMPLE, cols), dtype=np.int64)
            seen = np.maximum(features.mentors[columns] @ features.mentees[sample].T, 0)
            low = seen < (self.market.floor - 0.5) * PER_UNIT
            seen -= self.row_screen[sample]
            seen -= self.col_screen[columns, None]
            seen[low | ~self.market.allowed(sample[None, :], columns[:, None])] = -np.inf
            bounds.append(self._bound(seen, self.per_col))
        return np.concatenate(bounds)

    def _exact(self, rows: Index, cols: Index) -> NDArray[np.int64]:
        for rule in self.market.rules:
            keep = rule.test(rows, cols)
            rows, cols = rows[keep], cols[keep]
        units = self.market.units(rows, cols)
        gains = units - self.row_price[rows] - self.col_price[cols]
        keep = (gains > 0) & (units >= self.market.floor)
        return np.stack([rows, cols, gains])[:, keep]

    def _keep(self, found: NDArray[np.int64]) -> None:
        if self.per_row:
            self.by_row.append(_first(found, found[0], found[1], self.per_row))
        if self.per_col:
            self.waiting.append(found)
            if sum(part.shape[1] for part in self.waiting) > _BLOCK // 8:
                self._merge_columns()

    def _merge_columns(self) -> None:
        joined = np.concatenate([self.by_col, *self.waiting], axis=1)
        self.waiting = []
        self.by_col = _first(joined, joined[1], joined[0], self.per_col)
        if self.col_least is not None:
            full = np.bincount(self.by_col[1], minlength=self.col_least.size) >= self.per_col
            worst = np.full(self.col_least.size, np.iinfo(np.int64).max)
            np.minimum.at(worst, self.by_col[1], self.by_col[2])
            bound = np.where(full, worst, 0).astype(np.float32) * PER_UNIT - self.slack
            self.col_least = np.maximum(self.col_least, bound.astype(np.float32))

    def result(self) -> Pairs:
        self._merge_columns()
        parts = np.concatenate([self.by_col, *self.by_row], axis=1)
        width = max(self.market.shape[1], 1)
        keys, place = np.unique(parts[0] * width + parts[1], return_index=True)
        rows, cols = keys // width, keys % width
        return Pairs(rows, cols, parts[2][place] + self.row_price[rows] + self.col_price[cols])


def _compress(prices: Prices) -> tuple[Units, Units, int]:
    """Prices whose multiples of `step` are shrunk to the range of what is left, so that float32 can screen them.

    With price = a * step + rest, only the sign of the sum of the a and then the rests decide whether a sum of
    a row and a column price lies below a score; replacing `step` by anything beyond the largest rests keeps
    every such comparison.
    """
    parts = [np.divmod(side + prices.step // 2, prices.step) for side in (prices.rows, prices.cols)]
    rests = [rest - prices.step // 2 for _, rest in parts]
    far = UNITS + sum(int(np.abs(rest).max(initial=0)) for rest in rests)
    step = min(prices.step, far)
    rows, cols = (whole * step + rest for (whole, _), rest in zip(parts, rests, strict=True))
    return rows, cols, far


def _first(found: NDArray[np.int64], group: Index, other: Index, count: int) -> NDArray[np.int64]:
    """The `count` best of each group by gain, ties by the other side's position."""
    order = _order(group, found[2], other)
    ranked = group[order]
    return found[:, order[np.arange(order.size) - np.searchsorted(ranked, ranked) < count]]


def _order(group: Index, gain: Units, other: Index) -> Index:
    top = int(gain.max(initial=0))
    if max(top, int(group.max(initial=0)), int(other.max(initial=0))) >= 1 << 21:
        return np.lexsort((other, -gain, group))
    # one number to sort by is several times faster than three
    return np.argsort((group << 42) | ((top - gain) << 21) | other)
