"""Whoever changes a table finds every statement that reads it in `queries`: there, and nowhere else, a SELECT is made.

A SELECT inside an INSERT, UPDATE or DELETE is part of that statement and stands with it.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
READS, WRITES = {"select", "exists"}, {"insert", "update", "delete"}


def misplaced(source: str) -> list[int]:
    """The lines of SELECTs in functions that write nothing with them, and outside of functions."""
    return [call.lineno for owner, call in _made(ast.parse(source)) if owner is None or not _writes(owner)]


def _made(tree: ast.AST, owner: ast.AST | None = None) -> Iterator[tuple[ast.AST | None, ast.Call]]:
    for node in ast.iter_child_nodes(tree):
        if _is_call(node, READS):
            assert isinstance(node, ast.Call)
            yield owner, node
        yield from _made(node, node if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) else owner)


def _writes(function: ast.AST) -> bool:
    return any(_is_call(node, WRITES) for node in ast.walk(function))


def _is_call(node: ast.AST, names: set[str]) -> bool:
    """A call of SQLAlchemy's, as `sa.select(…)`, or `insert(…)` of a dialect."""
    if not isinstance(node, ast.Call):
        return False
    called = node.func
    of_core = isinstance(called, ast.Attribute) and ast.unparse(called.value) == "sa" and called.attr in names
    return of_core or (isinstance(called, ast.Name) and called.id in names & WRITES)


def test_every_select_is_in_queries():
    files = [path for path in ROOT.glob("services/*/src/**/*.py") if "migrations" not in path.parts]
    elsewhere = [path for path in files if "queries" not in path.stem]
    assert len(elsewhere) < len(files)
    assert {f"{path}:{line}" for path in elsewhere for line in misplaced(path.read_text("utf-8"))} == set()


@pytest.mark.parametrize(
    "source",
    [
        "async def command(db):\n    return await db.scalar(sa.select(Person))",
        "async def command(db):\n    def inner():\n        return sa.exists()\n    sa.delete(Person)",
        "ALL = sa.select(Person)",
    ],
)
def test_a_select_elsewhere_is_found(source):
    assert misplaced(source) != []


def test_a_select_in_a_write_stays_with_it():
    assert misplaced("def gone(db):\n    old = sa.select(Person.id)\n    return sa.delete(Note).where(old)") == []
