"""Consistent reports get no finding; one with a fault of a kind planted in it gets the finding of that kind."""

import importlib.util
import sys
from pathlib import Path

import pytest

from mentoring_evaluation.lint import lint_report

_SPEC = importlib.util.spec_from_file_location("lint_planted", Path(__file__).with_name("lint_planted.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
corpus = sys.modules["lint_planted"] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(corpus)
REPORTS = 40


def test_a_consistent_report_is_not_called_certainly_wrong() -> None:
    for seed in range(REPORTS):
        sure = [one for one in lint_report(corpus.consistent(seed)) if one.confidence == "certain"]
        assert sure == [], f"seed {seed}: {sure[0].rule} at {sure[0].where}: {sure[0].why}"


@pytest.mark.parametrize("rule", corpus.PLANTED)
def test_a_fault_that_was_planted_is_found_by_its_name(rule: str) -> None:
    found = sum(any(one.rule == rule for one in lint_report(corpus.planted(rule, seed))) for seed in range(REPORTS))
    assert found >= 0.95 * REPORTS


def test_one_number_too_many_is_what_makes_the_finding() -> None:
    """The negative control: a report in which nothing was planted has no finding of any of these kinds."""
    named = [one.rule for seed in range(REPORTS) for one in lint_report(corpus.consistent(seed))]
    assert set(named).isdisjoint(corpus.PLANTED)
