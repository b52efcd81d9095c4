"""What is wrong with a blueprint: every place, what was expected there, and the nearest name that is known."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Final, Literal

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from mentoring_contracts.blueprint.section import Section, sections_in, written
from mentoring_contracts.words import in_words

Path = tuple[str | int, ...]
_ALWAYS_SO: Final[Mapping[Path, str]] = {
    ("figures", "rounding"): "figures are always rounded half up: leave it out",
    ("figures", "overall"): "both rules are always shown, each under its name: leave it out",
    ("disclosure", "public", "secondary_suppression"): "it is always done: leave it out",
    ("form", "equality_monitoring", "required"): "it is always voluntary: leave it out",
    ("interviews", "consent_required"): "consent is always needed: leave it out",
    ("eligibility", "override", "reason_required"): "a reason is always needed: leave it out",
    ("interviews", "review"): "people may always amend, approve or withdraw: leave it out",
    ("interviews", "per_pair"): "each of the two may be interviewed: leave it out",
    ("matching", "version"): "versions of a policy are counted by the system: leave it out",
    ("matching", "priority"): "who is served first stands in the form: {priority: {served_first_when: …}}",
    ("organisation",): "a programme belongs to the organisation that makes it: leave it out",
    ("source",): "write a comment (# …) instead",
}
"""Members that people expect, and why there are none."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong, and where. It repeats no value, which may be personal data; `nearest` is a known name.

    A `warning` does not keep a programme from being made.
    """

    path: Path
    code: str
    detail: str
    nearest: str | None = None
    level: Literal["error", "warning"] = "error"

    @property
    def section(self) -> str:
        """The member of the blueprint it stands in; blank for the whole."""
        return str(self.path[0]) if self.path else ""

    @property
    def pointer(self) -> str:
        """The JSON Pointer (RFC 6901) of the place."""
        return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in self.path)

    def __str__(self) -> str:
        return f"{self.pointer or '/'}: {self.said}"

    @property
    def said(self) -> str:
        """What is wrong, with the name that may have been meant."""
        return self.detail + (f"; did you mean {self.nearest}?" if self.nearest else "")


def near(name: object, known: Iterable[str]) -> str | None:
    """The known name that is most like one; None where none is like it."""
    by_lower = {one.lower(): one for one in known}
    found = get_close_matches(str(name).lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def unknown(path: Path, what: str, name: object, known: Sequence[str]) -> Fault:
    """A name that refers to nothing."""
    few = sorted(set(known))[:30]
    listed = f"known are {', '.join(few)}{' …' if len(set(known)) > 30 else ''}" if few else "there are none"
    return Fault(path, f"unknown_{what.replace(' ', '_')}", f"no such {what}; {listed}", near(name, known))


def faults_of(error: ValidationError, root: type[Section], document: Any) -> list[Fault]:
    """What pydantic found wrong in a document of the section `root`, in our words and without a value."""
    found: dict[Path, Fault] = {}
    for one in error.errors(include_url=False, include_input=False):
        path = _path(one["loc"], document)
        found.setdefault(path, _fault(one, path, root, document))
    return list(found.values())


def _path(loc: Sequence[str | int], document: Any) -> Path:
    """The place without what pydantic adds of its own: tags of unions, marks of keys."""
    path: list[str | int] = []
    at = document
    for place, part in enumerate(loc):
        last = place == len(loc) - 1
        if isinstance(at, Mapping) and (part in at or last) and part != "[key]":
            path.append(part)
            at = at.get(part)
        elif isinstance(at, list) and isinstance(part, int) and part < len(at):
            path.append(part)
            at = at[part]
    return tuple(path)


def _fault(one: Mapping[str, Any], path: Path, root: type[Section], document: Any) -> Fault:
    kind, name = one["type"], str(path[-1]) if path else ""
    match kind:
        case "extra_forbidden":
            always = _ALWAYS_SO.get(tuple(part for part in path if isinstance(part, str)))
            known = _known_at(root, path[:-1])
            said = always or _elsewhere(root, path[:-1], name) or "there is no such member"
            return Fault(path, "unknown_member", said, None if said != "there is no such member" else near(name, known))
        case "missing":
            return Fault(path, "missing", "it is needed and not there")
        case "literal_error" | "enum":
            known = _expected(one)
            given = name if one["loc"][-1] == "[key]" else _at(document, path)
            return Fault(path, "not_known", f"one of {', '.join(known)} is wanted", near(given, known))
        case "string_pattern_mismatch":
            return _no_match(path, str(one.get("ctx", {}).get("pattern", "")))
        case "too_short" | "string_too_short":
            return Fault(path, "too_short", "at least one is wanted: leave it out where there is none")
        case "model_type" | "model_attributes_type" | "dict_type":
            return Fault(path, "not_a_mapping", f"members are wanted here ({_members_of(root, path)})")
        case "list_type":
            return Fault(path, "not_a_list", _list_wanted(name, _at(document, path)))
        case "string_type":
            return Fault(path, "text", "a text is wanted")
        case _:
            return Fault(path, kind, _plain(one["msg"]))


_PATTERNS: Final = {
    "^[a-z]{2,3}(": ("language", "a language such as en, cy or pt-BR is wanted"),
    "^([01]?[0-9]|": ("time", "a time such as 06:00 is wanted"),
    "^[a-z][a-z0-9_]": ("not_a_name", "a name of small letters, digits and _ is wanted, without spaces"),
}
"""What is wanted, by how its pattern begins; else a name."""


def _no_match(path: Path, pattern: str) -> Fault:
    name = ("not_a_name", "a name of letters, digits and _ is wanted, without spaces")
    code, said = next((what for begins, what in _PATTERNS.items() if pattern.startswith(begins)), name)
    return Fault(path, code, said)


def _expected(one: Mapping[str, Any]) -> list[str]:
    listed = str(one.get("ctx", {}).get("expected", "")).replace(" or ", ", ")
    return [_as_written(part.strip().strip("'")) for part in listed.split(",") if part.strip()]


def _as_written(value: str) -> str:
    return value.lower() if value in ("True", "False") else value


def _plain(said: str) -> str:
    return (
        in_words(said)
        .replace("Input should be", "it should be")
        .replace("String should", "the text should")
        .removesuffix(".")
    )


def _list_wanted(name: str, given: Any) -> str:
    if name == "options" and isinstance(given, str):
        return "a list of answers is wanted: [Yes, No]; the name of a scale stands under scale"
    return "a list is wanted: [one, another], or a line with - for each"


def _members_of(root: type[Section], path: Path) -> str:
    known = _known_at(root, path)
    return ", ".join(known[:8]) + (" …" if len(known) > 8 else "") if known else "name: value"


def _at(document: Any, path: Path) -> Any:
    for part in path:
        try:
            document = document[part]
        except (LookupError, TypeError):
            return None
    return document


def _elsewhere(root: type[Section], at: Path, name: str) -> str | None:
    """Where a member stands that is not known here: a step further in, or in one section of the whole."""
    below = [inner for inner in _known_at(root, at) if name in _known_at(root, (*at, inner))]
    if len(below) == 1:
        return f"it stands under {below[0]}"
    sections = [section for section in written(root) if name in _known_at(root, (section,))]
    return f"it stands in {sections[0]}" if len(sections) == 1 and sections[0] not in at else None


def _known_at(root: type[BaseModel], path: Path) -> list[str]:
    """The members that may stand at a path, of whichever kinds of sections may stand there."""
    here: list[type[BaseModel]] = [root]
    for part in path:
        if isinstance(part, int):
            continue
        fields = [field for section in here if (field := _field(section, part))]
        if fields:
            here = [inner for field in fields for inner in sections_in(field.annotation)]
        elif not any(_is_keyed(section) for section in here):
            return []
    return list(dict.fromkeys(name for section in here for name in written(section)))


def _field(section: type[BaseModel], name: str) -> FieldInfo | None:
    member = written(section).get(name)
    return section.model_fields[member] if member else None


def _is_keyed(section: type[BaseModel]) -> bool:
    """Sections that also stand under names of the programme's own: the path goes on inside."""
    return section.__name__ in ("StageContent", "Stage", "QuestionWords")
