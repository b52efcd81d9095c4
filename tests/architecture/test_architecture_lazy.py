"""Commands answer what needs nothing loaded with nothing loaded: help, and mistakes."""

import subprocess
import sys

import pytest

from mentoring_allinone.stack import WITH_DATABASE

# What takes most of the time that a service takes to load.
HEAVY = {"fastapi", "sqlalchemy", "uvicorn", "aiokafka", "alembic", "strawberry", "numpy", "scipy", "altair"}
LOADED = """
import runpy, sys
module, *sys.argv = sys.argv[1:]
try:
    runpy.run_module(module, run_name="__main__", alter_sys=True)
except SystemExit as ended:
    code = ended.code
print("CODE", code, *{name.partition(".")[0] for name in sys.modules})
"""


def loaded(module, *arguments):
    """(exit status, top-level modules) after a command."""
    command = [sys.executable, "-c", LOADED, module, module, *arguments]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    code, *modules = told.stdout.splitlines()[-1].split()[1:]
    return code, set(modules)


@pytest.mark.parametrize("service", [*WITH_DATABASE, "gateway"])
@pytest.mark.parametrize(("argument", "status"), [("--help", "0"), ("--nonsense", "2")])
def test_a_service_is_not_loaded_for_it(service, argument, status):
    code, modules = loaded(f"mentoring_{service}", argument)
    assert (code, modules & HEAVY) == (status, set())


@pytest.mark.parametrize("arguments", [("--help",), ("backup", "--help"), ("doctor", "--help"), ("nonsense",)])
def test_no_service_is_loaded_for_it(arguments):
    _, modules = loaded("mentoring_allinone", *arguments)
    assert modules & HEAVY == set()
