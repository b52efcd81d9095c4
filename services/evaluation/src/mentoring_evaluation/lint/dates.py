"""Rules for dates: one event with two dates, an order that cannot be, a gap the text does not keep to."""

import calendar
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from mentoring_evaluation.lint.findings import Confidence, Finding
from mentoring_evaluation.lint.published import DatedEvent, Gap, PublishedReport

_Key = tuple[str, str | None]


def versions(report: PublishedReport) -> Iterator[Finding]:
    """One event of one cohort with dates that cannot be the same day."""
    for (event, cohort), said in _by_event(report).items():
        first, others = _apart(said)
        if others:
            dates = " and ".join(dict.fromkeys(said.date for said in [first, *others]))
            why = f"{event}{_of(cohort)} is dated {dates}."
            resolve = "Say which date is right, or what each of them means (planned, done, published)."
            yield Finding("date_in_two_versions", first.at, why, "certain", resolve, tuple(o.at for o in others))


def _apart(said: Sequence[DatedEvent]) -> tuple[DatedEvent, list[DatedEvent]]:
    """A version and those that cannot be the same day as it: of the first one printed, if it has any."""
    begun_last = max(said, key=_first)
    for first in (said[0], begun_last):
        others = [other for other in said if _first(other) > _last(first) or _last(other) < _first(first)]
        if others:
            break
    return first, others


def out_of_order(report: PublishedReport) -> Iterator[Finding]:
    """Something dated before what it had to follow, in any of its versions."""
    by_event = _by_event(report)
    for earlier, later, kind in dict.fromkeys((order.earlier, order.later, order.kind) for order in report.orders):
        judged = [(before, after, _wrong(before, after)) for before, after in _both(by_event, earlier, later)]
        wrong = [(before, after, pair) for before, after, pair in judged if pair]
        # "Usual" is what most cohorts do: where most do otherwise, nothing was usual.
        if kind == "usual" and 2 * len(wrong) >= len(judged):
            continue
        for before, after, pair in wrong:
            every = min(map(_first, before)) > max(map(_last, after))
            yield _disordered(kind, later, earlier, pair, every)


def _both(
    by_event: dict[_Key, list[DatedEvent]], earlier: str, later: str
) -> Iterator[tuple[list[DatedEvent], list[DatedEvent]]]:
    """The versions of two events, cohort by cohort; what is dated for all cohorts stands for each of them."""
    cohorts = [cohort for event, cohort in by_event if event in (earlier, later)]
    for cohort in dict.fromkeys(cohorts):
        before = by_event.get((earlier, cohort)) or by_event.get((earlier, None))
        after = by_event.get((later, cohort)) or by_event.get((later, None))
        if before and after:
            yield before, after


def _wrong(before: Sequence[DatedEvent], after: Sequence[DatedEvent]) -> tuple[DatedEvent, DatedEvent] | None:
    soonest = min(map(_last, after))
    late = next((event for event in before if _first(event) > soonest), None)
    return (late, next(event for event in after if _first(late) > _last(event))) if late else None


def gaps(report: PublishedReport) -> Iterator[Finding]:
    """A gap between two dates that is shorter or longer than the text promises."""
    by_event = _by_event(report)
    for gap in report.gaps:
        for cohort in dict.fromkeys(event.cohort for event in report.dates):
            before, after = by_event.get((gap.earlier, cohort)), by_event.get((gap.later, cohort))
            if before and after:
                yield from _kept(gap, before[0], after)


def _kept(gap: Gap, start: DatedEvent, ends: Sequence[DatedEvent]) -> Iterator[Finding]:
    exact = max(ends, key=lambda event: len(event.date))
    opens, closes = _months_after(_first(start), gap.months_min), _months_after(_last(start), gap.months_max)
    if opens <= _last(exact) and _first(exact) <= closes:
        return
    side = "later" if _first(exact) > closes else "earlier"
    why = (
        f"{gap.later}{_of(exact.cohort)} is said to come {gap.months_min} to {gap.months_max} months after "
        f"{gap.earlier} ({start.date}), so between {opens} and {closes}; it is dated {exact.date}, which is {side}."
    )
    resolve = "Say what was planned and what was done, or correct one of the dates."
    yield Finding("gap_not_as_stated", exact.at, why, "likely", resolve, (start.at, gap.at))


def _disordered(kind: str, later: str, earlier: str, pair: tuple[DatedEvent, DatedEvent], every: bool) -> Finding:
    before, after = pair
    why = (
        f"{later}{_of(after.cohort)} is dated {after.date}, before {earlier}{_of_other(before, after)} ({before.date})"
    )
    if kind == "usual":
        return Finding(
            "dates_out_of_order",
            after.at,
            f"{why}; elsewhere it comes after.",
            "possible",
            "Say whether this cohort was different, or correct one of the dates.",
            (before.at,),
        )
    confidence: Confidence = "certain" if every else "likely"
    tail = ", which it follows." if every else ", which it follows; another version of the dates is in order."
    resolve = "Correct one of the dates, or say what was published before the work was complete."
    return Finding("dates_out_of_order", after.at, why + tail, confidence, resolve, (before.at,))


def _by_event(report: PublishedReport) -> dict[_Key, list[DatedEvent]]:
    events: dict[_Key, list[DatedEvent]] = defaultdict(list)
    for event in report.dates:
        events[(event.event, event.cohort)].append(event)
    return events


def _first(event: DatedEvent) -> date:
    return date.fromisoformat(event.date if len(event.date) > 7 else f"{event.date}-01")


def _last(event: DatedEvent) -> date:
    if len(event.date) > 7:
        return date.fromisoformat(event.date)
    return _months_after(_first(event), 1) - timedelta(days=1)


def _months_after(day: date, months: int) -> date:
    """The same day so many months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def _of_other(event: DatedEvent, beside: DatedEvent) -> str:
    return "" if event.cohort == beside.cohort else _of(event.cohort)


def _of(cohort: str | None) -> str:
    return f" of cohort {cohort}" if cohort else ""
