"""Disclosure control of survey results that leave the programme team.

What is published is counts by breakdowns that were fixed before the survey opened, from one frozen snapshot:

1. A group is shown only if it, and whoever is left over when it is taken from a broader group, are at least `minimum`.
2. Counts below `minimum` are hidden (`*`); what is hidden in a line adds to at least `minimum` too, so that taking the
   shown ones from their total never leaves fewer (secondary suppression).
3. Everything else is rounded to `base`; totals are rounded from their true values, never added up from rounded ones.
4. An audit then looks, for every count, for a twin: other answers of people that would be published in exactly the same
   way and in which this count differs. Where there is none, more is hidden until there is one. So no reasoning over
   what is published, however clever, ends in a single value.

The method of 4 is the feasibility audit of Hundepool et al., Statistical Disclosure Control (2012), chapter 4, by local
moves: it may hide more than needed, never less.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, permutations, product
from typing import TypeVar

# A group: one value per dimension of the plan, None where the group does not distinguish it.
Group = tuple[str | None, ...]
# A count in a table: how many of a group gave an answer, or (None) how many of it answered at all.
Key = tuple[Group, str | None]
# Respondents by (value of every dimension, answer).
Counts = Mapping[tuple[tuple[str, ...], str], int]
_Cell = tuple[tuple[str, ...], str]
# The counts that one person more, and one fewer, would change.
_Move = tuple[frozenset[Key], frozenset[Key]]

HIDDEN = "*"

T = TypeVar("T")


class DisclosureRefused(ValueError):
    """What was asked for would undo the protection; the text says why in one line."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The stated rule: the smallest group or count shown, and the base everything is rounded to (both in people)."""

    minimum: int = 10
    base: int = 5

    def __post_init__(self) -> None:
        if self.minimum < 5 or self.base < 5:
            raise DisclosureRefused("the smallest group shown and the rounding base are at least 5")

    def rounded(self, count: int) -> int:
        """`count` to the nearest multiple of the base, halves up."""
        return self.base * ((2 * count + self.base) // (2 * self.base))

    def in_words(self) -> str:
        """The rule as a report states it."""
        return (
            f"Groups and counts below {self.minimum} are shown as {HIDDEN}, as are others from which they could be "
            f"worked out; all other counts are rounded to {self.base}."
        )


@dataclass(frozen=True)
class Plan:
    """The breakdowns of a survey, fixed before it opens: for every one the dimensions it distinguishes."""

    dimensions: tuple[str, ...]
    breakdowns: tuple[tuple[str, ...], ...] = ((),)

    def __post_init__(self) -> None:
        unknown = [name for breakdown in self.breakdowns for name in breakdown if name not in self.dimensions]
        if unknown:
            raise DisclosureRefused(f"{unknown[0]!r} is no dimension of this survey")

    @cached_property
    def masks(self) -> tuple[tuple[bool, ...], ...]:
        """Which dimensions every breakdown distinguishes, the broadest first; everybody is always among them."""
        masks = {tuple(name in breakdown for name in self.dimensions) for breakdown in ((), *self.breakdowns)}
        return tuple(sorted(masks, key=lambda mask: (sum(mask), mask)))

    def group(self, where: Mapping[str, str]) -> Group:
        """The group of a filter. Raises DisclosureRefused when no breakdown that was fixed gives it."""
        if tuple(name in where for name in self.dimensions) not in self.masks or set(where) - set(self.dimensions):
            raise DisclosureRefused(f"a breakdown by {', '.join(sorted(where))} was not fixed before the survey opened")
        return tuple(where.get(name) for name in self.dimensions)


@dataclass(frozen=True)
class Table:
    """The protected counts of one question: None is hidden. What it holds may be published."""

    plan: Plan
    policy: Policy
    shown: Mapping[Key, int | None]

    def count(self, where: Mapping[str, str], answer: str | None = None) -> int | None:
        """A rounded count, None where it is hidden. Raises DisclosureRefused for a filter that was not fixed."""
        return self.shown.get((self.plan.group(where), answer))

    def share(self, where: Mapping[str, str], answer: str) -> int | None:
        """The share of an answer in whole percent, from the rounded counts only; None where one of them is hidden."""
        part, whole = self.count(where, answer), self.count(where)
        return None if part is None or not whole else min(100, (200 * part + whole) // (2 * whole))


@dataclass(frozen=True)
class Release:
    """One publication of one frozen snapshot: the tables of its questions. It is made once and never again."""

    snapshot: str
    plan: Plan
    policy: Policy
    tables: Mapping[str, Table] = field(hash=False)


def publish(
    snapshot: str, questions: Mapping[str, Counts], plan: Plan, policy: Policy, previous: Release | None = None
) -> Release:
    """Protect every question of a frozen snapshot, or give back what was published before.

    Raises DisclosureRefused when another snapshot, plan or policy was published for this wave: the difference between
    two publications shows what changed between them.
    """
    if previous is not None:
        if (previous.snapshot, previous.plan, previous.policy) != (snapshot, plan, policy):
            raise DisclosureRefused("this wave was published from another snapshot, breakdown or rule")
        return previous
    return Release(snapshot, plan, policy, {name: protect(counts, plan, policy) for name, counts in questions.items()})


def protect(counts: Counts, plan: Plan, policy: Policy) -> Table:
    """The publishable table of one question; `counts` are respondents by (value of every dimension, answer)."""
    draft = _Draft(counts, plan, policy)
    draft.hide_small_groups()
    draft.hide_small_counts()
    draft.hide_until_every_count_has_a_twin()
    shown = {key: None if key in draft.hidden else policy.rounded(draft.true[key]) for key in draft.published}
    return Table(plan, policy, shown)


class _Draft:
    """A table on its way to being publishable: true counts, and which of them are hidden so far."""

    def __init__(self, counts: Counts, plan: Plan, policy: Policy) -> None:
        self.plan, self.policy, self.finest = plan, policy, (True,) * len(plan.dimensions)
        answers = {answer for _, answer in counts}
        self.people = sorted({values for values, _ in counts})
        # Cells that nobody is in exist too: that nobody gave an answer is not to be learnt either.
        self.cells = {
            (values, answer): counts.get((values, answer), 0) for values in sorted(self.people) for answer in answers
        }
        if any(count < 0 for count in self.cells.values()):
            raise DisclosureRefused("a count below 0")
        self.true: dict[Key, int] = {}
        for (values, answer), count in self.cells.items():
            for key in self.touched(values, answer):
                self.true[key] = self.true.get(key, 0) + count
        known = sorted(self.true, key=_order)
        self.published = [key for key in known if tuple(value is not None for value in key[0]) in plan.masks]
        self.small = {key for key in self.published if self.true[key] < policy.minimum}
        self.hidden: set[Key] = self.true.keys() - set(self.published)

    def touched(self, values: tuple[str, ...], answer: str) -> Iterator[Key]:
        """Every count that a respondent of this cell is part of: the published ones and the finest."""
        for mask in {*self.plan.masks, self.finest}:
            group = tuple(value if kept else None for value, kept in zip(values, mask, strict=True))
            yield group, answer
            yield group, None

    @cached_property
    def groups(self) -> dict[Group, list[Key]]:
        """The answers of every group, smallest count first."""
        groups: dict[Group, list[Key]] = {}
        for key in sorted(self.published, key=lambda key: (self.true[key], str(key))):
            groups.setdefault(key[0], []).extend([] if key[1] is None else [key])
        return groups

    def hide_small_groups(self) -> None:
        """Rule 1, and what siblings of a hidden group must hide so that the left over are enough."""
        size = {group: self.true[(group, None)] for group in self.groups}
        small = {group for group in size if size[group] < self.policy.minimum}
        for outer, inner in _nested(size):
            if size[outer] - size[inner] < self.policy.minimum and self._somebody_left(outer, inner):
                small.add(inner)
        for family in _families(size):
            small |= set(self._enough_hidden([(size[group], group) for group in family], small))
        self.hidden |= {key for key in self.published if key[0] in small}

    def _somebody_left(self, outer: Group, inner: Group) -> bool:
        """Whether the survey knows people of the outer group that are not of the inner."""
        return any(_inside(values, outer) and not _inside(values, inner) for values in self.people)

    def hide_small_counts(self) -> None:
        """Rule 2, along the answers of a group and along the groups of a family for one answer."""
        self.hidden |= self.small
        lines = list(self.groups.values())
        answers = {answer for _, answer in self.published if answer is not None}
        families = list(_families(self.groups))
        lines += [[(group, answer) for group in family] for family in families for answer in answers]
        before = -1
        while before != len(self.hidden):
            before = len(self.hidden)
            for line in lines:
                self.hidden |= set(self._enough_hidden([(self.true[key], key) for key in line], self.hidden))

    def _enough_hidden(self, line: Sequence[tuple[int, T]], hidden: set[T]) -> list[T]:
        """What else to hide, smallest first, so that the hidden of a line add to the minimum."""
        left_over = sum(count for count, name in line if name in hidden)
        more: list[T] = []
        if not any(name in hidden for _, name in line):
            return more
        for count, name in sorted(line, key=lambda item: (item[0], str(item[1]))):
            if left_over >= self.policy.minimum:
                break
            if name not in hidden:
                more.append(name)
                left_over += count
        return more

    def hide_until_every_count_has_a_twin(self) -> None:
        """Rule 4: moves of one person that change no published number show that the counts they touch are unknown."""
        self.touches = {cell: frozenset(self.touched(*cell)) for cell in self.cells}
        self.stuck = {step: {key for key in self.true if self._cannot_be(key, step)} for step in (1, -1)}
        self.seen = {step: {key for key in self.published if self._shows(key, step)} for step in (1, -1)}
        bare = set(self.true)
        blocked = self._without_effect(self._moves_within_groups(), bare)
        for moves in (self._moves_between_groups, self._moves_around):
            blocked += self._without_effect(moves(frozenset(bare)), bare)
        while bare and self._unblock(min(bare, key=_order), blocked):
            blocked = self._without_effect(blocked, bare)

    def _without_effect(self, moves: Iterable[_Move], bare: set[Key]) -> list[_Move]:
        """Take from `bare` the counts of every move that changes nothing shown; return the others that touch it."""
        blocked = []
        for more, fewer in moves:
            if not (more.isdisjoint(self.stuck[1]) and fewer.isdisjoint(self.stuck[-1])):
                continue
            if self._changed(more, fewer):
                blocked.append((more, fewer))
            else:
                bare -= more
                bare -= fewer
        return [move for move in blocked if not (bare.isdisjoint(move[0]) and bare.isdisjoint(move[1]))]

    def _unblock(self, bare: Key, blocked: list[_Move]) -> bool:
        """Hide what the cheapest move would change, or everything where no move can be. False if nothing is left."""
        ways = [self._changed(*move) for move in blocked if bare in move[0] or bare in move[1]]
        cheapest = min(ways, key=_cost, default=set(self.published) - self.hidden)
        self.hidden |= cheapest
        return bool(cheapest)

    def _changed(self, more: frozenset[Key], fewer: frozenset[Key]) -> set[Key]:
        """The shown counts that a move would change."""
        return ((self.seen[1] & more) | (self.seen[-1] & fewer)) - self.hidden

    def _cannot_be(self, key: Key, step: int) -> bool:
        """Whether a step makes a count negative, or a hidden small count one that would not be small."""
        before, least = self.true[key], self.policy.minimum
        return before + step < 0 or (key in self.small and before + step >= least)

    def _shows(self, key: Key, step: int) -> bool:
        before = self.true[key]
        crosses = (before < self.policy.minimum) != (before + step < self.policy.minimum)
        return crosses or self.policy.rounded(before) != self.policy.rounded(before + step)

    def _moves_within_groups(self) -> Iterator[_Move]:
        """One respondent more or less, or another answer of one."""
        nobody: frozenset[Key] = frozenset()
        for cell, count in self.cells.items():
            yield self.touches[cell], nobody
            if count:
                yield nobody, self.touches[cell]
        for one, two in permutations(self.cells, 2):
            if one[0] == two[0]:
                yield from self._swap(one, two)

    def _moves_between_groups(self, bare: frozenset[Key]) -> Iterator[_Move]:
        """One respondent who belongs to another group, where that may help a bare count."""
        wanted = {cell for cell in self.cells if not bare.isdisjoint(self.touches[cell])}
        for one, two in permutations(self.cells, 2):
            if one[0] != two[0] and (one in wanted or two in wanted):
                yield from self._swap(one, two)

    def _moves_around(self, bare: frozenset[Key]) -> Iterator[_Move]:
        """Two respondents of two groups who gave each other's answers, where that may help a bare count."""
        answers = {answer for _, answer in self.cells}
        for (one, two), (a, b) in product(combinations(self.people, 2), permutations(sorted(answers), 2)):
            if not self.cells[(one, b)] or not self.cells[(two, a)]:
                continue
            one_a, one_b, two_a, two_b = (self.touches[cell] for cell in product((one, two), (a, b)))
            more = (one_a - one_b - two_a) | (two_b - two_a - one_b)
            fewer = (one_b - one_a - two_b) | (two_a - two_b - one_a)
            if not (bare.isdisjoint(more) and bare.isdisjoint(fewer)):
                yield more, fewer

    def _swap(self, one: _Cell, two: _Cell) -> Iterator[_Move]:
        """One more in the first cell and one fewer in the second."""
        if self.cells[two]:
            yield self.touches[one] - self.touches[two], self.touches[two] - self.touches[one]


def _order(key: Key) -> tuple[int, str]:
    return _breadth(key[0]), str(key)


def _breadth(group: Group) -> int:
    return sum(value is not None for value in group)


def _cost(broken: Collection[Key]) -> tuple[int, int]:
    """Few counts before many, narrow groups before broad ones."""
    return len(broken), -sum(_breadth(group) for group, _ in broken)


def _inside(group: Group, outer: Group) -> bool:
    return all(b is None or a == b for a, b in zip(group, outer, strict=True))


def _nested(groups: Collection[Group]) -> Iterator[tuple[Group, Group]]:
    """Pairs of a group and one that lies inside it."""
    for one, two in combinations(sorted(groups, key=_breadth), 2):
        if _inside(two, one):
            yield one, two


def _families(groups: Collection[Group]) -> Iterator[list[Group]]:
    """Groups that differ in the value of some of their dimensions only, and so add up to a broader group."""
    for outer in groups:
        inside: dict[tuple[bool, ...], list[Group]] = {}
        for group in groups:
            if group != outer and _inside(group, outer):
                inside.setdefault(tuple(value is not None for value in group), []).append(group)
        yield from inside.values()
