"""The rooms of evaluation are walled: a module without a floor is refused, and so is an import that points up."""

from copy import deepcopy
from pathlib import Path

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.contracts.layers import LayersContract

ROOT = Path(__file__).resolve().parents[2]
SERVICE = "mentoring_evaluation"
CONTRACTS = {one["name"]: one for one in read_configuration(str(ROOT / ".importlinter"))["contracts_options"]}
ROOMS, FLOORS = (next(one for name, one in CONTRACTS.items() if name.startswith(head)) for head in (
    "evaluation: ", "evaluation, inside: ",
))  # fmt: skip
PURE = next(one for name, one in CONTRACTS.items() if name.startswith("Pure modules"))


@pytest.fixture(scope="module")
def built():
    return grimp.build_graph(SERVICE, cache_dir=None)


@pytest.fixture
def graph(built):
    return deepcopy(built)


def kept(graph, options):
    return LayersContract(options["name"], {"root_packages": [SERVICE]}, options).check(graph, verbose=False).kept


def test_the_walls_stand(graph):
    assert kept(graph, ROOMS)
    assert kept(graph, FLOORS)


@pytest.mark.parametrize(
    ("importer", "imported", "wall"),
    [
        ("surveys.commands.waves", "figures.queries", ROOMS),
        ("figures.queries", "reports.queries", ROOMS),
        ("interviews.commands.interviews", "reports.commands.editions", ROOMS),
        ("outcomes.evaluation_models", "reports.narrative", ROOMS),
        ("disclosure.floor", "surveys.instruments", ROOMS),
        ("surveys.queries_occasions", "surveys.commands.occasions", FLOORS),
        ("outcomes.queries", "outcomes.commands.outcomes", FLOORS),
        ("surveys.instruments", "surveys.models", FLOORS),
        ("reports.commands.reports", "reports.api.reports", FLOORS),
    ],
)
def test_no_import_points_up(graph, importer, imported, wall):
    names = [f"{SERVICE}.{name}" for name in (importer, imported)]
    assert set(names) <= graph.modules
    graph.add_import(importer=names[0], imported=names[1])
    assert not kept(graph, wall)


@pytest.mark.parametrize(("module", "wall"), [("helpful", ROOMS), ("surveys.helpful", FLOORS)])
def test_a_new_module_chooses_its_floor(graph, module, wall):
    graph.add_module(f"{SERVICE}.{module}")
    assert not kept(graph, wall)


def test_what_is_pure_by_its_floor_is_held_to_it(built):
    """Every module below `models` is among those that know no database, web or broker."""
    floors = [[name.strip(" ()") for name in line.replace("|", ":").split(":")] for line in FLOORS["layers"]]
    pure = {name for line in floors[floors.index(["models"]) + 1 :] for name in line}
    found = {f"{room}.{name}" for room in FLOORS["containers"] for name in pure} & built.modules
    held = set(PURE["source_modules"])
    assert found
    assert {name for name in found if name not in held and name.rpartition(".")[0] not in held} == set()
