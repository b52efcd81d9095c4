"""What answers beside a run cost: `python -m bench.matching.questions SIZE SHAPE` prints CPU seconds by question."""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from dataclasses import replace

from mentoring_matching.engine import (
    CharacterEmbedder,
    Limit,
    Policy,
    Remembering,
    Run,
    acceleration,
    floor_points,
    prices_without,
    recruitment,
    rematch,
    solve,
    solve_again,
)

from .people import POLICY, generate

HEAVIER = replace(POLICY, criteria=tuple(replace(one, weight=one.weight**2) for one in POLICY.criteria))
PER_EMPLOYER = replace(POLICY, limits=(Limit("per employer", "employer", "mentee", most=8, least=2),))
TRIES = 3


def questions(run: Run, size: int) -> dict[str, Callable[[], object]]:
    """What is asked of a run, by name."""
    embedder = Remembering(CharacterEmbedder())
    mentors, mentees = run.situation.mentors, run.situation.mentees
    standing = [(pair.mentor_id, pair.mentee_id) for pair in run.pairs]
    freed = [mentee for _, mentee in standing[:: max(size // 5, 1)]]

    def what_if(policy: Policy) -> Callable[[], object]:
        return lambda: solve_again(run, policy, embedder=embedder)

    return {
        "what-if: other weights": what_if(HEAVIER),
        "what-if: a floor of .3": what_if(replace(POLICY, floor=0.3)),
        "what-if: one rule fewer": what_if(replace(POLICY, rules=POLICY.rules[:-1])),
        "limits: 2 to 8 mentees of each employer": what_if(PER_EMPLOYER),
        "rematch of five people": lambda: rematch(mentors, mentees, POLICY, standing, freed=freed, embedder=embedder),
        "the price of every pair": lambda: prices_without(run),
        "whom to recruit": lambda: recruitment(run),
        "the floor curve": lambda: floor_points(run, embedder=embedder),
    }


def measure(size: int, shape: str) -> dict[str, float]:
    """The least CPU seconds of a few tries at each question, in a process that goes on, as the service is."""
    acceleration.expect_many_runs()
    if acceleration.accelerated(size * size):
        solve(*generate(1500, shape), POLICY, embedder=CharacterEmbedder())
    run = solve(*generate(size, shape), POLICY, embedder=CharacterEmbedder())
    return {name: min(_cpu(ask) for _ in range(TRIES)) for name, ask in questions(run, size).items()}


def _cpu(ask: Callable[[], object]) -> float:
    start = time.process_time()
    ask()
    return time.process_time() - start


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]), sys.argv[2])))
