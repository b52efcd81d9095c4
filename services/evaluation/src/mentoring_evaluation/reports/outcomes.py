"""What came of a programme, for one kind of report: the stages of its model, outcomes, intentions followed up.

Where counts are protected, everything is worked out from rounded counts alone. A recorded value is treated as if people
stood behind it, since nobody can see in a number whether they do.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import TypedDict

from mentoring_evaluation.disclosure.bands import BASE
from mentoring_evaluation.disclosure.rule import Policy
from mentoring_evaluation.figures.intervals import half_up
from mentoring_evaluation.figures.references import Reference, found
from mentoring_evaluation.figures.shown import ABOUT, Figures, Shown, ShownFigure
from mentoring_evaluation.outcomes.by_figure import measured_by_figure, of_figure
from mentoring_evaluation.outcomes.comparison import Compared, Group, compare
from mentoring_evaluation.outcomes.evaluation_models import Indicator, Stage
from mentoring_evaluation.outcomes.intentions import Did, Intention, Meant, ShownIntention
from mentoring_evaluation.outcomes.measured import Counted, Measured, shown
from mentoring_evaluation.reports.document import (
    HrOutcomeInReport,
    IndicatorInReport,
    MeasuredInReport,
    ModelInReport,
    OutcomesInReport,
    StageInReport,
)
from mentoring_evaluation.reports.kinds import Kind
from mentoring_evaluation.reports.protection import GRID, protected_share
from mentoring_evaluation.reports.records import HrRecord, ReportRecords, ValueRecord

NO_HR = "Nothing was recorded from HR data, so nothing is said of promotion, retention or the like."
HIDDEN = "Hidden: too few people stand behind it, or behind what is left over."
_NOTHING = Measured(
    value=None, numerator=None, base=None, asked=None, answered=None, interval=None, target_met=None, caveats=(),
    shown="hidden",
)  # fmt: skip


def evaluation_model(records: ReportRecords, figures: Figures, kind: Kind, policy: Policy) -> ModelInReport | None:
    """The programme's model with what was measured of it; None without a model."""
    model = records.model
    if model is None:
        return None
    stages = [_stage(stage, records.values, figures, kind, policy) for stage in model.stages]
    return ModelInReport(title=model.title, source=model.source, stages=stages)


def outcomes(records: ReportRecords, figures: Figures, kind: Kind, policy: Policy) -> OutcomesInReport:
    """HR outcomes with what can be said of each, and intentions followed up."""
    hr = [_hr(record, kind, policy) for record in records.hr if not kind.leaves or record.outcome != "other"]
    if kind.protected:
        intentions = list(_protected_intentions(records.intentions, figures, policy))
    else:
        intentions = [one.shown().but(shown="exact") for one in records.intentions]
    return OutcomesInReport(statement="" if hr else NO_HR, hr=hr, intentions=intentions)


def _stage(
    stage: Stage, values: Mapping[str, ValueRecord], figures: Figures, kind: Kind, policy: Policy
) -> StageInReport:
    found = [(one, _measured(one, values.get(one.id), figures, kind, policy)) for one in stage.indicators]
    measured = [one for _, one in found if one is not None]
    return StageInReport(
        id=stage.id,
        title=stage.title,
        asks=stage.asks,
        statements=list(stage.statements),
        measured=measured,
        not_measured=[IndicatorInReport(**_about(indicator)) for indicator, one in found if one is None],
        statement=_said_of(len(measured), len(stage.indicators)),
    )


class _About(TypedDict):
    indicator: str
    title: str
    unit: str
    base_is: str
    target: float | None


def _about(one: Indicator) -> _About:
    return {"indicator": one.id, "title": one.title, "unit": one.unit, "base_is": one.base, "target": one.target}


def _said_of(measured: int, indicators: int) -> str:
    if not indicators:
        return "No indicator says how this stage is measured."
    return f"{measured} of {indicators} indicators measured."


def _measured(
    indicator: Indicator, value: ValueRecord | None, figures: Figures, kind: Kind, policy: Policy
) -> MeasuredInReport | None:
    figure = measured_by_figure(indicator, figures)
    if figure is not None:
        return _in_report(
            indicator, of_figure(indicator, figure), figure=indicator.figure, cohort=figure.cohort, source=figure.source
        )
    if value is None:
        return None
    known = _protected_value(indicator, value.counted, policy) if kind.protected else shown(indicator, value.counted)
    source = None if kind.leaves else value.source
    return _in_report(indicator, known, cohort=value.cohort, source=source, measured_on=value.measured_on)


def _in_report(
    indicator: Indicator,
    value: Measured,
    *,
    figure: str | None = None,
    cohort: int | None,
    source: str | None,
    measured_on: date | None = None,
) -> MeasuredInReport:
    return MeasuredInReport(
        **_about(indicator), figure=figure, cohort=cohort, source=source, measured_on=measured_on,
        value=value.value, numerator=value.numerator, base=value.base, asked=value.asked, answered=value.answered,
        interval=value.interval, target_met=value.target_met, caveats=list(value.caveats), shown=value.shown,
    )  # fmt: skip


def _protected_value(indicator: Indicator, counted: Counted, policy: Policy) -> Measured:
    """A recorded value from rounded counts: no interval, no caveat, no verdict on the target."""
    rounded = _rounded(indicator, counted, policy)
    if rounded is None:
        return _NOTHING
    known = shown(indicator, rounded)
    return _NOTHING.but(value=known.value, numerator=known.numerator, base=known.base, shown="rounded")


def _rounded(indicator: Indicator, counted: Counted, policy: Policy) -> Counted | None:
    if indicator.kind == "mean":
        people = GRID.band(counted.base)
        mean = half_up(Fraction(counted.value or 0), 1)
        return Counted(people.rounded, value=mean) if people.rounded and policy.shows_group(people) else None
    part = counted.numerator if indicator.kind == "share" else int(counted.value or 0)
    if part is None or part > counted.base:  # so many times more than the base are no part of it
        return None
    share = protected_share(part, counted.base, policy)
    if share is None:
        return None
    part, base = share
    return Counted(base, numerator=part) if indicator.kind == "share" else Counted(base, value=Decimal(part))


def _hr(record: HrRecord, kind: Kind, policy: Policy) -> HrOutcomeInReport:
    groups = [Group(*numbers) for numbers in (record.participants, record.others) if numbers]
    if kind.protected:
        groups = _rounded_groups(groups, policy)
    said, shown_as = _compared(record, groups, kind)
    return HrOutcomeInReport(
        outcome=record.outcome,
        role=record.role,
        definition=None if kind.leaves else record.definition,
        months=record.months,
        source=None if kind.leaves else record.source,
        measured_on=record.measured_on,
        selection=record.selection,
        participants=said and said.participants,
        comparison=said and said.comparison,
        difference=said and said.difference,
        statement=said.statement if said else HIDDEN,
        shown=shown_as,
    )


def _compared(record: HrRecord, groups: Sequence[Group], kind: Kind) -> tuple[Compared | None, Shown]:
    """What can be said of the groups, and how exact it is; None is hidden."""
    if not groups:
        return None, "hidden"
    label = f"{record.outcome.replace('_', ' ')} within {record.months} months" if kind.leaves else record.definition
    said = compare(label, groups[0], groups[1] if groups[1:] else None, record.selection)
    if not kind.protected:
        return said, "exact"
    return said.but(statement=f"{said.statement} Counts are rounded to {BASE}."), "rounded"


def _rounded_groups(groups: Sequence[Group], policy: Policy) -> list[Group]:
    """None at all where one of them is hidden: without it the other would be read as if there were no comparison."""
    shares = [protected_share(group.with_outcome, group.people, policy) for group in groups]
    rounded = [Group(share[1], share[0]) for share in shares if share is not None]
    return rounded if len(rounded) == len(groups) else []


def _protected_intentions(
    intentions: Sequence[Intention], figures: Figures, policy: Policy
) -> Iterator[ShownIntention]:
    """Over all cohorts only, and each of the two shares for itself: bounds on both would undo the rounding."""
    for one in _totals(intentions):
        meant = found(Reference(one.figure, role=one.role), figures)
        did = protected_share(one.did, one.people, policy)
        yield ShownIntention(
            cohort=None, figure=one.figure, role=one.role, people=did and did[1],
            meant=_said_meant(meant), did=_said_did(did), meant_and_did=None,
            statement=_statement(one.role, meant, did), shown="rounded",
        )  # fmt: skip


def _totals(intentions: Sequence[Intention]) -> Iterator[Intention]:
    """The line of all cohorts, or the only cohort's."""
    for figure in dict.fromkeys(one.figure for one in intentions):
        same = [one for one in intentions if one.figure == figure]
        yield next((one for one in same if one.cohort is None), same[0])


def _said_meant(figure: ShownFigure | None) -> Meant | None:
    if figure is None or figure.numerator is None or figure.denominator is None:
        return None
    return Meant(numerator=figure.numerator, answered=figure.denominator, percent=figure.value)


def _said_did(did: tuple[int, int] | None) -> Did | None:
    if did is None:
        return None
    numerator, people = did
    percent = float(half_up(Fraction(100 * numerator, people)))
    return Did(numerator=numerator, people=people, percent=percent)


def _statement(role: str, figure: ShownFigure | None, did: tuple[int, int] | None) -> str:
    first = "Who meant to is hidden."
    if figure is not None and figure.value is not None:
        first = f"{ABOUT[figure.shown]}{figure.value} % of the {role}s who answered meant to.".capitalize()
    if did is None:
        return f"{first} How many later applied as mentor is hidden: too few did, or too few did not."
    return f"{first} About {did[0]} of about {did[1]} {role}s later applied as mentor."
