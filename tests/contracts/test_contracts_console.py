"""The console as it is built and as it asks: known without Node."""

import json
import re
import shutil

import pytest
from graphql import build_schema, parse, validate

from mentoring_allinone import console_built

SOURCES = console_built.SOURCES / "src"
OPERATIONS = sorted(SOURCES.rglob("*.graphql"))
MESSAGES = sorted((SOURCES / "messages").glob("*.json"))


def test_what_is_served_was_built_from_these_sources():
    assert console_built.is_fresh(), "the console is stale: 'make console' builds it"


def test_a_change_of_a_source_makes_it_stale(tmp_path):
    copy = tmp_path / "console"
    leave = shutil.ignore_patterns("node_modules", "gql")
    shutil.copytree(console_built.SOURCES, copy, ignore=leave)
    assert console_built.digest(copy) == console_built.digest()
    (copy / "src" / "messages" / "cy.json").write_text("{}")
    assert console_built.digest(copy) != console_built.digest()


def test_the_built_page_names_files_that_are_there():
    folder = console_built.NOTE.parent
    named = re.findall(r'(?:src|href)="([^"]+)"', (folder / "index.html").read_text("utf-8"))
    assert len(named) >= 3
    assert [name for name in named if not (folder / name).is_file()] == []


def test_every_operation_is_one_that_the_endpoint_takes():
    sdl = (console_built.ROOT / "libs/contracts/src/mentoring_contracts/graphql/schema.graphql").read_text("utf-8")
    document = parse("\n".join(path.read_text("utf-8") for path in OPERATIONS))
    assert len(OPERATIONS) > 3
    assert validate(build_schema(sdl), document) == []


def keys(words, above=""):
    for name, value in words.items():
        if isinstance(value, dict):
            yield from keys(value, f"{above}{name}.")
        else:
            # Languages have plurals of their own; what is filled in is the same.
            singular = re.sub(r"_(zero|one|two|few|many|other)$", "", above + name)
            yield singular, frozenset(re.findall(r"{{(\w+)}}", value)) - {"count"}


@pytest.mark.parametrize("path", MESSAGES, ids=lambda path: path.stem)
def test_every_language_has_every_word(path):
    english = dict(keys(json.loads((SOURCES / "messages" / "en.json").read_text("utf-8"))))
    assert dict(keys(json.loads(path.read_text("utf-8")))) == english
