"""One pass over a block of scores, compiled (`acceleration.py`): the best pairs of rows and columns, and the worst
violation of prices. The same integers as the array code of `search.py` and `certificate.py`, in one look at each score.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

PER_UNIT = 512.0
MOST = 10_000
NEVER = -3.0e38
"""What a forbidden pair has in place of a score (float32 holds nothing lower)."""
WIDTH = 32
"""Scores looked at together, so that the processor can compare several at a time."""


class Rules(NamedTuple):
    """Rules as codes of rows (rules, n) and columns (rules, m): a table allows the pair if `allowed[row + column]`; an
    equality wants equal codes or, where `differ`, other ones; below 0 is unknown and means `lenient`.
    """

    table_rows: Any
    table_cols: Any
    allowed: Any
    equal_rows: Any
    equal_cols: Any
    differ: Any
    lenient: Any


class Best(NamedTuple):
    """The best so far: gains and the other side's position, best first, of each row (n, k) and column (m, k), with
    their number, and what a column asks of the next one: its price and worst kept gain, in 1/SCALE.
    """

    row_gain: Any
    row_other: Any
    row_count: Any
    col_gain: Any
    col_other: Any
    col_count: Any
    col_asks: Any


def permits(rules: Rules, i: int, j: int) -> bool:
    """Whether row i and column j may meet."""
    for t in range(rules.table_rows.shape[0]):
        if not rules.allowed[rules.table_rows[t, i] + rules.table_cols[t, j]]:
            return False
    for t in range(rules.equal_rows.shape[0]):
        a, b = rules.equal_rows[t, i], rules.equal_cols[t, j]
        if a < 0 or b < 0:
            if not rules.lenient[t]:
                return False
        elif (a == b) == rules.differ[t]:
            return False
    return True


def keep(gains: Any, others: Any, count: int, gain: int, other: int) -> int:
    """Take one more into a list sorted by gain, after its equals; returns the new number."""
    last = gains.size - 1
    place = count if count <= last else last
    while place > 0 and gains[place - 1] < gain:
        gains[place], others[place] = gains[place - 1], others[place - 1]
        place -= 1
    gains[place], others[place] = gain, other
    return min(count + 1, gains.size)


def score(dot: float) -> int:
    """1/SCALE to units."""
    return min(int(np.rint(dot / PER_UNIT)), MOST)


def scan(block: Any, first: int, row_price: Any, col_price: Any, floor: int, rules: Rules, best: Best) -> None:
    """Offer every pair of a block (rows from `first`) that is worth more than its prices to its row and column."""
    rows, cols = block.shape
    per_row, per_col = best.row_gain.shape[1], best.col_gain.shape[1]
    asks = col_price * PER_UNIT
    for b in range(rows):
        i, count = first + b, 0
        own = PER_UNIT * row_price[i] + PER_UNIT / 2
        need = own if per_row > 0 else np.inf
        for start in range(0, cols, WIDTH):
            stop, good = min(start + WIDTH, cols), False
            for j in range(start, stop):
                dot = max(block[b, j], 0.0)
                good |= (dot - asks[j] >= need) | (dot - best.col_asks[j] >= own)
            if not good:
                continue
            for j in range(start, stop):
                dot = max(block[b, j], 0.0)
                for_row, for_col = dot - asks[j] >= need, dot - best.col_asks[j] >= own
                if not (for_row or for_col) or block[b, j] <= NEVER or not permits(rules, i, j):
                    continue
                units = score(dot)
                gain = units - row_price[i] - col_price[j]
                if units < floor or gain <= 0:
                    continue
                if per_row > 0 and (count < per_row or gain > best.row_gain[i, per_row - 1]):
                    count = keep(best.row_gain[i], best.row_other[i], count, gain, j)
                    if count == per_row:
                        need = own + PER_UNIT * best.row_gain[i, per_row - 1]
                known = best.col_count[j]
                if per_col > 0 and (known < per_col or gain > best.col_gain[j, per_col - 1]):
                    best.col_count[j] = keep(best.col_gain[j], best.col_other[j], known, gain, i)
                    if best.col_count[j] == per_col:
                        best.col_asks[j] = asks[j] + PER_UNIT * best.col_gain[j, per_col - 1]
        best.row_count[i] = count


def worst_violation(block: Any, first: int, row_limit: Any, col_limit: Any, floor: int, rules: Rules) -> int:
    """The largest amount by which a permitted pair of a block is worth more than its limits allow; 0 if none is."""
    worst, (rows, cols) = 0, block.shape
    asks = col_limit * PER_UNIT
    for b in range(rows):
        i = first + b
        need = PER_UNIT * row_limit[i] + PER_UNIT / 2
        for start in range(0, cols, WIDTH):
            stop, good = min(start + WIDTH, cols), False
            for j in range(start, stop):
                good |= max(block[b, j], 0.0) - asks[j] >= need
            if not good:
                continue
            for j in range(start, stop):
                dot = max(block[b, j], 0.0)
                if dot - asks[j] >= need and block[b, j] > NEVER and permits(rules, i, j):
                    units = score(dot)
                    if units >= floor:
                        worst = max(worst, units - row_limit[i] - col_limit[j])
    return worst
