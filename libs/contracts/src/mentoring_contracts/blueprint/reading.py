"""A blueprint read from plain data: whole or not at all (`check`), or as far as it can be (`read`)."""

from collections.abc import Mapping
from copy import deepcopy
from typing import Any, Final

from pydantic import ValidationError

from mentoring_contracts.blueprint.checks import cross_faults
from mentoring_contracts.blueprint.faults import Fault, faults_of
from mentoring_contracts.blueprint.whole import Blueprint

_ASKED: Final = {"id": "about", "kind": "text", "roles": ["mentor", "mentee"], "label": "?"}
_NEEDED: Final[Mapping[str, Any]] = {
    "id": "unnamed",
    "title": "?",
    "direction": "traditional",
    "form": {"version": "0", "fields": [_ASKED]},
}
"""What stands where a member that every blueprint has cannot be read."""


def check(document: Any) -> tuple[Blueprint | None, list[Fault]]:
    """The blueprint in plain data (of JSON or YAML), and everything that is wrong with it or half done.

    None where one of the faults is an error. References across sections are followed as far as both can be read.
    """
    blueprint, faults = read(document)
    faults = sorted(faults + cross_faults(blueprint, {fault.section for fault in faults}), key=_place)
    return (None if any(fault.level == "error" for fault in faults) else blueprint), faults


def read(document: Any) -> tuple[Blueprint, list[Fault]]:
    """What can be read of a document, and what is wrong with the rest, in whose place stands what holds without it."""
    if not isinstance(document, Mapping):
        return Blueprint.model_validate(_NEEDED), [Fault((), "not_a_mapping", "a blueprint is a mapping: name: value")]
    try:
        return Blueprint.model_validate(document), []
    except ValidationError as error:
        faults = faults_of(error, Blueprint, document)
    rest = deepcopy(dict(document))
    for fault in sorted(faults, key=_place, reverse=True):  # items of a list from the last, so that places stay
        _without(rest, fault)
    return _rest(rest), faults


def _rest(document: dict[str, Any]) -> Blueprint:
    """What is left, without the sections that are too short now, and the like."""
    whole = dict(_NEEDED) | document
    try:
        return Blueprint.model_validate(whole)
    except ValidationError as error:
        broken = {fault.section for fault in faults_of(error, Blueprint, whole)}
    return Blueprint.model_validate(dict(_NEEDED) | {n: value for n, value in document.items() if n not in broken})


def _without(document: dict[str, Any], fault: Fault) -> None:
    """Take out the member that there is not, the item of a list of the blueprint, or the whole section."""
    path = fault.path
    if fault.code == "unknown_member":
        at: Any = document
        for part in path[:-1]:
            at = at[part] if _holds(at, part) else None
        if isinstance(at, dict):
            at.pop(path[-1], None)
        return
    section = document.get(fault.section)
    if isinstance(section, list) and len(path) > 1 and isinstance(path[1], int):
        del section[path[1] : path[1] + 1]
    elif path:
        document.pop(fault.section, None)


def _holds(at: Any, part: str | int) -> bool:
    if isinstance(at, list):
        return isinstance(part, int) and part < len(at)
    return isinstance(at, dict) and part in at


def _place(fault: Fault) -> tuple[tuple[int, int, str], ...]:
    return tuple((0, part, "") if isinstance(part, int) else (1, 0, part) for part in fault.path)
