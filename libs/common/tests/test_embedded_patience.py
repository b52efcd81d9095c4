"""What is waited for has its time, however busy the machine is, and what does not come is given up."""

from pathlib import Path

import pytest

from mentoring_common.embedded import patience
from mentoring_common.embedded.patience import Patience


@pytest.fixture
def machine(monkeypatch, tmp_path):
    """A machine with a clock, and a count of the seconds in which something waited for a CPU."""
    clock = {"now": 0.0}
    pressure = tmp_path / "cpu"

    def goes_on(seconds, busy=0.0):
        clock["now"] += seconds
        clock["busy"] = clock.get("busy", 100.0) + busy
        total = round(clock["busy"] * 1_000_000)
        pressure.write_text(f"some avg10=0.00 avg60=0.00 avg300=0.00 total={total}\nfull total=0\n")

    monkeypatch.setattr(patience.time, "monotonic", lambda: clock["now"])
    monkeypatch.setattr(patience, "_PRESSURE", pressure)
    goes_on(0)
    return goes_on


def test_it_is_over_when_its_time_went_by(machine):
    one = Patience(10)
    machine(9)
    assert not one.is_over
    machine(2)
    assert one.is_over


def test_time_in_which_somebody_waited_for_a_cpu_does_not_count(machine):
    one = Patience(10)
    machine(30, busy=28)
    assert not one.is_over
    machine(9, busy=0)
    assert one.is_over


def test_it_is_over_on_a_machine_that_is_always_busy_too(machine):
    one = Patience(10)
    machine(99, busy=99)
    assert not one.is_over
    machine(2, busy=2)
    assert one.is_over


def test_where_nobody_counts_it_is_a_deadline(machine, monkeypatch):
    monkeypatch.setattr(patience, "_PRESSURE", Path("/nowhere"))
    one = Patience(10)
    machine(11, busy=11)
    assert one.is_over
