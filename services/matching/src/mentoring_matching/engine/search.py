"""The best permitted pairs of every row and column at given prices: array code, or compiled loops for large markets."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

from .acceleration import accelerated, compiled_scanning
from .features import PER_UNIT, UNITS
from .rules import Barred, Computed, Equal, Index, Mask, Table
from .scanning import NEVER, WIDTH, Best, Rules
from .scoring import Market, Pairs, Prices, Scores, Units, to_units

_SAMPLE = 2048
_MANY = 400
"""Pairs above their price, per row, from which on it pays to bound each row's and column's best first."""
_WAITING = 1 << 19
_TILE = 1 << 18
"""Scores of a tile, 1 MB: it stays in the cache between the product and the look at it."""
_LEAST_ROWS, _MOST_ROWS = 48, 256
"""Rows of a tile: kinds of people share one until they are this many."""


def best_pairs(market: Market, per_row: int, per_col: int, prices: Prices) -> Pairs:
    """The permitted pairs whose score exceeds row price + column price, at most the best `per_row` of every mentee
    and the best `per_col` of every mentor (by score minus prices, then by position)."""
    compiled = accelerated(market.shape[0] * market.shape[1])
    search = (_CompiledSearch if compiled else _Search)(market, per_row, per_col, prices)
    search.scan()
    return search.result()


class Screen:
    """A market for compiled loops: its rows together by kind (`names` are their positions in the market), its rules as
    arrays, and blocks of scores in which the rest is marked.
    """

    def __init__(self, market: Market) -> None:
        rows, cols = market.shape
        kinds = [test.rows for test in market.tests if isinstance(test, Table)]
        self.names = np.argsort(kinds[0], kind="stable") if kinds else np.arange(rows)
        self.market = market = market.part(self.names, np.arange(cols))
        everybody = Table(np.zeros(rows, np.int64), np.zeros(cols, np.int64), np.ones((1, 1), dtype=np.bool_))
        first, *more = [test for test in market.tests if isinstance(test, Table)] or [everybody]
        equals = [test for test in market.tests if isinstance(test, Equal)]
        self.others = [test for test in market.tests if isinstance(test, Barred | Computed)]
        starts = np.cumsum([0, *(test.allowed.size for test in more)]).tolist()
        self.rules = Rules(
            first.rows,
            first.cols,
            np.ascontiguousarray(first.allowed),
            _stacked([at + t.rows * t.allowed.shape[1] for at, t in zip(starts, more, strict=False)], rows),
            _stacked([test.cols for test in more], cols),
            np.concatenate([np.zeros(0, dtype=np.bool_), *(test.allowed.ravel() for test in more)]),
            _stacked([test.rows for test in equals], rows),
            _stacked([test.cols for test in equals], cols),
            np.array([test.differ for test in equals], dtype=np.bool_),
            np.array([test.lenient for test in equals], dtype=np.bool_),
        )

    def tiles(self) -> Iterator[tuple[int, Index, Scores]]:
        """The market's scores in tiles that stay near the processor, each with its first row and its columns: those
        that the first table permits to any kind of its rows. NEVER where a rule that the loops do not hold forbids the
        pair. The next tile overwrites one.
        """
        market, rules = self.market, self.rules
        room = np.empty(_TILE + WIDTH * _MOST_ROWS, dtype=np.float32)
        for start, stop in _stretches(rules.rows):
            kinds = np.unique(rules.rows[start:stop])
            open_to = np.flatnonzero(rules.allowed[kinds].any(axis=0)[rules.cols])
            of_rows, of_cols = market.features.mentees[start:stop], market.features.mentors.take(open_to, axis=0)
            marks = list(self._marks(start, stop, open_to))
            width = -(-_TILE // (stop - start) // WIDTH) * WIDTH
            for left in range(0, open_to.size, width):
                columns = open_to[left : left + width]
                out = room[: len(of_rows) * columns.size].reshape(len(of_rows), columns.size)
                np.matmul(of_rows, of_cols[left : left + width].T, out=out)
                for i, place, values in marks:
                    low, high = np.searchsorted(place, (left, left + columns.size))
                    out[i[low:high], place[low:high] - left] += values[low:high]
                self._forbid(start, columns, out)
                yield start, columns, out

    def _marks(self, start: int, stop: int, columns: Index) -> Iterator[tuple[Index, Index, Scores]]:
        """What is added to single pairs of some rows: their rows in the tile, places among the columns (ascending) and
        what is added.
        """
        width = self.market.shape[1]
        place_of = np.full(width, -1)
        place_of[columns] = np.arange(columns.size)
        never = [(test.keys, None) for test in self.others if isinstance(test, Barred)]
        for keys, values in [*((bonus.keys, bonus.values) for bonus in self.market.features.bonuses), *never]:
            low, high = np.searchsorted(keys, (start * width, stop * width))
            i, j = np.divmod(keys[low:high] - start * width, width)
            place = place_of[j]
            order = np.argsort(place, kind="stable")
            order = order[np.searchsorted(place[order], 0) :]
            added = np.full(high - low, NEVER, dtype=np.float32) if values is None else values[low:high]
            yield i[order], place[order], added[order]

    def _forbid(self, start: int, columns: Index, tile: Scores) -> None:
        for test in self.others:
            if isinstance(test, Computed):
                rows = np.arange(start, start + tile.shape[0])[:, None]
                tile[~test(rows, columns[None, :])] = NEVER


def _stretches(kinds: Index) -> Iterator[tuple[int, int]]:
    """Rows in stretches of as few kinds as make enough of them."""
    ends = np.append(np.flatnonzero(np.diff(kinds)) + 1, kinds.size)
    start = 0
    while start < kinds.size:
        end = ends[min(int(np.searchsorted(ends, start + _LEAST_ROWS)), ends.size - 1)]
        stop = min(int(end), start + _MOST_ROWS)
        yield start, stop
        start = stop


def _stacked(codes: list[Index], size: int) -> Index:
    return np.array(codes, dtype=np.int64).reshape(len(codes), size)


def _sample(size: int) -> Index:
    """Evenly spaced positions: a quarter of all, at least 256, at most about `_SAMPLE`."""
    return np.arange(0, size, max(1, size // min(_SAMPLE, max(256, size // 4))), dtype=np.int64)


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

    def scan(self) -> None:
        for start, block in self.market.blocks():
            self._look(start, block)

    def _look(self, start: int, block: Scores) -> None:
        np.maximum(block, 0, out=block)
        sample = _sample(block.shape[1])
        low = block[:, sample] < (self.market.floor - 0.5) * PER_UNIT
        gains = block - self.col_screen
        gains -= self.row_screen[start : start + len(block), None]
        above = gains > -self.slack
        if np.count_nonzero(above) > _MANY * len(block):
            above = self._cut(gains, start, sample, low)
        self._keep(self._exact(start, block, np.flatnonzero(above)))

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
        """A first bound of each column from a sample of rows; bonuses that only add may be left out."""
        features, (rows, cols) = self.market.features, self.market.shape
        sample = _sample(rows)
        bounds = [np.zeros(0, dtype=np.float32)]
        for start in range(0, cols, _SAMPLE):
            columns = np.arange(start, min(start + _SAMPLE, cols), dtype=np.int64)
            seen = features.mentors[columns] @ features.mentees[sample].T
            for bonus in features.bonuses:
                if bonus.values.min(initial=0) < 0:
                    seen += bonus.at((sample[None, :] * cols + columns[:, None]).ravel()).reshape(seen.shape)
            np.maximum(seen, 0, out=seen)
            low = seen < (self.market.floor - 0.5) * PER_UNIT
            seen -= self.row_screen[sample]
            seen -= self.col_screen[columns, None]
            seen[low | ~self.market.allowed(sample[None, :], columns[:, None])] = -np.inf
            bounds.append(self._bound(seen, self.per_col))
        return np.concatenate(bounds)

    def _exact(self, start: int, block: Scores, chosen: Index) -> NDArray[np.int64]:
        """Rows, columns and gains of the permitted among the chosen pairs of a block."""
        for test in self.market.tests:
            chosen = chosen[test(chosen // block.shape[1] + start, chosen % block.shape[1])]
        rows, cols, units = chosen // block.shape[1] + start, chosen % block.shape[1], to_units(block.ravel()[chosen])
        gains = units - self.row_price[rows] - self.col_price[cols]
        keep = (gains > 0) & (units >= self.market.floor)
        return np.stack([rows, cols, gains])[:, keep]

    def _keep(self, found: NDArray[np.int64]) -> None:
        if self.per_row:
            self.by_row.append(_first(found, found[0], found[1], self.per_row))
        if self.per_col:
            self.waiting.append(found)
            if sum(part.shape[1] for part in self.waiting) > _WAITING:
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
        rows, cols, gains = np.concatenate([self.by_col, *self.by_row], axis=1)
        return _united(rows * max(self.col_price.size, 1) + cols, gains, self.row_price, self.col_price)


class _CompiledSearch:
    """The same by compiled loops, which keep the best of every row and column as they go."""

    def __init__(self, market: Market, per_row: int, per_col: int, prices: Prices) -> None:
        self.screen, (rows, cols) = Screen(market), market.shape
        row_price, self.col_price, _ = _compress(prices)
        self.row_price = row_price[self.screen.names]
        asks = self.col_price * float(PER_UNIT) if per_col else np.full(cols, np.inf)
        self.best = Best(*_lists(rows, per_row), *_lists(cols, per_col), asks)

    def scan(self) -> None:
        prices = self.row_price, self.col_price
        terms = self.screen.names, *prices, self.screen.market.floor, self.screen.rules, self.best
        for start, columns, tile in self.screen.tiles():
            compiled_scanning().scan(tile, start, columns, *terms)

    def result(self) -> Pairs:
        best, names, width = self.best, self.screen.names, max(self.col_price.size, 1)
        row_price = np.empty_like(self.row_price)
        row_price[names] = self.row_price
        kept = [
            _kept(best.row_gain, best.row_other, best.row_count, lambda own, other: names[own] * width + other),
            _kept(best.col_gain, best.col_other, best.col_count, lambda own, other: other * width + own),
        ]
        del self.best, self.screen, best  # millions of numbers, now held twice
        keys, gains = (np.concatenate(parts) for parts in zip(*kept, strict=True))
        del kept
        return _united(keys, gains, row_price, self.col_price)


def _lists(size: int, most: int) -> tuple[Index, Index, Index]:
    """Room for the gains and positions of the best `most`, and how many there are."""
    return np.zeros((size, most), np.int64), np.zeros((size, most), np.int64), np.zeros(size, np.int64)


def _kept(gains: Index, others: Index, count: Index, key: Callable[[Index, Index], Index]) -> tuple[Index, Index]:
    """The keys of the pairs in the lists of all owners, of their own and the other position, and the gains."""
    listed = np.arange(gains.shape[1]) < count[:, None]
    return key(np.repeat(np.arange(count.size), count), others[listed]), gains[listed]


def _united(keys: Index, gains: Index, row_price: Index, col_price: Index) -> Pairs:
    """Pairs (row * columns + column) with their gains, each once, by row and column."""
    width = max(col_price.size, 1)
    keys, place = np.unique(keys, return_index=True)
    rows, cols = keys // width, keys % width
    return Pairs(rows, cols, gains[place] + row_price[rows] + col_price[cols])


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
