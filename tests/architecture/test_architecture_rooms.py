"""The rooms are walled: a module without a floor is refused, and so is an import that points up."""

from copy import deepcopy
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import grimp
import pytest
from importlinter.api import read_configuration
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.layers import LayersContract

ROOT = Path(__file__).resolve().parents[2]
SERVICES = [
    f"mentoring_{name}" for name in ("applications", "matching", "sessions", "integrations", "evaluation", "gateway")
]
CONTRACTS = {one["name"]: one for one in read_configuration(str(ROOT / ".importlinter"))["contracts_options"]}


def _contract(head):
    return next(one for name, one in CONTRACTS.items() if name.startswith(head))


FLOORS = _contract("inside a service: ")
APPLICATIONS, IN_APPLICATIONS = _contract("applications: "), _contract("applications, inside: ")
EVALUATION, CAPABILITY = _contract("evaluation: "), _contract("evaluation, inside: ")
INTEGRATIONS, IN_INTEGRATIONS = _contract("integrations: "), _contract("integrations, inside: ")
SESSIONS, IN_SESSIONS = _contract("sessions: "), _contract("sessions, inside: ")
PURE = _contract("Pure modules")
GATEWAY, DOMAIN = _contract("gateway: schema"), _contract("gateway, inside a domain: ")
WALLS = {
    "floors": FLOORS,
    "gateway": GATEWAY,
    "domain": DOMAIN,
    "applications": APPLICATIONS,
    "in_applications": IN_APPLICATIONS,
    "evaluation": EVALUATION,
    "capability": CAPABILITY,
    "integrations": INTEGRATIONS,
    "in_integrations": IN_INTEGRATIONS,
    "sessions": SESSIONS,
    "in_sessions": IN_SESSIONS,
    "pure": PURE,
}


@pytest.fixture(scope="module")
def built():
    return grimp.build_graph(*SERVICES, "mentoring_contracts", cache_dir=None, include_external_packages=True)


@pytest.fixture
def graph(built):
    return deepcopy(built)


def kept(graph, options):
    kind = ForbiddenContract if options is PURE else LayersContract
    session = {"root_packages": [*SERVICES, "mentoring_contracts"], "include_external_packages": "True"}
    return kind(options["name"], session, options).check(graph, verbose=False).kept


def test_the_walls_stand(graph):
    assert [name for name, wall in WALLS.items() if not kept(graph, wall)] == []


@pytest.mark.parametrize(
    ("importer", "imported", "wall"),
    [
        ("applications.directory.queries", "applications.people.queries", "applications"),
        ("applications.applications.queries", "applications.nominations.queries", "applications"),
        ("applications.nominations.commands", "applications.applying.commands.submission", "applications"),
        ("applications.nominations.commands", "applications.decisions.commands.decisions", "applications"),
        ("applications.planning.commands.cohorts", "applications.reactions", "applications"),
        ("applications.people.queries", "applications.people.commands.people", "in_applications"),
        ("applications.people.access", "applications.people.commands.people", "in_applications"),
        ("applications.people.commands.people", "applications.people.api.people", "in_applications"),
        ("applications.applying.forms", "applications.applying.models", "in_applications"),
        ("applications.applying.forms", "sqlalchemy", "pure"),
        ("matching.commands.pool", "matching.api.matches", "floors"),
        ("matching.policies", "matching.api.matches", "floors"),
        ("matching.policies", "matching.models", "floors"),
        ("matching.engine.rules", "matching.policies", "floors"),
        ("matching.proposals", "sqlalchemy", "pure"),
        ("integrations.notifications.commands", "integrations.notifications.delivery", "in_integrations"),
        ("integrations.programmes.queries", "integrations.notifications.queries", "integrations"),
        ("integrations.notifications.letters", "httpx", "pure"),
        ("sessions.relationships.queries", "sessions.goals.queries", "sessions"),
        ("sessions.goals.queries", "sessions.notes.queries", "sessions"),
        ("sessions.relationships.queries", "sessions.relationships.access", "in_sessions"),
        ("sessions.relationships.terms", "sessions.relationships.models", "in_sessions"),
        ("sessions.relationships.terms", "sqlalchemy", "pure"),
        ("evaluation.surveys.commands.waves", "evaluation.figures.queries", "evaluation"),
        ("evaluation.figures.queries", "evaluation.reports.queries", "evaluation"),
        ("evaluation.interviews.commands.interviews", "evaluation.reports.commands.editions", "evaluation"),
        ("evaluation.outcomes.evaluation_models", "evaluation.reports.narrative", "evaluation"),
        ("evaluation.disclosure.floor", "evaluation.surveys.instruments", "evaluation"),
        ("evaluation.surveys.queries_occasions", "evaluation.surveys.commands.occasions", "capability"),
        ("evaluation.outcomes.queries", "evaluation.outcomes.commands.outcomes", "capability"),
        ("evaluation.surveys.instruments", "evaluation.surveys.models", "capability"),
        ("evaluation.reports.commands.reports", "evaluation.reports.api.reports", "capability"),
        ("evaluation.figures.figure", "sqlalchemy", "pure"),
        ("gateway.surveys.types", "gateway.queries", "gateway"),
        ("gateway.surveys.client", "gateway.surveys.types", "domain"),
    ],
)
def test_no_import_points_up(graph, importer, imported, wall):
    names = [f"mentoring_{importer}", f"mentoring_{imported}" if "." in imported else imported]
    assert set(names) <= graph.modules
    graph.add_import(importer=names[0], imported=names[1])
    assert not kept(graph, WALLS[wall])


@pytest.mark.parametrize(
    ("module", "wall"),
    [
        ("applications.helpful", "applications"),
        ("applications.people.helpful", "in_applications"),
        ("matching.helpful", "floors"),
        ("integrations.helpful", "integrations"),
        ("integrations.imports.helpful", "in_integrations"),
        ("sessions.helpful", "sessions"),
        ("sessions.goals.helpful", "in_sessions"),
        ("evaluation.helpful", "evaluation"),
        ("evaluation.surveys.helpful", "capability"),
        ("gateway.helpful", "gateway"),
        ("gateway.surveys.helpful", "domain"),
    ],
)
def test_a_new_module_chooses_its_floor(graph, module, wall):
    graph.add_module(f"mentoring_{module}")
    assert not kept(graph, WALLS[wall])


@pytest.mark.parametrize("wall", ["floors", "in_applications", "capability", "in_integrations", "in_sessions"])
def test_what_is_pure_by_its_floor_is_held_to_it(built, wall):
    """Every module below `models` is among those that know no database, web or broker."""
    floors = [[name.strip(" ()") for name in line.replace("|", ":").split(":")] for line in WALLS[wall]["layers"]]
    pure = {name for line in floors[floors.index(["models"]) + 1 :] for name in line} - {"errors"}
    found = {f"{room}.{name}" for room in WALLS[wall]["containers"] for name in pure} & built.modules
    held = set(PURE["source_modules"])
    assert found
    assert {name for name in found if name not in held and name.rpartition(".")[0] not in held} == set()


def circle(graph):
    """Modules that import each other in a circle; None if there are none."""
    try:
        TopologicalSorter({one: graph.find_modules_directly_imported_by(one) for one in graph.modules}).prepare()
    except CycleError as found:
        return found.args[1]
    return None


@pytest.mark.parametrize("package", [*SERVICES, "mentoring_contracts", "mentoring_common", "mentoring_allinone"])
def test_no_modules_import_each_other(package):
    """Who reads one of them would have to read the other first. What the schema of the gateway needs is named."""
    graph = grimp.build_graph(package, cache_dir=None)
    for lazily in DOMAIN["ignore_imports"] if package == "mentoring_gateway" else ():
        importer, imported = lazily.split(" -> ")
        graph.remove_import(importer=importer, imported=imported)
    assert circle(graph) is None


def test_a_circle_is_found():
    graph = grimp.build_graph("mentoring_contracts", cache_dir=None)
    graph.add_import(importer="mentoring_contracts.event", imported="mentoring_contracts.matching")
    assert circle(graph) is not None


def test_every_document_is_in_the_index():
    index = (ROOT / "docs" / "README.md").read_text("utf-8")
    documents = {path.name for path in (ROOT / "docs").glob("*.md")} - {"README.md"}
    assert documents
    assert {name for name in documents if f"({name})" not in index} == set()
