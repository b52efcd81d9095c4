"""Match a few people again without upsetting the rest: number matched, then fewest others moved, then score."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from .features import UNITS
from .limits import with_standing
from .people import Mentee, Mentor
from .policy import Policy
from .pool import PairIds
from .pricing import optimise
from .run import InputError, Run, conclude, prepare
from .text import Embedder, default_embedder


@dataclass(frozen=True)
class Rematch:
    """A run over everybody, and the mentees who had a mentor, were not freed and would get another one (with several
    mentors once for each).
    """

    run: Run
    moved: tuple[str, ...]
    kept: tuple[str, ...]


def rematch(
    mentors: Sequence[Mentor],
    mentees: Sequence[Mentee],
    policy: Policy,
    standing: Iterable[PairIds],
    *,
    freed: Iterable[str] = (),
    places: int | None = None,
    bars: Iterable[PairIds] = (),
    held: Iterable[PairIds] = (),
    seed: int = 0,
    embedder: Embedder | None = None,
) -> Rematch:
    """Place the mentees in `freed` and those without a mentor beside the `standing` pairs (mentor id, mentee id).

    Standing pairs of freed people are ended and barred; the others stay, even where they break a rule made
    since, unless moving them lets one person more be matched. Nobody who stands loses their place to somebody else.
    """
    embedder = embedder or default_embedder()
    ended = set(freed)
    pairs = sorted(set(standing))
    never = {*bars, *(pair for pair in pairs if pair[1] in ended)}
    kept = [pair for pair in pairs if pair[1] not in ended]
    terms = {"bars": never, "held": held}
    situation = prepare(mentors, mentees, policy, places=places, **terms, seed=seed, embedder=embedder)
    _check(kept, mentors, {person.id: person.capacity for person in mentees}, places)
    problem = situation.problem
    stay = (sum(person.capacity for person in mentees) + 1) * UNITS
    problem.standing = {(situation.row[mentee], situation.column[mentor]): stay for mentor, mentee in kept}
    standing_pairs = np.array(list(problem.standing), dtype=np.int64).reshape(-1, 2).T
    problem.limits = with_standing(problem.limits, *standing_pairs)
    top = int(problem.tiers.max(initial=0)) + 1
    for row, _ in problem.standing if problem.seats is None else ():
        problem.tiers[row] = top
    network = optimise(problem)
    run = conclude(situation, network, replace(situation, pins=tuple(kept)).hash_with(places, embedder), seed)
    made = {(pair.mentor_id, pair.mentee_id) for pair in run.pairs}
    moved = tuple(pair[1] for pair in kept if pair not in made)
    return Rematch(run, moved, tuple(pair[1] for pair in kept if pair in made))


def _check(kept: Sequence[PairIds], mentors: Sequence[Mentor], mentees: Mapping[str, int], places: int | None) -> None:
    capacity = {person.id: person.capacity for person in mentors}
    for mentor, mentee in kept:
        if mentor not in capacity or mentee not in mentees:
            raise InputError(f"standing: '{mentor}' and '{mentee}' are not both among the people")
        capacity[mentor] -= 1
        if capacity[mentor] < 0:
            raise InputError(f"standing: mentor '{mentor}' has more pairs than places")
    if any(count > mentees[mentee] for mentee, count in Counter(mentee for _, mentee in kept).items()):
        raise InputError("standing: a mentee has more mentors than they may have")
    if places is not None and places < len(kept):
        raise InputError(f"places: {places} is fewer than the {len(kept)} standing pairs")
