"""Plain and compiled loops: the same runs to the last number, and both against scipy's dense assignment."""

from __future__ import annotations

import os
import random
import subprocess
import sys
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from mentoring_matching.engine import (
    CharacterEmbedder,
    Criterion,
    Mentee,
    Mentor,
    Policy,
    Rule,
    Run,
    acceleration,
    prices_without,
    ranked,
    rematch,
    rules,
    solve,
    working_hours,
)
from mentoring_matching.engine.solver import Network

pytest.importorskip("numba")

EMBEDDER = CharacterEmbedder()
TOPICS = tuple(f"topic {number}" for number in range(8))
RULES = (
    Rule("another employer", "must_differ", "employer"),
    Rule("common language", "common_value", "languages"),
    Rule("more senior", "gap", "grade", least=1, missing="allow"),
    Rule("common hours", "overlap_hours", "hours", least=4),
    Rule("one country", "must_match", "country", missing="allow"),
    Rule("no conflict", "no_declared_conflict"),
)
POLICY = Policy(
    rules=RULES,
    criteria=(
        Criterion("topics", "topics", 5),
        Criterion("named", "mentee_preference", 1),
        Criterion("region", "other", 1, attribute="region"),
    ),
)


def people(draw: random.Random, mentors: int, mentees: int) -> tuple[list[Mentor], list[Mentee]]:
    grades = draw.choice([(1, 1), (1, 4), (1, 300)])

    def person(number: int, other: str) -> dict[str, object]:
        attributes = {
            "employer": f"employer {draw.randrange(max(mentors // 8, 2))}",
            "languages": frozenset(draw.sample("defp", draw.randint(1, 2))),
            "grade": draw.randint(*grades),
            "hours": working_hours(9, 17, draw.randint(-3, 3)),
            "country": draw.choice(["", "a", "a", "b"]),
            "region": draw.choice("nsew"),
        }
        return {
            "id": f"{'em'[other == 'e']}{number}",
            "attributes": attributes,
            "topics": ranked(draw.sample(TOPICS, draw.randint(1, 4))),
            "preferred": (f"{other}{draw.randrange(9)}",),
            "blocked": frozenset({f"{other}{draw.randrange(9)}"}),
        }

    return (
        [Mentor(**person(k, "e"), capacity=draw.choice((0, 1, 1, 2, 5))) for k in range(mentors)],  # type: ignore[arg-type]
        [Mentee(**person(k, "m"), tier=draw.choice((0, 0, 0, 1, 2))) for k in range(mentees)],  # type: ignore[arg-type]
    )


@pytest.fixture
def both(monkeypatch):
    """Work done twice: by plain loops and by compiled ones."""

    def twice(work):
        with monkeypatch.context() as plain:
            plain.setattr(acceleration, "_installed", lambda: False)
            first = work()
        with acceleration.compiled_always():
            return first, work()

    return twice


def proved(run: Run) -> bool:
    network = run.network
    return run.certificate.valid and int(min(network.u.min(initial=0), network.v.min(initial=0))) >= 0


@pytest.mark.parametrize("seed", range(24))
def test_the_same_run_with_and_without_compiled_loops(both, seed: int) -> None:
    draw = random.Random(seed)
    mentors, mentees = people(draw, draw.choice((0, 1, 7, 60, 200)), draw.choice((0, 1, 9, 80, 260)))
    terms = {"places": draw.choice((None, 5, 40)), "seed": seed, "embedder": EMBEDDER}
    policy = replace(POLICY, floor=draw.choice((0.0, 0.3)), rules=RULES[: draw.randint(0, len(RULES))])
    plain, compiled = both(lambda: solve(mentors, mentees, policy, **terms))
    assert plain == compiled
    assert proved(plain)
    assert proved(compiled)
    one, other = both(lambda: prices_without(solve(mentors, mentees, policy, **terms)))
    assert one == other
    standing = [(pair.mentor_id, pair.mentee_id) for pair in plain.pairs]
    freed = [mentee for _, mentee in standing[::3]]
    again = both(lambda: rematch(mentors, mentees, policy, standing, freed=freed, embedder=EMBEDDER))
    assert again[0] == again[1]


@pytest.mark.parametrize("cells", [0, 6])
@pytest.mark.parametrize("seed", range(6))
def test_rules_over_too_many_kinds_for_a_table(both, monkeypatch, seed: int, cells: int) -> None:
    draw = random.Random(seed)
    mentors, mentees = people(draw, 40, 50)
    tabled = solve(mentors, mentees, POLICY, embedder=EMBEDDER)
    monkeypatch.setattr(rules, "_TABLE", cells)
    plain, compiled = both(lambda: solve(mentors, mentees, POLICY, embedder=EMBEDDER))
    assert tabled == plain == compiled
    assert any(isinstance(test, rules.Computed) for test in plain.situation.problem.market.tests)


@pytest.mark.parametrize("seed", range(150))
def test_equals_the_dense_optimum_up_to_300(both, seed: int) -> None:
    draw = random.Random(1000 + seed)
    mentors, mentees = people(draw, draw.randint(1, 300), draw.randint(1, 300))
    places = draw.choice((None, None, 1, 30, 200))
    plain, compiled = both(lambda: solve(mentors, mentees, POLICY, places=places, embedder=EMBEDDER))
    assert plain == compiled
    assert plain.certificate.primal == dense_optimum(plain)


def dense_optimum(run: Run) -> int:
    """The worth of the best matching over the whole matrix of pairs, by scipy."""
    problem = run.situation.problem
    market, (n, m) = problem.market, problem.market.shape
    capacity = np.array([person.capacity for person in run.situation.mentors])
    allowed = market.allowed(np.arange(n)[:, None], np.arange(m)[None, :])
    table = np.where(allowed, market.block_units(0, n) + problem.worth[:, None], 0)[
        :, np.repeat(np.arange(m), capacity)
    ]
    room = table.shape[1]
    if problem.places is not None and room > problem.places:
        # whoever takes a place beyond the limit is a dummy that must be served
        table = np.vstack([table, np.full((room - problem.places, room), 10**13)])
    rows, cols = linear_sum_assignment(table, maximize=True)
    return int(table[rows, cols][rows < n].sum())


def test_prices_of_many_matches_are_screened_exactly(both) -> None:
    """Rows sharing a mentor drive prices to whole multiples of a match's worth."""
    mentors = [Mentor(f"m{k}", topics={"data": 1.0}, capacity=1) for k in range(3)]
    mentees = [Mentee(f"e{k}", topics={"data": 1.0, "board": k / 90}, tier=k % 10) for k in range(90)]
    plain, compiled = both(lambda: solve(mentors, mentees, Policy(), embedder=EMBEDDER))
    assert plain == compiled
    assert sorted(pair.mentee_id for pair in plain.pairs) == ["e19", "e29", "e9"]


def test_a_process_that_goes_on_compiles_from_fewer_pairs_on(monkeypatch) -> None:
    monkeypatch.setattr(acceleration, "_least", [acceleration.LARGE])
    monkeypatch.setattr(acceleration, "_cold", [acceleration.COLD])
    monkeypatch.setattr(acceleration, "_on_disk", lambda: True)
    monkeypatch.delitem(sys.modules, "numba", raising=False)
    assert not acceleration.accelerated(acceleration.LARGE_FOR_MANY)
    acceleration.expect_many_runs()
    assert acceleration.accelerated(acceleration.LARGE_FOR_MANY)


@pytest.fixture
def cold(monkeypatch):
    """A process that goes on, as after an installation: nothing is compiled."""
    monkeypatch.setattr(acceleration, "_least", [acceleration.LARGE])
    monkeypatch.setattr(acceleration, "_cold", [acceleration.COLD])
    monkeypatch.setattr(acceleration, "_on_disk", lambda: False)
    monkeypatch.setattr(acceleration, "_compiler", [])
    monkeypatch.setattr(acceleration, "compiled_scanning", cache(lambda: None))


def test_one_run_compiles_nothing_that_would_come_after_it(cold) -> None:
    acceleration.expect(acceleration.COLD - 1)
    assert not acceleration.accelerated(acceleration.COLD - 1)
    assert not acceleration._compiler
    acceleration.compiled_scanning()
    assert acceleration.accelerated(acceleration.LARGE)


def test_a_first_run_goes_on_in_plain_loops_until_another_process_has_compiled(cold, monkeypatch) -> None:
    wait = [sys.executable, "-c", "input()"]
    with subprocess.Popen(wait, stdin=subprocess.PIPE) as compiler:
        monkeypatch.setattr(acceleration, "_compiler", [compiler])
        network = Network(np.ones(2, dtype=np.int64), np.ones(2, dtype=np.int64))
        acceleration.expect_many_runs()
        monkeypatch.setattr(acceleration, "_least", [0])
        monkeypatch.setattr(acceleration, "_cold", [0])
        network.add_edges(np.array([0, 1]), np.array([0, 0]), np.array([5, 9]))
        network.settle()
        assert not network.compiled
        assert not acceleration.accelerated(acceleration.PATIENT - 1)
        compiler.communicate(b"\n")
    assert acceleration.accelerated(acceleration.PATIENT)
    network.add_edges(np.array([0]), np.array([1]), np.array([3]))
    network.settle()
    assert network.compiled
    assert network.match.tolist() == [1, 0]


def test_the_process_that_compiles_is_started_once(cold) -> None:
    acceleration.expect(acceleration.COLD)
    (compiler,) = acceleration._compiler
    assert not acceleration.accelerated(acceleration.COLD)
    acceleration.expect(acceleration.COLD)
    assert acceleration._compiler == [compiler]
    assert compiler.wait() == 0


def test_what_an_earlier_process_compiled_is_found(monkeypatch, tmp_path) -> None:
    monkeypatch.setenv("NUMBA_CACHE_DIR", str(tmp_path))
    assert not acceleration._on_disk.__wrapped__()
    (tmp_path / "engine").mkdir()
    kept = tmp_path / "engine" / "scanning.scan-106.py311.nbi"
    kept.touch()
    assert acceleration._on_disk.__wrapped__()
    os.utime(kept, (0, 0))
    assert not acceleration._on_disk.__wrapped__()  # of an earlier release


def test_compiled_code_that_cannot_be_kept_is_made_anew(monkeypatch) -> None:
    import numba

    kept = numba.njit

    def refusing(**options):
        if options.get("cache"):
            raise RuntimeError("cannot cache function: no locator available")
        return kept(**options)

    monkeypatch.setattr(numba, "njit", refusing)
    assert acceleration._jit(acceleration.loops.reach) is not None


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="threads are counted in /proc")
@pytest.mark.parametrize("first", ["mentoring_matching.app", "mentoring_matching.offline"])
def test_products_take_one_thread_whoever_starts_the_process(first: str) -> None:
    """More than one wait for each other, at many times the CPU seconds; numpy reads how many when it is imported."""
    product = "a = np.ones((600, 600), np.float32); a @ a"
    script = f"import {first}, numpy as np; {product}; print(open('/proc/self/status').read())"
    named = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    said = subprocess.run([sys.executable, "-c", script], env=named, capture_output=True, text=True, check=True).stdout
    assert "Threads:\t1\n" in said
