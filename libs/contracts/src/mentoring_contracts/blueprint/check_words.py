"""Languages that not everything is in: letters, or a text that is half translated. Each is a warning."""

from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from mentoring_contracts.blueprint.faults import Fault, Path
from mentoring_contracts.blueprint.section import written
from mentoring_contracts.blueprint.text import EASY, is_by_role, is_tag
from mentoring_contracts.blueprint.whole import Blueprint
from mentoring_contracts.words import LETTERS


def word_faults(blueprint: Blueprint) -> Iterator[Fault]:
    """Languages without letters, and texts by language that lack one of the programme or have one it does not name."""
    for place, tag in enumerate(blueprint.languages):
        if tag.partition("-")[0] not in LETTERS:
            said = f"letters are not written in it, but in {', '.join(LETTERS)}: who reads no other gets English ones"
            yield Fault(("languages", place), "no_letters", said, level="warning")
    for path, text in _texts(blueprint, ()):
        missing = [tag for tag in blueprint.languages if tag not in text]
        if missing:
            yield Fault(path, "half_translated", f"not in {', '.join(missing)}", level="warning")
        strange = sorted({tag.removeprefix(EASY) for tag in text} - set(blueprint.languages))
        if strange:
            said = f"languages of the programme does not name {', '.join(strange)}"
            yield Fault(path, "unknown_language", said, level="warning")


def _texts(value: Any, path: Path) -> Iterator[tuple[Path, Mapping[str, str]]]:
    if isinstance(value, BaseModel):
        for alias, name in written(type(value)).items():
            yield from _texts(getattr(value, name), (*path, alias))
    elif isinstance(value, list):
        for place, item in enumerate(value):
            yield from _texts(item, (*path, place))
    elif isinstance(value, Mapping) and value and all(isinstance(one, str) for one in value.values()):
        if not is_by_role(value) and all(is_tag(name) for name in value):
            yield path, value
    elif isinstance(value, Mapping):
        for name, item in value.items():
            yield from _texts(item, (*path, name))
