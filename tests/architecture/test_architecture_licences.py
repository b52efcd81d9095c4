"""Every dependency is under a licence of the list: what is installed, and what npm's lock files name."""

import json
import re
import subprocess
from importlib.metadata import Distribution, distributions
from pathlib import Path

import pytest

from mentoring_common import yaml_text

ROOT = Path(__file__).resolve().parents[2]
LIST = yaml_text.ours(Path(__file__).with_name("licences.yaml").read_text("utf-8"))
INSTALLED = {one.metadata["Name"]: one for one in distributions() if not one.metadata["Name"].startswith("mentoring")}
LISTED = subprocess.run(["git", "ls-files", "*package-lock.json"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
LOCKS = LISTED.stdout.splitlines()


def licences(said):
    """The licences that an expression names, all of which have to be allowed; of a choice too, which is stricter."""
    return {one.strip("() ") for one in re.split(r"\s+(?:AND|OR|and|or)\s+", said)}


def of_distribution(one: Distribution):
    """What a distribution says: an expression, its classifiers, or a line."""
    told = one.metadata
    if told.get("License-Expression"):
        return licences(told["License-Expression"])
    named = [line.rpartition(" :: ")[2] for line in told.get_all("Classifier") or [] if line.startswith("License ::")]
    named = [name for name in named if name != "OSI Approved"]
    if not named:
        line = (told.get("License") or "").strip().partition("\n")[0]
        named = [line] if line and not line.startswith("Copyright") else []
    return set().union(*(licences(LIST["said"].get(name, name)) for name in named))


def not_allowed(said):
    return said - set(LIST["allowed"]) if said else {"nothing"}


def test_what_is_installed_is_under_a_licence_of_the_list():
    wrong = {
        name: not_allowed(of_distribution(one) or {LIST["read"].get(name, "")} - {""})
        for name, one in INSTALLED.items()
    }
    assert {name: said for name, said in wrong.items() if said} == {}
    assert len(INSTALLED) > 100


def test_the_list_names_what_is_there():
    assert set(LIST["read"]) <= set(INSTALLED), "take it out of licences.yaml"
    assert [name for name in LIST["read"] if of_distribution(INSTALLED[name])] == [], "it says it by now"


@pytest.mark.parametrize("lock", LOCKS)
def test_what_npm_installs_is_under_a_licence_of_the_list(lock):
    wrong = {}
    for path, one in json.loads((ROOT / lock).read_text("utf-8"))["packages"].items():
        if name := path.rpartition("node_modules/")[2]:
            wrong[path] = not_allowed(licences(one.get("license") or LIST["npm"].get(name, "nothing")))
    assert {name: said for name, said in wrong.items() if said} == {}


@pytest.mark.parametrize("said", ["GPL-3.0-or-later", "MIT AND AGPL-3.0-only", "SSPL-1.0"])
def test_another_licence_is_seen(said):
    assert not_allowed(licences(said))
