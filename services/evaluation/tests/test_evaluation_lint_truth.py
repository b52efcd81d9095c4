"""The linter against the truth: reports of people who exist are never called certainly wrong, broken ones are found.

A report is made from invented people and printed as reports are: rounded half-up, half-even or cut, with cohorts that
are left out, people who skip a question, questions of several choices, and overalls beside them. A broken report is a
true one with one number changed, so that a search of every count, which shares nothing with the linter, finds no people
behind it any more. `bench.evaluation` runs more of both.
"""

import itertools
import random
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from fractions import Fraction
from statistics import pstdev, stdev
from typing import Any

import pytest

from mentoring_evaluation.lint import Finding, lint_report

Document = dict[str, Any]
ROUNDINGS = (ROUND_HALF_UP, ROUND_HALF_EVEN, ROUND_DOWN)
AGREEMENT = ("strongly disagree", "disagree", "neutral", "agree", "strongly agree")


def printed(value: Fraction, digits: int, rounding: str) -> Decimal:
    """A number as a report prints it."""
    scaled = abs(value) * 10**digits
    whole, rest = divmod(scaled.numerator, scaled.denominator)
    up = 2 * rest > scaled.denominator or (
        2 * rest == scaled.denominator and (rounding == ROUND_HALF_UP or (rounding == ROUND_HALF_EVEN and whole % 2))
    )
    whole += 1 if up and rounding != ROUND_DOWN else 0
    return Decimal(-whole if value < 0 else whole).scaleb(-digits)


@dataclass
class Group:
    """Those of one cohort and role who took part, and what they answered: 0 or 1, None where they skipped."""

    cohort: str
    role: str
    yes: list[int | None]
    scale: list[int]
    reasons: list[set[int]]

    @property
    def answered(self) -> list[int]:
        return [one for one in self.yes if one is not None]


def people(rng: random.Random, most: int) -> list[Group]:
    names = [str(number) for number in range(1, rng.choice((2, 2, 3, 4)) + 1)]
    groups = []
    for cohort, role in itertools.product(names, ("mentor", "mentee")):
        size, liking, skipping = rng.randint(1, most), rng.random(), rng.choice((0, 0, 0.2))
        groups.append(
            Group(
                cohort,
                role,
                [None if rng.random() < skipping else int(rng.random() < liking) for _ in range(size)],
                [rng.choices(range(1, 6), [1, 1, 2, 4, 3])[0] for _ in range(size)],
                [{reason for reason in range(4) if rng.random() < 0.4} for _ in range(size)],
            )
        )
    return groups


@dataclass
class Print:
    """How a report is printed."""

    digits: int
    rounding: str
    n_is: str
    counts: bool
    hidden: set[str]
    overall_n: bool


def habits(rng: random.Random, groups: list[Group]) -> Print:
    cohorts = sorted({group.cohort for group in groups})
    hidden = set(rng.sample(cohorts, 1)) if len(cohorts) > 2 and rng.random() < 0.4 else set()
    n_is = rng.choice(("answered", "answered", "at_most"))
    return Print(rng.choice((0, 0, 1, 2)), rng.choice(ROUNDINGS), n_is, rng.random() < 0.3, hidden, rng.random() < 0.8)


def share(name: str, groups: list[Group], how: Print, *, n: bool = True, **where: Any) -> Document | None:
    answered = [one for group in groups for one in group.answered]
    if not answered:
        return None
    line = {
        "name": name,
        "wave": "end",
        "percent": printed(Fraction(100 * sum(answered), len(answered)), how.digits, how.rounding),
        **where,
    }
    if n:
        line["n"] = len(answered) if how.n_is == "answered" else sum(len(group.yes) for group in groups)
        line["n_is"] = how.n_is
    if how.counts and n:
        line["numerator"] = sum(answered)
    return line


def true_report(seed: int, most: int = 30) -> Document:
    """A report of people who exist."""
    rng = random.Random(seed)
    groups = people(rng, most)
    how = habits(rng, groups)
    shown = [group for group in groups if group.cohort not in how.hidden]
    lines = list(_percentages(rng, groups, shown, how))
    return {
        "schema": "mentoring-report/1",
        "percentages": [line for line in lines if line is not None],
        "distributions": [_distribution(rng, groups, how)],
        "means": list(_means(rng, groups, shown, how)),
        "net_promoter": [_promoters(rng, groups, how)],
        "changes": [_change(rng, groups, how)],
        **_counts(rng, groups, shown),
    }


def _percentages(rng: random.Random, groups: list[Group], shown: list[Group], how: Print) -> Iterator[Document | None]:
    for role in ("mentor", "mentee"):
        of_role = [group for group in shown if group.role == role]
        for group in of_role:
            yield share("trust", [group], how, cohort=group.cohort, role=role)
        everybody = [group for group in groups if group.role == role]
        yield share("trust", everybody, how, n=how.overall_n, role=role)
        if rng.random() < 0.2:  # said again elsewhere, with other decimals
            again = Print(1 - min(how.digits, 1), how.rounding, how.n_is, how.counts, how.hidden, how.overall_n)
            yield share("trust", everybody, again, n=how.overall_n, role=role)
    if rng.random() < 0.5:
        yield share("trust", groups, how, n=how.overall_n)
        for cohort in sorted({group.cohort for group in shown}):
            yield share("trust", [group for group in groups if group.cohort == cohort], how, cohort=cohort)
    for reason in range(4):
        chose = sum(reason in one for group in groups for one in group.reasons)
        asked = sum(len(group.reasons) for group in groups)
        percent = printed(Fraction(100 * chose, asked), how.digits, how.rounding)
        yield {"name": f"reasons: {reason + 7} or so", "wave": "end", "percent": percent, "n": asked}
    if rng.random() < 0.5:
        scale = [one for group in groups for one in group.scale]
        for point, label in enumerate(AGREEMENT, start=1):
            percent = printed(Fraction(100 * scale.count(point), len(scale)), how.digits, how.rounding)
            line = {"name": f"useful: {label}", "wave": "end", "percent": percent, "n": len(scale)}
            yield line | ({"numerator": scale.count(point)} if how.counts else {})


def _distribution(rng: random.Random, groups: list[Group], how: Print) -> Document:
    scale = [one for group in groups for one in group.scale]
    percents = [printed(Fraction(100 * scale.count(p), len(scale)), how.digits, how.rounding) for p in range(1, 6)]
    answers = [{"label": str(p), "percent": percents[p - 1], "count": scale.count(p)} for p in range(1, 6)]
    for answer in answers:
        if rng.random() < 0.5:
            answer.pop(rng.choice(("percent", "count")))
    n = rng.choice(({"n": len(scale)}, {"n": len(scale) + 3, "n_is": "at_most"}, {}))
    return {"name": "meetings", "answers": answers, "complete": True, "several": False, **n}


def _means(rng: random.Random, groups: list[Group], shown: list[Group], how: Print) -> Iterator[Document]:
    digits = rng.choice((1, 2))
    parts = [(group.cohort, group.scale) for group in shown if group.role == "mentor"]
    parts.append((None, [one for group in groups if group.role == "mentor" for one in group.scale]))
    for cohort, scale in parts:
        ordered, n = sorted(scale), len(scale)
        spread = rng.choice((stdev, pstdev)) if n > 1 else pstdev
        yield {
            "name": "useful",
            "cohort": cohort,
            "mean": printed(Fraction(sum(scale), n), digits, how.rounding),
            "sd": printed(Fraction(spread(scale)), digits, how.rounding),
            "median": printed(Fraction(ordered[(n - 1) // 2] + ordered[n // 2], 2), 1, how.rounding),
            "n": n,
            **({"minimum": 1, "maximum": 5} if rng.random() < 0.7 else {}),
        }


def _promoters(rng: random.Random, groups: list[Group], how: Print) -> Document:
    scores = [rng.randint(0, 10) for group in groups for _ in group.scale]
    n = len(scores)
    up, down = sum(score > 8 for score in scores), sum(score < 7 for score in scores)
    line = {"name": "nps", "score": printed(Fraction(100 * (up - down), n), how.digits, how.rounding)}
    parts = {"promoters": up, "passives": n - up - down, "detractors": down}
    said = [part for part in parts if rng.random() < 0.8]
    line |= {part: printed(Fraction(100 * parts[part], n), how.digits, how.rounding) for part in said}
    return line | ({"n": n} if rng.random() < 0.7 else {})


def _change(rng: random.Random, groups: list[Group], how: Print) -> Document:
    before, after = Fraction(rng.randint(1, 900), 7), Fraction(rng.randint(0, 900), 7)
    percent = printed(100 * (after - before) / before, how.digits, how.rounding)
    before_shown, after_shown = printed(before, 1, how.rounding), printed(after, 1, how.rounding)
    return {"label": "retention", "before": before_shown, "after": after_shown, "percent": percent}


def _counts(rng: random.Random, groups: list[Group], shown: list[Group]) -> Document:
    parts = [{"label": f"{group.cohort} {group.role}", "value": len(group.yes)} for group in groups]
    both = [
        {"label": role, "value": sum(len(group.yes) for group in groups if group.role == role)}
        for role in ("mentor", "mentee")
    ]
    stated = sum(part["value"] for part in parts)
    return {
        "totals": [
            {"label": "people", "partition": "cohort and role", "parts": parts, "stated": stated},
            {"label": "people", "partition": "role", "parts": both, "stated": stated},
        ],
        "ledgers": [_ledger(rng, groups, shown)],
        "matches": _pairs(rng, groups, shown),
        "ranges": [_pages(rng)],
    }


def _ledger(rng: random.Random, groups: list[Group], shown: list[Group]) -> Document:
    """Everybody applies to a cohort, may move to another, and ends in one way."""
    applied: Counter[tuple[str, str]] = Counter()
    fate: dict[tuple[str, str], Counter[str]] = {(g.cohort, g.role): Counter() for g in groups}
    cohorts = sorted({group.cohort for group in groups})
    moved = 0
    for group in groups:
        for _ in group.yes:
            applied[group.cohort, group.role] += 1
            to = rng.choice(cohorts) if rng.random() < 0.2 else group.cohort
            if to != group.cohort:
                moved += 1
                fate[group.cohort, group.role]["moved_out"] += 1
                fate[to, group.role]["moved_in"] += 1
            fate[to, group.role][rng.choice(("matched", "matched", "withdrawn", "unmatched", "still_open"))] += 1
    known = [
        what
        for what in ("matched", "moved_in", "moved_out", "withdrawn", "unmatched", "still_open")
        if rng.random() < 0.7
    ]
    lines = [
        {
            "cohort": group.cohort,
            "role": group.role,
            "applied": applied[group.cohort, group.role],
            **{what: fate[group.cohort, group.role][what] for what in known},
        }
        for group in shown
    ]
    return {"lines": lines, **({"moved": moved} if rng.random() < 0.5 else {})}


def _pairs(rng: random.Random, groups: list[Group], shown: list[Group]) -> list[Document]:
    lines, total = [], 0
    for cohort in sorted({group.cohort for group in groups}):
        mentors, mentees = (
            next(len(g.yes) for g in groups if (g.cohort, g.role) == (cohort, role)) for role in ("mentor", "mentee")
        )
        pairs = max(mentors, mentees)
        total += pairs
        if any(group.cohort == cohort for group in shown):
            lines.append({"cohort": cohort, "pairs": pairs, "mentors": mentors, "mentees": mentees})
    most = max(total, 1)
    return [*lines, {"pairs": total, "mentors": most, "mentees": most}]


def _pages(rng: random.Random) -> Document:
    pages = [rng.randint(6, 17) for _ in range(rng.randint(1, 12))]
    ends = (min(pages), max(pages)) if rng.random() < 0.5 else (6, 17)
    return {"label": "interviews", "units": len(pages), "total": sum(pages), "minimum": ends[0], "maximum": ends[1]}


def certain(report: Document) -> list[Finding]:
    return [finding for finding in lint_report(report) if finding.confidence == "certain"]


# --- broken reports, and a search that shares nothing with the linter ------------------------------------------------


def could_print(value: Fraction, shown: Decimal) -> bool:
    digits = -int(shown.as_tuple().exponent)
    return any(printed(value, digits, rounding) == shown for rounding in ROUNDINGS)


def counts_behind(line: Document) -> set[tuple[int, int]]:
    """Every (numerator, answered) behind a printed line, tried one by one."""
    answered = range(max(1, line["n"]) if line["n_is"] == "answered" else 1, line["n"] + 1)
    return {
        (x, n)
        for n in answered
        for x in range(n + 1)
        if could_print(Fraction(100 * x, n), line["percent"]) and line.get("numerator", x) == x
    }


def people_behind(cohorts: list[Document], overall: Document | None) -> bool:
    """Whether some people are behind the cohorts and the overall, others being in it as far as its n has room."""
    sums = {(0, 0)}
    for line in cohorts:
        sums = {(a + x, b + n) for a, b in sums for x, n in counts_behind(line)}
    if overall is None:
        return bool(sums)
    room = overall["n"] - sum(line["n"] for line in cohorts) if overall["n_is"] == "at_most" else overall["n"]
    whole = counts_behind(overall)
    return any(0 <= n - b <= room and 0 <= x - a <= n - b for a, b in sums for x, n in whole)


def small_question(rng: random.Random) -> tuple[list[Document], Document | None]:
    """A true question of few people: two or three cohorts, all printed or one left out, and the overall."""
    how = Print(
        rng.choice((0, 1)), rng.choice(ROUNDINGS), rng.choice(("answered", "at_most")), rng.random() < 0.3, set(), True
    )
    groups = [group for group in people(rng, 9) if group.role == "mentor"]
    shown = groups[: max(2, len(groups) - rng.choice((0, 0, 1)))]
    cohorts = [share("q", [group], how, cohort=group.cohort) for group in shown]
    return [line for line in cohorts if line], share("q", groups, how)


def broken_question(seed: int) -> Document | None:
    """A question with one number changed so that nobody can be behind it; None where the change can still be true."""
    rng = random.Random(seed)
    cohorts, overall = small_question(rng)
    if overall is None or len(cohorts) < 2:
        return None
    line = rng.choice([*cohorts, overall])
    what = rng.choice(("percent", "percent", "n", "numerator"))
    if what == "percent":
        step = Decimal(1).scaleb(int(line["percent"].as_tuple().exponent))
        line["percent"] = min(Decimal(100), max(Decimal(0), line["percent"] + step * rng.choice((-9, -4, -1, 1, 4, 9))))
    elif what in line:
        line[what] = max(0, line[what] + rng.choice((-3, -1, 1, 3)))
    if people_behind(cohorts, overall):
        return None
    return {"schema": "mentoring-report/1", "percentages": [*cohorts, overall]}


def answers_behind(line: Document) -> bool:
    """Whether some answers from 1 to 5 have the mean, the SD and the median, all of them tried."""
    for answers in itertools.combinations_with_replacement(range(1, 6), line["n"]):
        n = len(answers)
        if not could_print(Fraction(sum(answers), n), line["mean"]):
            continue
        spreads = [pstdev(answers), *([stdev(answers)] if n > 1 else [])]
        middle = Fraction(answers[(n - 1) // 2] + answers[n // 2], 2)
        if any(near(spread, line["sd"]) for spread in spreads) and could_print(middle, line["median"]):
            return True
    return False


def near(value: float, shown: Decimal) -> bool:
    digits = -int(shown.as_tuple().exponent)
    step = 10.0**-digits
    return float(shown) - step / 2 - 1e-9 <= value <= float(shown) + step + 1e-9


def broken_mean(seed: int) -> Document | None:
    rng = random.Random(seed)
    answers = sorted(rng.randint(1, 5) for _ in range(rng.randint(2, 8)))
    n = len(answers)
    line = {
        "name": "useful",
        "n": n,
        "minimum": 1,
        "maximum": 5,
        "mean": printed(Fraction(sum(answers), n), 2, ROUND_HALF_UP),
        "sd": printed(Fraction(stdev(answers)), 2, ROUND_HALF_UP),
        "median": printed(Fraction(answers[(n - 1) // 2] + answers[n // 2], 2), 1, ROUND_HALF_UP),
    }
    what, by = rng.choice((("mean", "0.07"), ("sd", "0.07"), ("median", "1.0"), ("n", "1"), ("mean", "-0.30")))
    line[what] = line[what] + (int(by) if what == "n" else Decimal(by))
    return None if answers_behind(line) else {"schema": "mentoring-report/1", "means": [line]}


def broken_distribution(seed: int) -> Document | None:
    rng = random.Random(seed)
    answers = [rng.randint(1, 5) for _ in range(rng.randint(5, 60))]
    counts = [answers.count(point) for point in range(1, 6)]
    place = rng.randrange(5)
    counts[place] = max(0, counts[place] + rng.choice((-3, -1, 1, 2)))
    n, digits = len(answers), rng.choice((0, 1))
    if sum(counts) <= n or max(counts) > n:
        return None
    lines = [
        {
            "name": f"trust: {label}",
            "percent": printed(Fraction(100 * count, n), digits, ROUND_HALF_UP),
            "n": n,
            **({"numerator": count} if seed % 2 else {}),
        }
        for label, count in zip(AGREEMENT, counts, strict=True)
    ]
    least = sum(min(x for x, _ in counts_behind(line | {"n_is": "answered"})) for line in lines)
    return None if least <= n else {"schema": "mentoring-report/1", "percentages": lines}


def broken_score(seed: int) -> Document | None:
    rng = random.Random(seed)
    n = rng.randint(3, 40)
    up = rng.randint(0, n)
    down = rng.randint(0, n - up)
    parts = {"promoters": up, "passives": n - up - down, "detractors": down}
    line: Document = {
        "name": "nps",
        "n": n,
        **{what: printed(Fraction(100 * count, n), 0, ROUND_HALF_UP) for what, count in parts.items()},
    }
    line["score"] = printed(Fraction(100 * (up - down), n), 0, ROUND_HALF_UP) + rng.choice((-12, -3, 2, 5, 20))
    if not -100 <= line["score"] <= 100:
        return None
    possible = any(
        could_print(Fraction(100 * (p - d), n), line["score"])
        and could_print(Fraction(100 * p, n), line["promoters"])
        and could_print(Fraction(100 * d, n), line["detractors"])
        and could_print(Fraction(100 * (n - p - d), n), line["passives"])
        for p in range(n + 1)
        for d in range(n - p + 1)
    )
    return None if possible else {"schema": "mentoring-report/1", "net_promoter": [line]}


def broken_change(seed: int) -> Document | None:
    rng = random.Random(seed)
    before, after = rng.randint(5, 200), rng.randint(0, 300)
    percent = printed(Fraction(100 * (after - before), before), 0, ROUND_HALF_UP)
    wrong = Decimal(after - before) if seed % 2 else percent + rng.choice((-20, -3, 3, 10))
    if could_print(Fraction(100 * (after - before), before), wrong):
        return None
    line = {"label": "retention", "before": before, "after": after, "percent": wrong, "counted": True}
    return {"schema": "mentoring-report/1", "changes": [line]}


def broken_counts(seed: int) -> Document | None:
    """A total, an account, pairs or pages that do not add."""
    rng = random.Random(seed)
    report = {"schema": "mentoring-report/1", **_counts(rng, groups := people(rng, 12), groups)}
    what = rng.choice(("totals", "partition", "pairs", "pages"))
    by = rng.choice((-5, -2, -1, 1, 2, 5))
    if what == "totals":
        report["totals"][0]["parts"][0]["value"] = max(0, report["totals"][0]["parts"][0]["value"] + by)
        added = sum(part["value"] for part in report["totals"][0]["parts"])
        return None if added == report["totals"][0]["stated"] else report
    if what == "partition":
        for part in report["totals"][1]["parts"][:1]:
            part["value"] = max(0, part["value"] + by)
        report["totals"][1]["stated"] = sum(part["value"] for part in report["totals"][1]["parts"])
        return None if report["totals"][0]["stated"] == report["totals"][1]["stated"] else report
    if what == "pairs":
        report["matches"][0]["pairs"] -= abs(by)
        return None if report["matches"][0]["pairs"] < 0 else report
    pages = report["ranges"][0]
    pages["total"] += 60 * by
    outside = not pages["units"] * pages["minimum"] <= pages["total"] <= pages["units"] * pages["maximum"]
    return report if outside and pages["total"] >= 0 else None


BREAKERS: dict[str, Callable[[int], Document | None]] = {
    "shares of cohorts and overall": broken_question,
    "means, SDs and medians": broken_mean,
    "distributions": broken_distribution,
    "net promoter scores": broken_score,
    "changes in percent": broken_change,
    "totals, pairs and ranges": broken_counts,
}


def recall(breaker: Callable[[int], Document | None], seeds: range) -> tuple[int, int, int]:
    """Broken reports, how many of them have a finding, and how many a certain one."""
    broken = [report for seed in seeds if (report := breaker(seed)) is not None]
    findings = [lint_report(report) for report in broken]
    sure = [any(finding.confidence == "certain" for finding in found) for found in findings]
    return len(broken), sum(map(bool, findings)), sum(sure)


# --- the tests: a smaller run of both --------------------------------------------------------------------------------


@pytest.mark.parametrize("part", range(4))
def test_no_true_report_is_called_certainly_wrong(part: int) -> None:
    for seed in range(100 * part, 100 * (part + 1)):
        blamed = certain(true_report(seed, most=(6, 12, 30, 120)[part]))
        assert blamed == [], f"seed {seed}: {blamed[0].rule} at {blamed[0].where}: {blamed[0].why}"


def test_a_root_that_floating_point_makes_a_little_smaller_is_no_fault() -> None:
    assert pstdev([3, 3, 4, 4, 4, 4, 4, 5, 5, 5]) == 0.7  # the only SD near it that these answers can have
    line = {"name": "useful", "n": 10, "minimum": 1, "maximum": 5, "mean": Decimal("4.10"), "sd": Decimal("0.69")}
    assert lint_report({"schema": "mentoring-report/1", "means": [line]}) == []


def test_a_small_question_that_is_true_is_known_to_be_by_the_search() -> None:
    for seed in range(100):
        cohorts, overall = small_question(random.Random(seed))
        assert people_behind(cohorts, overall)


@pytest.mark.parametrize("kind", BREAKERS)
def test_broken_reports_are_found(kind: str) -> None:
    broken, found, sure = recall(BREAKERS[kind], range(150))
    assert broken > 25
    assert found >= 0.95 * broken
    # That a whole of "at most" is smaller than its parts is only called likely: the words are used loosely.
    assert sure >= 0.9 * broken
