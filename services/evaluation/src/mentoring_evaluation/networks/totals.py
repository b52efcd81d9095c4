"""Totals over the members of a network, made of figures that each has published under disclosure control.

A total is a function of protected figures alone, so it tells no more of a member than these do. Of fewer than three
members there is none: of two, each could take its own away and have the other's; and that two of them publish a figure
at all is theirs to tell. What two readings of a total differ by is a total too, of the members whose figures changed
between them: so the same three have to have changed before it is made anew, and till then it stands as it was issued.
"""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from hashlib import sha256
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
    f"means of what the members' shares lie between. A total is made anew once what {LEAST_MEMBERS} members published "
    "has changed, and else is as it was issued before. Members that are not in it are named."
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
    "breakdown",
    "shown",
    "value",
    "between",
    "whole",
)
_KEY: Final = ("name", "role", "wave", "unit", "rule")


def handed_over(content: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The figures of a report to the network that can be added up: of the whole programme, protected and shown, no
    interviews (who gave one may take it back), no means; and recorded values of indicators that are shares."""
    figures = content["views"]["public"]["figures"]
    kept = [
        {name: one.get(name) for name in _KEPT}
        for one in figures
        if one["rule"] in (*_SHARES, "count") and one["name"] not in FROM_INTERVIEWS
    ]
    kept += [_of_indicator(one) for one in _indicators(content.get("evaluation_model"))]
    return [one for one in kept if _is_known(one)]


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
    """One figure over members. `people` is None of a count, `between` of an exact one; `basis` is a mark of what each
    member in it published, by the member's id; `as_of` is when it was first issued so."""

    about: Mapping[str, Any]
    value: int | float
    between: Mapping[str, int] | None
    people: int | None
    without: Sequence[str]
    basis: Mapping[str, str]
    as_of: str

    @property
    def shown(self) -> str:
        """What the value says."""
        return "rounded" if self.between else "sum"

    @property
    def key(self) -> tuple[Any, ...]:
        """Which figure it is."""
        return _key(self.about)


def issued(
    members: Collection[UUID], shared: Sequence[Shared], before: Sequence[Sequence[Total]], moment: datetime
) -> list[Total]:
    """The totals to issue now, in the order of names; `before` are those issued before, the oldest first."""
    earlier: dict[tuple[Any, ...], list[Total]] = {}
    for edition in before:
        for one in edition:
            earlier.setdefault(one.key, []).append(one)
    return [_standing(one, earlier.get(one.key, ())) for one in totals(members, shared, moment)]


def _standing(new: Total, earlier: Sequence[Total]) -> Total:
    """The new total, if from each that was issued of the figure enough members differ; else the last of them."""
    if all(_changed(new, one) >= LEAST_MEMBERS for one in earlier):
        return new
    return earlier[-1]


def _changed(one: Total, other: Total) -> int:
    """Of how many members what is in the one is not what is in the other."""
    return len({organisation for organisation, _ in one.basis.items() ^ other.basis.items()})


def totals(members: Collection[UUID], shared: Sequence[Shared], moment: datetime) -> list[Total]:
    """The totals of what enough members shared, in the order of names."""
    found: dict[tuple[Any, ...], list[tuple[UUID, Mapping[str, Any]]]] = {}
    for one in shared:
        for figure in filter(_is_known, one.figures):
            found.setdefault(_key(figure), []).append((one.organisation_id, figure))
    ordered = sorted(found.items(), key=lambda item: [str(part or "") for part in item[0]])
    enough = [known for _, known in ordered if len({organisation for organisation, _ in known}) >= LEAST_MEMBERS]
    return [_total(members, known, moment) for known in enough]


def _key(figure: Mapping[str, Any]) -> tuple[Any, ...]:
    broken_down = tuple(sorted((figure.get("breakdown") or {}).items()))
    return (*(figure[name] for name in _KEY), tuple(figure["top_box"] or ()), broken_down)


def _total(members: Collection[UUID], known: Sequence[tuple[UUID, Mapping[str, Any]]], moment: datetime) -> Total:
    figures = [figure for _, figure in known]
    first, basis = figures[0], _basis(known)
    about = {name: first[name] for name in _KEY} | {"top_box": list(first["top_box"] or ())}
    about |= {"definition": _definition(known), "breakdown": dict(first.get("breakdown") or {})}
    without = sorted({str(one) for one in members} - basis.keys())
    if first["rule"] not in _SHARES:
        value, between, people = sum(figure["value"] for figure in figures), _added(figures), None
    else:
        low, middle, high = (_mean([(_weight(figure), one(figure)) for figure in figures]) for one in _ENDS)
        value, between = int(half_up(middle)), {"low": floor(low), "high": ceil(high)}
        people = floor(sum((_weight(figure) for figure in figures), Fraction(1, 2)))
    return Total(about, value, between, people, without, basis, moment.isoformat())


def _basis(known: Sequence[tuple[UUID, Mapping[str, Any]]]) -> dict[str, str]:
    """A mark of what each member published: the same for the same figures, whichever report they were in."""
    found: dict[str, list[str]] = {}
    for organisation, figure in known:
        said = {name: figure[name] for name in ("shown", "value", "between", "whole")}
        found.setdefault(str(organisation), []).append(json.dumps(said, sort_keys=True))
    return {one: sha256("".join(sorted(said)).encode()).hexdigest()[:16] for one, said in found.items()}


def _definition(known: Sequence[tuple[UUID, Mapping[str, Any]]]) -> str:
    """In words that enough members use: what one asks in words of its own is its own. Else the figure's name."""
    using: dict[str, set[UUID]] = {}
    for organisation, figure in known:
        using.setdefault(figure["definition"], set()).add(organisation)
    words, by = max(using.items(), key=lambda item: (len(item[1]), item[0]))
    return words if len(by) >= LEAST_MEMBERS else str(known[0][1]["name"])


def _added(figures: Sequence[Mapping[str, Any]]) -> dict[str, int] | None:
    """What a sum of counts lies between, where some of them are shown to the nearest five; None of exact ones."""
    if not any(figure["between"] for figure in figures):
        return None
    bounds = [figure["between"] or {"low": figure["value"], "high": figure["value"]} for figure in figures]
    return {end: int(sum(one[end] for one in bounds)) for end in ("low", "high")}


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
