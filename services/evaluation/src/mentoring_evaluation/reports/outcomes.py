"""What came of a programme, as JSON for one kind of report: the stages of its model, outcomes, intentions followed up.

Where counts are protected, everything is worked out from rounded counts alone. A recorded value is treated as if people
stood behind it, since nobody can see in a number whether they do.
"""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any

from mentoring_evaluation.disclosure.rule import Policy
from mentoring_evaluation.figures.intervals import half_up
from mentoring_evaluation.figures.references import Figures, Reference, found
from mentoring_evaluation.outcomes.by_figure import measured_by_figure, of_figure
from mentoring_evaluation.outcomes.comparison import Group, compare
from mentoring_evaluation.outcomes.evaluation_models import Indicator, Stage
from mentoring_evaluation.outcomes.intentions import Intention
from mentoring_evaluation.outcomes.measured import Counted, shown
from mentoring_evaluation.reports.kinds import Kind
from mentoring_evaluation.reports.protection import protected_share
from mentoring_evaluation.reports.records import HrRecord, ReportRecords, ValueRecord

NO_HR = "Nothing was recorded from HR data, so nothing is said of promotion, retention or the like."
HIDDEN = "Hidden: too few people stand behind it, or behind what is left over."
_NOTHING: Mapping[str, Any] = {
    "value": None, "numerator": None, "base": None, "asked": None, "answered": None, "interval": None,
    "target_met": None, "caveats": [], "shown": "hidden",
}  # fmt: skip
_HR_HIDDEN: Mapping[str, Any] = {
    "participants": None, "comparison": None, "difference": None, "statement": HIDDEN, "shown": "hidden",
}  # fmt: skip


def evaluation_model(records: ReportRecords, figures: Figures, kind: Kind, policy: Policy) -> dict[str, Any] | None:
    """The programme's model: of every stage the indicators `measured` and `not_measured`; None without a model."""
    model = records.model
    if model is None:
        return None
    stages = [_stage(stage, records.values, figures, kind, policy) for stage in model.stages]
    return {"title": model.title, "source": model.source, "stages": stages}


def outcomes(records: ReportRecords, figures: Figures, kind: Kind, policy: Policy) -> dict[str, Any]:
    """`hr` outcomes with what can be said of each, `intentions` followed up, a `statement` where there is nothing."""
    hr = [_hr(record, kind, policy) for record in records.hr if not kind.leaves or record.outcome != "other"]
    if kind.protected:
        intentions = list(_protected_intentions(records.intentions, figures, policy))
    else:
        intentions = [one.to_json() | {"shown": "exact"} for one in records.intentions]
    return {"statement": "" if hr else NO_HR, "hr": hr, "intentions": intentions}


def _stage(
    stage: Stage, values: Mapping[str, ValueRecord], figures: Figures, kind: Kind, policy: Policy
) -> dict[str, Any]:
    measured, missing = [], []
    for indicator in stage.indicators:
        value = _measured(indicator, values.get(indicator.id), figures, kind, policy)
        about: dict[str, Any] = {"indicator": indicator.id, "title": indicator.title, "unit": indicator.unit}
        about |= {"base_is": indicator.base, "target": indicator.target}
        missing.append(about) if value is None else measured.append(about | value)
    return {
        "id": stage.id,
        "title": stage.title,
        "asks": stage.asks,
        "statements": list(stage.statements),
        "measured": measured,
        "not_measured": missing,
        "statement": _said_of(len(measured), len(stage.indicators)),
    }


def _said_of(measured: int, indicators: int) -> str:
    if not indicators:
        return "No indicator says how this stage is measured."
    return f"{measured} of {indicators} indicators measured."


def _measured(
    indicator: Indicator, value: ValueRecord | None, figures: Figures, kind: Kind, policy: Policy
) -> dict[str, Any] | None:
    figure = measured_by_figure(indicator, figures)
    if figure is not None:
        return of_figure(indicator, figure)
    if value is None:
        return None
    about = {"figure": None, "cohort": value.cohort, "measured_on": value.measured_on.isoformat()}
    about["source"] = None if kind.leaves else value.source
    if not kind.protected:
        return about | shown(indicator, value.counted) | {"shown": "exact"}
    return about | _protected_value(indicator, value.counted, policy)


def _protected_value(indicator: Indicator, counted: Counted, policy: Policy) -> dict[str, Any]:
    """A recorded value from rounded counts: no interval, no caveat, no verdict on the target."""
    rounded = _rounded(indicator, counted, policy)
    if rounded is None:
        return dict(_NOTHING)
    known = shown(indicator, rounded)
    return dict(_NOTHING) | {name: known[name] for name in ("value", "numerator", "base")} | {"shown": "rounded"}


def _rounded(indicator: Indicator, counted: Counted, policy: Policy) -> Counted | None:
    if indicator.kind == "mean":
        few = counted.base < policy.minimum
        mean = half_up(Fraction(counted.value or 0), 1)
        return None if few else Counted(policy.rounded(counted.base), value=mean)
    part = counted.numerator if indicator.kind == "share" else int(counted.value or 0)
    if part is None or part > counted.base:  # so many times more than the base are no part of it
        return None
    share = protected_share(part, counted.base, policy)
    if share is None:
        return None
    part, base = share
    return Counted(base, numerator=part) if indicator.kind == "share" else Counted(base, value=Decimal(part))


def _hr(record: HrRecord, kind: Kind, policy: Policy) -> dict[str, Any]:
    label = f"{record.outcome.replace('_', ' ')} within {record.months} months"
    about = {
        "outcome": record.outcome,
        "role": record.role,
        "definition": None if kind.leaves else record.definition,
        "months": record.months,
        "source": None if kind.leaves else record.source,
        "measured_on": record.measured_on.isoformat(),
        "selection": record.selection,
    }
    groups = [Group(*numbers) for numbers in (record.participants, record.others) if numbers]
    if kind.protected:
        groups = _rounded_groups(groups, policy)
    if not groups:
        return {**about, **_HR_HIDDEN}
    said = compare(
        label if kind.leaves else record.definition, groups[0], groups[1] if groups[1:] else None, record.selection
    )  # fmt: skip
    if not kind.protected:
        return about | said | {"shown": "exact"}
    return about | said | {"shown": "rounded", "statement": f"{said['statement']} Counts are rounded to {policy.base}."}


def _rounded_groups(groups: Sequence[Group], policy: Policy) -> list[Group]:
    """None at all where one of them is hidden: without it the other would be read as if there were no comparison."""
    shares = [protected_share(group.with_outcome, group.people, policy) for group in groups]
    rounded = [Group(share[1], share[0]) for share in shares if share is not None]
    return rounded if len(rounded) == len(groups) else []


def _protected_intentions(
    intentions: Sequence[Intention], figures: Figures, policy: Policy
) -> Iterator[dict[str, Any]]:
    """Over all cohorts only, and each of the two shares for itself: bounds on both would undo the rounding."""
    for one in _totals(intentions):
        meant = found(Reference(one.figure, role=one.role), figures)
        did = protected_share(one.did, one.people, policy)
        yield {
            "cohort": None, "figure": one.figure, "role": one.role, "people": did and did[1],
            "meant": _said_meant(meant), "did": _said_did(did), "meant_and_did": None,
            "statement": _statement(one.role, meant, did), "shown": "rounded",
        }  # fmt: skip


def _totals(intentions: Sequence[Intention]) -> Iterator[Intention]:
    """The line of all cohorts, or the only cohort's."""
    for figure in dict.fromkeys(one.figure for one in intentions):
        same = [one for one in intentions if one.figure == figure]
        yield next((one for one in same if one.cohort is None), same[0])


def _said_meant(figure: Mapping[str, Any] | None) -> dict[str, Any] | None:
    if figure is None or figure["value"] is None:
        return None
    return {"numerator": figure["numerator"], "answered": figure["denominator"], "percent": figure["value"]}


def _said_did(did: tuple[int, int] | None) -> dict[str, Any] | None:
    if did is None:
        return None
    numerator, people = did
    percent = float(half_up(Fraction(100 * numerator, people)))
    return {"numerator": numerator, "people": people, "percent": percent}


def _statement(role: str, figure: Mapping[str, Any] | None, did: tuple[int, int] | None) -> str:
    meant = _said_meant(figure)
    first = f"About {meant['percent']} % of the {role}s who answered meant to." if meant else "Who meant to is hidden."
    if did is None:
        return f"{first} How many later applied as mentor is hidden: too few did, or too few did not."
    return f"{first} About {did[0]} of about {did[1]} {role}s later applied as mentor."
