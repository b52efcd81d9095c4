"""The attacker of the tests, on as many random surveys as one has patience for."""

from __future__ import annotations

import importlib.util
import sys
import time
from pathlib import Path
from types import ModuleType

from mentoring_evaluation.disclosure.table import protect, protect_choices

ATTACKER = Path(__file__).resolve().parents[2] / "services" / "evaluation" / "tests" / "test_evaluation_disclosure.py"


def attacked(surveys: int) -> tuple[int, int, float]:
    """Counts in the surveys, how many of them the attacker recovered exactly, and the seconds it took."""
    attacker = _attacker()
    started, counts, recovered = time.perf_counter(), 0, 0
    for seed in range(surveys):
        answers, plan, policy = attacker.random_survey(seed)
        true = attacker.truth_of(answers, plan)
        counts += len(true)
        recovered += len(attacker.recovered(attacker.published(protect(answers, plan, policy), true), true))
    return counts, recovered, time.perf_counter() - started


def attacked_choices(surveys: int) -> tuple[int, int, float]:
    """The same for questions of several choices, whose options overlap."""
    attacker = _attacker()
    started, counts, recovered = time.perf_counter(), 0, 0
    for seed in range(surveys):
        answers, options, plan, policy = attacker.random_choices(seed)
        true = attacker.truth_of_choices(answers, options, plan)
        counts += len(true)
        known = attacker.published(protect_choices(answers, options, plan, policy), true, options)
        recovered += len(attacker.recovered(known, true))
    return counts, recovered, time.perf_counter() - started


def _attacker() -> ModuleType:
    spec = importlib.util.spec_from_file_location("attacker", ATTACKER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["attacker"] = module
    spec.loader.exec_module(module)
    return module
