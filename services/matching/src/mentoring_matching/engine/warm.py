"""Compile the loops once: `python -m mentoring_matching.engine.warm`. Later runs find them on disk."""

from __future__ import annotations

from .acceleration import compiled_always
from .alternatives import prices_without
from .people import Mentee, Mentor
from .policy import Policy
from .run import solve
from .text import CharacterEmbedder

_PEOPLE = 12


def warm() -> None:
    """Go through every compiled loop with a few people."""
    mentors = [Mentor(f"m{n}", topics={"a": 0.1 * (n % 9)}, capacity=1 + n % 2) for n in range(_PEOPLE)]
    mentees = [Mentee(f"e{n}", topics={"a": 0.5, "b": 0.1 * (n % 7)}, tier=n % 2) for n in range(2 * _PEOPLE)]
    with compiled_always():
        for places in (None, 3):
            prices_without(solve(mentors, mentees, Policy(), places=places, embedder=CharacterEmbedder()))


if __name__ == "__main__":
    warm()
