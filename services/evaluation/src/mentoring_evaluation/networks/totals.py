"""Totals over the members of a network, made of figures that each has published under disclosure control.

A total is a function of protected figures alone, so it tells no more of a member than these do: a figure that is hidden
is not in it, and the member is named among those it is without. Of fewer than three members there is none: of two, each
could take its own away and have the other's.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any, Final
from uuid import UUID

from mentoring_evaluation.disclosure.bands import BASE
from mentoring_evaluation.figures.intervals import half_up
from mentoring_evaluation.reports.kinds import FROM_INTERVIEWS

LEAST_MEMBERS: Final = 3
STATEMENT: Final = (
    "Sums of figures that members published under disclosure control and shared with the network; nothing is read of "
    f"people, and nothing is shown that fewer than {LEAST_MEMBERS} members published. Counts are added up. Shares are "
    "means of the members' shares, each weighed by the rounded number of people it rests on; they lie between the "
    "means of what the members' shares lie between. Members whose figure is hidden, or who shared nothing, are named."
)
_HALF: Final = BASE // 2
_SHARES: Final = ("pooled", "top_box")
_KEPT: Final = (
    "name",
    "definition",
    "role",
    "wave",
    "unit",
    "rule",
    "top_box",
    "shown",
    "value",
    "between",
    "whole",
)
_KEY: Final = ("name", "role", "wave", "unit", "rule")


def handed_over(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The figures of a report to the network that can be added up: of the whole programme, protected, no interviews
    (who gave one may take it back), no means; and recorded values of indicators that are shares."""
    figures = content["views"]["public"]["figures"]
    kept = [
        {name: one.get(name) for name in _KEPT}
        for one in figures
        if one["rule"] in (*_SHARES, "count") and one["name"] not in FROM_INTERVIEWS
    ]
    return kept + [_of_indicator(one) for one in _indicators(content.get("evaluation_model"))]


def _indicators(model: Mapping[str, Any] | None) -> list[Mapping[str, Any]]:
    measured = [one for stage in (model or {}).get("stages", []) for one in stage["measured"]]
    return [one for one in measured if one["figure"] is None and one["unit"] == "percent"]


def _of_indicator(one: Mapping[str, Any]) -> dict[str, Any]:
    """An indicator as a figure: numerator and base are each to the nearest five."""
    about = {"name": f"indicator:{one['indicator']}", "definition": one["title"], "unit": "percent", "rule": "pooled"}
    hidden = dict.fromkeys(_KEPT) | about | {"top_box": [], "shown": "hidden"}
    part, base = one["numerator"], one["base"]
    if one["shown"] != "rounded" or part is None or not base:
        return hidden
    whole = {"low": base - _HALF, "high": base + _HALF}
    low = floor(Fraction(100 * max(0, part - _HALF), whole["high"]))
    high = min(100, ceil(Fraction(100 * (part + _HALF), whole["low"])))
    said = {"shown": "rounded", "value": one["value"], "between": {"low": low, "high": high}, "whole": whole}
    return hidden | said


@dataclass(frozen=True, slots=True)
class Shared:
    """What a member shared of one programme."""

    organisation_id: UUID
    figures: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Total:
    """One figure over members; `value` is None where too few published it. `people` is None of a count."""

    about: Mapping[str, Any]
    value: int | float | None
    between: Mapping[str, int] | None
    people: int | None
    members: int
    without: list[UUID]

    @property
    def shown(self) -> str:
        """What the value says."""
        return "hidden" if self.value is None else "rounded" if self.between else "sum"


def totals(members: Collection[UUID], shared: Sequence[Shared]) -> list[Total]:
    """The totals of everything that some member shared, in the order of names."""
    found: dict[tuple[Any, ...], list[tuple[UUID, Mapping[str, Any]]]] = {}
    for one in shared:
        for figure in one.figures:
            key = (*(figure[name] for name in _KEY), tuple(figure["top_box"] or ()))
            found.setdefault(key, []).append((one.organisation_id, figure))
    ordered = sorted(found.items(), key=lambda item: [str(part or "") for part in item[0]])
    return [_total(members, figures) for _, figures in ordered]


def _total(members: Collection[UUID], figures: Sequence[tuple[UUID, Mapping[str, Any]]]) -> Total:
    first = figures[0][1]
    hiding = {organisation for organisation, figure in figures if not _is_known(figure)}
    # A member that hides it in one of its programmes is not in it: the rest of it would pass for the whole.
    known = [(organisation, figure) for organisation, figure in figures if organisation not in hiding]
    within = {organisation for organisation, _ in known}
    about = {name: first[name] for name in (*_KEY, "definition")} | {"top_box": list(first["top_box"] or ())}
    without = sorted(set(members) - within)
    enough, is_share = len(within) >= LEAST_MEMBERS, first["rule"] in _SHARES
    people = floor(sum((_weight(figure) for _, figure in known), Fraction(1, 2))) if is_share else None
    if not enough:
        return Total(about, None, None, None, len(within), without)
    if not is_share:
        return Total(about, sum(figure["value"] for _, figure in known), None, None, len(within), without)
    low, middle, high = (_mean([(_weight(figure), one(figure)) for _, figure in known]) for one in _ENDS)
    value = int(half_up(middle))
    return Total(about, value, {"low": floor(low), "high": ceil(high)}, people, len(within), without)


def _is_known(figure: Mapping[str, Any]) -> bool:
    if figure["rule"] in _SHARES:
        return figure["between"] is not None and figure["whole"] is not None
    return figure["value"] is not None


def _weight(figure: Mapping[str, Any]) -> Fraction:
    """About how many people a share rests on: the middle of what is published of it."""
    return Fraction(figure["whole"]["low"] + figure["whole"]["high"], 2)


def _middle(figure: Mapping[str, Any]) -> Fraction:
    if figure["shown"] == "rounded":
        return Fraction(str(figure["value"]))
    return Fraction(figure["between"]["low"] + figure["between"]["high"], 2)


_ENDS: Final = (
    lambda figure: Fraction(figure["between"]["low"]),
    _middle,
    lambda figure: Fraction(figure["between"]["high"]),
)


def _mean(weighed: Sequence[tuple[Fraction, Fraction]]) -> Fraction:
    weights = sum((weight for weight, _ in weighed), Fraction(0))
    return sum((weight * value for weight, value in weighed), Fraction(0)) / weights
