"""Solve again from a run's own prices: the same people under another policy, other places, pins or bars.

The result is as good as a run from scratch, to the unit; where several are equally good it keeps what it can of the
first, so that nobody seems to change without a cause.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .explain import FLOORS, FloorPoint, Price, lost
from .features import UNITS
from .mutual import NAME
from .policy import Policy
from .pool import PairIds
from .pricing import refine
from .problem import Problem
from .rules import Index
from .run import Run, Situation, arrange, conclude
from .solver import Network
from .text import Embedder, Vectors, default_embedder


@dataclass
class Remembering:
    """An embedder that keeps the vectors of the last texts: those of the same people are asked for again and again."""

    inner: Embedder
    name: str = ""
    texts: tuple[str, ...] | None = None
    vectors: Vectors | None = None

    def __post_init__(self) -> None:
        self.name = self.inner.name

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors as the inner embedder gives them."""
        if self.vectors is None or self.texts != tuple(texts):
            self.texts, self.vectors = tuple(texts), self.inner.embed(texts)
        return self.vectors


@dataclass(frozen=True, slots=True)
class PinCost:
    """What a pin (mentor, mentee) costs by itself and what it overrides: rules (hidden ones as 'a private reason')
    and the floor. A negative part of the price is a gain.
    """

    mentor_id: str
    mentee_id: str
    price: Price
    rules: tuple[str, ...]
    below_floor: bool


def solve_again(
    run: Run,
    policy: Policy,
    *,
    places: int | None = None,
    pins: Iterable[PairIds] = (),
    bars: Iterable[PairIds] = (),
    embedder: Embedder | None = None,
) -> Run:
    """The best matching of a run's people under other terms. Raises `InputError` and `PolicyError` as `solve` does."""
    embedder = embedder or default_embedder()
    terms = {"pins": pins, "bars": bars, "held": run.situation.held}
    situation = arrange(run.situation.pool, policy, places=places, **terms, embedder=embedder)
    network = refine(situation.problem, _warm(run, situation))
    return conclude(situation, network, situation.hash_with(places, embedder), run.seed)


def _warm(run: Run, situation: Situation) -> Network:
    """The old run's candidates at their new scores, with its prices and as much of its matching as is still best."""
    old, market, problem = run.network, situation.problem.market, situation.problem
    rows, cols = old.links.rows, old.links.cols
    kept = market.allowed(rows, cols)
    rows, cols = rows[kept], cols[kept]
    units = market.units(rows, cols)
    good = units >= market.floor
    network = Network(problem.worth, problem.capacity)
    network.add_edges(rows[good], cols[good], units[good])
    prices = _rescaled(np.append(old.v, old.place_price), run.situation.problem, problem)
    network.start(prices[:-1], _within_capacity(old.match.tolist(), problem.capacity))
    if problem.places is not None:
        network.charge_places(int(prices[-1]))
    return network


def _within_capacity(match: Sequence[int], capacity: Index) -> Index:
    """The old matching without those who no longer have room, for a pin took a place."""
    left, kept = capacity.tolist(), list(match)
    for i, j in enumerate(match):
        if j >= 0:
            left[j] -= 1
            kept[i] = j if left[j] >= 0 else -1
    return np.array(kept, dtype=np.int64)


def _rescaled(prices: Index, before: Problem, after: Problem) -> Index:
    """The old prices where a match is worth another number of units."""
    steps = np.rint(prices / before.step).astype(np.int64)
    return np.asarray(np.maximum(prices + steps * (after.step - before.step), 0))


def pin_costs(run: Run, pairs: Iterable[PairIds], embedder: Embedder | None = None) -> list[PinCost]:
    """The cost of each pair (mentor id, mentee id), were it alone pinned in a run that has no pins."""
    remembering = Remembering(embedder or default_embedder())
    return [_pin_cost(run, pair, remembering) for pair in pairs]


def _pin_cost(run: Run, pair: PairIds, embedder: Embedder) -> PinCost:
    situation = run.situation
    bars = [barred for barred in situation.bars if barred != pair]
    places = situation.problem.places
    other = solve_again(run, situation.policy, places=places, pins=[pair], bars=bars, embedder=embedder)
    before, after = ([situation.row[pair.mentee_id] for pair in each.pairs] for each in (run, other))
    score = round((run.totals.score - other.totals.score) * UNITS)
    rules, below = _overridden(situation, pair)
    return PinCost(*pair, lost(situation.problem, before, after, score), rules, below)


def _overridden(situation: Situation, pair: PairIds) -> tuple[tuple[str, ...], bool]:
    market, (mentor, mentee) = situation.problem.market, pair
    i, j = (np.array([place], dtype=np.int64) for place in (situation.row[mentee], situation.column[mentor]))
    shown = {NAME, *(rule.name for rule in situation.policy.rules if not rule.hidden)}
    broken = [rule.name for rule in market.rules if rule.kind != "available" and not rule.test(i, j)[0]]
    names = dict.fromkeys(name if name in shown else "a private reason" for name in broken)
    return tuple(names), bool(market.units(i, j)[0] < market.floor)


def floor_points(run: Run, floors: Sequence[float] = FLOORS, embedder: Embedder | None = None) -> list[FloorPoint]:
    """Floor against people matched, pins included; each point is solved from the prices of the one before."""
    remembering, found, last = Remembering(embedder or default_embedder()), [], run
    situation = run.situation
    places = None if situation.problem.places is None else situation.problem.places + len(situation.pins)
    for floor in floors:
        policy = replace(situation.policy, floor=floor)
        terms = {"pins": situation.pins, "bars": situation.bars}
        last = solve_again(last, policy, places=places, embedder=remembering, **terms)
        found.append(FloorPoint(floor, last.totals.matched, last.totals.score))
    return found
