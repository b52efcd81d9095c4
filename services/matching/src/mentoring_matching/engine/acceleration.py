"""Compiled loops where numba is installed: the same source and the same integers, many times faster.

Without numba, or for few pairs, the loops of `loops.py` run as plain Python on lists, and `scanning.py` is not used; so
it is for more pairs where they would have to be compiled first (`python -m mentoring_matching.engine.warm` does that).
"""

from __future__ import annotations

import inspect
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from types import FunctionType, ModuleType, SimpleNamespace
from typing import Any

from . import loops, scanning

LARGE = 2_000_000
"""Pairs from which on importing numba (half a CPU second) pays for one run; once it is imported it always does."""
LARGE_FOR_MANY = 200_000
"""The same where many runs share the import."""
COLD = 150_000_000
"""Pairs up to which the plain loops are done before the compiler would be, where there is no compiled code on disk."""
COLD_FOR_MANY = 4_000_000
"""The same where many runs share the compiling."""
_least, _cold = [LARGE], [COLD]


def expect_many_runs() -> None:
    """Said by a process that goes on, such as the service: compiled loops then pay from fewer pairs on."""
    _least[0], _cold[0] = LARGE_FOR_MANY, COLD_FOR_MANY


@contextmanager
def compiled_always() -> Iterator[None]:
    """Every market is worked on by compiled loops meanwhile, if numba is installed."""
    before = _least[0], _cold[0]
    _least[0] = _cold[0] = 0
    try:
        yield
    finally:
        _least[0], _cold[0] = before


def accelerated(pairs: int) -> bool:
    """Whether a market of so many pairs is worked on by compiled loops."""
    if not _installed() or not (pairs >= _least[0] or "numba" in sys.modules):
        return False
    return pairs >= _cold[0] or compiled_scanning.cache_info().currsize > 0 or _on_disk()


@cache
def _on_disk() -> bool:
    """Whether an earlier process kept compiled code where numba looks for it."""
    named = os.environ.get("NUMBA_CACHE_DIR")
    folders = [Path(named)] if named else [Path(scanning.__file__).parent / "__pycache__", Path.home() / ".cache/numba"]
    return any(next(folder.rglob("scanning.scan-*.nbi"), None) for folder in folders if folder.is_dir())


@cache
def _installed() -> bool:
    return find_spec("numba") is not None


@cache
def compiled_loops() -> Any:
    """`loops.py`, compiled."""
    return _compiled(loops)


@cache
def compiled_scanning() -> Any:
    """`scanning.py`, compiled."""
    return _compiled(scanning)


def _compiled(module: ModuleType) -> SimpleNamespace:
    """The functions of a module as compiled ones that call each other; kept on disk where that can be written."""
    space = dict(vars(module))
    for name, function in inspect.getmembers(module, inspect.isfunction):
        if function.__module__ == module.__name__:
            space[name] = _jit(FunctionType(function.__code__, space, name))
    return SimpleNamespace(**space)


def _jit(function: Callable[..., Any]) -> Any:
    import numba

    try:
        return numba.njit(cache=True, nogil=True)(function)
    except RuntimeError:
        # no folder to keep compiled code in: it is compiled again in every process
        return numba.njit(nogil=True)(function)
