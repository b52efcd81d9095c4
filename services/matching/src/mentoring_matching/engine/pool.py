"""Everybody a run decides about, in the order that settles ties, and the hash that tells inputs apart."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from hashlib import blake2b, sha256
from typing import Any

from .people import Mentee, Mentor, Person
from .policy import Policy
from .text import Embedder

PairIds = tuple[str, str]
"""(mentor id, mentee id)"""


@dataclass(frozen=True)
class Pool:
    """Mentors and mentees in a drawn order; what depends on them alone is worked out once."""

    mentors: tuple[Mentor, ...]
    mentees: tuple[Mentee, ...]

    @classmethod
    def drawn(cls, mentors: Sequence[Mentor], mentees: Sequence[Mentee], seed: int) -> Pool:
        """In the order of their lottery tickets, whatever order they come in."""
        return cls(
            tuple(sorted(mentors, key=lambda person: _ticket(person, seed))),
            tuple(sorted(mentees, key=lambda person: _ticket(person, seed))),
        )

    @cached_property
    def row(self) -> dict[str, int]:
        """Mentee id to row."""
        return {person.id: place for place, person in enumerate(self.mentees)}

    @cached_property
    def column(self) -> dict[str, int]:
        """Mentor id to column."""
        return {person.id: place for place, person in enumerate(self.mentors)}

    @cached_property
    def _people(self) -> Any:
        digest = sha256()
        for side in (self.mentors, self.mentees):
            names = [item.name for item in fields(Mentor if side is self.mentors else Mentee)]
            kept = [
                name for name in names if name not in ("back", *(("capacity", "has") if side is self.mentees else ()))
            ]
            for line in sorted(_plain([getattr(p, name) for name in kept] + _later(p)) for p in side):
                digest.update(line.encode())
            digest.update(b"|")
        return digest

    def hash_with(
        self,
        policy: Policy,
        places: int | None,
        pins: Iterable[PairIds],
        bars: Iterable[PairIds],
        embedder: Embedder,
    ) -> str:
        """SHA-256 of everything that decides a run except the seed; the order of people does not matter."""
        digest, terms = self._people.copy(), [policy.to_mapping(), places, sorted(set(pins)), sorted(set(bars))]
        digest.update(_plain([*terms, embedder.name]).encode())
        return str(digest.hexdigest())


def _later(person: Person) -> list[Any]:
    """What people are said to be since runs were first hashed, where it is not as it was before."""
    found: list[Any] = [person.back] if person.back else []
    if isinstance(person, Mentee) and (person.capacity, person.has) != (1, 0):
        found.append([person.capacity, person.has])
    return found


def _ticket(person: Person, seed: int) -> bytes:
    """A lottery ticket: who comes first where two outcomes are equally good, without favouring any id."""
    return blake2b(f"{seed}:{person.id}".encode(), digest_size=16).digest()


_plain = json.JSONEncoder(sort_keys=True, default=sorted, ensure_ascii=False).encode
