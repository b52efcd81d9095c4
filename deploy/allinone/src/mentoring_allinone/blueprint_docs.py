"""docs/blueprints.md: every member of a blueprint, from its model, with an example and who reads it."""

import json
from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from mentoring_common.yaml_text import read_yaml
from mentoring_contracts.blueprint import Blueprint, Section
from mentoring_contracts.blueprint.section import sections_in, written

ROOT = Path(__file__).resolve().parents[4]
EXAMPLE = ROOT / "docs" / "examples" / "blueprint.yaml"
_LONGEST = 60
Seen = dict[tuple[type[Section], str], Any]


def text() -> str:
    """The document."""
    guide = (resources.files("mentoring_allinone") / "blueprint_guide.md").read_text("utf-8")
    examples = examples_of(read_yaml(EXAMPLE.read_text("utf-8")).document)
    return guide + "\n" + "\n".join(_table(section, at, examples) for section, at in all_sections())


def all_sections() -> list[tuple[type[Section], str]]:
    """Every section of a blueprint, the whole first, with the path it stands at."""
    found: dict[type[Section], str] = {}

    def walk(section: type[Section], at: str) -> None:
        if section in found:
            return
        found[section] = at
        for alias, name in written(section).items():
            field = section.model_fields[name]
            many = "[]" if "list" in str(field.annotation) else ".NAME" if "dict" in str(field.annotation) else ""
            for inner in sections_in(field.annotation):
                walk(inner, f"{at}.{alias}{many}".lstrip("."))

    walk(Blueprint, "")
    return list(found.items())


def examples_of(document: Any) -> Seen:
    """The first value of every member in a document, by its section."""
    seen: Seen = {}
    _collect([Blueprint], document, seen)
    return seen


def _collect(kinds: list[type[Section]], value: Any, seen: Seen) -> None:
    if isinstance(value, list):
        for one in value:
            _collect(kinds, one, seen)
        return
    if not isinstance(value, Mapping):
        return
    fitting = [kind for kind in kinds if set(value) <= set(written(kind))]
    for kind in fitting[:1] or []:
        for name, inside in value.items():
            seen.setdefault((kind, name), inside)
            _collect(list(sections_in(kind.model_fields[written(kind)[name]].annotation)), inside, seen)
    if not fitting:  # sections under names of the programme's own
        for inside in value.values():
            _collect(kinds, inside, seen)


def _table(section: type[Section], at: str, examples: Seen) -> str:
    title = f"`{at}`" if at else "The whole"
    said = " ".join((section.__doc__ or "").split())
    rows = [_row(section, alias, name, examples) for alias, name in written(section).items()]
    head = "| member | what it says | example | if left out | read by |\n|---|---|---|---|---|\n"
    return f"## {title}\n\n{said}\n\n{head}" + "\n".join(rows) + "\n"


def _row(section: type[Section], alias: str, name: str, examples: Seen) -> str:
    field = section.model_fields[name]
    what = "; ".join(part for part in (field.description or "", _limits(field)) if part)
    kinds = [section, *section.__subclasses__()]
    example = _written(next((examples[kind, alias] for kind in kinds if (kind, alias) in examples), None))
    cells = (f"`{alias}`", what, example, _default(field), ", ".join(section.readers(name)))
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def _limits(field: FieldInfo) -> str:
    """What may stand there, where it is one of some, or a number within bounds."""
    values = list(_literals(field.annotation))
    named = " or ".join(f"`{value}`" for value in values) if 1 < len(values) <= 12 else ""
    marks = [mark for mark in field.metadata if hasattr(mark, "ge") or hasattr(mark, "gt") or hasattr(mark, "le")]
    bounds = [f"{word} {getattr(mark, name)}" for mark in marks for name, word in _WORDS.items() if hasattr(mark, name)]
    return "; ".join(part for part in (named, " and ".join(bounds)) if part)


_WORDS = {"ge": "at least", "gt": "more than", "le": "at most"}


def _literals(annotation: Any) -> Iterator[Any]:
    if get_origin(annotation) is Literal:
        yield from get_args(annotation)
    elif not (isinstance(annotation, type) and issubclass(annotation, Section)):
        for part in get_args(annotation):
            yield from _literals(part)


def _default(field: FieldInfo) -> str:
    if field.is_required():
        return "**needed**"
    default = field.default
    if default is PydanticUndefined or default is None or isinstance(default, Section) or default in ([], {}):
        return ""
    return f"`{_json(default)}`"


def _written(value: Any) -> str:
    if value is None:
        return ""
    said = _json(value)
    return f"`{said if len(said) <= _LONGEST else said[: _LONGEST - 2] + ' …'}`"


def _json(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
