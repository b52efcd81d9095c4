"""Compiled loops where numba is installed: the same source and the same integers, many times faster.

Without numba, or for few pairs, the loops of `loops.py` run as plain Python on lists, and `scanning.py` is not used.
Nothing waits for the compiler that would be done before it: until there is compiled code on disk, another process makes
it (`warm.py`) while the work goes on in plain loops; each stage of a run asks anew.
"""

from __future__ import annotations

import inspect
import os
import subprocess
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
"""Pairs up to which one run in plain loops is done before the compiler would be: for so few nothing is compiled."""
PATIENT = 500_000_000
"""Pairs from which on plain loops would take longer than the compiler's rest: the run waits for it."""
_least, _cold = [LARGE], [COLD]
_here = [False]
"""Whether this process compiles what it needs, at once."""
_compiler: list[subprocess.Popen[bytes]] = []
"""The process that compiles, once there is one."""


def expect_many_runs() -> None:
    """Said by a process that goes on, such as the service: compiled loops then pay from fewer pairs on, and so does
    compiling beside the first run.
    """
    _least[0] = _cold[0] = LARGE_FOR_MANY


@contextmanager
def compiled_always() -> Iterator[None]:
    """Every market is worked on by compiled loops meanwhile, compiled here and now, if numba is installed."""
    before = _least[0], _here[0]
    _least[0], _here[0] = 0, True
    try:
        yield
    finally:
        _least[0], _here[0] = before


def expect(pairs: int) -> None:
    """Said at the start of a run: where it will need compiled loops and there are none, another process makes them."""
    if _pays(pairs) and pairs >= _cold[0] and not _ready():
        _compile_beside()


def accelerated(pairs: int) -> bool:
    """Whether a market of so many pairs is worked on by compiled loops, as of now."""
    if not _pays(pairs):
        return False
    if _ready():
        return True
    if pairs < _cold[0]:
        return False
    compiler = _compile_beside()
    if pairs >= PATIENT:
        compiler.wait()
    # where it could keep nothing on disk, this process compiles what it needs from here on
    return compiler.poll() is not None


def _pays(pairs: int) -> bool:
    return _installed() and (pairs >= _least[0] or "numba" in sys.modules)


def _ready() -> bool:
    return _here[0] or compiled_scanning.cache_info().currsize > 0 or _on_disk()


def _compile_beside() -> subprocess.Popen[bytes]:
    """The process that compiles, started if there is none."""
    if not _compiler:
        quiet = subprocess.DEVNULL
        command = [sys.executable, "-P", "-m", f"{__package__}.warm"]
        _compiler.append(subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet))  # noqa: S603 - of this package
    return _compiler[0]


@cache
def _on_disk() -> bool:
    """Whether an earlier process kept compiled code of this source where numba looks for it."""
    source = Path(scanning.__file__)
    named = os.environ.get("NUMBA_CACHE_DIR")
    folders = [Path(named)] if named else [source.parent / "__pycache__", Path.home() / ".cache/numba"]
    kept = (found for folder in folders if folder.is_dir() for found in folder.rglob("scanning.scan-*.nbi"))
    return any(found.stat().st_mtime >= int(source.stat().st_mtime) for found in kept)


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
