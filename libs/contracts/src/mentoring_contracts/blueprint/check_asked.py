"""Whether people are asked what the programme reads of them, and everybody who is to be."""

from collections.abc import Iterator
from typing import Final

from mentoring_contracts.blueprint.faults import Fault, Path
from mentoring_contracts.blueprint.form import BOTH_WAYS, FormField
from mentoring_contracts.blueprint.text import is_by_role
from mentoring_contracts.blueprint.whole import Blueprint
from mentoring_contracts.words import SIDES

_READS: Final = {
    "topics": "criteria",
    "text": "free_text",
    "preferences": "preferred",
    "mentee_preference": "preferred",
    "mentor_preference": "preferred",
}
"""What a weight, or a criterion of this kind, reads: the meaning of a field."""


def asked_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Two fields of one meaning, a condition on what is not asked of all, words for the wrong role, rankings that are
    there by half, and weights that read what nobody is asked."""
    for place, field in enumerate(blueprint.form.fields):
        at: Path = ("form", "fields", place)
        yield from _meant_twice(blueprint.form.fields[:place], field, at)
        yield from _depends(blueprint, field, at)
        if isinstance(field.label, dict) and is_by_role(field.label) and not set(field.roles) <= set(field.label):
            missing = ", ".join(role for role in field.roles if role not in field.label)
            yield Fault((*at, "label"), "missing", f"it has words for some roles and none for {missing}")
        if field.means == "capacity" and "mentee" in field.roles:
            said = "how many mentees somebody takes is asked of mentors: another question has another id"
            yield Fault((*at, "roles"), "meaning", said)
    yield from _both_ways(blueprint)
    yield from _void_weights(blueprint)


def _meant_twice(earlier: list[FormField], field: FormField, at: Path) -> Iterator[Fault]:
    for other in earlier:
        if field.means and other.means == field.means and other.id != field.id and set(other.roles) & set(field.roles):
            said = f"{other.id} means {field.means} too, and is asked of the same people: one of them would be lost"
            if field.means == "criteria":
                said += f"; where both learn and teach, two rankings are called {' and '.join(BOTH_WAYS)}"
            yield Fault((*at, "id"), "meant_twice", said)
            return


def _depends(blueprint: Blueprint, field: FormField, at: Path) -> Iterator[Fault]:
    for member in ("required_when", "asked_when"):
        when = getattr(field, member)
        other = blueprint.form.field(when.field) if when else None
        if other is None:
            continue
        unasked = [role for role in field.roles if role not in other.roles]
        if other.id == field.id:
            yield Fault((*at, member, "field"), "circle", "it depends on its own answer")
        elif unasked:
            said = f"the form does not ask a {unasked[0]} this: the condition would never hold for them"
            yield Fault((*at, member, "field"), "not_asked", said)


def _both_ways(blueprint: Blueprint) -> Iterator[Fault]:
    """Where both learn and both teach, everybody says both. Of one ranking alone matching takes shared topics."""
    if blueprint.direction != "two_way":
        return
    asked = {name: blueprint.form.field(name) for name in BOTH_WAYS}
    for name, field in asked.items():
        if field is not None and set(field.roles) != set(SIDES):
            place = blueprint.form.fields.index(field)
            said = "both learn and both teach: everybody is asked this"
            yield Fault(("form", "fields", place, "roles"), "not_asked", said)
        elif field is None and any(asked.values()):
            said = f"the form asks one of {' and '.join(BOTH_WAYS)} and not {name}: matching would read one way only"
            yield Fault(("form", "fields"), "missing", said)
    if not any(asked.values()):
        said = "both learn and both teach, and the form has no rankings wants and offers that say what"
        yield Fault(("direction",), "not_asked", said, level="warning")


def _void_weights(blueprint: Blueprint) -> Iterator[Fault]:
    """Weights that would be 0 of every pair, since the form does not ask for what they read."""
    matching = blueprint.matching
    weighed: list[tuple[Path, str]] = []
    if matching is not None and matching.criteria is not None:
        weighed = [(("matching", "criteria", n), str(one.kind)) for n, one in enumerate(matching.criteria)]
    elif matching is not None:
        weighed = [(("matching", "weights", name), name) for name, weight in (matching.weights or {}).items() if weight]
    for at, kind in weighed:
        wanted = _READS.get(kind)
        sides = {"mentee_preference": {"mentee"}, "mentor_preference": {"mentor"}}.get(kind, set(SIDES))
        roles = {role for field in blueprint.form.fields if field.means == wanted for role in field.roles}
        ranked = kind == "topics" and all(blueprint.form.field(name) for name in BOTH_WAYS)
        one_is_enough = wanted == "preferred"
        if wanted and not ranked and not (sides & roles if one_is_enough else sides <= roles):
            said = f"it reads a field that means {wanted}, which the form does not ask of {' and '.join(sorted(sides))}"
            yield Fault(at, "void", f"{said}: no pair would score by it", level="warning")
        if kind in ("conversations", "conversation") and matching is not None and matching.conversations is None:
            yield Fault(at, "void", "no conversations are planned: no pair would score by it", level="warning")
