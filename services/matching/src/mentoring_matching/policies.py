"""A programme's matching policy as its blueprint writes it, read into the engine's policy and the terms of offers.

The document has `hard_rules`, `rules_off`, `weights` (or `criteria` in the engine's own words), `limits`, `load`,
`unmatched_first`, `floor`, `offers`, `capacity` and `mutual` (`allowed` lets two people be each other's mentor at once;
nobody is their own). Three rules hold in every policy unless `rules_off` names them: SAFE.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from math import inf, isfinite
from types import MappingProxyType
from typing import Any

from mentoring_common.faults import fault
from mentoring_contracts.blueprint.matching import PROTECTED
from mentoring_matching.engine import MOST_MENTORS, MUTUAL, TOGETHER, Policy, PolicyError
from mentoring_matching.engine.policy import FORMER_KINDS, MOST_WEIGHT
from mentoring_matching.errors import PolicyInvalid
from mentoring_matching.recurring import timetable

OFFER_DAYS = 14  # as the contracts have it for blueprints
CHANGES = ("body", "policy_changes")  # where requests that do not replace a policy say what would be different in it
SAFE = ("no_line_management", "no_declared_conflict", "not_matched_before")
"""Kinds of rules that keep people apart whom nobody would pair knowingly."""
DEFAULT: dict[str, Any] = {
    "hard_rules": [{"id": kind, "kind": kind} for kind in SAFE],
    "weights": {"topics": 0.6, "text": 0.2, "preferences": 0.2},
}
RESERVED = frozenset(
    {"floor", "not oneself", "still free", "barred by a coordinator", "a private reason", MUTUAL, TOGETHER}
)
"""What explanations and dry runs call things that are no rules of a policy."""
RATED = 0.2
MOST_PARTS = 200  # rules, criteria or limits: each costs a look at every pair
_FIELDS = frozenset({
    "version", "stages", "hard_rules", "rules_off", "weights", "criteria", "priority", "capacity", "offers",
    "confirmation", "floor", "limits", "load", "max_load", "mentors_each", "conversations", "mutual", "unmatched_first",
    "values", "recurring",
})  # fmt: skip
_CRITERIA: dict[str, list[dict[str, Any]]] = {
    "topics": [{"kind": "topics"}],
    "topics_back": [{"kind": "topics_back"}],
    "text": [{"kind": "text"}],
    "preferences": [{"kind": "mentee_preference"}, {"kind": "mentor_preference"}],
    "mentee_preference": [{"kind": "mentee_preference"}],
    "mentor_preference": [{"kind": "mentor_preference"}],
    # A mentee who wishes the same discipline gets it; for everybody else the programme looks for another one.
    "other_discipline": [{"kind": "wish", "attribute": "discipline", "wish_attribute": "discipline_wish_or_other"}],
    "discipline_wish": [{"kind": "wish", "attribute": "discipline", "wish_attribute": "discipline_wish"}],
    "conversations": [{"kind": "conversation"}],
    "new_pairs": [{"kind": "new"}],
    "same_discipline": [{"kind": "same", "attribute": "discipline"}],
    "near": [{"kind": "near", "levels": ["country", "region", "town"]}],
}

_BOTH_WAYS = {"topics": [{"kind": "topics"}, {"kind": "topics_back"}]}


@dataclass(frozen=True)
class Conversations:
    """The first stage: how many mentors each mentee talks to, and the days both have to do so and to rate it."""

    per_mentee: int
    days: int


@dataclass(frozen=True)
class Load:
    """How mentees are spread in a cohort: the `most` of any mentor, and whether the load is to be even.

    `even` is the total score that one mentee more of the busiest mentor has to bring (infinite: none is worth it), None
    where the load may be uneven.
    """

    most: int | None = None
    even: float | None = None


@dataclass(frozen=True)
class Terms:
    """A policy that can be used: the engine's part, the words of its rules, and how offers are made.

    `rules_off` are those of SAFE that the policy does without; `limit_days` is the time to answer an offer; `max_load`
    the most partners of a mentor over all programmes, `mentors_each` those of a mentee in this one; `unmatched_first`
    lets mentees whom an earlier run left without a mentor go before others, after those with priority.
    """

    engine: Policy
    texts: Mapping[str, str]
    rules_off: Sequence[str] = ()
    limit_days: int = OFFER_DAYS
    pass_on: bool = False
    reason_required: bool = False
    max_load: int | None = None
    mentors_each: int = 1
    load: Load = Load()
    unmatched_first: bool = False
    conversations: Conversations | None = None
    values: Mapping[str, Sequence[Sequence[str]]] = field(default_factory=dict)
    """The only values of attributes, lowest first; those that are equal stand together."""


def read(document: Mapping[str, Any], direction: str, version: int = 1, *, strict: bool = False) -> Terms:
    """The terms of a document; PolicyError names the rule and the field. `strict` refuses members nobody reads."""
    if strict:
        _check_names(document)
    rules = _rules(document)
    engine = Policy.from_mapping(
        {
            "version": version,
            "rules": [_rule(rule, place) for place, rule in enumerate(rules)],
            "criteria": _criteria(document, direction),
            "limits": _limits(document),
            "floor": document.get("floor", 0.0),
            "mutual": may_be_mutual(document),
            "direction": direction,
        }
    )
    if document.get("confirmation", "both_accept") != "both_accept":
        raise PolicyError("policy", "confirmation", "only both_accept is known")
    timetable(document)
    texts = {str(rule["id"]): str(rule.get("text") or str(rule["id"]).replace("_", " ")) for rule in rules}
    offers = _mapping(document, "offers")
    return Terms(
        engine=engine,
        texts=texts,
        rules_off=rules_off(document),
        limit_days=_whole(offers, "offers", "limit_days", OFFER_DAYS, least=1, most=365),
        pass_on=_yes(offers, "offers", "pass_on"),
        reason_required=_yes(offers, "offers", "decline_reason_required"),
        max_load=max_load(document),
        mentors_each=mentors_each(document),
        load=_load(document),
        unmatched_first=_yes(document, "policy", "unmatched_first"),
        conversations=_conversations(document),
        values=_values(document),
    )


def may_be_mutual(document: Mapping[str, Any]) -> bool:
    """Whether two people may be each other's mentor at once: `mutual: allowed`."""
    said = document.get("mutual", "never")
    if said not in ("never", "allowed"):
        raise PolicyError("policy", "mutual", "is neither 'never' nor 'allowed'")
    return bool(said == "allowed")


def hours_of(engine: Policy) -> frozenset[str]:
    """The attributes that rules read as working hours."""
    rules = [rule for rule in engine.rules if rule.kind == "overlap_hours"]
    return frozenset(name for rule in rules for name in (rule.of_mentor, rule.of_mentee))


def _values(document: Mapping[str, Any]) -> dict[str, Sequence[Sequence[str]]]:
    """`values: {grade: [junior, [senior, lead], director]}`: all values there are of an attribute."""
    found: dict[str, Sequence[Sequence[str]]] = {}
    for name, listed in _mapping(document, "values").items() if document.get("values") is not None else ():
        _refuse_protected("values", str(name), str(name))
        members = [[item] if isinstance(item, str | int) else item for item in listed] if _is_list(listed) else []
        if not members or not all(_is_list(item) and all(isinstance(v, str | int) for v in item) for item in members):
            raise PolicyError("values", str(name), "is not a list of values, lowest first")
        found[str(name)] = [[str(value) for value in item] for item in members]
    return found


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def ordered_by(engine: Policy) -> frozenset[str]:
    """The attributes that rules read as places in an order."""
    rules = [rule for rule in engine.rules if rule.kind == "gap"]
    return frozenset(name for rule in rules for name in (rule.of_mentor, rule.of_mentee))


def _check_names(document: Mapping[str, Any]) -> None:
    unknown = sorted(str(name) for name in document if name not in _FIELDS)
    if unknown:
        raise PolicyError("policy", unknown[0], f"is not a field; known are {', '.join(sorted(_FIELDS))}")


def changed(document: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The document with other values: members of mappings one by one, everything else as a whole.

    PolicyError for a name that nobody reads: a misspelt change would seem to have no effect.
    """
    result = dict(document)
    _check_names(changes)
    for name, value in changes.items():
        old = result.get(name)
        result[name] = {**old, **value} if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result


def rules_off(document: Mapping[str, Any]) -> list[str]:
    """The kinds of SAFE that a policy says it does without; PolicyError for anything else."""
    named = document.get("rules_off", [])
    if not _is_texts(named) or not set(named) <= set(SAFE):
        raise PolicyError("policy", "rules_off", f"is not a list of some of {', '.join(SAFE)}")
    return [kind for kind in SAFE if kind in named]


def _rules(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The rules of the document, and those of SAFE that it neither has nor does without."""
    given, off = _mappings(document, "hard_rules"), rules_off(document)
    known = {FORMER_KINDS.get(kind, kind) for rule in given if isinstance(kind := rule.get("kind"), str)}
    for kind in known & set(off):
        raise PolicyError("policy", "rules_off", f"names {kind}, which is among hard_rules")
    return [*given, *(rule for rule in DEFAULT["hard_rules"] if rule["kind"] not in known | set(off))]


def _rule(rule: Mapping[str, Any], place: int) -> dict[str, Any]:
    where = f"hard_rules '{rule.get('id', place)}'"
    if "id" not in rule:
        raise PolicyError(where, "id", "is missing")
    if str(rule["id"]).strip().lower() in RESERVED:
        raise PolicyError(where, "id", "is a name that explanations use for something else")
    _check_texts(where, rule, ("id", "kind", "attribute", "mentor_attribute", "missing"))
    for name in ("attribute", "mentor_attribute"):
        _refuse_protected(where, name, rule.get(name))
    for name in ("least", "most"):
        _check_finite(where, name, rule.get(name))
    if not _is_pairs(rule.get("pairs", [])):
        raise PolicyError(where, "pairs", "is not a list of [mentor id, mentee id]")
    rest = {name: value for name, value in rule.items() if name not in ("id", "text", "kind")}
    return {"name": rule["id"], "kind": rule.get("kind", ""), **rest}


def _limits(document: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    limits = list(_mappings(document, "limits"))
    for limit in limits:
        _check_texts(f"limit '{limit.get('name', '')}'", limit, ("name", "attribute"))
        _refuse_protected(f"limit '{limit.get('name', '')}'", "attribute", limit.get("attribute"))
    return limits


def _criteria(document: Mapping[str, Any], direction: str) -> list[dict[str, Any]]:
    """The weighted criteria. Where both learn and both teach, `topics` scores the one way and the other alike."""
    if "criteria" in document:
        criteria = [dict(criterion) for criterion in _mappings(document, "criteria")]
    else:
        weights = _weights(document)
        ways = _BOTH_WAYS if direction == "two_way" and "topics_back" not in weights else {}
        criteria = [c for name, weight in weights.items()
                    for c in _weighted(name, weight, ways)]  # fmt: skip
    for criterion in criteria:
        where = f"criteria '{criterion.get('name', '')}'"
        _check_texts(where, criterion, ("name", "kind", "attribute", "wish_attribute"))
        if isinstance(weight := criterion.get("weight", 1), int | float) and weight > MOST_WEIGHT:
            raise PolicyError(where, "weight", f"{weight} is above {MOST_WEIGHT:,}")
        if not _is_texts(criterion.get("levels", [])):
            raise PolicyError(where, "levels", "is not a list of texts")
        for value in (criterion.get("attribute"), criterion.get("wish_attribute"), *criterion.get("levels", ())):
            _refuse_protected(where, "attribute", value)
    return criteria


def _weighted(
    name: str, weight: object, instead: Mapping[str, list[dict[str, Any]]] = MappingProxyType({})
) -> list[dict[str, Any]]:
    if name not in _CRITERIA:
        raise PolicyError("weights", name, f"is not known; known are {', '.join(sorted(_CRITERIA))}")
    if isinstance(weight, bool) or not isinstance(weight, int | float) or not 0 <= weight < float("inf"):
        raise PolicyError("weights", name, f"{weight} is not a number of 0 or more")
    parts = {**_CRITERIA, **instead}[name] if weight else []
    names = [name] if len(parts) == 1 else [str(part["kind"]) for part in parts]
    return [{"name": n, "weight": weight / len(parts), **part} for n, part in zip(names, parts, strict=True)]


def _conversations(document: Mapping[str, Any]) -> Conversations | None:
    if document.get("conversations") is None:
        return None
    section = _mapping(document, "conversations")
    for name in section.keys() - {"per_mentee", "days"}:
        raise PolicyError("conversations", str(name), "is not a field; known are days, per_mentee")
    return Conversations(
        per_mentee=_whole(section, "conversations", "per_mentee", 3, least=1, most=10),
        days=_whole(section, "conversations", "days", 21, least=1, most=365),
    )


def _load(document: Mapping[str, Any]) -> Load:
    section = _mapping(document, "load") if document.get("load") is not None else {}
    for name in section.keys() - {"most", "even"}:
        raise PolicyError("load", str(name), "is not a field; known are even, most")
    most = _whole(section, "load", "most", 0, least=1, most=1000) or None
    even = section["even"] if section.get("even") is not None else False
    number = isinstance(even, int | float) and 0 <= even <= MOST_WEIGHT  # also true and false
    if not number:
        raise PolicyError("load", "even", f"{even} is neither true, false nor a score that is 0 or more")
    return Load(most, None if even is False else inf if even is True else float(even))


def _weights(document: Mapping[str, Any]) -> Mapping[str, Any]:
    """The weights; where conversations are planned, their ratings count RATED unless the policy says how much."""
    weights = _mapping(document, "weights", DEFAULT["weights"])
    planned = document.get("conversations") is not None
    return {"conversations": RATED, **weights} if planned else weights


def _check_texts(where: str, data: Mapping[str, Any], fields: Sequence[str]) -> None:
    for name in fields:
        if not isinstance(data.get(name, ""), str):
            raise PolicyError(where, name, f"{data[name]} is not a text")


def _check_finite(where: str, field: str, value: object) -> None:
    if isinstance(value, float) and not isfinite(value):
        raise PolicyError(where, field, f"{value} is not a number")


def _is_texts(value: object) -> bool:
    return isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)


def _is_pairs(value: object) -> bool:
    return isinstance(value, list | tuple) and all(_is_texts(pair) and len(pair) == 2 for pair in value)


def is_protected(attribute: str) -> bool:
    """Whether an attribute, however it is written, is a protected characteristic."""
    return attribute.strip().lower().replace(" ", "_").replace("-", "_") in PROTECTED


def _refuse_protected(where: str, field: str, value: object) -> None:
    if isinstance(value, str) and is_protected(value):
        raise PolicyError(where, field, f"'{value}' is a protected characteristic")


def _mappings(document: Mapping[str, Any], name: str) -> Sequence[Mapping[str, Any]]:
    found = document.get(name, [])
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise PolicyError("policy", name, "expected a list of mappings")
    if len(found) > MOST_PARTS:
        raise PolicyError("policy", name, f"has {len(found)} members, more than {MOST_PARTS}")
    return found


def _mapping(document: Mapping[str, Any], name: str, default: Mapping[str, Any] | None = None) -> Mapping[str, Any]:
    found = document.get(name, default or {})
    if not isinstance(found, Mapping):
        raise PolicyError("policy", name, "expected a mapping")
    return found


def _whole(data: Mapping[str, Any], where: str, field: str, default: int, *, least: int, most: int) -> int:
    value = data.get(field)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        raise PolicyError(where, field, f"{value} is not a whole number between {least} and {most}")
    return value


def _yes(data: Mapping[str, Any], where: str, field: str) -> bool:
    value = data.get(field, False)
    if not isinstance(value, bool):
        raise PolicyError(where, field, "is neither true nor false")
    return value


def offer_days(document: Mapping[str, Any]) -> int:
    """The days that people have to answer an offer."""
    return _whole(_mapping(document, "offers"), "offers", "limit_days", OFFER_DAYS, least=1, most=365)


def answer_by(offered_at: datetime, days: int) -> datetime:
    """When an offer of so many days lapses."""
    return offered_at + timedelta(days=days)


def max_load(document: Mapping[str, Any]) -> int | None:
    """The most partners of a mentor over all programmes; None for no limit."""
    return _whole(document, "policy", "max_load", 0, least=1, most=1000) or None


def mentors_each(document: Mapping[str, Any]) -> int:
    """How many mentors a mentee may have at once."""
    return _whole(document, "policy", "mentors_each", 1, least=1, most=MOST_MENTORS)


def passes_on(document: Mapping[str, Any]) -> bool:
    """Whether a declined or lapsed offer passes on to the next choice by itself."""
    return _yes(_mapping(document, "offers"), "offers", "pass_on")


def reason_required(document: Mapping[str, Any]) -> bool:
    """Whether people say why they decline an offer."""
    return _yes(_mapping(document, "offers"), "offers", "decline_reason_required")


def usable_changes(
    document: Mapping[str, Any], changes: Mapping[str, Any], at: Sequence[str] = CHANGES
) -> dict[str, Any]:
    """The document with changes, which stand in the request at `at`; PolicyInvalid for a name that no policy has."""
    try:
        return changed(document, changes)
    except PolicyError as error:
        raise refused(error, changes, at) from None


def with_weights(document: Mapping[str, Any], direction: str, weights: Mapping[str, float]) -> dict[str, Any]:
    """The document with other weights by the names of its criteria, given as `weights` of the request; PolicyInvalid.

    0 leaves a criterion out; one that is not named keeps its weight.
    """
    if not weights:
        return dict(document)
    engine = usable_terms(document, direction, 1).engine
    try:
        criteria = engine.weighing(weights).criteria
    except PolicyError as error:
        raise refused(error, weights, ("body", "weights")) from None
    return {**document, "criteria": [{**asdict(one), "levels": list(one.levels)} for one in criteria]}


def usable_terms(
    document: Mapping[str, Any], direction: str, version: int, *, strict: bool = False, at: Sequence[str] = CHANGES
) -> Terms:
    """The terms of a policy document, given at `at` of the request; PolicyInvalid with the rule and the field."""
    try:
        return read(document, direction, version, strict=strict)
    except PolicyError as error:
        raise refused(error, document, at) from None


def refused(error: PolicyError, document: Mapping[str, Any], at: Sequence[str]) -> PolicyInvalid:
    """The refusal of a policy document, given at `at` of the request."""
    wrong = fault("unusable", f"{error.field}: {error.reason}", *at, *_place(error, document))
    return PolicyInvalid(str(error), errors=[wrong], where=error.where, field=error.field, reason=error.reason)


def _place(error: PolicyError, document: Mapping[str, Any]) -> list[str | int]:
    """Where in the document the error is, as far as what it names is found there."""
    if error.where in document:
        return [error.where, error.field] if isinstance(document[error.where], Mapping) else [error.where]
    named = re.search(r"'(.*)'$", error.where)
    if named is None:
        return [error.field] if error.field in document else []
    for section, items in document.items():
        for index, item in enumerate(items if isinstance(items, list) else []):
            if isinstance(item, Mapping) and named[1] in (str(item.get("id")), str(item.get("name"))):
                return [section, index, error.field] if error.field in item else [section, index]
    return []
