"""matching 1.4.3: the hospital-resident game with both sides' rankings by score, mentees proposing."""

from __future__ import annotations

import warnings

from matching.games import HospitalResident
from measured import Instance, PairIds, measure


def answer(instance: Instance) -> list[PairIds]:
    """The stable pairs; people whom nobody may meet are left out, as the game asks."""
    edges = instance["edges"]
    ranked = sorted(zip(edges["units"], edges["rows"], edges["cols"], strict=True), key=lambda edge: -edge[0])
    of_mentees: dict[int, list[int]] = {}
    of_mentors: dict[int, list[int]] = {}
    for _, row, col in ranked:
        of_mentees.setdefault(row, []).append(col)
        of_mentors.setdefault(col, []).append(row)
    capacities = {col: instance["mentors"][col]["capacity"] for col in of_mentors}
    game = HospitalResident.create_from_dictionaries(of_mentees, of_mentors, capacities)
    found = game.solve(optimal="resident")
    return [
        (instance["mentors"][mentor.name]["id"], instance["mentees"][mentee.name]["id"])
        for mentor, mentees in found.items()
        for mentee in mentees
    ]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    measure(answer)
