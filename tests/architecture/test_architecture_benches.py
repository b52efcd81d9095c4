"""Every measurement can be begun: what it takes from the code is there."""

import importlib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
MODULES = sorted(
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for path in (ROOT / "bench").rglob("*.py")
    if "peer_programs" not in path.parts  # they run where the peers are installed
)


@pytest.mark.parametrize("name", MODULES)
def test_a_measurement_can_be_begun(name, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT))
    monkeypatch.setattr("sys.argv", ["bench"])
    assert importlib.import_module(name).__doc__, "says what is measured"
