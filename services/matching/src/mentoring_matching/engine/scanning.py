"""One pass over a block of scores, compiled (`acceleration.py`): the best pairs of rows and columns, and the worst
violation of prices. The same integers as the array code of `search.py` and `certificate.py`, in one look at each score.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

PER_UNIT = 512.0
MOST = 10_000
FAR = 1 << 60
NEVER = -3.0e38
"""What a forbidden pair has in place of a score (float32 holds nothing lower)."""
WIDTH = 32
"""Scores looked at together, so that the processor can compare several at a time."""


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
    """1/SCALE to units; a forbidden pair is far below every price."""
    return min(int(np.rint(dot / PER_UNIT)), MOST) if dot >= 0 else -FAR


def open_to(rules: Rules, i: int, asks: Any, asked: Any) -> None:
    """What columns ask of row i's kind of people: endless where the first table forbids."""
    allowed = rules.allowed[rules.rows[i]]
    for j in range(asks.size):
        asked[j] = asks[j] if allowed[rules.cols[j]] else np.inf


def reaches(scores: Any, asks: Any, need: float) -> bool:
    """Whether any of a stretch of scores, less what its column asks, reaches `need`."""
    reached = False
    for j in range(scores.size):
        reached |= scores[j] - asks[j] >= need
    return reached


def scan(
    block: Any, first: int, names: Any, row_price: Any, col_price: Any, floor: int, rules: Rules, best: Best
) -> None:
    """Offer every pair of a block (rows from `first`, together by kind) that is worth more than its prices to its row
    and column. `names` are the positions by which equals of a column are ordered.
    """
    row_gain, row_other, col_gain, col_other = best.row_gain, best.row_other, best.col_gain, best.col_other
    per_row, per_col, col_count, col_asks = row_gain.shape[1], col_gain.shape[1], best.col_count, best.col_asks
    asks, asked, col_asked, kind = col_price * PER_UNIT, np.empty(col_price.size), np.empty(col_price.size), -1
    for b in range(block.shape[0]):
        i, count, scores = first + b, 0, block[b]
        if rules.rows[i] != kind:
            kind = rules.rows[i]
            open_to(rules, i, asks, asked)
            open_to(rules, i, col_asks, col_asked)
        own = PER_UNIT * row_price[i] + PER_UNIT / 2
        need = own if per_row > 0 else np.inf
        for start in range(0, scores.size, WIDTH):
            part = slice(start, start + WIDTH)
            if not reaches(scores[part], asked[part], need) and not reaches(scores[part], col_asked[part], own):
                continue
            for j in range(start, min(start + WIDTH, scores.size)):
                # one branch, seldom taken: two that are hard to foresee would cost more than all the rest
                wanted = (scores[j] - asked[j] >= need) | (scores[j] - col_asked[j] >= own)
                if not wanted or not permits(rules, i, j):
                    continue
                units = score(scores[j])
                gain = units - row_price[i] - col_price[j]
                if units < floor or gain <= 0:
                    continue
                if better(row_gain, row_other, i, count, gain, j):
                    count = keep(row_gain, row_other, i, count, gain, j)
                    if count == per_row:
                        need = own + PER_UNIT * row_gain[i, per_row - 1]
                if better(col_gain, col_other, j, col_count[j], gain, names[i]):
                    col_count[j] = keep(col_gain, col_other, j, col_count[j], gain, names[i])
                    if col_count[j] == per_col:
                        # rows do not come in the order of their names, so equals have to be looked at
                        col_asks[j] = col_asked[j] = asks[j] + PER_UNIT * (col_gain[j, per_col - 1] - 1)
        best.row_count[i] = count


def worst_violation(block: Any, first: int, row_limit: Any, col_limit: Any, floor: int, rules: Rules) -> int:
    """The largest amount by which a permitted pair of a block is worth more than its limits allow; 0 if none is."""
    worst, asks, asked, kind = 0, col_limit * PER_UNIT, np.empty(col_limit.size), -1
    for b in range(block.shape[0]):
        i, scores = first + b, block[b]
        if rules.rows[i] != kind:
            kind = rules.rows[i]
            open_to(rules, i, asks, asked)
        need = PER_UNIT * row_limit[i] + PER_UNIT / 2
        for start in range(0, scores.size, WIDTH):
            part = slice(start, start + WIDTH)
            if not reaches(scores[part], asked[part], need):
                continue
            for j in range(start, min(start + WIDTH, scores.size)):
                if scores[j] - asked[j] >= need and permits(rules, i, j):
                    units = score(scores[j])
                    if units >= floor:
                        worst = max(worst, units - row_limit[i] - col_limit[j])
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
