"""Surveys of a blueprint as they are asked: scales looked up, texts by language laid out as wordings."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard

from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint import surveys as contract
from mentoring_contracts.blueprint.text import EASY, for_role, is_by_role, plain, tags
from mentoring_evaluation.surveys.instruments import Instrument

Text = str | Mapping[str, str]


def instrument_of(blueprint: Blueprint, planned: contract.Instrument) -> Instrument:
    """The survey in its own language, and in every other language that some of its texts are in."""
    own = planned.language or blueprint.languages[0]
    questions = [_asked(question, _options(blueprint, question), [own]) for question in planned.questions]
    given = [wording.model_dump(exclude_none=True) for wording in planned.wordings]
    kinds = {(wording["language"], wording["easy_read"]) for wording in given}
    made = [_wording(blueprint, planned, tag) for tag in _tags(blueprint, planned) if tag != own]
    return Instrument.model_validate({
        "id": planned.id,
        "version": planned.version,
        "title": plain(planned.title, [own]),
        "mode": planned.mode,
        "researchers": planned.researchers,
        "language": own,
        "questions": questions,
        "wordings": [*given, *(one for one in made if (one["language"], one["easy_read"]) not in kinds)],
    })  # fmt: skip


def _options(blueprint: Blueprint, question: contract.Question) -> Sequence[Text]:
    return blueprint.scales.get(question.scale, []) if question.scale else question.options


def _asked(question: contract.Question, options: Sequence[Text], own: list[str]) -> dict[str, Any]:
    shown = question.model_dump(
        by_alias=True,
        exclude_none=True,
        include={"id", "kind", "roles", "counted", "figure", "min", "max", "max_length", "sensitivity"},
    )
    condition = question.shown_when
    return shown | {
        "text": _said(question.text, own),
        "options": [plain(option, own) for option in options],
        "rows": [row.model_dump(exclude_none=True) | {"text": _said(row.text, own)} for row in question.rows],
        "labels": {number: plain(label, own) for number, label in question.labels.items()},
        "shown_when": {"question": condition.question, "in": condition.answers} if condition else None,
    }


def _said(said: Any, languages: list[str]) -> str | dict[str, str]:
    if is_by_role(said):
        return {role: plain(for_role(said, role), languages) for role in said}
    return plain(said, languages)


def _wording(blueprint: Blueprint, planned: contract.Instrument, tag: str) -> dict[str, Any]:
    """All texts that are there in a language (`easy:cy`: in easy words)."""
    own = planned.language or blueprint.languages[0]
    questions = {q.id: _words(q, _options(blueprint, q), tag, own) for q in planned.questions}
    title = planned.title.get(tag) if isinstance(planned.title, dict) else None
    return {
        "language": tag.removeprefix(EASY),
        "easy_read": tag.startswith(EASY),
        "title": title,
        "questions": {name: words for name, words in questions.items() if words},
    }


def _words(question: contract.Question, options: Sequence[Text], tag: str, own: str) -> dict[str, Any]:
    found = {
        "text": _in(question.text, tag),
        "options": {plain(option, [own]): option[tag] for option in options if _has(option, tag)},
        "rows": {row.id: said for row in question.rows if isinstance(said := _in(row.text, tag), str)},
        "labels": {number: label[tag] for number, label in question.labels.items() if _has(label, tag)},
    }
    return {name: words for name, words in found.items() if words}


def _has(text: Text, tag: str) -> TypeGuard[Mapping[str, str]]:
    return not isinstance(text, str) and tag in text


def _in(said: Any, tag: str) -> Any:
    """The words in a language; by role where they differ so. None where there are none."""
    if is_by_role(said):
        found = {role: words[tag] for role in said if _has(words := for_role(said, role), tag)}
        return found or None
    return said[tag] if _has(said, tag) else None


def _tags(blueprint: Blueprint, planned: contract.Instrument) -> list[str]:
    """The languages that some text of the survey is in."""
    texts: list[Any] = [planned.title]
    for question in planned.questions:
        texts += [question.text, *_options(blueprint, question), *question.labels.values()]
        texts += [row.text for row in question.rows]
    flat = [for_role(said, role) for said in texts for role in (said if is_by_role(said) else (None,))]
    return sorted({tag for text in flat for tag in tags(text)})
