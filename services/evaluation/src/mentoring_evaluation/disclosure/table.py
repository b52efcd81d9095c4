"""Tables of counts under the rule: what is shown, rounded or hidden."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations, permutations, product
from typing import TypeVar

from mentoring_evaluation.disclosure.rule import DisclosureRefused, Group, Plan, Policy
from mentoring_evaluation.disclosure.twins import Cell, Limits, Sheet, TwinSearch

# A count in a table: how many of a group gave an answer, or (None) how many of it answered at all.
Key = tuple[Group, str | None]
# Respondents by (value of every dimension, answer).
Counts = Mapping[tuple[tuple[str, ...], str], int]
# The same for several choices: respondents by (value of every dimension, all they chose).
Choices = Mapping[tuple[tuple[str, ...], frozenset[str]], int]
# People asked by value of every dimension.
Asked = Mapping[tuple[str, ...], int]
NOT = "\0not "  # before an option: those who did not choose it; no option begins so
MOST_SHEETS = 150  # of several choices, how much is tried in looking for a twin; more would only hide a little less

T = TypeVar("T")


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


def protect(
    counts: Counts, plan: Plan, policy: Policy, *, totals_known: bool = False, asked: Asked | None = None
) -> Table:
    """The publishable table of one question; `counts` are respondents by (value of every dimension, answer).

    `totals_known`: how many people the groups have is published exactly elsewhere, and the answers must stand that.
    `asked`: how many were asked of each group is, so that a reader knows that no more have answered.
    """
    sheets: list[Sheet] = [(answer,) for answer in sorted({answer for _, answer in counts})]
    cells: dict[Cell, int] = {(values, (answer,)): number for (values, answer), number in counts.items()}
    return _Draft(cells, sheets, [[sheet[0] for sheet in sheets]], plan, policy, totals_known, asked).table()


def protect_choices(
    counts: Choices, options: Sequence[str], plan: Plan, policy: Policy, *, asked: Asked | None = None
) -> Table:
    """The same for a question of several choices, with `NOT + option` for those who answered and did not choose it.

    Options overlap, so none is the rest of the others: each has its own complement, which is protected like it.
    Everybody counted chose something.
    """
    cells = {(values, _sheet(chosen, options)): number for (values, chosen), number in counts.items()}
    sheets = [_sheet(chosen, options) for chosen in _tried(counts, options)]
    return _Draft(cells, sheets, [[option, NOT + option] for option in options], plan, policy, asked=asked).table()


def _sheet(chosen: frozenset[str], options: Sequence[str]) -> Sheet:
    """What one respondent said: for every option of several choices that it was chosen or was not."""
    return tuple(option if option in chosen else NOT + option for option in options)


def _tried(counts: Choices, options: Sequence[str]) -> list[frozenset[str]]:
    """What most respondents chose, each of that with one option more or less, and every option alone."""
    often: Counter[frozenset[str]] = Counter()
    for (_, chosen), number in counts.items():
        often[chosen] += number
    common = sorted(often, key=lambda chosen: (-often[chosen], sorted(chosen)))[: max(1, MOST_SHEETS // len(options))]
    near = {chosen ^ {option} for chosen in [frozenset(), *common] for option in options}
    return sorted({*common, *near} - {frozenset()}, key=sorted)


def _differing_in_one_part(sheets: Sequence[Sheet]) -> list[tuple[Sheet, Sheet]]:
    """Pairs of sheets, both ways round, of which a respondent changes one answer into the other."""
    alike: dict[tuple[int, Sheet], list[Sheet]] = {}
    for sheet in sheets:
        for part in range(len(sheet)):
            alike.setdefault((part, sheet[:part] + sheet[part + 1 :]), []).append(sheet)
    return [pair for group in alike.values() for pair in permutations(group, 2)]


class _Draft:
    """A table on its way to being publishable: true counts, and which of them are hidden so far.

    `counts` are respondents by (values, sheet); moves are tried between `sheets`; the answers of each of `parts` share
    out everybody who answered.
    """

    def __init__(
        self, counts: Mapping[Cell, int], sheets: Sequence[Sheet], parts: Sequence[Sequence[str]], plan: Plan,
        policy: Policy, totals_known: bool = False, asked: Asked | None = None,
    ) -> None:  # fmt: skip
        self.most: dict[Key, int] = {(values, None): number for values, number in (asked or {}).items()}
        self.plan, self.policy, self.parts, self.finest = plan, policy, parts, (True,) * len(plan.dimensions)
        self.people = sorted({values for values, _ in counts})
        # Cells that nobody is in exist too: that nobody gave an answer is not to be learnt either.
        self.cells = {cell: counts.get(cell, 0) for cell in product(self.people, sheets)}
        if any(count < 0 for count in counts.values()):
            raise DisclosureRefused("a count below 0")
        self.true: dict[Key, int] = {}
        for cell, count in (self.cells | dict(counts)).items():
            for key in self.touched(*cell):
                self.true[key] = self.true.get(key, 0) + count
        self.other = _differing_in_one_part(sheets)
        known = sorted(self.true, key=_order)
        self.published = [key for key in known if tuple(value is not None for value in key[0]) in plan.masks]
        self.small = {key for key in self.published if self.true[key] < policy.minimum}
        self.hidden: set[Key] = self.true.keys() - set(self.published)
        self.known = {key for key in self.true if key[1] is None and totals_known}

    def table(self) -> Table:
        """The table once everything is hidden that has to be."""
        self.hide_small_groups()
        self.hide_small_counts()
        self.hide_what_has_no_twin()
        shown = {key: None if key in self.hidden else self.policy.rounded(self.true[key]) for key in self.published}
        return Table(self.plan, self.policy, shown)

    def touched(self, values: tuple[str, ...], sheet: Sheet) -> Iterator[Key]:
        """Every count that a respondent of this cell is part of: the published ones and the finest."""
        for mask in {*self.plan.masks, self.finest}:
            group = tuple(value if kept else None for value, kept in zip(values, mask, strict=True))
            yield from ((group, answer) for answer in sheet)
            yield group, None

    @cached_property
    def groups(self) -> list[Group]:
        """Every group of the published breakdowns."""
        return list(dict.fromkeys(group for group, _ in self.published))

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
        """Rule 2, along the answers that share out a group and along the groups of a family for one answer."""
        self.hidden |= self.small
        parts = [[(group, answer) for answer in part] for group in self.groups for part in self.parts]
        lines = [[key for key in part if key in self.true] for part in parts]
        answers = sorted({answer for _, answer in self.published if answer is not None})
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

    def hide_what_has_no_twin(self) -> None:
        """Rule 4, over the moves of one or two people (twins.py)."""
        order = sorted(self.true, key=_order)
        stuck = {step: [key for key in self.true if self._cannot_be(key, step)] for step in (1, -1)}
        seen = {step: [key for key in self.published if self._shows(key, step)] for step in (1, -1)}
        limits = Limits(stuck, seen, self.published, self.hidden, self.known)
        touches = {cell: list(self.touched(*cell)) for cell in self.cells}
        breadth = [_breadth(group) for group, _ in order]
        self.hidden = TwinSearch(order, breadth, self.cells, touches, self.other, limits).hidden_for_twins()

    def _cannot_be(self, key: Key, step: int) -> bool:
        """Whether a step makes a count negative, more than were asked, or of a hidden small count one not small."""
        after = self.true[key] + step
        return after < 0 or after > self.most.get(key, after) or (key in self.small and after >= self.policy.minimum)

    def _shows(self, key: Key, step: int) -> bool:
        """Whether a step changes what would be published of a count."""
        before = self.true[key]
        crosses = (before < self.policy.minimum) != (before + step < self.policy.minimum)
        return crosses or self.policy.rounded(before) != self.policy.rounded(before + step)


def _order(key: Key) -> tuple[int, str]:
    return _breadth(key[0]), str(key)


def _breadth(group: Group) -> int:
    return sum(value is not None for value in group)


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
