"""OR-tools' min-cost flow over all permitted pairs, with an arc to stay without a mentor."""

from __future__ import annotations

import numpy as np
from measured import Instance, PairIds, measure
from ortools.graph.python import min_cost_flow


def answer(instance: Instance) -> list[PairIds]:
    """The pairs of the best flow; `worth` puts priority and number before score."""
    rows, cols, units = (np.array(instance["edges"][name], dtype=np.int64) for name in ("rows", "cols", "units"))
    worth = np.array(instance["worth"], dtype=np.int64)
    capacity = np.array([mentor["capacity"] for mentor in instance["mentors"]], dtype=np.int64)
    n, m = worth.size, capacity.size
    sink, one = n + m, np.ones(n, dtype=np.int64)
    flow = min_cost_flow.SimpleMinCostFlow()
    add = flow.add_arcs_with_capacity_and_unit_cost
    arcs = add(rows, n + cols, np.ones_like(rows), -(units + worth[rows]))
    add(np.arange(n), np.full(n, sink), one, np.zeros_like(one))
    add(n + np.arange(m), np.full(m, sink), capacity, np.zeros_like(capacity))
    flow.set_nodes_supplies(np.append(np.arange(n), sink), np.append(one, -n))
    if flow.solve() != flow.OPTIMAL:
        raise RuntimeError("min-cost flow found no optimum")
    used = flow.flows(arcs) > 0
    mentors, mentees = instance["mentors"], instance["mentees"]
    return [(mentors[j]["id"], mentees[i]["id"]) for i, j in zip(rows[used], cols[used], strict=True)]


if __name__ == "__main__":
    measure(answer)
