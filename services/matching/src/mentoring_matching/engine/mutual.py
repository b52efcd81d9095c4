"""Nobody is the mentor of their own mentor: people who are on both sides, and the two pairs that exclude each other.

The rule couples two pairs, so the network cannot hold it. Pairs that are settled (pins, pairs that stand) bar the other
way round like any rule. Of two pairs that are both open at most one is taken: where the best matching has both, they
become rows of the programme of limits.py, added as they are broken.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .people import Person

Index = NDArray[np.int64]
NAME = "nobody mentors their own mentor"


@dataclass(frozen=True, slots=True)
class Doubles:
    """People on both sides: the column of each row's person, and the row of each column's; -1 for who is on one."""

    column_of: Index
    row_of: Index

    @classmethod
    def among(cls, mentors: Sequence[Person], mentees: Sequence[Person], *, apply: bool) -> Doubles:
        """Those among these people; nobody where the rule does not `apply`."""
        columns = {person.id: place for place, person in enumerate(mentors)} if apply else {}
        rows = {person.id: place for place, person in enumerate(mentees)} if apply else {}
        return cls(
            np.array([columns.get(person.id, -1) for person in mentees], dtype=np.int64),
            np.array([rows.get(person.id, -1) for person in mentors], dtype=np.int64),
        )

    @property
    def any(self) -> bool:
        """Whether two people could be each other's mentor."""
        return bool(np.count_nonzero(self.column_of >= 0) > 1)

    def exclusive(self, rows: Index, cols: Index, settled: Collection[tuple[int, int]] = ()) -> tuple[Index, Index]:
        """Positions, among pairs, of the two of which one may be: (k,) each. Both ways `settled` already are let be."""
        width = self.row_of.size
        keys = rows * width + cols
        other_row, other_col = self.row_of[cols], self.column_of[rows]
        known = (other_row >= 0) & (other_col >= 0)
        reverse = np.where(known, other_row * width + other_col, -1)
        order = np.argsort(keys, kind="stable")
        place = np.minimum(np.searchsorted(keys[order], reverse), max(keys.size - 1, 0))
        found = np.flatnonzero(known & (keys[order][place] == reverse) & (keys < reverse)) if keys.size else keys
        both = [not {(i, j), (k, v)} <= set(settled) for i, j, k, v in zip(
            rows[found].tolist(), cols[found].tolist(), other_row[found].tolist(), other_col[found].tolist(),
            strict=True)] if settled else np.ones(found.size, dtype=np.bool_)  # fmt: skip
        kept = found[np.array(both, dtype=np.bool_)]
        return kept, order[place[kept]]


def reversed_pairs(pairs: Iterable[tuple[str, str]]) -> set[tuple[str, str]]:
    """(mentor id, mentee id) the other way round."""
    return {(mentee, mentor) for mentor, mentee in pairs}
