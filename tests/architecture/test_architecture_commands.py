"""Every command that a document shows is there, with the options that it is shown with."""

import re
import shlex
import subprocess
from pathlib import Path

import pytest
import typer

from mentoring_allinone.cli import app
from mentoring_allinone.stack import WITH_DATABASE
from mentoring_common.main import arguments
from mentoring_gateway.__main__ import arguments as of_gateway

ROOT = Path(__file__).resolve().parents[2]
LISTED = subprocess.run(["git", "ls-files", "*.md"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
# What is decided and measured says what was so at that time.
DOCUMENTS = [
    name for name in LISTED.stdout.splitlines()
    if (ROOT / name).exists() and not name.startswith(("docs/decisions/", "docs/benchmarks/"))
]  # fmt: skip
INLINE = re.compile(r"`([^`]+)`")
# After the start, a folder, a setting or what is before it on the line: not amid words.
OURS = re.compile(r"(?:^|bin/|[&(;] *|\w=\S+ +)mentoring((?: +[^|&;()#]+)+)")
SERVICES = re.compile(r"\bmentoring_(<service>|[a-z]+)((?: +[^|&;()#]+)*)")
OPTION = re.compile(r"--[a-z][a-z-]*")


def shown(text):
    """Code of a document, lines that go on joined; what is indented below a line of words goes on with it."""
    found, code, before = [], False, ""
    for line in re.sub(r"\\\n\s*", " ", text).splitlines():
        code = line.startswith("    ") and (code or not before.strip())
        found += [line.strip()] if code else INLINE.findall(line)
        before = line
    return found


def words(said):
    try:
        return shlex.split(said.replace("[", " ").replace("]", " "))
    except ValueError:
        return said.split()


def faults_of_ours(said):
    """What of `mentoring …` is not there."""
    at, given = typer.main.get_command(app), words(said)
    while given and hasattr(at, "commands"):
        name = given.pop(0)
        if not re.fullmatch(r"[a-z][a-z-]*", name):
            return []
        if name not in at.commands:
            return [name]
        at = at.commands[name]
    known = {option for parameter in at.params for option in parameter.opts} | {"--help"}
    return [word for word in given if OPTION.fullmatch(word.partition("=")[0]) and word.partition("=")[0] not in known]


def faults_of_a_service(name, said):
    """What of `mentoring_<service> …` is not there."""
    parser = of_gateway() if name == "gateway" else arguments("applications")
    given = words(said)
    commands = next(action for action in parser._actions if action.dest == "command").choices
    wrong = [given[0]] if given and re.fullmatch(r"[a-z][a-z-]*", given[0]) and given[0] not in commands else []
    return wrong + [word for word in given if OPTION.fullmatch(word) and word not in parser._option_string_actions]


@pytest.mark.parametrize("name", DOCUMENTS)
def test_every_command_that_is_shown_is_there(name):
    wrong = []
    for code in shown((ROOT / name).read_text("utf-8")):
        wrong += [f"mentoring{said}: {fault}" for said in OURS.findall(code) for fault in faults_of_ours(said)]
        for service, said in SERVICES.findall(code):
            if service in ("<service>", *WITH_DATABASE, "gateway"):
                wrong += [f"mentoring_{service}{said}: {fault}" for fault in faults_of_a_service(service, said)]
    assert wrong == []


def test_the_documents_show_most_commands():
    """The control: what is looked at is what is shown."""
    lines = [line for name in DOCUMENTS for line in shown((ROOT / name).read_text("utf-8"))]
    ours = {words(said)[0] for line in lines for said in OURS.findall(line)}
    assert {"up", "demo", "backup", "restore", "erasures", "match", "blueprint", "audit"} <= ours
    theirs = {words(said)[0] for line in lines for _, said in SERVICES.findall(line) if words(said)}
    assert {"serve", "migrate", "doctor", "restored", "replay", "rewrap", "erase-again", "verify-audit"} <= theirs


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        (" backup /backups --too x", "--too"),
        (" blueprint make x", "make"),
        (" bakcup /backups", "bakcup"),
        (" audit verify --tenant <organisation> [--urls …]", "--urls"),
        (" backup /backups --to age1… [--keep-days 35]", None),
    ],
)
def test_what_is_not_there_is_seen(said, fault):
    assert faults_of_ours(said) == ([fault] if fault else [])


@pytest.mark.parametrize(
    ("service", "said", "fault"),
    [
        ("<service>", " migrat", "migrat"),
        ("matching", " replay --tenants x", "--tenants"),
        ("gateway", " migrate", "migrate"),
        ("<service>", " serve --host 0.0.0.0    [--port 8000]", None),
    ],
)
def test_what_a_service_has_not_is_seen(service, said, fault):
    assert faults_of_a_service(service, said) == ([fault] if fault else [])
