"""How a habit goes, from its marks: weeks that were kept, the run of them, the trend, and whether it is embedded."""

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final, Literal

EMBEDDED_AT: Final = 0.8  # of its weeks
Trend = Literal["up", "steady", "down"]


@dataclass(frozen=True)
class Week:
    """One week of a habit: its first day, how often it was marked, and whether that was often enough."""

    begins_on: date
    marks: int
    kept: bool


@dataclass(frozen=True)
class Progress:
    """The weeks of a habit so far, the one that runs among them.

    `streak` are the weeks kept one after the other up to now (the running week breaks none), `best` the longest such
    run; `share` is of the weeks that are over, null before there is one. It is `embedded` once all are over and 80 %
    were kept.
    """

    weeks: list[Week]
    streak: int
    best: int
    share: float | None
    trend: Trend
    embedded: bool | None


def progress(starts_on: date, weeks: int, times: int, marks: Collection[date], today: date) -> Progress:
    """How a habit of so many weeks goes that is to be kept so many times in each."""
    counted = Counter((day - starts_on).days // 7 for day in marks)
    begun = min(weeks, max(0, (today - starts_on).days // 7 + 1))
    shown = [_week(starts_on, number, counted[number], times) for number in range(begun)]
    over = [week.kept for week in shown if week.begins_on + timedelta(days=7) <= today]
    running = [week.kept for week in shown[len(over) :] if week.kept]
    share = sum(over) / len(over) if over else None
    done = len(over) == weeks
    return Progress(
        shown, _last_run([*over, *running]), _longest_run([*over, *running]), share, _trend(over),
        embedded=(share or 0) >= EMBEDDED_AT if done else None,
    )  # fmt: skip


def _week(starts_on: date, number: int, marks: int, times: int) -> Week:
    return Week(starts_on + timedelta(days=7 * number), marks, marks >= times)


def _last_run(kept: list[bool]) -> int:
    return next((length for length, one in enumerate(reversed(kept)) if not one), len(kept))


def _longest_run(kept: list[bool]) -> int:
    best = run = 0
    for one in kept:
        run = run + 1 if one else 0
        best = max(best, run)
    return best


def _trend(kept: list[bool]) -> Trend:
    """The later half of the weeks against the earlier one."""
    half = len(kept) // 2
    if half == 0:
        return "steady"
    earlier, later = sum(kept[:half]), sum(kept[-half:])
    return "up" if later > earlier else "down" if later < earlier else "steady"
