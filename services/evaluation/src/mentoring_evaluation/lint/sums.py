"""Rules for counts: totals, ledgers, pairs, over-subscription, and totals of units that lie in a range."""

from collections.abc import Iterator
from fractions import Fraction

from mentoring_evaluation.figures.intervals import half_up, percent
from mentoring_evaluation.lint.counts import decimals_of, step_of
from mentoring_evaluation.lint.findings import Confidence, Finding
from mentoring_evaluation.lint.ledger_rules import Account, imbalances
from mentoring_evaluation.lint.published import (
    CountRange,
    LedgerLine,
    Matches,
    Oversubscription,
    PublishedReport,
    Total,
)


def totals(report: PublishedReport) -> Iterator[Finding]:
    """A printed total that is not the sum of its printed parts."""
    for total in report.totals:
        added = sum(part.value for part in total.parts)
        if total.parts and added != total.stated:
            parts = " + ".join(f"{part.value} ({part.label})" for part in total.parts)
            gap = abs(added - total.stated)
            more = "counted in the total but in no part" if added < total.stated else "counted in more than one part"
            why = f"{total.label}: {parts} = {added}, but {total.stated} is printed."
            resolve = f"Say which {gap} are {more}, or correct the total or a part."
            sure: Confidence = "likely" if total.loose else "certain"
            yield Finding("total_does_not_add", total.at, why, sure, resolve)


def partitions(report: PublishedReport) -> Iterator[Finding]:
    """Totals of one label, parted in several ways, that are not one number."""
    parted: dict[str, Total] = {}
    for total in report.totals:
        if total.partition is not None:
            first = parted.setdefault(total.label, total)
            if first.stated != total.stated:
                why = (
                    f"{total.label}: {first.stated} by {first.partition} and {total.stated} by {total.partition} "
                    "are printed for one whole."
                )
                resolve = "Say who is in the one and not in the other, or correct one of the two."
                yield Finding("partitions_disagree", total.at, why, "certain", resolve, (first.at,))


def oversubscription(report: PublishedReport) -> Iterator[Finding]:
    """Over-subscription that its own numbers do not give, or of places that were changed afterwards."""
    for line in report.oversubscription:
        stated = _beyond(line, line.places)
        if stated != line.percent:
            why = f"{_sum_in_words(line, line.places)}, but {line.percent} % is printed."
            resolve = "Say which number of places the percentage is of, or correct it."
            near = abs(percent(line.demand - line.places, line.places) - Fraction(line.percent)) < step_of(line.percent)
            confidence: Confidence = "possible" if near else "certain"  # near: another rounding
            yield Finding("oversubscription_denominator", line.at, why, confidence, resolve)
        elif line.later_places not in (None, line.places) and _beyond(line, line.later_places or 1) != line.percent:
            later = line.later_places or 1
            short = " That is fewer applicants than places." if line.demand < later else ""
            why = (
                f"{_sum_in_words(line, line.places)} as printed, but there were {later} places in the end: "
                f"{_sum_in_words(line, later)}.{short}"
            )
            resolve = f"Print which places are meant, or give both: {line.percent} % of {line.places} and of {later}."
            yield Finding("oversubscription_denominator", line.at, why, "likely", resolve)


def ledgers(report: PublishedReport) -> Iterator[Finding]:
    """Applicants, moves, places and matches that cannot all be true."""
    for ledger in report.ledgers:
        for problem in imbalances([_account(line) for line in ledger.lines], ledger.moved):
            where = [line.at for line in ledger.lines if (line.cohort, line.role) in problem.keys]
            first, *rest = where or [ledger.at]
            resolve = "Print, for every cohort and role, who applied, moved, withdrew, was matched or carried over."
            open_ = problem.if_all and not ledger.complete
            why = problem.why + (" A cohort that is not printed would explain it." if open_ else "")
            sure: Confidence = "likely" if open_ else "certain"
            yield Finding("ledger_does_not_balance", first, why, sure, resolve, tuple(rest))


def pairs(report: PublishedReport) -> Iterator[Finding]:
    """A pair holds one mentor and one mentee: so many people need at least so many pairs."""
    for line in report.matches:
        most = max(line.mentors, line.mentees)
        if not most <= line.pairs <= line.mentors * line.mentees:
            yield _pairs(line, most)
    yield from _all_pairs(report)


def _all_pairs(report: PublishedReport) -> Iterator[Finding]:
    """All pairs are those of the cohorts together; people may be in two of them."""
    cohorts = [line for line in report.matches if line.cohort is not None]
    for line in report.matches if len(cohorts) > 1 else ():
        added = sum(other.pairs for other in cohorts)
        if line.cohort is None and line.pairs != added:
            terms = " + ".join(f"{other.pairs} (cohort {other.cohort})" for other in cohorts)
            why = f"pairs: {terms} = {added}, but {line.pairs} is printed."
            resolve = "Correct the total or a cohort."
            also = tuple(other.at for other in cohorts)
            others = line.pairs > added  # of a cohort that is not printed
            why += " A cohort that is not printed would explain it." if others else ""
            yield Finding("total_does_not_add", line.at, why, "likely" if others else "certain", resolve, also)


def ranges(report: PublishedReport) -> Iterator[Finding]:
    """A total that so many units, each within the printed range, cannot make."""
    for line in report.ranges:
        if line.minimum > line.maximum:
            why = f"{line.label}: {line.minimum} to {line.maximum} {line.unit} is no range."
            yield Finding("count_outside_range", line.at, why, "certain", "Correct the smallest or the largest.")
            continue
        options = [line.units] if line.units is not None else [(line.groups or 0) * k for k in line.units_per_group]
        if options and not _holds(line, options[0]):
            yield _outside(line, options)


def _beyond(line: Oversubscription, places: int) -> object:
    return half_up(percent(line.demand - places, places), decimals_of(line.percent))


def _sum_in_words(line: Oversubscription, places: int) -> str:
    who = f" {line.role}s" if line.role else " applicants"
    gap = line.demand - places
    return f"{line.demand}{who} for {places} places: {gap} / {places} = {half_up(percent(gap, places), 1)} %"


def _account(line: LedgerLine) -> Account:
    return Account(**line.model_dump(exclude={"at"}))


def _pairs(line: Matches, most: int) -> Finding:
    if line.pairs < most:
        why = f"{line.mentors} mentors and {line.mentees} mentees need at least {most} pairs, {line.pairs} are printed."
    else:
        why = f"{line.mentors} mentors and {line.mentees} mentees cannot make {line.pairs} different pairs."
    return Finding("pairs_and_people", line.at, why, "certain", "Correct the pairs or the people, or say who shares.")


def _outside(line: CountRange, options: list[int]) -> Finding:
    said, *others = options
    low, high = _bounds(line, said)
    fitting = [number for number in others if _holds(line, number)]
    why = (
        f"{line.label}: {said} at {line.minimum} to {line.maximum} {line.unit} each make {low} to {high}, "
        f"but {line.total} is printed."
    )
    why += _possible(line)
    # Printed as a range that all lie in, its ends need not be reached by any.
    within = said * line.minimum <= line.total <= said * line.maximum
    if fitting and line.groups:
        each = fitting[0] // line.groups
        resolve = f"{fitting[0]} of them ({each} for each of the {line.groups}) would do: print how many there were."
    else:
        resolve = "Print how many there were, or correct the total or the range."
    return Finding("count_outside_range", line.at, why, "likely" if fitting or within else "certain", resolve)


def _possible(line: CountRange) -> str:
    """How many units could make the total, from the bounds solved for the number of units."""
    if line.minimum == 0 or line.total < line.minimum + line.maximum:
        return ""
    fewest = -(-(line.total - line.minimum) // line.maximum) + 1
    most = (line.total - line.maximum) // line.minimum + 1
    return f" Only {fewest} to {most} of them can make {line.total}." if fewest <= most else ""


def _bounds(line: CountRange, units: int) -> tuple[int, int]:
    """The smallest and largest total of `units` of which one has the minimum and one the maximum, as printed."""
    if units < 2:
        return units * line.minimum, units * line.maximum
    ends = line.minimum + line.maximum
    return ends + (units - 2) * line.minimum, ends + (units - 2) * line.maximum


def _holds(line: CountRange, units: int) -> bool:
    low, high = _bounds(line, units)
    return low <= line.total <= high
