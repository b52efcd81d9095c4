"""One pass over a block of scores, compiled (`acceleration.py`): the best pairs of rows and columns, and the worst
violation of prices. The same integers as the array code of `search.py` and `certificate.py`, in one look at each score.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

PER_UNIT = 512.0
MOST = 10_000
FAR = 1 << 60
NEVER = np.nan
"""What a forbidden pair has in place of a score: no comparison with it holds."""
WIDTH = 64
"""Scores looked at together: the compiler unrolls half as many instead of comparing several at a time."""
ROUNDING = 3.0e-7
"""More than what a sum of float32 numbers loses, as a share of the largest."""


class Rules(NamedTuple):
    """Rules as codes of rows and columns.

    Rows of one code of `allowed[row, column]` come together, and its columns are looked up once for them. Of `more`
    tables (each code already its place in `others`) and equalities there are several: (rules, n) and (rules, m). An
    equality wants equal codes or, where `differ`, other ones; below 0 is unknown and means `lenient`.
    """

    rows: Any
    cols: Any
    allowed: Any
    more_rows: Any
    more_cols: Any
    others: Any
    equal_rows: Any
    equal_cols: Any
    differ: Any
    lenient: Any


class Best(NamedTuple):
    """The best so far: gains and the other side's position, best first, of each row (n, k) and column (m, k), with
    their number, and what a column asks of the next one: its price and what its worst kept has, in 1/SCALE.
    """

    row_gain: Any
    row_other: Any
    row_count: Any
    col_gain: Any
    col_other: Any
    col_count: Any
    col_asks: Any


def permits(rules: Rules, i: int, j: int) -> bool:
    """Whether row i and column j may meet by all but the first table."""
    for t in range(rules.more_rows.shape[0]):
        if not rules.others[rules.more_rows[t, i] + rules.more_cols[t, j]]:
            return False
    for t in range(rules.equal_rows.shape[0]):
        a, b = rules.equal_rows[t, i], rules.equal_cols[t, j]
        if a < 0 or b < 0:
            if not rules.lenient[t]:
                return False
        elif (a == b) == rules.differ[t]:
            return False
    return True


def better(gains: Any, others: Any, line: int, count: int, gain: int, other: int) -> bool:
    """Whether one more belongs into a line's list of the best, equals by position."""
    last = gains.shape[1] - 1
    if last < 0 or count <= last:
        return bool(last >= 0)
    return bool(gain > gains[line, last] or (gain == gains[line, last] and other < others[line, last]))


def keep(gains: Any, others: Any, line: int, count: int, gain: int, other: int) -> int:
    """Take one more into a line's list, sorted by gain, then position; returns the new number."""
    most = gains.shape[1]
    place = min(count, most - 1)
    while place > 0:
        before, whose = gains[line, place - 1], others[line, place - 1]
        if before > gain or (before == gain and whose < other):
            break
        gains[line, place], others[line, place] = before, whose
        place -= 1
    gains[line, place], others[line, place] = gain, other
    return int(min(count + 1, most))


def score(dot: float) -> int:
    """1/SCALE to units, cut to 0..MOST."""
    return min(int(np.rint(dot / PER_UNIT)), MOST) if dot > 0 else 0


def open_to(rules: Rules, i: int, columns: Any, asks: Any, asked: Any) -> None:
    """What columns ask of row i's kind of people: endless where the first table forbids."""
    allowed = rules.allowed[rules.rows[i]]
    for at in range(asked.size):
        asked[at] = asks[at] if allowed[rules.cols[columns[at]]] else np.inf


def reaches(scores: Any, asked: Any, start: int, need: Any) -> bool:
    """Whether any of the WIDTH scores from `start`, at least 0, less what its column asks reaches `need`; True of a
    shorter rest. In float32, many at a time: prices are rounded so that nothing is overlooked.
    """
    if start + WIDTH > scores.size:
        return True
    own, asks, reached = scores[start : start + WIDTH], asked[start : start + WIDTH], 0
    for k in range(WIDTH):
        dot = np.float32(0) if own[k] < 0 else own[k]
        reached |= dot - asks[k] >= need
    return reached != 0


def downwards(value: float) -> Any:
    """A price in float32, not above it and with room for what a difference with a score loses."""
    return np.float32(value - ROUNDING * (abs(value) + 2 * PER_UNIT * MOST))


def scan(
    block: Any,
    first: int,
    columns: Any,
    names: Any,
    row_price: Any,
    col_price: Any,
    floor: int,
    rules: Rules,
    best: Best,
) -> None:
    """Offer every pair of a block that is worth more than its prices to its row and column: rows from `first`, together
    by kind, and some columns. `names` are the positions by which equals of a column are ordered.
    """
    row_gain, row_other, col_gain, col_other = best.row_gain, best.row_other, best.col_gain, best.col_other
    per_row, per_col, col_count, col_asks = row_gain.shape[1], col_gain.shape[1], best.col_count, best.col_asks
    width, kind = block.shape[1], -1
    asks = col_price[columns] * PER_UNIT
    asked, others = np.empty(width), np.empty(width)
    asked_low, others_low = np.empty(width, np.float32), np.empty(width, np.float32)
    for b in range(block.shape[0]):
        i, scores = first + b, block[b]
        count = best.row_count[i]
        if rules.rows[i] != kind:
            kind = rules.rows[i]
            open_to(rules, i, columns, asks, asked)
            open_to(rules, i, columns, col_asks[columns], others)
            for j in range(width):
                asked_low[j], others_low[j] = downwards(asked[j]), downwards(others[j])
        own = PER_UNIT * row_price[i] + PER_UNIT / 2
        need = own if per_row > 0 else np.inf
        if per_row > 0 and count == per_row:
            need = own + PER_UNIT * row_gain[i, per_row - 1]
        own_low, need_low = downwards(own), downwards(need)
        for start in range(0, width, WIDTH):
            if not (reaches(scores, asked_low, start, need_low) or reaches(scores, others_low, start, own_low)):
                continue
            for at in range(start, min(start + WIDTH, width)):
                dot = 0.0 if scores[at] < 0 else np.float64(scores[at])
                # one branch, seldom taken: two that are hard to foresee would cost more than all the rest
                wanted = (dot - asked[at] >= need) | (dot - others[at] >= own)
                j = columns[at]
                if not wanted or not permits(rules, i, j):
                    continue
                units = score(dot)
                gain = units - row_price[i] - col_price[j]
                if units < floor or gain <= 0:
                    continue
                if better(row_gain, row_other, i, count, gain, j):
                    count = keep(row_gain, row_other, i, count, gain, j)
                    if count == per_row:
                        need = own + PER_UNIT * row_gain[i, per_row - 1]
                        need_low = downwards(need)
                if better(col_gain, col_other, j, col_count[j], gain, names[i]):
                    col_count[j] = keep(col_gain, col_other, j, col_count[j], gain, names[i])
                    if col_count[j] == per_col:
                        # rows do not come in the order of their names, so equals have to be looked at
                        col_asks[j] = others[at] = asks[at] + PER_UNIT * (col_gain[j, per_col - 1] - 1)
                        others_low[at] = downwards(others[at])
        best.row_count[i] = count


def worst_violation(
    block: Any, first: int, columns: Any, row_limit: Any, col_limit: Any, floor: int, rules: Rules
) -> int:
    """The largest amount by which a permitted pair of a block is worth more than its limits allow; 0 if none is."""
    worst, kind, width = 0, -1, block.shape[1]
    asks = col_limit[columns] * PER_UNIT
    asked, asked_low = np.empty(width), np.empty(width, np.float32)
    for b in range(block.shape[0]):
        i, scores = first + b, block[b]
        if rules.rows[i] != kind:
            kind = rules.rows[i]
            open_to(rules, i, columns, asks, asked)
            for j in range(width):
                asked_low[j] = downwards(asked[j])
        need = PER_UNIT * row_limit[i] + PER_UNIT / 2
        need_low = downwards(need)
        for start in range(0, width, WIDTH):
            if not reaches(scores, asked_low, start, need_low):
                continue
            for at in range(start, min(start + WIDTH, width)):
                dot = 0.0 if scores[at] < 0 else np.float64(scores[at])
                if dot - asked[at] >= need and permits(rules, i, columns[at]):
                    units = score(dot)
                    if units >= floor:
                        worst = max(worst, units - row_limit[i] - col_limit[columns[at]])
    return worst


def look(mentors: Any, values: Any, counts: Any, who: Any, price: Any, found: Any) -> None:
    """Into `found` (3, who) the net value of each one's best mentor, of the second best (or 0), and the best mentor;
    edges beyond `counts` of a row are none.
    """
    for place in range(who.size):
        i = who[place]
        best, second, target = -FAR, 0, mentors[i, 0]
        for edge in range(counts[i]):
            net = values[i, edge] - price[mentors[i, edge]]
            if net > best:
                best, second, target = net, max(second, best), mentors[i, edge]
            else:
                second = max(second, net)
        found[0, place], found[1, place], found[2, place] = best, second, target
