"""A cohort too small for the public view of a survey that repeats: overall lines subtracted do not bring it back.

The attacker of test_evaluation_disclosure.py has the public lines of every occasion, knows exactly how many people each
group has (pairs are published), and that no more can have answered than were asked.
"""

import importlib.util
import random
import sys
import uuid
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mentoring_evaluation.disclosure.rule import Policy
from mentoring_evaluation.disclosure.table import Key, Table
from mentoring_evaluation.figures.evidence import CohortRecord, Evidence, WaveRecord
from mentoring_evaluation.figures.programme_figures import programme_lines
from mentoring_evaluation.figures.public_view import BY_EITHER, BY_ROLE, public_lines
from mentoring_evaluation.sides import ROLES
from mentoring_evaluation.surveys.instruments import Instrument

_SPEC = importlib.util.spec_from_file_location("attacker", Path(__file__).with_name("test_evaluation_disclosure.py"))
assert _SPEC is not None
assert _SPEC.loader is not None
attacker = sys.modules["attacker"] = importlib.util.module_from_spec(_SPEC)
_SPEC.loader.exec_module(attacker)

QUESTION = {
    "id": "c", "figure": "good", "kind": "choice", "roles": list(ROLES), "text": "C?", "options": ["yes", "no"],
    "counted": ["yes"],
}  # fmt: skip
PULSE = Instrument.model_validate({"id": "pulse", "title": "P", "questions": [QUESTION]})
OCCASIONS = ("March", "June")


def repeated(seed: int) -> Evidence:
    """Two occasions of a survey in two to four cohorts, one of them of fewer people than the view shows."""
    rng = random.Random(seed)
    cohorts = {number: rng.choice([10, 12, 13, 20, 25, 40]) for number in range(1, rng.randint(2, 4) + 1)}
    cohorts[rng.choice(sorted(cohorts))] = rng.randint(1, 9)
    waves = [_wave(rng, number, pairs, occasion) for occasion in OCCASIONS for number, pairs in cohorts.items()]
    return Evidence(
        uuid.uuid4(), "P", decimals=0, public_minimum=rng.choice([5, 10]), as_of=datetime(2030, 1, 1, tzinfo=UTC),
        cohorts=tuple(CohortRecord(number, 25) for number in cohorts), waves=tuple(waves),
    )  # fmt: skip


def _wave(rng: random.Random, cohort: int, pairs: int, occasion: str) -> WaveRecord:
    responses = {role: rng.choice([pairs, rng.randint(0, pairs)]) for role in ROLES}
    answers = {}
    for role in ROLES:
        answered = rng.choice([responses[role], rng.randint(0, responses[role])])
        yes = rng.randint(0, answered)
        answers[role, "c"] = {"yes": yes, "no": answered - yes}
    asked = dict.fromkeys(ROLES, pairs)
    closed = datetime(2029, 1, 1, tzinfo=UTC)
    return WaveRecord(uuid.uuid4(), cohort, "pulse", PULSE, closed, asked, responses, answers, occasion=occasion)


def read(lines: list[dict[str, Any]], name: str, wave: str) -> dict[Key, int]:
    """The counts that stand in the public lines of a figure."""
    shown: dict[Key, int] = {}
    for line in lines:
        if (line["name"], line["wave"], line["shown"]) == (name, wave, "rounded") and line["numerator"] is not None:
            group = (None if line["cohort"] is None else str(line["cohort"]), line["role"])
            shown |= {(group, "counted"): line["numerator"], (group, None): line["denominator"]}
    return shown


def tables(evidence: Evidence) -> Iterator[tuple[str, Table, dict[Key, int], dict[Key, int]]]:
    """Of every figure and occasion: what is shown of it, the truth, and how many were asked of each group."""
    lines = public_lines(evidence, programme_lines(evidence))
    policy = Policy(evidence.public_minimum)
    for occasion in OCCASIONS:
        waves = [wave for wave in evidence.waves if wave.occasion == occasion]
        groups = [(wave, role, (str(wave.cohort), role)) for wave in waves for role in ROLES]
        asked = {(group, "asked"): wave.asked[role] for wave, role, group in groups}
        good = {(group, answer): wave.answers[role, "c"][option] for wave, role, group in groups
                for answer, option in (("counted", "yes"), ("other", "no"))}  # fmt: skip
        rate = {(group, "counted"): wave.responses[role] for wave, role, group in groups}
        rate |= {(group, "other"): asked[group, "asked"] - rate[group, "counted"] for _, _, group in groups}
        for name, counts, plan in (("good", good, BY_ROLE), ("response_rate", rate, BY_EITHER)):
            true = attacker.truth_of(counts, plan)
            every = attacker.truth_of(asked, plan)
            places = dict.fromkeys(key for key in true if tuple(v is not None for v in key[0]) in plan.masks)
            table = Table(plan, policy, places | read(lines, name, f"pulse: {occasion}"))
            yield name, table, true, {(group, None): every[group, None] for group, _ in true}


def recovered(table: Table, true: Mapping[Key, int], most: Mapping[Key, int], known: bool) -> list[Key]:
    attack = attacker.published(table, true, totals_known=known)
    for key in attack.high:
        attack.high[key] = min(attack.high[key], most[key[0], None])
        # Lines show both counts of a share or neither, so a hidden count need not be a small one.
        if table.shown.get(key) is None and not (known and key[1] is None):
            attack.high[key] = most[key[0], None]
    sizes = {key for key in true if known and key[1] is None}
    nobody = {key for key in true if not most[key[0], None]}
    return [key for key in attacker.recovered(attack, true) if key not in sizes | nobody]


@pytest.mark.parametrize("name", ["good", "response_rate"])
def test_a_cohort_that_is_too_small_cannot_be_subtracted_from_the_overall_lines(name: str) -> None:
    found, shown = [], 0
    for seed in range(400):
        for figure, table, true, most in tables(repeated(seed)):
            if figure == name:
                shown += sum(value is not None for (group, _), value in table.shown.items() if group[0] is None)
                found += [(seed, key) for key in recovered(table, true, most, name == "response_rate")]
    assert found == []
    assert shown > 500  # overall lines there are
