"""The sparse solver and the certificate on random networks, cold and warm, against scipy's dense assignment."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import linear_sum_assignment

from mentoring_matching.engine.bidding import bid
from mentoring_matching.engine.certificate import Claim, certify
from mentoring_matching.engine.features import SCALE, Features
from mentoring_matching.engine.scoring import Market, Prices
from mentoring_matching.engine.search import best_pairs
from mentoring_matching.engine.solver import Network

STEP = 13 * 10_000


def dense_best(
    units: np.ndarray, allowed: np.ndarray, worth: np.ndarray, capacity: np.ndarray, places: int | None
) -> int:
    table = np.where(allowed, worth[:, None] + units, 0)[:, np.repeat(np.arange(capacity.size), capacity)]
    room = table.shape[1]
    if places is not None and room > places:
        table = np.vstack([table, np.full((room - places, room), 10**12)])
    rows, cols = linear_sum_assignment(table, maximize=True)
    return int(table[rows, cols][rows < worth.size].sum())


@pytest.mark.parametrize("seed", range(12))
def test_optimal_with_prices_that_prove_it(seed: int) -> None:
    draw = np.random.default_rng(seed)
    for _ in range(200):
        n, m = (int(size) for size in draw.integers(0, 12, 2))
        units = draw.integers(0, draw.choice([1, 3, 10_001]), (n, m))
        allowed = draw.random((n, m)) < draw.random()
        capacity = draw.integers(1, 4, m)
        worth = STEP * (1 + draw.integers(0, 3, n))
        places = None if draw.random() < 0.4 else int(draw.integers(0, 8))
        rows, cols = np.nonzero(allowed)
        early = draw.random(rows.size) < draw.random()
        network = Network(worth, capacity)
        network.add_edges(rows[early], cols[early], units[rows, cols][early])
        if draw.random() < 0.7:
            network.start(
                *bid(worth, capacity, rows[early], cols[early], units[rows, cols][early], int(draw.integers(0, 9)))
            )
        network.settle(places)
        network.add_edges(rows[~early], cols[~early], units[rows, cols][~early])
        network.settle(places)
        primal = sum(int(worth[i] + units[i, j]) for i, j in enumerate(network.match) if j >= 0)
        assert primal == dense_best(units, allowed, worth, capacity, places)
        dual = sum(network.u) + sum(int(c) * v for c, v in zip(capacity, network.v, strict=True))
        assert primal == dual + (places or 0) * network.place_price
        assert min([*network.u, *network.v, network.place_price]) >= 0
        assert all(
            network.u[i] + network.v[j] + network.place_price >= worth[i] + units[i, j]
            for i, j in zip(rows.tolist(), cols.tolist(), strict=True)
        )


def square(units: np.ndarray) -> Market:
    """A market whose scores are the given units and that has no rules."""
    features = Features(np.eye(len(units), dtype=np.float32), (units.T * (SCALE // 10_000)).astype(np.float32), (), ())
    return Market.under(features, (), 0)


def proved() -> tuple[Market, Claim]:
    market = square(np.array([[9000, 4000], [8000, 1000]]))
    worth = np.array([30_000, 30_000])
    claim = Claim(
        np.array([0, 1]),
        np.array([1, 0]),
        worth,
        np.array([1, 1]),
        None,
        worth + np.array([4000, 1000]),
        np.array([7000, 0]),
        0,
    )
    return market, claim


def test_the_certificate_accepts_a_proof() -> None:
    market, claim = proved()
    assert certify(market, claim).valid


@pytest.mark.parametrize(
    "change",
    [
        {"cols": np.array([0, 1])},
        {"cols": np.array([0, 0])},
        {"rows": np.array([0, 0])},
        {"rows": np.array([0]), "cols": np.array([1])},
        {"mentor_price": np.array([6999, 0])},
        {"mentor_price": np.array([7001, 0])},
        {"mentor_price": np.array([7000, -1])},
        {"place_price": 1},
        {"places": 1},
    ],
)
def test_the_certificate_refuses_what_proves_nothing(change: dict[str, object]) -> None:
    market, claim = proved()
    assert not certify(market, replace(claim, **change)).valid  # type: ignore[arg-type]


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("tiers", [0, 2])
def test_the_search_finds_every_violated_pair(seed: int, tiers: int) -> None:
    """Blocked float32 screening with prices of many matches' worth returns exactly what integers say."""
    draw = np.random.default_rng(seed)
    units = draw.integers(0, 10_001, (150, 90))
    market, step = square(units), 10**9
    rows = draw.integers(-8000, 8000, 150) - step * draw.integers(0, tiers + 1, 150)
    cols = draw.integers(0, 8000, 90) + step * draw.integers(0, tiers + 1, 90)
    gains = units - rows[:, None] - cols
    found = best_pairs(market, 200, 0, Prices(rows, cols, step))
    expected = np.nonzero(gains > 0)
    assert np.array_equal(found.rows, expected[0])
    assert np.array_equal(found.cols, expected[1])
    top = best_pairs(market, 5, 0, Prices(rows, cols, step))
    assert np.bincount(top.rows, minlength=150).max() <= 5
    assert set(zip(top.rows.tolist(), gains.argmax(1)[top.rows].tolist(), strict=True)) <= set(
        zip(top.rows.tolist(), top.cols.tolist(), strict=True)
    ) | {(i, int(gains[i].argmax())) for i in range(150)}


@pytest.mark.parametrize("seed", range(4))
def test_the_best_of_each_row_and_column_are_exact(seed: int) -> None:
    draw = np.random.default_rng(seed)
    units = draw.permutation(9_900)[: 110 * 90].reshape(110, 90)
    found = best_pairs(square(units), 7, 4, Prices(np.full(110, -1), np.zeros(90, dtype=np.int64), 10**6))
    by_row = {(i, int(j)) for i in range(110) for j in np.argsort(-units[i])[:7]}
    by_col = {(int(i), j) for j in range(90) for i in np.argsort(-units[:, j])[:4]}
    assert set(zip(found.rows.tolist(), found.cols.tolist(), strict=True)) == by_row | by_col
