"""Answers to an application form, checked against the form of the blueprint.

An answer may be given under the field's id or under what the field means (`about` or `free_text`). What the person's
profile already says need not be answered again. Errors name fields, never values: they may be personal data.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final
from uuid import UUID

from mentoring_applications.errors import AnswersInvalid, ConsentNeeded
from mentoring_common.faults import Fault, fault
from mentoring_contracts.blueprint import Blueprint
from mentoring_contracts.blueprint.form import EqualityMonitoring, FormField
from mentoring_contracts.days import reckoned_with
from mentoring_contracts.words import EMAIL

ADDRESS: Final = re.compile(EMAIL)
LANGUAGE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")
DAY: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_EMAIL_LENGTH: Final = 254
_LIST_LENGTH: Final = 100
# Kept in columns or tables of their own, or nowhere, and not among the attributes.
_NO_ATTRIBUTES: Final = frozenset(
    {"criteria", "free_text", "preferred", "conflicts", "capacity", "languages", "employer", "line_manager"}
)


@dataclass(frozen=True, slots=True)
class Answers:
    """Checked answers, by what they mean; `attributes` are the rest, by field id.

    `preferred` and `conflicts` hold person ids and e-mail addresses, most wanted first.
    """

    criteria: list[str] = field(default_factory=list)
    free_text: str = ""
    preferred: list[str] = field(default_factory=list)
    conflicts: list[str] = field(default_factory=list)
    capacity: int | None = None
    languages: list[str] = field(default_factory=list)
    employer: str | None = None
    line_manager: str | None = None
    priority: bool = False
    attributes: dict[str, Any] = field(default_factory=dict)


class _Wrong(ValueError):
    """One answer does not fit."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code, self.detail = code, detail


def check(blueprint: Blueprint, role: str, given: Mapping[str, Any], profile: Mapping[str, Any]) -> Answers:
    """The answers of a role; AnswersInvalid with `errors` naming every field that is wrong."""
    fields = blueprint.form.of(role)
    errors: list[Fault] = []
    raw = _by_field(fields, given, errors)
    values: dict[str, Any] = {}
    for asked in fields:
        answer = raw.get(asked.id, profile.get(asked.means or asked.id, profile.get(asked.id)))
        try:
            if not _is_asked(asked, values, raw):
                if not _blank(raw.get(asked.id)):
                    raise _Wrong("not_asked", "this is not asked after the other answers")
                continue
            value = None if _blank(answer) else _KINDS[asked.kind](asked, answer, blueprint)
            if value is None and _is_required(asked, values, raw):
                raise _Wrong("required", "an answer is needed")
            if value is not None:
                values[asked.id] = value
        except _Wrong as wrong:
            errors.append(_fault(wrong.code, wrong.detail, asked.id))
    if errors:
        raise AnswersInvalid(errors=errors)
    return _sorted_by_meaning(fields, values)


def check_names(blueprint: Blueprint, role: str, given: Mapping[str, Any]) -> None:
    """AnswersInvalid for what the form does not ask the role, or twice; whether answers fit is not looked at."""
    errors: list[Fault] = []
    _by_field(blueprint.form.of(role), given, errors)
    if errors:
        raise AnswersInvalid(errors=errors)


def check_equality(
    monitoring: EqualityMonitoring | None, given: Mapping[str, Any], languages: Sequence[str] = ()
) -> dict[str, str]:
    """The answers to equality monitoring, all voluntary; AnswersInvalid for one that is not among the options."""
    asked = {field.id: field.answers(list(languages)) for field in monitoring.fields} if monitoring else {}
    errors = [
        fault("choice", "not one of the options", "body", "equality", name)
        for name, answer in given.items()
        if name not in asked or answer not in asked[name]
    ]
    if errors:
        raise AnswersInvalid(errors=errors)
    return dict(given)


def counted_options(blueprint: Blueprint, role: str) -> dict[str, list[str]]:
    """The questions of a role that are counted, with their answers as they are counted."""
    asked = [field for field in blueprint.form.of(role) if field.counted]
    return {field.id: field.answers(blueprint.languages) or ["true", "false"] for field in asked}


def as_options(answers: Mapping[str, Any]) -> dict[str, str]:
    """Answers as they are counted: true and false as words."""
    return {name: str(value).lower() if isinstance(value, bool) else str(value) for name, value in answers.items()}


def to_text(equality: Mapping[str, str]) -> str:
    """Equality answers as the text that is sealed."""
    return json.dumps(equality, sort_keys=True)


def from_text(text: str) -> dict[str, str]:
    """What `to_text` was given."""
    answers: dict[str, str] = json.loads(text)
    return answers


def check_consents(blueprint: Blueprint, role: str, given: Mapping[str, str]) -> list[tuple[str, str]]:
    """The (document, version) pairs agreed to, by the id of the field or of its document.

    ConsentNeeded unless the current version of each required one is; AnswersInvalid for a consent nobody asks for.
    """
    asked = [field for field in blueprint.form.of(role) if field.kind == "consent"]
    known = {name for field in asked for name in (field.id, field.document)}
    strange = [_consent_fault(name) for name in given if name not in known]
    if strange:
        raise AnswersInvalid(errors=strange)
    agreed = {field.id: given.get(field.id, given.get(field.document or "")) == field.version for field in asked}
    needed = [
        {"consent": field.id, "document": field.document, "version": field.version}
        for field in asked
        if field.required and not agreed[field.id]
    ]
    if needed:
        raise ConsentNeeded(needed=needed)
    return [(field.document or "", field.version or "") for field in asked if agreed[field.id]]


def _consent_fault(name: str) -> Fault:
    return fault("unknown_field", "the form asks for no such consent", "body", "consents", _shown(name))


def _shown(name: str) -> str:
    """A name nobody asked for may be anything: it is shown only if it looks like a name."""
    return name if re.fullmatch(r"[a-z0-9_-]{1,60}", name) else "?"


def _by_field(fields: list[FormField], given: Mapping[str, Any], errors: list[Fault]) -> dict[str, Any]:
    ids = {asked.id: asked.id for asked in fields}
    meanings: dict[str, str] = {asked.means: asked.id for asked in fields if asked.means}
    raw: dict[str, Any] = {}
    for name, answer in given.items():
        asked_id = ids.get(name) or meanings.get(name)
        if asked_id is None or asked_id in raw:
            code = "unknown_field" if asked_id is None else "answered_twice"
            errors.append(_fault(code, "the form does not ask this, or not twice", _shown(name)))
        else:
            raw[asked_id] = answer
    return raw


def _fault(code: str, detail: str, field_id: str) -> Fault:
    return fault(code, detail, "body", "answers", field_id)


def _blank(answer: Any) -> bool:
    return answer is None or answer == [] or (isinstance(answer, str) and not answer.strip())


def _is_asked(asked: FormField, values: Mapping[str, Any], raw: Mapping[str, Any]) -> bool:
    when = asked.asked_when
    return when is None or values.get(when.field, raw.get(when.field)) == when.is_


def fits(blueprint: Blueprint, asked: FormField, answer: Any) -> bool:
    """Whether an answer could be given to a field as it is."""
    try:
        _KINDS[asked.kind](asked, answer, blueprint)
    except _Wrong:
        return False
    return True


def _is_required(asked: FormField, values: Mapping[str, Any], raw: Mapping[str, Any]) -> bool:
    if asked.kind == "consent":  # given apart, with its version
        return False
    when = asked.required_when
    return asked.required or (when is not None and values.get(when.field, raw.get(when.field)) == when.is_)


def _sorted_by_meaning(fields: list[FormField], values: Mapping[str, Any]) -> Answers:
    meant = {asked.means: values[asked.id] for asked in fields if asked.id in values and asked.means in _NO_ATTRIBUTES}
    attributes = {
        asked.id: values[asked.id]
        for asked in fields
        if asked.id in values and asked.means not in _NO_ATTRIBUTES and asked.kind not in ("consent", "email")
    }
    priority = any(
        asked.priority is not None and values.get(asked.id) is asked.priority.served_first_when for asked in fields
    )
    return Answers(priority=priority, attributes=attributes, **{str(name): value for name, value in meant.items()})


def _ranking(asked: FormField, answer: Any, blueprint: Blueprint) -> list[str]:
    ids = _distinct(asked, answer)
    known = set(blueprint.criterion_ids)
    if any(id_ not in known for id_ in ids):
        raise _Wrong("unknown_criterion", "not one of the criteria")
    return ids


def _text(asked: FormField, answer: Any, _: Blueprint) -> str:
    if not isinstance(answer, str):
        raise _Wrong("text", "not a text")
    if len(answer) > asked.max_length:
        raise _Wrong("too_long", f"longer than {asked.max_length} characters")
    return answer.strip()


def _boolean(_: FormField, answer: Any, __: Blueprint) -> bool:
    if not isinstance(answer, bool):
        raise _Wrong("boolean", "neither true nor false")
    return answer


def _choice(asked: FormField, answer: Any, blueprint: Blueprint) -> str:
    if not isinstance(answer, str) or answer not in asked.answers(blueprint.languages):
        raise _Wrong("choice", "not one of the options")
    return answer


def _integer(asked: FormField, answer: Any, _: Blueprint) -> int:
    if not isinstance(answer, int) or isinstance(answer, bool):
        raise _Wrong("integer", "not a whole number")
    least, most = asked.min if asked.min is not None else 0, asked.max if asked.max is not None else 1_000_000
    if not least <= answer <= most:
        raise _Wrong("range", f"not between {least} and {most}")
    return answer


def _date(_: FormField, answer: Any, __: Blueprint) -> str:
    try:
        if not isinstance(answer, str) or not DAY.fullmatch(answer):
            raise ValueError
        day = date.fromisoformat(answer)
        if not reckoned_with(day):
            raise ValueError
    except ValueError:
        raise _Wrong("date", "not a day such as 2022-03-23") from None
    return day.isoformat()


def _file(_: FormField, answer: Any, __: Blueprint) -> str:
    """The id of a file; whether there is such a file is asked elsewhere."""
    try:
        return str(UUID(answer))
    except (AttributeError, TypeError, ValueError):
        raise _Wrong("file", "not the id of a file that was sent before") from None


def _email(_: FormField, answer: Any, __: Blueprint) -> str:
    if not isinstance(answer, str) or len(answer) > _EMAIL_LENGTH or not ADDRESS.fullmatch(answer.strip()):
        raise _Wrong("email", "not an e-mail address")
    return answer.strip().lower()


def _list(asked: FormField, answer: Any, blueprint: Blueprint) -> list[str]:
    items = _distinct(asked, answer)
    if asked.of == "language" and not all(LANGUAGE.fullmatch(item) for item in items):
        raise _Wrong("language", "not language tags as in BCP 47")
    if asked.of in ("email", "person"):
        return [_person(asked, item, blueprint) for item in items]
    if any(len(item) > asked.max_length for item in items):
        raise _Wrong("too_long", f"longer than {asked.max_length} characters")
    return items


def _person(asked: FormField, item: str, blueprint: Blueprint) -> str:
    """A person's id, or the e-mail address of somebody who may not be known yet."""
    try:
        return str(UUID(item))
    except ValueError:
        return _email(asked, item, blueprint)


def _distinct(asked: FormField, answer: Any) -> list[str]:
    if not isinstance(answer, list) or not all(isinstance(item, str) for item in answer):
        raise _Wrong("list", "not a list of texts")
    if len(answer) != len(set(answer)):
        raise _Wrong("duplicate", "something is listed twice")
    least, most = asked.min or 0, asked.max or _LIST_LENGTH
    if not least <= len(answer) <= most:
        raise _Wrong("length", f"not between {least} and {most} entries")
    return list(answer)


_KINDS: Final[Mapping[str, Callable[[FormField, Any, Blueprint], Any]]] = {
    "ranking": _ranking,
    "text": _text,
    "boolean": _boolean,
    "choice": _choice,
    "integer": _integer,
    "date": _date,
    "file": _file,
    "email": _email,
    "list": _list,
    "consent": _boolean,
}
