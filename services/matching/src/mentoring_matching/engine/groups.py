"""Groups of about k people in which every attribute is spread as evenly as exchanges of two people can make it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from .people import Person
from .rules import members

Counts = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Groups:
    """Ids by group; `imbalance` is how many people, over all values and groups, a group has beyond or below an even
    share (rounded down and up); 0 cannot be bettered.
    """

    groups: tuple[tuple[str, ...], ...]
    imbalance: int


def balanced_groups(people: Sequence[Person], size: int, attributes: Sequence[str], *, seed: int = 0) -> Groups:
    """The fewest groups of at most `size` people (sizes differ by one at most), balanced over the attributes.

    Dealt out in the order of their attributes, then two people change places while that helps. Raises ValueError for
    a size below 2.
    """
    if size < 2:
        raise ValueError(f"size: {size} is below 2")
    count = -(-len(people) // size)
    if not count:
        return Groups((), 0)
    traits = {person.id: tuple(_trait(person, name) for name in attributes) for person in people}
    ordered = sorted(people, key=lambda person: (traits[person.id], _ticket(person.id, seed)))
    group = np.arange(len(ordered)) % count
    codes = _codes([traits[person.id] for person in ordered])
    _exchange(group, codes, count)
    named = [tuple(sorted(person.id for person, g in zip(ordered, group, strict=True) if g == k)) for k in range(count)]
    return Groups(tuple(named), _imbalance(_table(group, codes, count), group, count))


def _trait(person: Person, name: str) -> str:
    return "|".join(sorted(members(person.attributes.get(name))))


def _ticket(id_: str, seed: int) -> bytes:
    return blake2b(f"{seed}:{id_}".encode(), digest_size=16).digest()


def _codes(traits: Sequence[tuple[str, ...]]) -> Counts:
    """One column per attribute and value, 1 for those who have it (people, columns)."""
    named = sorted({(place, value) for line in traits for place, value in enumerate(line)})
    column = {key: place for place, key in enumerate(named)}
    codes = np.zeros((len(traits), len(named)), dtype=np.int64)
    for row, line in enumerate(traits):
        codes[row, [column[place, value] for place, value in enumerate(line)]] = 1
    return codes


def _table(group: Counts, codes: Counts, count: int) -> Counts:
    table = np.zeros((count, codes.shape[1]), dtype=np.int64)
    np.add.at(table, group, codes)
    return table


def _exchange(group: Counts, codes: Counts, count: int) -> None:
    """Exchange two people of different groups while the sum of squared counts falls (groups of unlike size by share).

    It falls by a whole number each time, so this ends.
    """
    table, improved = _table(group, codes, count), True
    while improved:
        improved = False
        for i in range(len(group)):
            # with d = codes[j] - codes[i], the squares change by 2 d.(table[a] - table[b]) + 2 d.d
            change = codes - codes[i]
            own, theirs = table[group[i]], table[group]
            gain = 2 * np.einsum("ij,ij->i", change, own - theirs) + 2 * (change * change).sum(axis=1)
            gain[group == group[i]] = 0
            j = int(np.argmin(gain))
            if gain[j] < 0:
                table[group[i]] += change[j]
                table[group[j]] -= change[j]
                group[i], group[j] = group[j], group[i]
                improved = True


def _imbalance(table: Counts, group: Counts, count: int) -> int:
    totals, sizes = table.sum(axis=0), np.bincount(group, minlength=count)
    low = totals[None, :] * sizes[:, None] // max(len(group), 1)
    high = -(-totals[None, :] * sizes[:, None] // max(len(group), 1))
    return int(np.maximum(low - table, 0).sum() + np.maximum(table - high, 0).sum())
