"""The format of blueprints: a member that no service reads does not exist, and each is described with an example."""

import ast
import importlib
from functools import cache
from pathlib import Path

import pytest

from mentoring_allinone import blueprint_docs
from mentoring_common.yaml_text import read_yaml
from mentoring_contracts.blueprint import check, schema
from mentoring_contracts.blueprint.check_surveys import PRESET_FIGURES, SHIPPED_STAGES
from mentoring_contracts.blueprint.evaluation import MODELS
from mentoring_contracts.blueprint.section import written
from mentoring_contracts.blueprint.surveys import PRESETS
from mentoring_evaluation.outcomes.evaluation_models import known_models
from mentoring_evaluation.surveys.presets import presets

ROOT = Path(__file__).resolve().parents[2]
SECTIONS = [section for section, _ in blueprint_docs.all_sections()]
MEMBERS = [(section, alias) for section in SECTIONS for alias in written(section)]
EXAMPLE = read_yaml(blueprint_docs.EXAMPLE.read_text("utf-8")).document


def _reads(path: Path) -> set[str]:
    """The names of attributes that a module reads, and the texts it knows: plain data is looked up by them."""
    tree = ast.parse(path.read_text("utf-8"))
    attributes = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    return attributes | {n.value for n in ast.walk(tree) if isinstance(n, ast.Constant) and isinstance(n.value, str)}


def _parts_used(path: Path) -> set[Path]:
    """The modules of the format whose functions a module calls."""
    tree = ast.parse(path.read_text("utf-8"))
    named = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module}
    inside = {name for name in named if name.startswith("mentoring_contracts.blueprint.")}
    return {Path(str(importlib.import_module(name).__file__)) for name in inside}


@cache
def reads_of(service: str) -> frozenset[str]:
    """What a service reads, itself and through the functions of the format that it calls."""
    own = set((ROOT / "services" / service / "src").rglob("*.py"))
    own = {path for path in own if "migrations" not in path.parts}
    parts = {part for path in own for part in _parts_used(path)}
    folder = ROOT / "libs/contracts/src/mentoring_contracts/blueprint"
    # What the whole offers as its own: the calendar of a cohort, the present criteria.
    parts |= {folder / "whole.py", folder / "calendar.py", folder / "criteria.py"}
    return frozenset(name for path in own | parts for name in _reads(path))


@pytest.mark.parametrize(("section", "alias"), MEMBERS, ids=lambda one: getattr(one, "__name__", one))
def test_each_member_is_read_by_the_services_it_names(section, alias):
    name = written(section)[alias]
    readers = section.readers(name)
    assert readers
    assert [service for service in readers if not {name, alias} & reads_of(service)] == []


@pytest.mark.parametrize(("section", "alias"), MEMBERS, ids=lambda one: getattr(one, "__name__", one))
def test_each_member_is_described_and_has_an_example(section, alias):
    assert section.model_fields[written(section)[alias]].description
    examples = blueprint_docs.examples_of(EXAMPLE)
    assert any((kind, alias) in examples for kind in (section, *section.__subclasses__()))


def test_the_example_of_every_member_can_be_used():
    plan, faults = check(EXAMPLE)
    assert plan is not None, [str(fault) for fault in faults]
    assert [fault.pointer for fault in faults] == ["/languages/1"], "there are no letters in Welsh"


def test_every_shipped_blueprint_can_be_used_and_names_the_schema():
    for path in sorted((ROOT / "blueprints").glob("*.yaml")):
        plan, faults = check(read_yaml(path.read_text("utf-8")).document)
        assert plan is not None, [str(fault) for fault in faults]
        reference = path.read_text("utf-8").splitlines()[0].removeprefix("# yaml-language-server: $schema=")
        assert (
            path.parent / reference
        ).resolve() == ROOT / "libs/contracts/src/mentoring_contracts/blueprint/schema.json"


def test_what_ships_is_what_the_format_knows():
    assert set(PRESETS) == set(presets())
    assert {q.figure for survey in presets().values() for q in survey.flat() if q.figure} == PRESET_FIGURES
    assert {kind: tuple(s.id for s in model.stages) for kind, model in known_models().items()} == SHIPPED_STAGES
    assert set(MODELS) == set(SHIPPED_STAGES)


def test_the_schema_describes_every_member():
    made = schema()
    for name, definition in [("Blueprint", made), *made["$defs"].items()]:
        for member, said in definition.get("properties", {}).items():
            assert said.get("description"), f"{name}.{member}"
