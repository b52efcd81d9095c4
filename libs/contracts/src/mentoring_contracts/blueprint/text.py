"""Texts that people read: in one language, or in several and in easy words.

label: Employer
label: {en: Employer, cy: Cyflogwr, "easy:en": Who do you work for?}
text: {mentor: "How is your mentee?", mentee: {en: "How is your mentor?", cy: "Sut mae eich mentor?"}}
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from mentoring_contracts.blueprint.scalars import as_text, wrong

EASY = "easy:"
LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
_LONGEST = 20_000
_WORDS = {"type": "string", "minLength": 1, "maxLength": _LONGEST}
_BY_LANGUAGE = {
    "type": "object",
    "minProperties": 1,
    "patternProperties": {"^(easy:)?[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$": _WORDS},
    "additionalProperties": False,
}
_TEXT = {"anyOf": [_WORDS, _BY_LANGUAGE]}


def is_tag(name: str) -> bool:
    """Whether a name is a language of BCP 47, plain or easy to read (`easy:en`)."""
    return bool(LANGUAGE.fullmatch(name.removeprefix(EASY)))


def _words(value: Any) -> str:
    said = as_text(value)
    if not isinstance(said, str):
        raise wrong("text", "a text is wanted, or texts by language ({en: …, cy: …})")
    said = said.strip()
    if not 0 < len(said) <= _LONGEST:
        raise wrong("text", f"a text of 1 to {_LONGEST} characters is wanted")
    return said


def _text(value: Any) -> Any:
    if not isinstance(value, Mapping):
        return _words(value)
    if not value or not all(isinstance(name, str) and is_tag(name) for name in value):
        raise wrong("language", "a language such as en, cy, pt-BR or easy:en is wanted before each text")
    return {name: _words(said) for name, said in value.items()}


def _said(value: Any) -> Any:
    """Words for all, or by role; each in one language or by language."""
    if isinstance(value, Mapping) and value and not any(isinstance(name, str) and is_tag(name) for name in value):
        return {str(role): _text(said) for role, said in value.items()}
    return _text(value)


Text = Annotated[str | dict[str, str], BeforeValidator(_text), WithJsonSchema(_TEXT)]
"""A text, or the same text by language; `easy:en` is easy-read English."""
Said = Annotated[
    str | dict[str, str | dict[str, str]],
    BeforeValidator(_said),
    WithJsonSchema({"anyOf": [*_TEXT["anyOf"], {"type": "object", "additionalProperties": _TEXT}]}),
]
"""A text, perhaps another for each role (`{mentor: …, mentee: …}`)."""


def is_by_role(said: str | Mapping[str, Any]) -> bool:
    """Whether the words differ by role."""
    return not isinstance(said, str) and not any(is_tag(name) for name in said)


def for_role(said: str | Mapping[str, Any], role: str | None) -> str | Mapping[str, str]:
    """The text for a role; the first there is where the role has none of its own."""
    if isinstance(said, str) or not is_by_role(said):
        return said
    found: str | Mapping[str, str] = said.get(str(role)) or next(iter(said.values()))
    return found


def tags(text: str | Mapping[str, Any]) -> frozenset[str]:
    """The languages a text is in; none of a text that does not say."""
    return frozenset() if isinstance(text, str) else frozenset(text)


def plain(text: str | Mapping[str, str], languages: Sequence[str] = ()) -> str:
    """The text as the programme says it: in its first language, or the first that there is. Options are known by it."""
    if isinstance(text, str):
        return text
    return next((text[tag] for tag in languages if tag in text), None) or next(iter(text.values()))


def in_language(
    text: str | Mapping[str, str], wanted: Sequence[str], languages: Sequence[str] = (), *, easy: bool = False
) -> str:
    """The text for a reader who wants these languages, most wanted first; in easy words where there are some.

    The language comes before easy reading. Who wants `pt-BR` gets `pt` where that is all there is.
    """
    if isinstance(text, str):
        return text
    for tag in _with_general(wanted):
        if easy and EASY + tag in text:
            return text[EASY + tag]
        if tag in text:
            return text[tag]
    own = plain(text, languages)
    first = next((tag for tag, said in text.items() if said == own), "")
    return text.get(EASY + first, own) if easy else own


def _with_general(wanted: Sequence[str]) -> Iterator[str]:
    for tag in wanted:
        yield tag
        if "-" in tag:
            yield tag.partition("-")[0]
