"""Members that say something of other kinds than the one they stand with, and would be read by nobody."""

from collections.abc import Collection, Iterator, Mapping
from typing import Final

from mentoring_contracts.blueprint.faults import Fault, Path
from mentoring_contracts.blueprint.matching import NEED_ATTRIBUTE
from mentoring_contracts.blueprint.section import Section
from mentoring_contracts.blueprint.whole import Blueprint

_Kinds = Mapping[str, Collection[str]]
_OF_FIELDS: Final[_Kinds] = {
    "of": ("ranking", "list"),
    "min": ("ranking", "list", "integer"),
    "max": ("ranking", "list", "integer"),
    "max_length": ("text", "list"),
    "document": ("consent",),
    "version": ("consent",),
}
_OF_QUESTIONS: Final[_Kinds] = {"min": ("scale", "integer"), "max": ("scale", "integer"), "max_length": ("text",)}
_OF_RULES: Final[_Kinds] = {
    "attribute": NEED_ATTRIBUTE,
    "mentor_attribute": NEED_ATTRIBUTE,
    "least": ("gap", "common_value", "overlap_hours"),
    "most": ("gap",),
    "pairs": ("barred_pair",),
}
_OF_MEANINGS: Final[Mapping[str, str]] = {
    "criteria": "ranking",
    "free_text": "text",
    "preferred": "list",
    "conflicts": "list",
    "capacity": "integer",
    "languages": "list",
}


def misplaced_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Members of fields, questions and hard rules that go with other kinds; meanings that an answer cannot have."""
    for place, field in enumerate(blueprint.form.fields):
        at: Path = ("form", "fields", place)
        yield from _misplaced(field, field.kind, _OF_FIELDS, at)
        kind = _OF_MEANINGS.get(field.means or "", field.kind)
        if field.kind != kind:
            said = f"a field that means {field.means} is of kind {kind}: one of another kind has another id"
            yield Fault((*at, "kind"), "meaning", said)
    for place, instrument in enumerate(blueprint.instruments):
        for number, question in enumerate(instrument.questions):
            yield from _misplaced(question, question.kind, _OF_QUESTIONS, ("instruments", place, "questions", number))
    for place, rule in enumerate(blueprint.matching.hard_rules if blueprint.matching else ()):
        yield from _misplaced(rule, rule.kind, _OF_RULES, ("matching", "hard_rules", place))


def _misplaced(said: Section, kind: str, kinds_of: _Kinds, at: Path) -> Iterator[Fault]:
    for member in sorted(said.model_fields_set & kinds_of.keys()):
        if kind not in kinds_of[member] and getattr(said, member) is not None:
            only = ", ".join(sorted(kinds_of[member]))
            yield Fault((*at, member), "misplaced", f"it says nothing of {kind}, only of {only}: leave it out")
