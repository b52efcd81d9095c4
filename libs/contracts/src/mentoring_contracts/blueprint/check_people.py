"""Whether form, eligibility and matching speak of the same fields, and can be met."""

import re
from collections.abc import Iterator, Sequence
from itertools import product
from typing import Final

from mentoring_contracts.blueprint.calendar import NAMES, stem
from mentoring_contracts.blueprint.eligibility import Condition, MonthsAfter, Rule
from mentoring_contracts.blueprint.faults import Fault, Path, unknown
from mentoring_contracts.blueprint.form import FormField, RequiredWhen
from mentoring_contracts.blueprint.matching import PROTECTED, WEIGHED_ATTRIBUTES, HardRule, Limit, Matching
from mentoring_contracts.blueprint.whole import Blueprint
from mentoring_contracts.words import SIDES

APART: Final = frozenset({"criteria", "free_text", "preferred", "conflicts", "languages", "employer", "line_manager"})
"""What an application keeps apart from the answers that eligibility reads."""
_UNREAD: Final = frozenset({"criteria", "free_text", "preferred", "conflicts", "capacity"})
"""What of it rules of matching do not read either: they know it otherwise."""
OF_EVERYBODY: Final = (
    "employer", "line_manager", "languages", "time_zone", "matched_before", "discipline_wish_or_other",
)  # fmt: skip
"""What matching knows of everybody beside the form."""
_TEXT_LIMIT: Final = 0.25
_NO_NUMBER: Final = frozenset({"text", "boolean", "ranking", "date", "file", "list", "email", "consent"})
_NO_VALUE: Final = frozenset({"ranking", "date", "file", "consent"})
_NEEDS: Final = {"same": "attribute", "other": "attribute", "wish": "wish_attribute", "near": "levels"}
_NO_RULES: Final = frozenset(
    {
        "floor",
        "not oneself",
        "still free",
        "barred by a coordinator",
        "a private reason",
        "nobody mentors their own mentor",
    }
)


def form_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Fields that refer to what there is not, that are there twice, or that nobody can answer."""
    form = blueprint.form
    ids = [field.id for field in form.fields]
    notices = {(notice.id, notice.version) for notice in blueprint.privacy_notices}
    for place, field in enumerate(form.fields):
        at: Path = ("form", "fields", place)
        if field.id in ids[:place]:
            yield Fault((*at, "id"), "twice", "two fields have the same id")
        if field.required_when is not None:
            yield from _dependence(blueprint, field, field.required_when, (*at, "required_when"))
        if field.asked_when is not None:
            yield from _dependence(blueprint, field, field.asked_when, (*at, "asked_when"))
        if form.steps and field.step is None:
            yield Fault((*at, "step"), "missing", "the form has steps: say on which this is asked")
        elif field.step is not None and field.step not in [step.id for step in form.steps]:
            yield unknown((*at, "step"), "step", field.step, [step.id for step in form.steps])
        if field.kind == "consent" and (field.document, field.version) not in notices:
            known = [notice.id for notice in blueprint.privacy_notices]
            if field.document in known:
                yield Fault((*at, "version"), "unknown_version", "privacy_notices has no such version of it")
            else:
                yield unknown((*at, "document"), "privacy notice", field.document, known)
        if field.kind == "ranking":
            yield from _ranking(blueprint, field, at)
        if field.kind == "choice" and len(_alike(field.answers(blueprint.languages))) < len(field.options):
            yield Fault((*at, "options"), "twice", "an option is listed twice")


def _alike(answers: Sequence[str]) -> set[str]:
    """Answers as rules and limits compare them: whatever their spaces and case."""
    return {" ".join(answer.split()).casefold() for answer in answers}


def _dependence(blueprint: Blueprint, field: FormField, when: RequiredWhen, at: Path) -> Iterator[Fault]:
    other = blueprint.form.field(when.field)
    if other is None:
        named = [one.id for one in blueprint.form.fields if one.id != field.id]
        yield unknown((*at, "field"), "field", when.field, named)
    else:
        yield from _answer(other, when.is_, (*at, "is"), blueprint.languages)


def _ranking(blueprint: Blueprint, field: FormField, at: Path) -> Iterator[Fault]:
    topics = len(blueprint.criterion_ids)
    if not topics:
        yield Fault((*at, "of"), "unknown_criteria", "criteria are wanted, and the blueprint lists none")
    elif field.min is not None and field.min > topics:
        yield Fault((*at, "min"), "never", f"more than the {topics} criteria there are: nobody could answer")
    elif field.max is not None and field.max > topics:
        said = f"more than the {topics} criteria there are: nobody could name so many"
        yield Fault((*at, "max"), "never", said, level="warning")


def _answer(field: FormField, value: object, at: Path, languages: list[str]) -> Iterator[Fault]:
    """Whether an answer can be given to a field."""
    if field.kind == "choice":
        options = field.answers(languages)
        if value not in options:
            yield unknown(at, "option", value, options)
    elif field.kind == "boolean":
        if not isinstance(value, bool):
            yield Fault(at, "yes_or_no", "the field is a boolean: true or false is wanted")
    elif field.kind == "integer":
        if isinstance(value, bool) or not isinstance(value, int):
            yield Fault(at, "whole_number", "the field is an integer: a whole number is wanted")
        elif not _reaches(field, value, value):
            yield Fault(at, "never", "outside of the field's min and max: nobody could meet it")


def _reaches(field: FormField, least: int | None, most: int | None) -> bool:
    lowest, highest = field.min if field.min is not None else 0, field.max if field.max is not None else 1_000_000
    return (least is None or least <= highest) and (most is None or most >= lowest)


def eligibility_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Conditions on fields that nobody of the role is asked, and rules that nobody can meet."""
    for role in SIDES:
        rules = blueprint.eligibility.of(role)
        for place, rule in enumerate(rules):
            at: Path = ("eligibility", role, place)
            if rule.id in [one.id for one in rules[:place]]:
                yield Fault((*at, "id"), "twice", "two rules have one id")
            for kind, conditions in (("any", rule.any_ or []), ("all", rule.all_ or [])):
                for number, condition in enumerate(conditions):
                    yield from _condition(blueprint, role, condition, (*at, kind, number))
            if _contradicts(rule.all_ or []):
                yield Fault((*at, "all"), "never", "its conditions contradict each other: nobody could meet it")
        if not any(_contradicts(rule.all_ or []) for rule in rules) and _none_meets(rules):
            yield Fault(("eligibility", role), "never", f"its rules contradict each other: no {role} could meet all")


def _condition(blueprint: Blueprint, role: str, condition: Condition, at: Path) -> Iterator[Fault]:
    asked = {field.id: field for field in blueprint.form.of(role)}
    if condition.field in blueprint.attributes or condition.field == "capacity":
        return
    field = asked.get(condition.field)
    if field is None:
        other = blueprint.form.field(condition.field)
        if other is not None:
            yield Fault((*at, "field"), "not_asked", f"the form does not ask a {role} this: no {role} could meet it")
        else:
            yield unknown((*at, "field"), "field", condition.field, [*asked, *blueprint.attributes])
        return
    if field.means in APART or field.kind in ("consent", "email", "file"):
        yield Fault((*at, "field"), "kept_apart", "this answer is kept apart, and no rule reads it")
        return
    if condition.is_ is not None and condition.in_ is not None:
        yield Fault((*at, "in"), "condition", "a condition has is or in, not both: in says what is would")
    values = [*([condition.is_] if condition.is_ is not None else []), *(condition.in_ or [])]
    for value in values:
        yield from _answer(field, value, (*at, "is" if condition.is_ is not None else "in"), blueprint.languages)
    if condition.not_before is not None:
        yield from _not_before(blueprint, field, condition.not_before, (*at, "not_before"))
    if condition.at_least is not None or condition.at_most is not None:
        if field.kind != "integer":
            yield Fault(at, "never", "at_least and at_most are of numbers, and the field is none")
        elif not _reaches(field, condition.at_least, condition.at_most):
            yield Fault(at, "never", "outside of the field's min and max: nobody could meet it")


def _not_before(blueprint: Blueprint, field: FormField, wanted: MonthsAfter, at: Path) -> Iterator[Fault]:
    if field.kind != "date":
        yield Fault(at, "never", "not_before is of dates, and the field is none")
    kinds = {stem(one.kind) for one in (*blueprint.milestones, *(m for c in blueprint.cohorts for m in c.milestones))}
    if wanted.milestone not in {NAMES.get(kind, kind) for kind in kinds}:
        yield unknown((*at, "milestone"), "milestone", wanted.milestone, sorted(kinds))


_MOST_WAYS: Final = 2000


def _none_meets(rules: Sequence[Rule]) -> bool:
    """Whether whichever way each rule is met contradicts another; not said where there are too many ways to try."""
    ways = [[[*(rule.all_ or []), one] for one in rule.any_] if rule.any_ else [rule.all_ or []] for rule in rules]
    number = 1
    for way in ways:
        number *= len(way)
    return 0 < number <= _MOST_WAYS and all(_contradicts([c for way in ws for c in way]) for ws in product(*ways))


def _contradicts(conditions: Sequence[Condition]) -> bool:
    """Whether no answer meets all: of every field, an answer in all its lists and between all its bounds."""
    for name in {condition.field for condition in conditions}:
        same = [condition for condition in conditions if condition.field == name]
        allowed: list[object] | None = None
        for condition in same:
            values = [condition.is_] if condition.is_ is not None else condition.in_
            if values is not None:
                allowed = [value for value in (values if allowed is None else allowed) if value in values]
        least = max((c.at_least for c in same if c.at_least is not None), default=None)
        most = min((c.at_most for c in same if c.at_most is not None), default=None)
        if allowed is not None and not [value for value in allowed if _within(value, least, most)]:
            return True
        if least is not None and most is not None and least > most:
            return True
    return False


def _within(value: object, least: int | None, most: int | None) -> bool:
    if least is None and most is None:
        return True
    number = isinstance(value, int) and not isinstance(value, bool)
    return number and (least is None or int(str(value)) >= least) and (most is None or int(str(value)) <= most)


def matching_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Rules, weights and limits that read what nobody has, or what must not decide."""
    matching = blueprint.matching
    if matching is None:
        return
    capacity = matching.capacity
    for place, field in enumerate(blueprint.form.fields):
        most = field.max if field.means == "capacity" else None
        if most is not None and capacity.max is not None and most > capacity.max:
            said = f"matching.capacity lets nobody take more than {capacity.max}"
            yield Fault(("form", "fields", place, "max"), "never", said, level="warning")
    if capacity.max is not None and capacity.default > capacity.max:
        said = f"more than the {capacity.max} that anybody may take"
        yield Fault(("matching", "capacity", "default"), "never", said, level="warning")
    for place, rule in enumerate(matching.hard_rules):
        yield from _hard_rule(blueprint, rule, ("matching", "hard_rules", place))
        kinds = {one.kind for one in matching.hard_rules[:place] if one.attribute == rule.attribute}
        if {rule.kind, *kinds} >= {"must_differ", "must_match"} and rule.kind in ("must_differ", "must_match"):
            said = "another rule wants the contrary of the same attribute: no pair could meet both"
            yield Fault(("matching", "hard_rules", place, "kind"), "never", said)
    for name in matching.weights or {}:
        yield from _weight(blueprint, name)
    for place, criterion in enumerate(matching.criteria or []):
        at: Path = ("matching", "criteria", place)
        read: list[tuple[str, str | None, Sequence[str]]] = [
            ("attribute", criterion.attribute, SIDES),
            ("wish_attribute", criterion.wish_attribute, ("mentee",)),
            *(("levels", level, SIDES) for level in criterion.levels or []),
        ]
        for member, named, roles in read:
            if named:
                yield from _attribute(blueprint, named, roles, (*at, member))
        needs = _NEEDS.get(criterion.kind)
        if needs and not getattr(criterion, needs):
            yield Fault((*at, needs), "missing", "a criterion of this kind needs it")
    for place, limit in enumerate(matching.limits):
        yield from _limit(blueprint, limit, ("matching", "limits", place))
    for attribute, listed in (matching.values or {}).items():
        yield from _values(blueprint, attribute, listed, ("matching", "values", attribute))
    yield from _share_of_text(matching)


def _weight(blueprint: Blueprint, name: str) -> Iterator[Fault]:
    """Fields that a weight reads by their name, of which the form asks none (of `near`) or not all."""
    read = WEIGHED_ATTRIBUTES.get(name, ())
    known = {role: {*blueprint.attributes, *(field.id for field in blueprint.form.of(role))} for role in SIDES}
    asked = [one for one in read
             if one in known["mentee"] and (one == "discipline_wish" or one in known["mentor"])]  # fmt: skip
    if len(asked) < (1 if name == "near" else len(read)):
        said = (
            f"it reads {', '.join(read)}: ask it in the form, of both, or weigh another field under matching.criteria"
        )
        yield Fault(("matching", "weights", name), "unknown_attribute", said)


def _limit(blueprint: Blueprint, limit: Limit, at: Path) -> Iterator[Fault]:
    yield from _attribute(blueprint, limit.attribute, (limit.side,), (*at, "attribute"))
    field = blueprint.form.field(limit.attribute)
    if field is not None and field.kind in _NO_VALUE:
        yield Fault((*at, "attribute"), "not_a_value", "a limit counts pairs by a value, and this answer is none")
    elif field is not None and limit.value is not None:
        yield from _answer(field, limit.value, (*at, "value"), blueprint.languages)


def _values(blueprint: Blueprint, name: str, listed: Sequence[str | list[str]], at: Path) -> Iterator[Fault]:
    """Of a choice all answers stand among the values, and no others: one that does not counts as not given."""
    field = blueprint.form.field(name)
    if field is None or field.kind != "choice":
        return
    options = field.answers(blueprint.languages)
    said = [value for one in listed for value in (one if isinstance(one, list) else [one])]
    for value in said:
        if value not in options:
            yield unknown(at, "option", value, options)
    for option in options:
        if option not in said:
            yield Fault(at, "missing", f"the answer {option} is not among the values: it would count as not given")


def _hard_rule(blueprint: Blueprint, rule: HardRule, at: Path) -> Iterator[Fault]:
    if rule.id.strip().lower() in _NO_RULES:
        yield Fault((*at, "id"), "reserved", "explanations use this name for something else")
    if rule.attribute:
        yield from _attribute(
            blueprint, rule.attribute, SIDES if rule.mentor_attribute is None else ("mentee",), (*at, "attribute")
        )
    if rule.mentor_attribute:
        yield from _attribute(blueprint, rule.mentor_attribute, ("mentor",), (*at, "mentor_attribute"))
    if rule.kind == "gap" and rule.attribute:
        yield from _gap(blueprint, rule, at)


def _gap(blueprint: Blueprint, rule: HardRule, at: Path) -> Iterator[Fault]:
    """A gap is between numbers, and no larger than they can be apart; an attribute that HR gives may be one."""
    field = blueprint.form.field(str(rule.attribute))
    if field is None:
        return
    values = blueprint.matching.values if blueprint.matching and blueprint.matching.values else {}
    if field.kind == "choice" and field.id not in values and not _are_numbers(field.answers(blueprint.languages)):
        said = "a gap is between numbers, or places in an order that matching.values gives: no pair could be compared"
        yield Fault((*at, "attribute"), "never", said)
    elif field.kind in _NO_NUMBER:
        yield Fault((*at, "attribute"), "not_a_number", "a gap is between numbers, and this is none", level="warning")
    elif field.kind == "integer" and field.min is not None and field.max is not None and rule.mentor_attribute is None:
        widest = field.max - field.min
        if rule.least is not None and rule.least > widest:
            said = f"answers are at most {widest} apart: no pair would be permitted"
            yield Fault((*at, "least"), "never", said, level="warning")


def _are_numbers(answers: Sequence[object]) -> bool:
    return all(re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", str(answer)) for answer in answers)


def _attribute(blueprint: Blueprint, name: str, roles: Sequence[str], at: Path) -> Iterator[Fault]:
    """Whether people of the roles have the attribute, and it may be read."""
    if name.strip().lower().replace("-", "_") in PROTECTED:
        yield Fault(at, "protected", "a protected characteristic never decides who meets whom")
        return
    if name in blueprint.attributes or name in OF_EVERYBODY:
        return
    field = blueprint.form.field(name)
    if field is None:
        fields = [one.id for one in blueprint.form.fields]
        yield unknown(at, "attribute", name, [*fields, *blueprint.attributes, *OF_EVERYBODY[:4]])
        return
    if field.means in _UNREAD or field.kind in ("consent", "email", "file"):
        yield Fault(at, "kept_apart", "this answer is kept apart, and no rule of matching reads it")
        return
    for role in roles:
        if role not in field.roles:
            yield Fault(at, "not_asked", f"the form does not ask a {role} this")


def _share_of_text(matching: Matching) -> Iterator[Fault]:
    """Similar wording is weak evidence of a good pair: free text makes at most a quarter of the score."""
    if matching.criteria is not None:
        weights = [(str(criterion.kind), criterion.weight) for criterion in matching.criteria]
        at: Path = ("matching", "criteria")
    else:
        weights = [(str(name), weight) for name, weight in (matching.weights or {}).items()]
        at = ("matching", "weights", "text")
    whole = sum(weight for _, weight in weights)
    text = sum(weight for kind, weight in weights if kind == "text")
    if whole and text / whole > _TEXT_LIMIT + 1e-9:
        said = f"free text would make more than {_TEXT_LIMIT:.0%} of the score: weigh something beside it, or it less"
        yield Fault(at, "too_much", said)
