"""What a blueprint says about relationships and activities; a part that it leaves out has a default."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint.activities import BUILT_IN
from mentoring_contracts.blueprint.formats import MENTORING, Kind, kinds_of
from mentoring_contracts.blueprint.text import plain
from mentoring_contracts.words import Side


@dataclass(frozen=True, slots=True)
class Hours:
    """What a relationship is expected to meet, in minutes: over its whole duration, and each month."""

    budget_minutes: int | None = None
    month_minutes: float | None = None


def hours(budget: float | None, per_month: float | None, months: int | None) -> Hours:
    """The minutes of hours over all or each month; one follows from the other where the months are known."""
    monthly = per_month * 60 if per_month is not None else budget * 60 / months if budget and months else None
    if budget is None:
        return Hours(round(monthly * months) if monthly and months else None, monthly)
    return Hours(round(budget * 60), monthly)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a programme's relationships.

    `hours` are those of a pair. `oriented` are the sides that attend an orientation
    before a pair starts; nobody where it is not compulsory. `kinds` are the titles of activities by kind, empty where
    the programme does not say which it has.
    """

    duration_months: int | None
    hours: Hours
    quiet_after_weeks: int
    oriented: list[Side]
    kinds: Mapping[str, str] = field(default_factory=dict)


def terms_of(blueprint: Blueprint) -> Terms:
    """The terms of a blueprint."""
    activities = blueprint.activities
    titles = {kind.id: plain(kind.title, blueprint.languages) for kind in activities.kinds}
    return Terms(
        duration_months=blueprint.duration_months,
        hours=hours(blueprint.hours_budget, blueprint.hours_per_month, blueprint.duration_months),
        quiet_after_weeks=blueprint.nudges.quiet_after_weeks,
        oriented=list(activities.orientation.roles) if activities.orientation.compulsory else [],
        kinds={**{kind: kind.replace("_", " ") for kind in BUILT_IN}, **titles} if titles else {},
    )


def kind_of(formats: list[dict[str, Any]] | None, id_: str) -> Kind:
    """A kind of relationship of a programme; of one that its blueprint does not know nothing is shown to others."""
    known = kinds_of({"formats": formats or []})
    return known.get(id_) or known["peer_circle"].model_copy(update={"id": id_, "title": id_, "private": True})


def hours_of(kind: Kind, of_programme: Hours, duration_months: int | None) -> Hours:
    """What a relationship of the kind is expected to meet: mentoring without hours of its own has the programme's."""
    if kind.hours_budget is None and kind.hours_per_month is None:
        return of_programme if kind.id == MENTORING else Hours()
    return hours(kind.hours_budget, kind.hours_per_month, kind.duration_months or duration_months)
