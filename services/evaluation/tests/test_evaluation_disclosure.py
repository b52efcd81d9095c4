"""Disclosure control against an attacker who has everything that was published, and all the time in the world.

The attacker knows the rule, which counts were hidden because they are small, every sum between the tables, and reasons
with whole-number bounds until nothing more follows; on a sample of the surveys an exact solver does it instead. A
recovery is a count of which a single value is left. Of several choices the attacker also knows that everybody who
answered chose something; where the sizes of groups are published elsewhere, those as well.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, milp

from mentoring_evaluation.disclosure.rule import DisclosureRefused, Plan, Policy
from mentoring_evaluation.disclosure.table import NOT, Choices, Counts, Key, Table, protect, protect_choices, publish

FULL = Plan(("cohort", "role"), ((), ("cohort",), ("role",), ("cohort", "role")))
PLANS = [FULL, Plan(("cohort", "role"), (("cohort",), ("role",))), Plan(("cohort", "role"), (("cohort", "role"),))]
SURVEYS = 4000


def random_survey(seed: int) -> tuple[Counts, Plan, Policy]:
    """Groups from nobody to about 60, often small, often at the edges of the rounding."""
    rng = random.Random(seed)
    cohorts, answers = rng.randint(1, 4), rng.randint(2, 5)
    size = rng.choice([3, 8, 12, 13, 20, 60])
    cells = product([(str(c), role) for c in range(cohorts) for role in ("mentor", "mentee")], map(str, range(answers)))
    edges = [0, 1, 2, 4, 5, 7, 8, 9, 10, 12, 13, 17, 18]
    counts = {cell: rng.choice(edges) if rng.random() < 0.4 else rng.randint(0, size) for cell in cells}
    return counts, rng.choice(PLANS), Policy(rng.choice([5, 10]))


def random_choices(seed: int) -> tuple[Choices, list[str], Plan, Policy]:
    """The same, of several choices: people choose alike or not, some options are everybody's and some nobody's."""
    rng = random.Random(seed)
    options = [str(number) for number in range(rng.randint(2, 4))]
    size = rng.choice([3, 8, 12, 13, 20, 60])
    counts: dict[tuple[tuple[str, ...], frozenset[str]], int] = {}
    for group in product(map(str, range(rng.randint(1, 3))), ("mentor", "mentee")):
        likely = [rng.choice([0.05, 0.2, 0.5, 0.8, 0.97]) for _ in options]
        counts[group, frozenset(options[:1])] = 0
        for _ in range(rng.choice([0, 1, 5, 10, 12, 13]) if rng.random() < 0.4 else rng.randint(0, size)):
            chosen = frozenset(o for o, p in zip(options, likely, strict=True) if rng.random() < p)
            key = (group, chosen or frozenset({rng.choice(options)}))
            counts[key] = counts.get(key, 0) + 1
    return counts, options, rng.choice(PLANS), Policy(rng.choice([5, 10]))


@dataclass
class Known:
    """What the attacker starts from: bounds of every count, which counts add to which, and which add to no less."""

    low: dict[Key, int]
    high: dict[Key, int]
    sums: list[tuple[Key, list[Key]]]
    covers: list[tuple[Key, list[Key]]] = field(default_factory=list)


def truth_of(counts: Counts, plan: Plan) -> dict[Key, int]:
    return truth({(values, (answer,)): number for (values, answer), number in counts.items()}, plan)


def truth_of_choices(counts: Choices, options: list[str], plan: Plan) -> dict[Key, int]:
    sheets = {
        (values, tuple(option if option in chosen else NOT + option for option in options)): number
        for (values, chosen), number in counts.items()
    }
    every = {(values, (option, NOT + option)): 0 for values, _ in counts for option in options}
    return truth(sheets | every, plan)


def truth(sheets: Mapping[tuple[tuple[str, ...], tuple[str, ...]], int], plan: Plan) -> dict[Key, int]:
    true: dict[Key, int] = {}
    for (values, sheet), count in sheets.items():
        for mask in {*plan.masks, (True, True)}:
            group = tuple(v if kept else None for v, kept in zip(values, mask, strict=True))
            for key in (*((group, answer) for answer in sheet), (group, None)):
                true[key] = true.get(key, 0) + count
    return true


def published(
    table: Table, true: Mapping[Key, int], options: list[str] | None = None, *, totals_known: bool = False
) -> Known:
    """Bounds from what was shown; the attacker who does not know sizes is even told which hidden counts are small."""
    low, high, policy = {}, {}, table.policy
    most = sum(count for (group, answer), count in true.items() if answer is None and None not in group)
    for key, count in true.items():
        shown = table.shown.get(key)
        small = key in table.shown and count < policy.minimum
        low[key], high[key] = 0, policy.minimum - 1 if small and not totals_known else most + 50
        if shown is not None:
            low[key] = max(policy.minimum, shown - policy.base // 2)
            high[key] = shown + policy.base // 2
        if totals_known and key[1] is None:
            low[key] = high[key] = count
    if options is None:
        return Known(low, high, sums_between(true))
    groups = {group for group, _ in true}
    covers = [((group, None), [(group, option) for option in options]) for group in groups]
    return Known(low, high, sums_between(true, [[option, NOT + option] for option in options]), covers)


def hidden_under(limit: int, true: Mapping[Key, int]) -> Known:
    """The negative control: exact counts, those under the limit hidden, and nothing else done."""
    low = {key: 0 if count < limit else count for key, count in true.items()}
    high = {key: limit - 1 if count < limit else count for key, count in true.items()}
    return Known(low, high, sums_between(true))


def sums_between(true: Mapping[Key, int], parts: list[list[str]] | None = None) -> list[tuple[Key, list[Key]]]:
    groups = {group for group, _ in true}
    answers = {answer for _, answer in true if answer is not None}
    wholes = parts or [sorted(answers)]
    sums = [((group, None), [(group, answer) for answer in whole]) for group in groups for whole in wholes]
    for outer in groups:
        for mask in {tuple(v is not None for v in group) for group in groups if group != outer}:
            family = [g for g in groups if tuple(v is not None for v in g) == mask and inside(g, outer)]
            if family and outer not in family:
                sums += [((outer, answer), [(g, answer) for g in family]) for answer in [*sorted(answers), None]]
    return sums


def inside(group: tuple[str | None, ...], outer: tuple[str | None, ...]) -> bool:
    return all(b is None or a == b for a, b in zip(group, outer, strict=True))


def reason(known: Known) -> None:
    """Subtract until nothing more follows: totals bound their parts and parts bound their totals."""
    low, high = known.low, known.high
    changed = True
    while changed:
        changed = False
        for total, parts in known.sums:
            least, most = sum(low[p] for p in parts), sum(high[p] for p in parts)
            news = [(total, least, most)]
            news += [(p, low[total] - most + high[p], high[total] - least + low[p]) for p in parts]
            changed |= narrow(known, news)
        for total, parts in known.covers:
            most = sum(high[p] for p in parts)
            news = [(total, low[total], most)] + [(p, low[total] - most + high[p], high[p]) for p in parts]
            changed |= narrow(known, news)


def narrow(known: Known, news: list[tuple[Key, int, int]]) -> bool:
    changed = False
    for key, down, up in news:
        if down > known.low[key] or up < known.high[key]:
            known.low[key], known.high[key] = max(known.low[key], down), min(known.high[key], up)
            changed = True
    return changed


def recovered(known: Known, true: Mapping[Key, int]) -> list[Key]:
    reason(known)
    assert all(known.low[key] <= true[key] <= known.high[key] for key in true), "the attacker reasons soundly"
    return [key for key in true if known.low[key] == known.high[key]]


def test_no_count_of_any_survey_is_recovered_by_subtraction() -> None:
    found = []
    for seed in range(SURVEYS):
        counts, plan, policy = random_survey(seed)
        true = truth_of(counts, plan)
        found += [(seed, key) for key in recovered(published(protect(counts, plan, policy), true), true)]
    assert found == []


def test_no_count_of_several_choices_is_recovered_nor_who_did_not_choose() -> None:
    found = []
    for seed in range(SURVEYS // 4):
        counts, options, plan, policy = random_choices(seed)
        true = truth_of_choices(counts, options, plan)
        table = protect_choices(counts, options, plan, policy)
        found += [(seed, key) for key in recovered(published(table, true, options), true)]
    assert found == []


def test_options_that_overlap_protected_one_by_one_are_undone() -> None:
    """The negative control: every option a table of its own, as though it stood alone."""
    undone = 0
    for seed in range(SURVEYS // 8):
        counts, options, plan, policy = random_choices(seed)
        true = truth_of_choices(counts, options, plan)
        shown: dict[Key, int | None] = {}
        for option in options:
            alone: dict[tuple[tuple[str, ...], str], int] = {}
            for (values, chosen), number in counts.items():
                for answer in (option, NOT + option):
                    is_it = (option in chosen) == (answer == option)
                    alone[values, answer] = alone.get((values, answer), 0) + (number if is_it else 0)
            one = protect(alone, plan, policy).shown
            shown |= {key: value for key, value in one.items() if value is not None or key not in shown}
        undone += len(recovered(published(Table(plan, policy, shown), true, options), true))
    assert undone > 0


def test_sizes_that_are_published_elsewhere_give_nothing_away() -> None:
    found = []
    for seed in range(SURVEYS // 4):
        counts, plan, policy = random_survey(seed)
        true = truth_of(counts, plan)
        known = published(protect(counts, plan, policy, totals_known=True), true, totals_known=True)
        found += [(seed, key) for key in recovered(known, true) if key[1] is not None and true[key[0], None]]
    assert found == []


def test_sizes_that_are_published_elsewhere_undo_a_table_that_knows_nothing_of_it() -> None:
    counts = {(("1", "mentor"), answer): 10 for answer in "abc"}
    plan, policy = Plan(("cohort", "role")), Policy(10)
    true = truth_of(counts, plan)
    undone = recovered(published(protect(counts, plan, policy), true, totals_known=True), true)
    assert [key for key in undone if key[1] is not None]  # three times 10 to 12 make 30 in one way
    kept = recovered(published(protect(counts, plan, policy, totals_known=True), true, totals_known=True), true)
    assert [key for key in kept if key[1] is not None] == []


def test_hiding_under_five_alone_is_undone() -> None:
    hidden, undone = 0, 0
    for seed in range(300):
        counts, plan, _ = random_survey(seed)
        true = truth_of(counts, plan)
        small = {key for key in true if true[key] < 5}
        hidden += len(small)
        undone += len(small & set(recovered(hidden_under(5, true), true)))
    assert undone > hidden / 5


def test_an_exact_solver_recovers_none_either() -> None:
    """Integer programs for the smallest and largest value of every count of 6 surveys."""
    for seed in range(10_000, 10_006):
        counts, plan, policy = random_survey(seed)
        true = truth_of(counts, plan)
        known = published(protect(counts, plan, policy), true)
        ends = solved(known, sorted(true, key=str))
        assert [key for key, (low, high) in ends.items() if low == high] == []
        choices, options, plan, policy = random_choices(seed)
        true = truth_of_choices(choices, options, plan)
        known = published(protect_choices(choices, options, plan, policy), true, options)
        ends = solved(known, sorted(true, key=str))
        assert [key for key, (low, high) in ends.items() if low == high] == []


def solved(known: Known, keys: list[Key]) -> dict[Key, tuple[int, int]]:
    place = {key: number for number, key in enumerate(keys)}
    rows = np.zeros((len(known.sums) + len(known.covers), len(keys)))
    for row, (total, parts) in zip(rows, known.sums + known.covers, strict=True):
        row[place[total]] = -1
        row[[place[part] for part in parts]] = 1
    most = [0.0] * len(known.sums) + [np.inf] * len(known.covers)
    bounds = Bounds([known.low[key] for key in keys], [known.high[key] for key in keys])
    constraint, whole = LinearConstraint(rows, 0, most), np.ones(len(keys))
    ends = {}
    for key in keys:
        aim = np.zeros(len(keys))
        aim[place[key]] = 1
        answers = [milp(sign * aim, integrality=whole, bounds=bounds, constraints=constraint) for sign in (1, -1)]
        assert all(answer.success for answer in answers)
        ends[key] = (round(answers[0].fun), round(-answers[1].fun))
    return ends


def test_the_audit_hides_what_rounding_alone_would_give_away() -> None:
    """Four answers of 12 add to 48, shown as 50: only 12 each can make that, so one of them must give way."""
    counts = {(("1", "mentor"), str(answer)): 12 for answer in range(4)}
    table = protect(counts, Plan(("cohort", "role")), Policy(10))
    assert list(table.shown.values()).count(None) == 1


def test_large_groups_stay_readable() -> None:
    hidden, shown = 0, 0
    for seed in range(30):
        rng = random.Random(seed)
        groups = [(cohort, role) for cohort in "123" for role in ("mentor", "mentee")]
        table = protect(
            {(group, answer): rng.randint(20, 200) for group in groups for answer in "abcde"}, FULL, Policy()
        )
        hidden += sum(value is None for value in table.shown.values())
        shown += sum(value is not None for value in table.shown.values())
    assert hidden < shown / 20


def test_groups_and_those_left_over_are_large_enough() -> None:
    counts = {(("1", "mentor"), "yes"): 40, (("1", "mentee"), "yes"): 6, (("2", "mentor"), "yes"): 30}
    counts |= {(("2", "mentee"), "yes"): 30}
    table = protect(counts, FULL, Policy(10))
    assert table.count({"cohort": "1", "role": "mentee"}) is None  # 6 people
    assert table.count({"cohort": "1", "role": "mentor"}) is None  # would leave 6
    assert table.count({"cohort": "1"}) == 45
    assert table.count({}) == 105
    assert protect(counts, FULL, Policy(5)).count({"cohort": "1", "role": "mentee"}) == 5


def test_totals_are_rounded_from_true_values() -> None:
    counts = {(("1", "mentor"), a): 22 for a in "abc"}
    table = protect(counts, Plan(("cohort", "role")), Policy(10))
    assert table.count({}) == 65  # 66, not 3 times 20
    assert table.share({}, "a") == 31  # 20 of 65: from the rounded counts, so it tells nothing they do not


def test_the_breakdowns_are_those_fixed_before_opening() -> None:
    counts = {((c, "mentor"), "yes"): 30 for c in "12"}
    table = protect(counts, Plan(("cohort", "role"), (("cohort",),)), Policy())
    assert table.count({"cohort": "1"}, "yes") == 30
    for where in ({"role": "mentor"}, {"cohort": "1", "role": "mentor"}, {"employer": "x"}):
        with pytest.raises(DisclosureRefused, match="not fixed before"):
            table.count(where)


def test_a_second_snapshot_is_refused_and_a_repeated_query_tells_nothing_new() -> None:
    counts = {((c, "mentor"), a): 12 for c in "12" for a in ("yes", "no")}
    first = publish("wave 1, v1", {"trust": counts}, FULL, Policy())
    assert publish("wave 1, v1", {"trust": counts}, FULL, Policy(), first) is first
    more = {**counts, (("1", "mentor"), "yes"): 13}
    assert publish("wave 1, v1", {"trust": more}, FULL, Policy(), first) is first  # what was frozen stays
    for snapshot, plan, policy in [
        ("wave 1, v2", FULL, Policy()),
        ("wave 1, v1", PLANS[1], Policy()),
        ("wave 1, v1", FULL, Policy(5)),
    ]:
        with pytest.raises(DisclosureRefused, match="was published from another"):
            publish(snapshot, {"trust": more}, plan, policy, first)
    assert protect(counts, FULL, Policy()).shown == protect(dict(reversed(counts.items())), FULL, Policy()).shown


@pytest.mark.parametrize(
    "make",
    [
        lambda: Policy(minimum=4),
        lambda: Policy(base=3),
        lambda: Plan(("cohort",), (("role",),)),
        lambda: protect({(("1",), "yes"): -1}, Plan(("cohort",)), Policy()),
    ],
)
def test_rules_that_protect_nobody_are_refused(make) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DisclosureRefused):
        make()


def test_a_survey_nobody_answered_is_all_hidden() -> None:
    table = protect({(("1", "mentor"), "yes"): 0}, FULL, Policy())
    assert set(table.shown.values()) == {None}
    assert protect({}, FULL, Policy()).shown == {}
