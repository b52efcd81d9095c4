"""What somebody writes in an application form that this package has never seen: answers that the form, the eligibility
rules and the gaps of the matching policy let through, drawn with a seed."""

from collections.abc import Sequence
from random import Random
from typing import Any

from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint.eligibility import Condition
from mentoring_contracts.blueprint.form import FormField
from mentoring_contracts.words import Side

_TEXTS = (
    "I would like to think aloud with somebody who knows the way.",
    "I have learned most from people who asked me the right question.",
    "I want to find out what the next step could be.",
    "I can offer time, patience and a few mistakes of my own.",
)
_PLACES = [f"Place {number}" for number in range(1, 41)]


def answers_of(blueprint: Blueprint, side: Side, rng: Random) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers of one person and the versions of the notices they consent to."""
    answers: dict[str, Any] = {}
    consents: dict[str, str] = {}
    conditions = [c for rule in blueprint.eligibility.of(side) for c in _to_meet(rule.any_, rule.all_)]
    for field in blueprint.form.of(side):
        if field.kind == "consent":
            consents[field.id] = field.version or ""
        elif (answer := _answer(blueprint, field, side, conditions, rng)) is not None:
            answers[field.id] = answer
    return answers, consents


def _to_meet(any_: Sequence[Condition] | None, all_: Sequence[Condition] | None) -> list[Condition]:
    return [*(any_ or ())[:1], *(all_ or ())]


def _answer(blueprint: Blueprint, field: FormField, side: Side, conditions: list[Condition], rng: Random) -> Any:
    mine = [condition for condition in conditions if condition.field == field.id]
    match field.kind:
        case "ranking":
            ids = blueprint.criterion_ids
            return rng.sample(ids, rng.randint(max(field.min or 1, 1), min(field.max or len(ids), len(ids))))
        case "choice":
            return _chosen(field.answers(blueprint.languages), mine, rng)
        case "boolean":
            return next((condition.is_ for condition in mine if isinstance(condition.is_, bool)), rng.random() < 0.5)
        case "integer":
            return rng.randint(*_range(blueprint, field, side, mine))
        case "list":
            return ["en"] if field.of == "language" else None
        case "text" if field.id in ("about", "free_text", "support", "hours"):
            return rng.choice(_TEXTS)
        case "text":
            return rng.choice(_PLACES)
        case "email" if field.required:  # of somebody who takes no part
            return f"manager.{rng.randint(1, 20)}@people.example.org"
        case _:
            return None


def _chosen(options: list[str], conditions: list[Condition], rng: Random) -> str:
    allowed = [str(value) for condition in conditions for value in (*(condition.in_ or ()), condition.is_)]
    return rng.choice([option for option in options if option in allowed] or options)


def _range(blueprint: Blueprint, field: FormField, side: Side, conditions: list[Condition]) -> tuple[int, int]:
    """The least and the largest number: where a rule keeps two apart, mentors and mentees are of different halves."""
    if field.means == "capacity":
        return 1, 1
    least, most = field.min or 0, field.max if field.max is not None else 50
    rules = blueprint.matching.hard_rules if blueprint.matching else []
    for rule in (rule for rule in rules if rule.kind == "gap" and rule.attribute == field.id):
        middle = (least + most) // 2
        above = ((rule.least or 0) > 0) == (blueprint.direction != "reverse")
        least, most = (middle + 1, most) if above == (side == "mentor") else (least, middle)
    for condition in conditions:
        least = max(least, condition.at_least if condition.at_least is not None else least)
        most = min(most, condition.at_most if condition.at_most is not None else most)
    return least, most
