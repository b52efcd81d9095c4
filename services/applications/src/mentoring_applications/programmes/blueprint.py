"""Blueprints: checked at the door, read when a programme is run, and those that come with the system."""

import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Protocol
from uuid import UUID

from mentoring_applications.errors import BlueprintInvalid, BlueprintNotFound
from mentoring_common.faults import Fault, pointer
from mentoring_common.yaml_text import YamlUnreadable, read_yaml
from mentoring_contracts import blueprint as contract
from mentoring_contracts.blueprint import Blueprint

_MODULE: Final = Path(__file__).resolve()


@dataclass(frozen=True, slots=True)
class Found:
    """A fault of a blueprint, with the line and column (from 1) of a text."""

    fault: contract.Fault
    line: int | None = None
    column: int | None = None

    def of_request(self) -> Fault:
        """The fault as a member of a problem document, of a blueprint in the body of a request."""
        where = f"{pointer('body', 'blueprint')}{self.fault.pointer}"
        said: Fault = {"pointer": where, "code": self.fault.code, "detail": self.fault.said}
        return said if self.line is None else said | {"line": self.line, "column": self.column or 1}


@dataclass(frozen=True, slots=True)
class Examined:
    """A blueprint that was looked at: `plan` if it can be used, its plain data, and everything that is wrong or half
    done, in the order of the text."""

    plan: Blueprint | None
    document: dict[str, Any]
    faults: list[Found]

    def usable(self) -> Blueprint:
        """The blueprint; BlueprintInvalid names everything that is wrong and shows no value."""
        if self.plan is None:
            errors = [found.of_request() for found in self.faults if found.fault.level == "error"]
            raise BlueprintInvalid(errors=errors)
        return self.plan


def examine(content: Any) -> Examined:
    """Look at a blueprint in plain data."""
    plan, faults = contract.check(content)
    return Examined(plan, content if isinstance(content, dict) else {}, [Found(fault) for fault in faults])


def examine_text(text: str | bytes) -> Examined:
    """Look at a blueprint that is the text of a YAML file."""
    try:
        read = read_yaml(text)
    except YamlUnreadable as error:
        return Examined(None, {}, [Found(contract.Fault((), error.code, error.detail), *(error.place or (1, 1)))])
    plan, faults = contract.check(read.document)
    placed = [Found(one, *read.place(one.path, of_name=one.code == "unknown_member")) for one in faults]
    twice = [Found(contract.Fault(path, "named_twice", "this name stands here twice"), *at) for path, at in read.twice]
    document = read.document if isinstance(read.document, dict) else {}
    both = sorted([*placed, *twice], key=lambda found: (found.line or 0, found.column or 0))
    return Examined(None if twice else plan, document, both)


class Planned(Protocol):
    """A programme's row."""

    @property
    def id(self) -> Any: ...
    @property
    def version(self) -> Any: ...
    @property
    def blueprint(self) -> Any: ...


def plan_of(programme: Planned) -> Blueprint:
    """The blueprint that a programme runs by. A version never changes, so it is read once.

    What this version of the format does not take is passed over: the programme may be older than that.
    """
    key: tuple[UUID, int] = (programme.id, programme.version)
    found = _PLANS.get(key)
    if found is None:
        if len(_PLANS) > _PLANS_KEPT:
            _PLANS.clear()
        found = _PLANS[key] = contract.read(programme.blueprint)[0]
    return found


_PLANS: Final[dict[tuple[UUID, int], Blueprint]] = {}
_PLANS_KEPT: Final = 500


def folder() -> Path:
    """Where blueprints are: MENTORING_BLUEPRINTS, else the repository's folder, else the copy in this package."""
    given = os.environ.get("MENTORING_BLUEPRINTS")
    if given:
        return Path(given)
    repository = next((p / "blueprints" for p in _MODULE.parents if (p / "blueprints").is_dir()), None)
    return repository or _MODULE.parent / "blueprints"


def names() -> list[str]:
    """The names of the shipped blueprints."""
    return sorted(path.stem for path in folder().glob("*.yaml"))


def load(name: str) -> Examined:
    """A shipped blueprint, whatever is wrong with it; BlueprintNotFound."""
    if name not in names():
        raise BlueprintNotFound()
    path = folder() / f"{name}.yaml"
    return _read(path, path.stat().st_mtime_ns)


def shipped() -> list[tuple[str, Blueprint]]:
    """The shipped blueprints that can be used: a broken file does not hide the others."""
    found = [(name, load(name).plan) for name in names()]
    return [(name, plan) for name, plan in found if plan is not None]


@lru_cache(maxsize=64)
def _read(path: Path, _changed_ns: int) -> Examined:
    return examine_text(path.read_bytes())
