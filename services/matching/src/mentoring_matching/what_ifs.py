"""A what-if: two questions solved side by side before anybody is told. Pure and slow: it runs in a thread."""

from dataclasses import dataclass

from mentoring_matching.engine import Comparison, PinCost, Remembering, Run, compare, default_embedder, solve_again
from mentoring_matching.proposals import Question, costs_of_pins, solved


@dataclass(frozen=True)
class Sides:
    """Both answers, what differs, and what each pin of the second costs."""

    before: Run
    after: Run
    comparison: Comparison
    pins: list[PinCost]


def side_by_side(first: Question, second: Question) -> Sides:
    """Solve both; the second from the first one's prices where the people are the same. InputError, PolicyError."""
    before = solved(first)
    same = first.candidates == second.candidates
    uneven = first.terms.load.even is None and second.terms.load.even is None
    after = _after(before, second) if same and uneven else solved(second)
    return Sides(before, after, compare(before, after), costs_of_pins(second, after))


def _after(before: Run, second: Question) -> Run:
    return solve_again(
        before,
        second.terms.engine,
        places=second.places,
        pins=second.pins,
        bars=second.bars,
        embedder=Remembering(default_embedder()),
    )
