"""The policy of a spreadsheet that comes without one, and what a policy wants columns to be."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from typing import Any

from mentoring_matching import policies
from mentoring_matching.engine import Policy
from mentoring_matching.engine.likeness import plain
from mentoring_matching.offline.cells import Order
from mentoring_matching.offline.headings import Side
from mentoring_matching.offline.people import Shapes
from mentoring_matching.policies import Terms

POLICY: Mapping[str, Any] = {
    "hard_rules": [
        {"id": "different organisation", "kind": "must_differ", "attribute": "employer"},
        {"id": "no line management", "kind": "no_line_management"},
        {"id": "no conflict of interest", "kind": "no_declared_conflict"},
        {"id": "not matched before", "kind": "not_matched_before"},
        {"id": "mentor is more senior", "kind": "gap", "attribute": "grade", "least": 1, "missing": "allow"},
    ],
    "criteria": [
        {"name": "topics", "kind": "topics", "weight": 0.45},
        {"name": "same profession", "kind": "same", "attribute": "profession", "weight": 0.2},
        {"name": "mentee's wish", "kind": "mentee_preference", "weight": 0.1},
        {"name": "mentor's wish", "kind": "mentor_preference", "weight": 0.05},
        {"name": "similar wording", "kind": "text", "weight": 0.2},
    ],
}
NEW_PAIRS = 0.5
"""The weight of a pair that is new, beside criteria whose weights sum up to 1."""
# Who has nothing in common here cannot meet; of somebody who says nothing all is taken to be possible.
_COMMON = {"languages": "a common language", "availability": "a common time"}


def default_policy(headings: Mapping[Side, Collection[str]]) -> dict[str, Any]:
    """The policy where none was given; a common language and time count where both sides have the column."""
    shared = [name for name in _COMMON if all(name in found for found in headings.values())]
    rules = [{"id": _COMMON[name], "kind": "common_value", "attribute": name, "missing": "allow"} for name in shared]
    return {**POLICY, "hard_rules": [*POLICY["hard_rules"], *rules]}


def new_pairs_first(document: Mapping[str, Any]) -> dict[str, Any]:
    """The policy with pairs of earlier rounds allowed, at a price: those that are new score more."""
    rules = [rule for rule in document.get("hard_rules", []) if rule.get("kind") != "not_matched_before"]
    off = sorted({*document.get("rules_off", []), "not_matched_before"})
    new = {"name": "new pairs", "kind": "new", "weight": NEW_PAIRS}
    if "criteria" in document:
        weighed: dict[str, Any] = {"criteria": [*document["criteria"], new]}
    else:
        weighed = {"weights": {**document.get("weights", policies.DEFAULT["weights"]), "new_pairs": NEW_PAIRS}}
    return {**document, "hard_rules": rules, "rules_off": off, **weighed}


def read_by(policy: Policy) -> set[str]:
    """Attributes that a policy reads."""
    rules = {name for rule in policy.rules for name in (rule.of_mentee, rule.of_mentor)}
    criteria = {name for c in policy.criteria for name in (c.attribute, c.wish_attribute, *c.levels)}
    return {*rules, *criteria, *(limit.attribute for limit in policy.limits)}


def shapes_of(terms: Terms, on: date, grades: Sequence[str], *, own: bool) -> Shapes:
    """What the rules of a policy want columns to be; `own` says that the user wrote it."""
    rules = terms.engine.rules
    lists = {name for r in rules if r.kind == "common_value" for name in (r.of_mentor, r.of_mentee)}
    gaps = [(name, rule) for rule in rules if rule.kind == "gap" for name in (rule.of_mentor, rule.of_mentee)]
    orders = {name: Order.of(terms.values.get(name, ())) for name, _ in gaps}
    if grades:
        orders["grade"] = Order.of([[grade] for grade in grades])
    return Shapes(
        lists=lists,
        hours=policies.hours_of(terms.engine),
        on=on,
        orders=orders,
        lenient={name for name, rule in gaps if own and rule.missing == "allow"},
        values={
            name: [plain(value) for values in listed for value in values]
            for name, listed in terms.values.items()
            if name not in orders
        },
        read=read_by(terms.engine),
    )
