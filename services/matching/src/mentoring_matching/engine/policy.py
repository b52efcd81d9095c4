"""A programme's matching policy as data: hard rules, weighted criteria, floor, tiers and direction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, asdict, dataclass, fields, replace
from typing import Any, Literal, get_args

Direction = Literal["traditional", "reverse", "two_way", "peer", "group"]
RuleKind = Literal[
    "must_differ",
    "must_match",
    "gap",
    "common_value",
    "overlap_hours",
    "not_matched_before",
    "no_declared_conflict",
    "no_line_management",
    "barred_pair",
]
CriterionKind = Literal[
    "topics",
    "topics_back",
    "text",
    "mentee_preference",
    "mentor_preference",
    "conversation",
    "same",
    "other",
    "wish",
    "near",
    "new",
]

MOST_WEIGHT = 1_000_000
"""Of one criterion; the sum of all must be a number too."""
Side = Literal["mentor", "mentee"]  # as in the contracts, which the engine does without

TEXT_LIMIT = 0.25
"""Largest share of the score that free text may have: similar wording is weak evidence of a good pair."""

_DEFAULT_ATTRIBUTE = {"not_matched_before": "matched_before", "no_line_management": "line_manager"}
_NEEDS_ATTRIBUTE = {"must_differ", "must_match", "gap", "common_value", "overlap_hours"}
_PRIVATE = {"no_declared_conflict", "no_line_management", "barred_pair", "not_matched_before"}
FORMER_KINDS = {"no_conflict": "no_declared_conflict"}
"""Kinds of rules by the name they had: policies and hashes of runs from before have it."""
_CRITERION_NEEDS = {"same", "other", "wish"}


class PolicyError(ValueError):
    """A policy that cannot be used: `where` names the rule or criterion, `field` the part of it, `reason` what
    is wrong.
    """

    def __init__(self, where: str, field: str, reason: str) -> None:
        super().__init__(f"{where}: {field}: {reason}")
        self.where, self.field, self.reason = where, field, reason


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _require(condition: bool, where: str, field_name: str, reason: str) -> None:
    if not condition:
        raise PolicyError(where, field_name, reason)


@dataclass(frozen=True, slots=True)
class Rule:
    """A hard rule. A pair that breaks it is never proposed.

    `attribute` is read on both sides (`mentor_attribute` where the mentor's has another name). `gap` compares
    mentor minus mentee with `least` and `most`; `common_value` wants `least` common values, `overlap_hours`
    `least` common hours. `missing` says what happens when either side gave no value: `allow` or `forbid`; by
    default only `must_differ` allows.
    """

    name: str
    kind: RuleKind
    attribute: str = ""
    mentor_attribute: str = ""
    least: float | None = None
    most: float | None = None
    pairs: tuple[tuple[str, str], ...] = ()
    missing: Literal["", "allow", "forbid"] = ""
    private: bool = False
    """Never named in texts for others (protected data); conflicts, line management and bars are always private."""

    def __post_init__(self) -> None:
        where = f"rule '{self.name}'"
        _require(bool(self.name), "rule", "name", "is empty")
        _require(self.kind in get_args(RuleKind), where, "kind", f"'{self.kind}' is not one of {get_args(RuleKind)}")
        _require(
            bool(self.attribute) or self.kind not in _NEEDS_ATTRIBUTE, where, "attribute", f"{self.kind} needs one"
        )
        _require(self.missing in ("", "allow", "forbid"), where, "missing", "is neither 'allow' nor 'forbid'")
        for name in ("least", "most"):
            bound = getattr(self, name)
            _require(bound is None or _number(bound), where, name, f"'{bound}' is not a number")
        bounded = self.least is not None or self.most is not None
        _require(bounded or self.kind != "gap", where, "least", "a gap needs least, most or both")
        ordered = self.least is None or self.most is None or self.least <= self.most
        _require(ordered, where, "most", f"{self.most} is below least {self.least}")
        _require(all(len(pair) == 2 for pair in self.pairs), where, "pairs", "each is (mentor id, mentee id)")

    @property
    def hidden(self) -> bool:
        return self.private or self.kind in _PRIVATE

    @property
    def of_mentee(self) -> str:
        return self.attribute or _DEFAULT_ATTRIBUTE.get(self.kind, "")

    @property
    def of_mentor(self) -> str:
        return self.mentor_attribute or self.of_mentee

    @property
    def allows_missing(self) -> bool:
        return self.missing == "allow" or (not self.missing and self.kind == "must_differ")


@dataclass(frozen=True, slots=True)
class Criterion:
    """A weighted criterion; weights are relative and are divided by their sum.

    `topics` is the share of what the mentee wants that the mentor offers, `topics_back` that of what the mentor wants.
    `same` and `other` compare `attribute`; `wish` reads each mentee's own wish ("same", "other", anything
    else: no matter) from `wish_attribute`; `near` is the share of `levels` (such as country, region, town) on
    which both agree; `conversation` reads how a first conversation went from the mentee's `ratings`; `new` is 1 for
    two who were not matched before (`matched_before`).
    """

    name: str
    kind: CriterionKind
    weight: float = 1.0
    attribute: str = ""
    wish_attribute: str = ""
    levels: tuple[str, ...] = ()
    private: bool = False
    """Never named in texts for others (protected data); named preferences are always private."""

    @property
    def hidden(self) -> bool:
        return self.private or self.kind in ("mentee_preference", "mentor_preference", "conversation", "new")

    def __post_init__(self) -> None:
        where = f"criterion '{self.name}'"
        _require(bool(self.name), "criterion", "name", "is empty")
        kinds = get_args(CriterionKind)
        _require(self.kind in kinds, where, "kind", f"'{self.kind}' is not one of {kinds}")
        good = _number(self.weight) and 0 < self.weight < float("inf")
        _require(good, where, "weight", f"{self.weight} is not a number above 0")
        _require(
            bool(self.attribute) or self.kind not in _CRITERION_NEEDS, where, "attribute", f"{self.kind} needs one"
        )
        _require(bool(self.wish_attribute) or self.kind != "wish", where, "wish_attribute", "wish needs one")
        _require(bool(self.levels) or self.kind != "near", where, "levels", "near needs at least one")


@dataclass(frozen=True, slots=True)
class Limit:
    """A side constraint: at most `most` and at least `least` pairs whose mentor or mentee (`side`) has `value` as
    `attribute`, or, without a value, for each value that occurs. Somebody with several values counts for each, one
    without any for none. Where `least` cannot be reached, as few pairs as possible are missing.
    """

    name: str
    attribute: str
    side: Side
    most: int | None = None
    value: str | int | float | None = None
    least: int | None = None

    def __post_init__(self) -> None:
        where = f"limit '{self.name}'"
        _require(isinstance(self.name, str) and bool(self.name), "limit", "name", "is empty or no text")
        _require(isinstance(self.attribute, str) and bool(self.attribute), where, "attribute", "is empty or no text")
        _require(self.side in get_args(Side), where, "side", f"'{self.side}' is neither 'mentor' nor 'mentee'")
        for name, bound in (("most", self.most), ("least", self.least)):
            whole = isinstance(bound, int) and not isinstance(bound, bool) and bound >= 0
            _require(bound is None or whole, where, name, f"{bound} is not a whole number of 0 or more")
        _require(self.most is not None or self.least is not None, where, "most", "a limit needs most, least or both")
        ordered = self.most is None or self.least is None or self.least <= self.most
        _require(ordered, where, "least", f"{self.least} is above most {self.most}")
        plain = self.value is None or (isinstance(self.value, str | int | float) and not isinstance(self.value, bool))
        _require(plain, where, "value", "is neither a text nor a number")


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules, criteria, limits, floor (least score of a pair, 0..1), direction. `version` is stored with every run."""

    version: int = 1
    rules: tuple[Rule, ...] = ()
    criteria: tuple[Criterion, ...] = (Criterion("topics", "topics"),)
    floor: float = 0.0
    direction: Direction = "traditional"
    priority: bool = True
    """Whether the mentees' tiers count."""
    mutual: bool = False
    """Whether two people may be each other's mentor at once."""
    limits: tuple[Limit, ...] = ()
    """Where limits set priority against number, somebody of tier t counts as 1 + t people."""

    def __post_init__(self) -> None:
        _require(self.direction in get_args(Direction), "policy", "direction", f"'{self.direction}' is not known")
        _require(
            _number(self.floor) and 0 <= self.floor <= 1, "policy", "floor", f"{self.floor} is not between 0 and 1"
        )
        _require(isinstance(self.mutual, bool), "policy", "mutual", f"'{self.mutual}' is neither true nor false")
        _require(bool(self.criteria), "policy", "criteria", "a policy needs at least one")
        _unique("rule", [rule.name for rule in self.rules])
        _unique("criterion", [criterion.name for criterion in self.criteria])
        _unique("limit", [limit.name for limit in self.limits])
        text = sum(share for criterion, share in self.shares() if criterion.kind == "text")
        _require(
            text <= TEXT_LIMIT + 1e-9,
            f"criterion '{next((c.name for c in self.criteria if c.kind == 'text'), '')}'",
            "weight",
            f"free text would make {text:.0%} of the score; at most {TEXT_LIMIT:.0%} is allowed",
        )

    def shares(self) -> list[tuple[Criterion, float]]:
        """Each criterion with its share of the score; the shares add up to 1."""
        whole = sum(criterion.weight for criterion in self.criteria)
        return [(criterion, criterion.weight / whole) for criterion in self.criteria]

    def weighing(self, weights: Mapping[str, float]) -> Policy:
        """The same with other weights by the names of criteria; 0 leaves one out. Raises `PolicyError`."""
        known = [criterion.name for criterion in self.criteria]
        for name, weight in weights.items():
            _require(name in known, "weights", name, f"is no criterion; there are {', '.join(known)}")
            good = _number(weight) and 0 <= weight <= MOST_WEIGHT
            _require(good, "weights", name, f"{weight} is not a number from 0 to {MOST_WEIGHT:,}")
        kept = [c for c in self.criteria if weights.get(c.name, c.weight) > 0]
        return replace(self, criteria=tuple(replace(c, weight=float(weights.get(c.name, c.weight))) for c in kept))

    def to_mapping(self) -> dict[str, Any]:
        """The policy as plain data that `from_mapping` reads back. What is absent is left out: runs are known by it."""
        plain, former = asdict(self), {kind: name for name, kind in FORMER_KINDS.items()}
        plain["rules"] = [rule | {"kind": former.get(rule["kind"], rule["kind"])} for rule in plain["rules"]]
        limits = [
            {key: value for key, value in one.items() if key != "least" or value is not None}
            for one in plain.pop("limits")
        ]
        return plain | ({"limits": limits} if limits else {})

    @classmethod
    def from_mapping(cls, data: Mapping[str, Any]) -> Policy:
        """Read plain data (YAML, JSON). Raises `PolicyError` that names the rule and the field."""
        values = _known(cls, data, "policy")
        if "rules" in values:
            values["rules"] = _members(Rule, values["rules"], "rules")
        if "criteria" in values:
            values["criteria"] = _members(Criterion, values["criteria"], "criteria")
        if "limits" in values:
            values["limits"] = _members(Limit, values["limits"], "limits")
        return cls(**values)


def _unique(what: str, names: Sequence[str]) -> None:
    for name in names:
        _require(names.count(name) == 1, f"{what} '{name}'", "name", "is used twice")


def _known(kind: type[Any], data: object, where: str) -> dict[str, Any]:
    if not isinstance(data, Mapping):
        raise PolicyError(where, "type", "expected a mapping")
    names = {item.name for item in fields(kind)}
    for key in data:
        _require(key in names, where, str(key), f"is not a field; known are {', '.join(sorted(names))}")
    for item in fields(kind):
        needed = item.default is MISSING and item.default_factory is MISSING
        _require(not needed or item.name in data, where, item.name, "is missing")
    return dict(data)


def _members(kind: type[Any], items: object, where: str) -> tuple[Any, ...]:
    if isinstance(items, str) or not isinstance(items, Sequence):
        raise PolicyError("policy", where, "expected a list")
    return tuple(_member(kind, item, f"{where}[{place}]") for place, item in enumerate(items))


def _member(kind: type[Any], item: object, where: str) -> Any:
    named = f"{kind.__name__.lower()} '{item['name']}'" if isinstance(item, Mapping) and "name" in item else where
    values = _known(kind, item, named)
    if isinstance(word := values.get("kind"), str):
        values["kind"] = FORMER_KINDS.get(word, word)
    for key in ("levels", "pairs"):
        if key in values:
            values[key] = tuple(tuple(part) if isinstance(part, list) else part for part in values[key])
    return kind(**values)
