"""Whether hours, months and steps of a programme agree with each other."""

from collections.abc import Iterator
from typing import Final

from mentoring_contracts.blueprint.calendar import APPLICATION_WINDOW, NAMES, PlannedMilestone, stem
from mentoring_contracts.blueprint.dates import Unresolved
from mentoring_contracts.blueprint.faults import Fault, Path
from mentoring_contracts.blueprint.whole import Blueprint

_ONCE: Final = frozenset({"match_confirmed", "relationships_close", "final_report", APPLICATION_WINDOW})
"""Steps that a cohort has once: other dates stand to them, or people act by them."""
_APART: Final = 1.25
"""How far two numbers may be apart that say the same: quiet months, rounding."""
_DAYS_A_MONTH: Final = 30.44


def pace_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Hours that are not those of the months, a step that is there twice, rounds in no order or without a place."""
    months = blueprint.duration_months
    yield from _hours((), blueprint.hours_budget, blueprint.hours_per_month, months)
    for place, kind in enumerate(blueprint.formats):
        yield from _hours(("formats", place), kind.hours_budget, kind.hours_per_month, kind.duration_months or months)
    yield from _steps_twice(blueprint.milestones, ("milestones",))
    for place, cohort in enumerate(blueprint.cohorts):
        at: Path = ("cohorts", place)
        yield from _steps_twice(cohort.milestones, (*at, "milestones"))
        if cohort.places == 0:
            yield Fault((*at, "places"), "never", "nobody could be accepted", level="warning")
        before = [one for one in blueprint.cohorts if one.number < cohort.number and one.starts and cohort.starts]
        if any(str(one.starts) > str(cohort.starts) for one in before):
            yield Fault((*at, "starts"), "order", "a round with a lower number starts later", level="warning")
    yield from _length(blueprint)
    yield from _never(blueprint)


def _hours(at: Path, budget: float | None, monthly: float | None, months: int | None) -> Iterator[Fault]:
    if budget is None or monthly is None or months is None:
        return
    whole = monthly * months
    if not whole / _APART <= budget <= whole * _APART:
        said = f"hours_per_month makes {whole:g} hours in {months} months, and hours_budget, of the whole time, says"
        yield Fault((*at, "hours_budget"), "contradicts", f"{said} {budget:g}")


def _steps_twice(milestones: list[PlannedMilestone], at: Path) -> Iterator[Fault]:
    for place, one in enumerate(milestones):
        for other in milestones[:place]:
            name = NAMES.get(stem(one.kind), stem(one.kind))
            # `…_opens` twice is said where steps are paired.
            if other.kind == one.kind and one.kind == stem(one.kind) and (
                name in _ONCE or (one.date, one.starts) == (other.date, other.starts)
            ):  # fmt: skip
                said = "a cohort has this step once" if name in _ONCE else "this step is there twice on the same day"
                yield Fault((*at, place, "kind"), "twice", said)
                break


def _length(blueprint: Blueprint) -> Iterator[Fault]:
    """Of the plan: from the match to the close it is about as long as a pair goes on."""
    kinds = {one.kind: place for place, one in enumerate(blueprint.milestones)}
    months, place = blueprint.duration_months, kinds.get("relationships_close")
    if months is None or place is None or "match_confirmed" not in kinds:
        return
    cohort = next(iter(blueprint.cohorts), None)
    try:
        calendar = blueprint.calendar(cohort)
        days = (calendar.resolve("relationships_close")[0] - calendar.resolve("match_confirmed")[0]).days
    except (Unresolved, OverflowError):
        return
    if days > 0 and not months / _APART <= (days + _DAYS_A_MONTH) / _DAYS_A_MONTH <= (months + 2) * _APART:
        said = f"{days / _DAYS_A_MONTH:.0f} months after match_confirmed, and duration_months is {months}"
        yield Fault(("milestones", place, "date"), "contradicts", said, level="warning")


def _never(blueprint: Blueprint) -> Iterator[Fault]:
    """What would come when a pair is over, or after what it stands before."""
    months, reviews, nudges = blueprint.duration_months, blueprint.reviews, blueprint.nudges
    whole = months * _DAYS_A_MONTH if months is not None else None
    if whole is not None and reviews.fit_check_days is not None and reviews.fit_check_days >= whole:
        said = f"a pair goes on for {months} months: it would be over by then"
        yield Fault(("reviews", "fit_check_days"), "never", said)
    if whole is not None and "quiet_after_weeks" in nudges.model_fields_set and nudges.quiet_after_weeks * 7 >= whole:
        said = f"a pair goes on for {months} months: no pair would ever be quiet"
        yield Fault(("nudges", "quiet_after_weeks"), "never", said, level="warning")
    hours = blueprint.concerns.hours
    if not hours.urgent <= hours.serious <= hours.normal:
        yield Fault(("concerns", "hours"), "order", "the more severe is taken no later: urgent, serious, normal")
    decisions = blueprint.applying.decisions
    if decisions.told == "on_release" and decisions.hours_to_undo:
        said = "with told: on_release a decision is undone until it is told: leave it out"
        yield Fault(("applying", "decisions", "hours_to_undo"), "misplaced", said)
    for place, wave in enumerate(blueprint.waves):
        for day in blueprint.surveys.remind_days_before_close if wave.open_days else ():
            if wave.open_days and day >= wave.open_days:
                said = f"surveys remind {day} days before a wave closes, when it is not open yet"
                yield Fault(("waves", place, "open_days"), "never", said, level="warning")
                break
