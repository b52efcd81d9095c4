"""Whole reports of people who exist with one fault of a kind planted in them, from what docs/lint-report.md says the
fault is: the linter's code is not looked at.

`consistent` draws what `true_report` of the truth has not: dates with their order and gaps, over-subscription, and
accounts of all applicants that say every term. `PLANTED` has for every rule that is not broken there how to break it.
"""

import random
from collections import Counter
from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from typing import Any

Document = dict[str, Any]
EVENTS = ("window closes", "matches are confirmed", "survey opens", "survey closes", "final report")
FATES = ("matched", "carried_over", "withdrawn", "ineligible", "unmatched", "still_open")


def consistent(seed: int) -> Document:
    """Dates, over-subscription, an account and shares of a programme that took place as it says."""
    rng = random.Random(f"consistent {seed}")
    cohorts = [str(number) for number in range(1, rng.randint(2, 4) + 1)]
    return {
        "schema": "mentoring-report/1", "oversubscription": [_demand(rng)], "ledgers": [_ledger(rng, cohorts)],
        "percentages": _shares(rng, cohorts), **_dates(rng, cohorts),
    }  # fmt: skip


def _dates(rng: random.Random, cohorts: list[str]) -> Document:
    """Every event of a cohort some months after the one before; the text promises what lies around the true gaps."""
    dates: list[Document] = []
    gaps: dict[tuple[str, str], list[int]] = {}
    for cohort in cohorts:
        month = 12 * rng.randint(2019, 2024) + rng.randint(0, 11)
        for before, event in zip((None, *EVENTS), EVENTS, strict=False):
            step = rng.randint(1, 5) if before else 0
            month += step
            dates.append({"event": event, "cohort": cohort, "date": f"{month // 12}-{month % 12 + 1:02}"})
            if before:
                gaps.setdefault((before, event), []).append(step)
    promised = [
        {"earlier": one, "later": other, "months_min": min(steps), "months_max": max(steps)}
        for (one, other), steps in gaps.items()
        if rng.random() < 0.5
    ]
    order = [{"earlier": one, "later": other} for one, other in gaps]
    return {"dates": dates, "orders": order, "gaps": promised}


def _demand(rng: random.Random) -> Document:
    places = rng.randint(10, 80)
    demand = places + rng.randint(1, 120)
    return {"role": "mentee", "demand": demand, "places": places, "percent": _percent(demand - places, places)}


def _ledger(rng: random.Random, cohorts: list[str]) -> Document:
    """Everybody applies to a cohort, may move to another one, and ends in one way."""
    applied: Counter[tuple[str, str]] = Counter()
    terms: Counter[tuple[str, str, str]] = Counter()
    for role in ("mentor", "mentee"):
        for cohort in cohorts:
            for _ in range(rng.randint(3, 40)):
                applied[cohort, role] += 1
                to = rng.choice(cohorts) if rng.random() < 0.15 else cohort
                if to != cohort:
                    terms[cohort, role, "moved_out"] += 1
                    terms[to, role, "moved_in"] += 1
                terms[to, role, rng.choice(FATES)] += 1
    names = ("moved_in", "moved_out", *FATES)
    lines = [
        {"cohort": cohort, "role": role, "applied": number, **{name: terms[cohort, role, name] for name in names}}
        for (cohort, role), number in applied.items()
    ]
    return {"lines": lines, "complete": True}


def _shares(rng: random.Random, cohorts: list[str]) -> list[Document]:
    """Three questions to every cohort and role, with counts or without, and an overall of each role."""
    lines = []
    for question in ("recommends it", "trusts the other", "met often"):
        for role in ("mentor", "mentee"):
            given = [(cohort, n := rng.randint(8, 40), rng.randint(0, n)) for cohort in cohorts]
            for cohort, n, x in given:
                lines.append(_line(question, role, x, n, cohort=cohort))
            lines.append(_line(question, role, sum(x for _, _, x in given), sum(n for _, n, _ in given)))
    return lines


def _line(name: str, role: str, x: int, n: int, **where: Any) -> Document:
    return {"name": name, "role": role, "wave": "end", "percent": _percent(x, n), "numerator": x, "n": n, **where}


def _percent(part: int, whole: int) -> Decimal:
    exact = Fraction(100 * part, whole)
    return (Decimal(exact.numerator) / Decimal(exact.denominator)).quantize(Decimal(1), ROUND_HALF_UP)


# ----------------------------------------------------------------------------------------------------- faults


def _above(rng: random.Random, report: Document) -> None:
    line = rng.choice(report["percentages"])
    line["percent"] = Decimal(rng.randint(101, 240))


def _not_of_its_counts(rng: random.Random, report: Document) -> None:
    line = rng.choice(report["percentages"])
    line["percent"] += rng.choice((-1, 1)) * rng.randint(3, 9)
    if not 0 <= line["percent"] <= 100:
        line["percent"] = Decimal(50) if abs(100 * line["numerator"] - 50 * line["n"]) > 3 * line["n"] else Decimal(40)


def _in_two_versions(rng: random.Random, report: Document) -> None:
    """Said again elsewhere, without its counts, as another number."""
    line = rng.choice(report["percentages"])
    again = {key: value for key, value in line.items() if key not in ("numerator", "n")}
    step = rng.randint(2, 9)
    again["percent"] = line["percent"] + (step if line["percent"] + step <= 100 else -step)
    report["percentages"].append(again)


def _more_than_took_part(rng: random.Random, report: Document) -> None:
    line = rng.choice([one for one in report["percentages"] if "cohort" in one])
    fewer = line["n"] - rng.randint(1, 3)
    where = {key: line[key] for key in ("role", "wave", "cohort")}
    told = {"name": "took part", "percent": Decimal(100), "numerator": fewer, "n": fewer, "n_is": "at_most", **where}
    report["percentages"].append(told)


def _mean_as_overall(rng: random.Random, report: Document) -> None:
    """A question of two cohorts of different sizes; the overall is the mean of the two, and says no n."""
    small, large = rng.randint(5, 10), rng.randint(60, 99)
    x, y = rng.randint(0, 1), rng.randint(large - 9, large)
    lines = [_line("was heard", "mentee", x, small, cohort="1"), _line("was heard", "mentee", y, large, cohort="2")]
    overall = {"name": "was heard", "role": "mentee", "wave": "end"}
    if rng.random() < 0.5:  # of what is printed, or of what it was rounded from
        overall["percent"] = ((lines[0]["percent"] + lines[1]["percent"]) / 2).quantize(Decimal(1), ROUND_HALF_UP)
    else:
        overall["percent"] = _percent(x * large + y * small, 2 * small * large)
    report["percentages"] = [*lines, overall]


def _outside(rng: random.Random, report: Document) -> None:
    """All cohorts are printed, and the overall lies above the highest or below the lowest of them."""
    n, m = rng.randint(20, 40), rng.randint(20, 40)
    lines = [
        _line("was heard", "mentee", rng.randint(n // 3, n // 2), n, cohort="1"),
        _line("was heard", "mentee", rng.randint(m // 3, m // 2), m, cohort="2"),
    ]
    shares = [line["percent"] for line in lines]
    percent = rng.choice((max(shares) + rng.randint(5, 30), min(shares) - rng.randint(5, 20)))
    report["percentages"] = [
        *lines,
        {"name": "was heard", "role": "mentee", "wave": "end", "percent": percent, "n": n + m},
    ]


def _of_demand(rng: random.Random, report: Document) -> None:
    """Of the demand and not of the places."""
    line = report["oversubscription"][0]
    line["demand"] = max(line["demand"], line["places"] * 6 // 5)
    line["percent"] = _percent(line["demand"] - line["places"], line["demand"])


def _unbalanced(rng: random.Random, report: Document) -> None:
    line = rng.choice(report["ledgers"][0]["lines"])
    line[rng.choice(("applied", "matched", "withdrawn", "unmatched"))] += rng.randint(1, 4)


def _two_dates(rng: random.Random, report: Document) -> None:
    one = rng.choice(report["dates"])
    year, month = map(int, one["date"].split("-"))
    report["dates"].append(one | {"date": f"{year + 1}-{month:02}"})


def _out_of_order(rng: random.Random, report: Document) -> None:
    """The later of two events is dated before the earlier one; no gap is promised that would say so too."""
    order = rng.choice(report["orders"])
    earlier = next(one for one in report["dates"] if one["event"] == order["earlier"])
    later = next(one for one in report["dates"] if (one["event"], one["cohort"]) == (order["later"], earlier["cohort"]))
    year, month = map(int, earlier["date"].split("-"))
    later["date"], report["gaps"] = f"{year - 1}-{month:02}", []


def _other_gap(rng: random.Random, report: Document) -> None:
    order = rng.choice(report["orders"])
    report["gaps"] = [{"earlier": order["earlier"], "later": order["later"], "months_min": 8, "months_max": 11}]


def _no_single_number(rng: random.Random, report: Document) -> None:
    """Of so few who took part one question was answered by all, another's share takes one fewer."""
    n = rng.randint(5, 9)
    where = {"role": "mentee", "wave": "end", "cohort": "1", "n": n, "n_is": "at_most"}
    report["percentages"] = [
        {"name": "was heard", "percent": _percent(2, n), **where},
        {"name": "was helped", "percent": _percent(2, n - 1), **where},
    ]


def _copied(rng: random.Random, report: Document) -> None:
    """A cohort's shares stand under another cohort too, of whose people they cannot be."""
    n, m = 11, 13
    x, y = rng.randint(2, 4), rng.randint(6, 9)
    lines = [_line("was heard", "mentor", x, n, cohort="1"), _line("was heard", "mentee", y, n, cohort="1")]
    report["percentages"] = lines + [
        {key: value for key, value in line.items() if key != "numerator"} | {"cohort": "2", "n": m} for line in lines
    ]


PLANTED: Mapping[str, Callable[[random.Random, Document], None]] = {
    "percentage_above_100": _above,
    "percentage_not_of_its_counts": _not_of_its_counts,
    "percentage_in_two_versions": _in_two_versions,
    "more_than_took_part": _more_than_took_part,
    "denominator_changes": _no_single_number,
    "mean_as_overall": _mean_as_overall,
    "overall_outside_cohorts": _outside,
    "copied_line": _copied,
    "oversubscription_denominator": _of_demand,
    "ledger_does_not_balance": _unbalanced,
    "date_in_two_versions": _two_dates,
    "dates_out_of_order": _out_of_order,
    "gap_not_as_stated": _other_gap,
}


def planted(rule: str, seed: int) -> Document:
    """A consistent report with one fault of the kind that a rule is about."""
    report = consistent(seed)
    PLANTED[rule](random.Random(f"{rule} {seed}"), report)
    return report
