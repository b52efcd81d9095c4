"""The audit of rule 4 of this package: what else has to be hidden so that no published count is known for certain.

A count has a twin if some people can be moved, to another answer or another group, so that this count changes and
nothing that is published does. There may be thousands of counts and hundreds of thousands of moves, so a set of counts
is one number here, with a bit for each of them: whether two sets meet is then one `&`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, permutations, product
from typing import Generic, TypeVar

# The value of every dimension; what one respondent said; both.
People = tuple[str, ...]
Sheet = tuple[str, ...]
Cell = tuple[People, Sheet]
Set = int  # of counts
# The counts that grow by one, and those that shrink by one.
Move = tuple[Set, Set]

K = TypeVar("K")


@dataclass(frozen=True, slots=True)
class Limits(Generic[K]):
    """What moves run into, by step (1 or -1): counts that cannot take it, and those of which it would be seen.

    `published` are counts with a place in the table, `hidden` those with nothing in it so far; `known` are counts that
    are published exactly elsewhere.
    """

    stuck: Mapping[int, Iterable[K]]
    seen: Mapping[int, Iterable[K]]
    published: Iterable[K]
    hidden: Iterable[K]
    known: Iterable[K]


class TwinSearch(Generic[K]):
    """Counts in the order in which they are looked at, broad ones first, with the `breadth` of each.

    `cells` are respondents by what they said, `touches` the counts that one of a cell is part of, `other` the pairs of
    sheets of which a respondent changes one into the other.
    """

    def __init__(
        self, counts: Sequence[K], breadth: Sequence[int], cells: Mapping[Cell, int],
        touches: Mapping[Cell, Iterable[K]], other: Sequence[tuple[Sheet, Sheet]], limits: Limits[K],
    ) -> None:  # fmt: skip
        self.counts, self.cells, self.other = counts, cells, other
        self.bits = {count: 1 << place for place, count in enumerate(counts)}
        self.broad = {b: self.set_of(c for c, of in zip(counts, breadth, strict=True) if of == b) for b in set(breadth)}
        self.people = sorted({values for values, _ in cells})
        self.touches = {cell: self.set_of(counts) for cell, counts in touches.items()}
        self.stuck = {step: self.set_of(counts) for step, counts in limits.stuck.items()}
        self.seen = {step: self.set_of(counts) for step, counts in limits.seen.items()}
        self.known, self.hidden = self.set_of(limits.known), self.set_of(limits.hidden)
        self.published = self.set_of(limits.published)
        self.bare = self.set_of(counts) & ~self.known

    def set_of(self, counts: Iterable[K]) -> Set:
        """The set of some counts."""
        found = 0
        for count in counts:
            found |= self.bits[count]
        return found

    def hidden_for_twins(self) -> set[K]:
        """The counts that are hidden once every other has a twin; those hidden before among them."""
        blocked = self._without_effect(self._moves_within_groups())
        for moves in (self._moves_between_groups, self._moves_around):
            blocked += self._without_effect(moves(self.bare))
        while self.bare and self._unblock(blocked):
            blocked = self._without_effect(blocked)
        return {count for count in self.counts if self.bits[count] & self.hidden}

    def _without_effect(self, moves: Iterable[Move]) -> list[Move]:
        """Take from the bare counts those of every move that changes nothing shown; the other moves that touch one."""
        blocked = []
        for more, fewer in moves:
            if more & self.stuck[1] or fewer & self.stuck[-1]:
                continue
            if self._changed(more, fewer):
                blocked.append((more, fewer))
            else:
                self.bare &= ~(more | fewer)
        return [move for move in blocked if self.bare & (move[0] | move[1])]

    def _unblock(self, blocked: Sequence[Move]) -> bool:
        """Hide what the cheapest move for the first bare count would change, or everything where no move can be.

        False if nothing is left to hide.
        """
        first = self.bare & -self.bare
        ways = [self._changed(*move) for move in blocked if first & (move[0] | move[1])]
        ways = [way for way in ways if not way & self.known]
        cheapest = min(ways, key=self._cost, default=self.published & ~self.hidden)
        self.hidden |= cheapest
        return bool(cheapest)

    def _changed(self, more: Set, fewer: Set) -> Set:
        """The counts that a move would change for all to see."""
        shown = ((self.seen[1] & more) | (self.seen[-1] & fewer)) & ~self.hidden
        return shown | (self.known & (more | fewer))

    def _cost(self, broken: Set) -> tuple[int, int]:
        """Few counts before many, narrow groups before broad ones."""
        return broken.bit_count(), -sum(b * (broken & of).bit_count() for b, of in self.broad.items())

    def _moves_within_groups(self) -> Iterator[Move]:
        """One respondent more or less, or another answer of one."""
        for cell, respondents in self.cells.items():
            yield self.touches[cell], 0
            if respondents:
                yield 0, self.touches[cell]
        for values, (a, b) in product(self.people, self.other):
            yield from self._swap((values, a), (values, b))

    def _moves_between_groups(self, bare: Set) -> Iterator[Move]:
        """One respondent who belongs to another group, where that may help a bare count."""
        wanted = {cell for cell in self.cells if bare & self.touches[cell]}
        same = [(sheet, sheet) for sheet in dict.fromkeys(sheet for _, sheet in self.cells)]
        for (here, there), (a, b) in product(permutations(self.people, 2), [*same, *self.other]):
            if (here, a) in wanted or (there, b) in wanted:
                yield from self._swap((here, a), (there, b))

    def _moves_around(self, bare: Set) -> Iterator[Move]:
        """Two respondents of two groups who gave each other's answers, where that may help a bare count."""
        for (one, two), (a, b) in product(combinations(self.people, 2), self.other):
            if not self.cells[(one, b)] or not self.cells[(two, a)]:
                continue
            one_a, one_b, two_a, two_b = (self.touches[cell] for cell in product((one, two), (a, b)))
            more = (one_a & ~(one_b | two_a)) | (two_b & ~(two_a | one_b))
            fewer = (one_b & ~(one_a | two_b)) | (two_a & ~(two_b | one_a))
            if bare & (more | fewer):
                yield more, fewer

    def _swap(self, one: Cell, two: Cell) -> Iterator[Move]:
        """One more in the first cell and one fewer in the second."""
        if self.cells[two]:
            yield self.touches[one] & ~self.touches[two], self.touches[two] & ~self.touches[one]
