"""Buddy pairs among people of one side: the most pairs, then the best total, each person at most once.

The graph is not bipartite, so this is the integer programme of Edmonds (1965) without his odd-set inequalities, which
HiGHS branches on instead; candidates are each person's best `MOST_EDGES` partners.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace

import numpy as np
import scipy  # its parts are imported when they are used: more than a CPU second

from .features import UNITS
from .people import Mentee, Mentor, Person
from .policy import Policy
from .rules import Index
from .run import prepare
from .text import Embedder

MOST_EDGES = 30
TIME_LIMIT_S = 20.0


@dataclass(frozen=True, slots=True)
class Buddies:
    """Pairs of ids with their score (0..1, mean of both directions), who is alone, and whether that is proved best."""

    pairs: tuple[tuple[str, str, float], ...]
    alone: tuple[str, ...]
    optimal: bool


def buddies(people: Sequence[Mentor], policy: Policy, *, seed: int = 0, embedder: Embedder | None = None) -> Buddies:
    """The best buddy pairs under the policy's rules, which hold both ways; seniority does not count among peers."""
    wanting = [Mentee(**{item.name: getattr(person, item.name) for item in fields(Person)}) for person in people]
    offering = [replace(person, capacity=1) for person in people]
    peers = replace(policy, direction="peer")
    situation = prepare(offering, wanting, peers, seed=seed, embedder=embedder)
    market, n = situation.problem.market, len(people)
    ids = [person.id for person in situation.mentors]
    if n < 2:
        return Buddies((), tuple(ids), True)
    order = np.array([situation.row[id_] for id_ in ids], dtype=np.int64)
    units = market.block_units(0, n)[order]
    allowed = market.allowed(order[:, None], np.arange(n)[None, :])
    both = (units + units.T) // 2
    one, other = _edges(np.where(allowed & allowed.T & (both >= market.floor), both, -1))
    chosen, optimal = _match(one, other, both[one, other], n)
    pairs = [
        (*sorted((ids[i], ids[j])), int(both[i, j]) / UNITS) for i, j in zip(one[chosen], other[chosen], strict=True)
    ]
    paired = {id_ for pair in pairs for id_ in pair[:2]}
    return Buddies(tuple(sorted(pairs)), tuple(sorted(set(ids) - paired)), optimal)


def _edges(both: Index) -> tuple[Index, Index]:
    """Each person's best permitted partners, every pair once (one < other)."""
    best = np.argsort(-both, axis=1, kind="stable")[:, :MOST_EDGES]
    rows = np.repeat(np.arange(len(both)), best.shape[1])
    keep = both[rows, best.ravel()] >= 0
    ends = np.sort(np.stack([rows[keep], best.ravel()[keep]]), axis=0)
    one, other = np.unique(ends, axis=1)
    return one, other


def _match(one: Index, other: Index, units: Index, n: int) -> tuple[Index, bool]:
    if not one.size:
        return one, True
    edges = np.arange(one.size)
    incident = scipy.sparse.csr_array(
        (np.ones(2 * one.size), (np.concatenate([one, other]), np.concatenate([edges, edges]))), shape=(n, one.size)
    )
    # a pair is worth more than any change of the total score
    worth = units / UNITS + n
    found = scipy.optimize.milp(
        -worth,
        integrality=np.ones(one.size, dtype=np.int64),
        bounds=scipy.optimize.Bounds(0, 1),
        constraints=scipy.optimize.LinearConstraint(incident, ub=1),
        options={"time_limit": TIME_LIMIT_S, "mip_rel_gap": 0},
    )
    values = found.x if found.x is not None else np.zeros(one.size)
    return np.flatnonzero(np.round(values) > 0), bool(found.status == 0)
