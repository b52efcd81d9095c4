"""Whether every date can be worked out, steps are in their order, and waves ask what there is, once."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Final

from mentoring_contracts.blueprint.activities import BUILT_IN
from mentoring_contracts.blueprint.calendar import (
    BEGINNINGS,
    ENDS,
    KINDS,
    NAMES,
    Calendar,
    Line,
    PlannedCohort,
    laid_over,
    stem,
)
from mentoring_contracts.blueprint.dates import START, Unresolved, read_when
from mentoring_contracts.blueprint.faults import Fault, Path, near, unknown
from mentoring_contracts.blueprint.surveys import PRESETS, WAVE_MILESTONES, PlannedWave
from mentoring_contracts.blueprint.waves import holds_for, of_pair, of_pairs
from mentoring_contracts.blueprint.whole import Blueprint

_BEFORE: Final = (
    ("window_closes", "match_confirmed"),
    ("orientation", "relationships_close"),
    ("match_confirmed", "relationships_close"),
    ("match_confirmed", "interim_evaluation_opens"),
    ("match_confirmed", "summative_evaluation_opens"),
    ("interim_evaluation_opens", "summative_evaluation_opens"),
    ("summative_evaluation_opens", "follow_up_evaluation_opens"),
    ("interim_report", "final_report"),
)
"""What comes no later than what, where a cohort has both."""


_DAYS_A_MONTH: Final = 30
_SOME_DAY: Final = date(2001, 1, 1)


def _cohorts(blueprint: Blueprint) -> list[tuple[int | None, PlannedCohort | None]]:
    return [*enumerate(blueprint.cohorts)] or [(None, None)]


def _at(cohort: int | None, line: Line) -> Path:
    return ("cohorts", cohort or 0, "milestones", line.place) if line.own else ("milestones", line.place)


def calendar_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Unknown kinds of milestones, dates that cannot be worked out, steps in a wrong order."""
    yield from _kinds(blueprint)
    for place, planned in enumerate(blueprint.cohorts):
        if planned.starts is not None and read_when(planned.starts).day is None:
            yield Fault(("cohorts", place, "starts"), "date", "the day itself is wanted: others stand to it")
            return
    numbers = [cohort.number for cohort in blueprint.cohorts]
    for place in range(len(numbers)):
        if numbers[place] in numbers[:place]:
            yield Fault(("cohorts", place, "number"), "twice", "two cohorts have the same number")
    for number, cohort in _cohorts(blueprint):
        calendar = blueprint.calendar(cohort)
        faults = [*_undated(calendar, number), *_unpaired(calendar, number)]
        yield from faults or _order(calendar, number)


def _kinds(blueprint: Blueprint) -> Iterator[Fault]:
    activities = [*BUILT_IN, *(kind.id for kind in blueprint.activities.kinds)]
    lists: list[tuple[Path, Sequence[Line]]] = [(("milestones",), laid_over(blueprint.milestones, []))]
    for place, cohort in enumerate(blueprint.cohorts):
        lists.append((("cohorts", place, "milestones"), laid_over([], cohort.milestones)))
    own = {stem(one.milestone.kind) for _, lines in lists for one in lines if one.milestone.title is not None}
    for path, lines in lists:
        for line in lines:
            kind = line.milestone.kind
            if kind not in KINDS and kind not in activities and stem(kind) not in own:
                said = "no such kind of milestone; one of the programme's own needs a title"
                yield Fault((*path, line.place, "kind"), "unknown_milestone", said, near(kind, [*KINDS, *activities]))


def _undated(calendar: Calendar, cohort: int | None) -> Iterator[Fault]:
    for line in calendar.lines:
        for member in ("date", "starts", "ends"):
            written = getattr(line.milestone, member)
            if written is not None:
                yield from _unresolved(calendar, written, (*_at(cohort, line), member), cohort)


def _unresolved(calendar: Calendar, written: str, at: Path, cohort: int | None) -> Iterator[Fault]:
    try:
        calendar.resolve(written)
    except Unresolved as error:
        if error.missing is None:
            yield Fault(at, "circle", "this date stands to itself")
        elif error.missing == START:
            yield Fault(("cohorts", cohort or 0), "missing", "starts is needed: dates of the plan stand to start")
        else:
            names = {name for line in calendar.lines for name, _ in line.dates()} | {START}
            yield unknown(at, "milestone", error.missing, sorted(names))
    except OverflowError:
        yield Fault(at, "date", "this is beyond the calendar")


def _unpaired(calendar: Calendar, cohort: int | None) -> Iterator[Fault]:
    kinds = [line.milestone.kind for line in calendar.lines]
    for place, line in enumerate(calendar.lines):
        kind = line.milestone.kind
        at = (*_at(cohort, line), "kind")
        if kind.endswith((*BEGINNINGS, *ENDS)) and kind in kinds[:place]:
            yield Fault(at, "twice", "this step has two dates in one cohort; several are written with starts and ends")
        elif kind.endswith(ENDS) and not any(f"{stem(kind)}{mark}" in kinds for mark in BEGINNINGS):
            yield Fault(at, "no_beginning", "this step has an end and no beginning")


def _order(calendar: Calendar, cohort: int | None) -> Iterator[Fault]:
    dated = {}
    for line in reversed(calendar.lines):
        for name, written in line.dates():
            day, at = calendar.resolve(written)
            dated[name] = (day, at.isoformat() if at else "", line)
    spans = [(name, f"{stem(name)}{end}") for name in dated for mark, end in zip(BEGINNINGS, ENDS, strict=True)
             if name.endswith(mark)]  # fmt: skip
    for earlier, later in (*spans, *_BEFORE):
        if earlier in dated and later in dated and dated[earlier][0] > dated[later][0]:
            yield Fault(_at(cohort, dated[later][2]), "order", f"{later} is before {earlier}")


def due_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """What people attend by a milestone that no cohort has."""
    own = [one.milestones for one in blueprint.cohorts]
    kinds = {stem(one.kind) for planned in (blueprint.milestones, *own) for one in planned}
    known = sorted({NAMES.get(kind, kind) for kind in kinds})
    for place, one in enumerate(blueprint.activities.completion):
        if one.due is not None and one.due.milestone is not None and one.due.milestone not in known:
            at = ("activities", "completion", place, "due", "milestone")
            yield unknown(at, "milestone", one.due.milestone, known)


def wave_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Waves without their survey, milestone or cohort, and two that contradict each other."""
    instruments = {instrument.id for instrument in blueprint.instruments}
    numbers = [cohort.number for cohort in blueprint.cohorts]
    for place, wave in enumerate(blueprint.waves):
        at: Path = ("waves", place)
        if wave.instrument not in instruments | set(PRESETS):
            yield unknown((*at, "instrument"), "instrument", wave.instrument, sorted(instruments | set(PRESETS)))
        if wave.cohort is not None and wave.cohort not in numbers:
            yield unknown((*at, "cohort"), "cohort", wave.cohort, [str(number) for number in numbers])
        kinds = [kind.id for kind in blueprint.respondents]
        for number, kind in enumerate(wave.respondents):
            if kind not in kinds:
                yield unknown((*at, "respondents", number), "kind of respondents", kind, kinds)
        yield from _wave_dates(blueprint, wave, at)
    yield from _contradictions(blueprint)
    yield from _milestones_without(blueprint, instruments)


def _wave_dates(blueprint: Blueprint, wave: PlannedWave, at: Path) -> Iterator[Fault]:
    if of_pairs(wave):
        own = {one.id: one.mode for one in blueprint.instruments}
        if own.get(wave.instrument, "anonymous") != "anonymous":
            yield Fault((*at, "instrument"), "mode", "a survey in the pair's own time is anonymous")
        if wave.closes is not None and not read_when(wave.closes).of_pair:
            said = "a wave that opens in the pair's time closes in it too, or after open_days"
            yield Fault((*at, "closes"), "wave", said)
        elif wave.closes is not None and not _in_order(wave):
            yield Fault((*at, "closes"), "order", "closes before it opens")
        return
    for place, cohort in _cohorts(blueprint):
        if cohort is not None and not holds_for(wave, cohort.number):
            continue
        calendar = blueprint.calendar(cohort)
        if wave.milestone is not None:
            spans = _spans(calendar)
            if wave.milestone not in spans:
                yield unknown((*at, "milestone"), "milestone with an end", wave.milestone, sorted(spans))
            return
        faults = [f for member in ("opens", "closes") if (written := getattr(wave, member)) is not None
                  for f in _unresolved(calendar, written, (*at, member), place)]  # fmt: skip
        yield from faults
        if faults:
            return
        if wave.opens and wave.closes and calendar.resolve(wave.closes)[0] < calendar.resolve(wave.opens)[0]:
            yield Fault((*at, "closes"), "order", "closes before it opens")
            return


def _in_order(wave: PlannedWave) -> bool:
    opens, closes = (read_when(written or "") for written in (wave.opens, wave.closes))
    return of_pair(opens, _SOME_DAY) <= of_pair(closes, _SOME_DAY)


def _spans(calendar: Calendar) -> set[str]:
    """The steps with a beginning and an end, as they are called outside."""
    kinds = {line.milestone.kind for line in calendar.lines}
    lines = {line.milestone.kind for line in calendar.lines if line.milestone.ends is not None}
    stems = {stem(kind) for kind in kinds if kind.endswith(ENDS)}
    return lines | {NAMES.get(one, one) for one in stems}


def _contradictions(blueprint: Blueprint) -> Iterator[Fault]:
    for place, wave in enumerate(blueprint.waves):
        for other in blueprint.waves[:place]:
            same = (wave.instrument, wave.occasion) == (other.instrument, other.occasion)
            if same and (wave.cohort == other.cohort or None in (wave.cohort, other.cohort)):
                said = "two waves of one survey and cohort: occasion tells them apart"
                yield Fault(("waves", place), "contradicts", said)
                break
        else:
            yield from _against_milestone(blueprint, wave, ("waves", place))


def _against_milestone(blueprint: Blueprint, wave: PlannedWave, at: Path) -> Iterator[Fault]:
    """A wave with dates of its own, and a milestone that dates the same survey otherwise."""
    kind = next((kind for kind, instrument in WAVE_MILESTONES.items() if instrument == wave.instrument), None)
    if kind is None or wave.opens is None or wave.occasion is not None or of_pairs(wave):
        return
    for _, cohort in _cohorts(blueprint):
        if cohort is not None and not holds_for(wave, cohort.number):
            continue
        calendar = blueprint.calendar(cohort)
        dates = {name: day for line in reversed(calendar.lines) for name, day in line.dates()}
        try:
            for member, name in (("opens", f"{kind}_opens"), ("closes", f"{kind}_closes")):
                written = getattr(wave, member)
                if written and name in dates and calendar.resolve(written)[0] != calendar.resolve(dates[name])[0]:
                    yield Fault((*at, member), "contradicts", f"the milestone {name} says another date")
                    return
        except (ValueError, OverflowError):
            return


def _milestones_without(blueprint: Blueprint, instruments: set[str]) -> Iterator[Fault]:
    """Milestones that are waves by their kind, of a survey that the blueprint does not have."""
    named = {wave.milestone for wave in blueprint.waves}
    seen: set[Path] = set()
    for place, cohort in _cohorts(blueprint):
        for line in blueprint.calendar(cohort).lines:
            kind = stem(line.milestone.kind)
            needed, at = WAVE_MILESTONES.get(kind), (*_at(place, line), "kind")
            opens = line.milestone.starts is not None or line.milestone.kind.endswith(BEGINNINGS)
            if needed is None or not opens or needed in instruments or kind in named or at in seen:
                continue
            seen.add(at)
            said = f"its survey is not there: instruments needs one called {needed}, or waves names another for {kind}"
            yield Fault(at, "unknown_instrument", said)


def review_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Reviews that no pair would come to, because its time is over before."""
    months, reviews = blueprint.duration_months, blueprint.reviews
    if months is None or reviews is None:
        return
    if reviews.mid_term_months is not None and reviews.mid_term_months >= months:
        said = f"a pair goes on for {months} months: it would be over by then"
        yield Fault(("reviews", "mid_term_months"), "never", said)
    if reviews.end_days is not None and reviews.end_days >= months * _DAYS_A_MONTH:
        said = f"a pair goes on for {months} months: it would not have begun by then"
        yield Fault(("reviews", "end_days"), "never", said)
