"""Exact scores of all pairs in blocks, and who may meet whom."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from .features import PER_UNIT, UNITS, Features
from .rules import Index, Mask, Permission, Test, compact

_BLOCK = 1 << 22

Units = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Pairs (mentee row, mentor column) with their score in units, sorted by row and column."""

    rows: Index
    cols: Index
    units: Units

    @classmethod
    def concatenated(cls, parts: Sequence[Pairs]) -> Pairs:
        """All pairs of some parts, one part after the other."""
        none = np.zeros(0, dtype=np.int64)
        return cls(*(np.concatenate([none, *(getattr(p, of) for p in parts)]) for of in ("rows", "cols", "units")))


@dataclass(frozen=True, slots=True)
class Prices:
    """What a pair's score has to exceed, per mentee row and mentor column, in units; `step` is the worth of
    one match, of which prices hold a whole multiple and a small rest."""

    rows: Units
    cols: Units
    step: int


@dataclass(frozen=True, slots=True)
class Market:
    """Who may meet whom and how well it fits: n mentees, m mentors, features, rules, the least score in units, and the
    rules as `tests`.
    """

    features: Features
    rules: Sequence[Permission]
    floor: int
    tests: tuple[Test, ...]

    @classmethod
    def under(cls, features: Features, rules: Sequence[Permission], floor: int) -> Market:
        """The market of these people under these rules."""
        return cls(features, rules, floor, compact(rules, (len(features.mentees), len(features.mentors))))

    def barring(self, test: Test) -> Market:
        """The same with one more test."""
        return replace(self, tests=(*self.tests, test))

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.features.mentees), len(self.features.mentors)

    def dots(self, start: int, stop: int, room: Scores | None = None) -> Scores:
        """Scores of mentee rows start..stop with every mentor, exact, in 1/SCALE, not yet cut to 0..1 (in `room`)."""
        out = None if room is None else room[: stop - start]
        block = np.matmul(self.features.mentees[start:stop], self.features.mentors.T, out=out)
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
        at_once = max(1, _BLOCK // max(1, self.features.mentees.shape[1]))
        parts = [self._pair_dots(rows[part], cols[part]) for part in _chunks(rows.size, at_once)]
        return to_units(np.concatenate(parts)) if parts else np.zeros(0, dtype=np.int64)

    def _pair_dots(self, rows: Index, cols: Index) -> NDArray[np.float32]:
        features = self.features
        dots = np.einsum("ij,ij->i", features.mentees[rows], features.mentors[cols])
        for bonus in features.bonuses:
            dots += bonus.at(rows * self.shape[1] + cols)
        return np.asarray(dots, dtype=np.float32)

    def allowed(self, rows: Index, cols: Index) -> Mask:
        """Pairs that break no hard rule (the floor is not looked at)."""
        allowed = np.ones(np.broadcast_shapes(rows.shape, cols.shape), dtype=np.bool_)
        for test in self.tests:
            allowed &= test(rows, cols)
        return allowed

    def part(self, rows: Index, cols: Index) -> Market:
        """The market of some mentees and mentors, in the order given."""
        own = self.features
        bonuses = tuple(bonus.part(rows, cols, self.shape[1]) for bonus in own.bonuses)
        tests = tuple(test.part(rows, cols) for test in self.tests)
        return Market(Features(own.mentees[rows], own.mentors[cols], own.spans, bonuses), (), self.floor, tests)

    def blocks(self) -> Iterator[tuple[int, Scores]]:
        """All scores in blocks of rows that fit the memory, each with its first row; the next block overwrites it."""
        rows, cols = self.shape
        step = max(64, min(1024, _BLOCK // max(cols, 1)))
        # fresh memory for every block would cost as much as the product
        room = np.empty((min(step, rows), cols), dtype=np.float32)
        for start in range(0, rows if cols else 0, step):
            yield start, self.dots(start, min(start + step, rows), room)


def to_units(dots: Scores) -> Units:
    """1/SCALE to units of 1e-4, cut to 0..UNITS."""
    return np.asarray(np.clip(np.rint(dots / np.float32(PER_UNIT)), 0, UNITS), dtype=np.int64)


def _chunks(size: int, step: int) -> Iterator[slice]:
    return (slice(start, start + step) for start in range(0, size, step))
