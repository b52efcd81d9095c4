"""Mentors and mentees as the engine sees them: an opaque id, attributes, ranked topics, a text and named
preferences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache

Value = str | int | float | frozenset[str]
MOST_MENTORS = 5
"""Of one mentee."""


@dataclass(frozen=True, slots=True)
class Person:
    """What both sides share.

    `topics` maps a criterion to its importance (mentee) or to how much of it is offered (mentor), each in 0..1; `back`
    is the other way round, where both learn and both teach: what a mentor wants to learn, and what a mentee offers.
    `preferred` names people of the other side, best first; `blocked` holds ids of declared conflicts of interest.
    """

    id: str
    attributes: Mapping[str, Value] = field(default_factory=dict)
    topics: Mapping[str, float] = field(default_factory=dict)
    text: str = ""
    preferred: tuple[str, ...] = ()
    blocked: frozenset[str] = frozenset()
    back: Mapping[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not self.id:
            raise ValueError("id: a person needs an id that is not empty")
        for name, ranking in (("topics", self.topics), ("back", self.back)):
            for topic, importance in ranking.items():
                if not 0 <= importance <= 1:
                    raise ValueError(f"{name}[{topic}]: importance {importance} is not between 0 and 1")


@dataclass(frozen=True, slots=True)
class Mentor(Person):
    """A person who offers `capacity` places; 0 means full at present."""

    capacity: int = 1

    def __post_init__(self) -> None:
        Person.__post_init__(self)
        if self.capacity < 0:
            raise ValueError(f"capacity: {self.capacity} is below 0")


@dataclass(frozen=True, slots=True)
class Mentee(Person):
    """A person who wants a mentor. A higher `tier` goes first when places run out; 0 is the ordinary tier.

    `ratings` says how well a first conversation with a mentor (id) went for both, in 0..1. `capacity` is how many
    different mentors a run may give them, `has` how many they have beside it: who has fewer goes first.
    """

    tier: int = 0
    ratings: Mapping[str, float] = field(default_factory=dict)
    capacity: int = 1
    has: int = 0

    def __post_init__(self) -> None:
        Person.__post_init__(self)
        if not 0 <= self.tier <= 9:
            raise ValueError(f"tier: {self.tier} is not between 0 and 9")
        for mentor, rating in self.ratings.items():
            if not 0 <= rating <= 1:
                raise ValueError(f"ratings[{mentor}]: {rating} is not between 0 and 1")
        if self.capacity < 1 or self.has < 0 or self.capacity + self.has > MOST_MENTORS:
            raise ValueError(f"capacity: {self.capacity} beside {self.has} is not 1 to {MOST_MENTORS} mentors")


def ranked(topics: tuple[str, ...] | list[str]) -> dict[str, float]:
    """Importance from a ranking, best first: linear from 1 down to 1/len."""
    return {topic: 1 - place / len(topics) for place, topic in enumerate(topics)}


@lru_cache
def working_hours(start: float, end: float, utc_offset: float = 0) -> frozenset[str]:
    """Local hours `start`..`end` (0..24, may pass midnight) as half-hour slots in UTC, for `overlap_hours` rules."""
    first, count = round((start - utc_offset) * 2), round(((end - start) % 24 or 24 * (end != start)) * 2)
    slots = ((first + step) % 48 for step in range(count))
    return frozenset(f"{slot // 2:02d}:{slot % 2 * 30:02d}" for slot in slots)
