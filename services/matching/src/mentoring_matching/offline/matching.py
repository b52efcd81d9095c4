"""Matching as it was asked for: pins and bars, an even load, several mentors, earlier rounds."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mentoring_matching.engine import (
    Embedder,
    InputError,
    Mentee,
    Mentor,
    Remembering,
    Run,
    capped,
    default_embedder,
    rules_broken,
    solve,
)
from mentoring_matching.engine import evenly as made_even
from mentoring_matching.engine.likeness import plain
from mentoring_matching.engine.pool import PairIds
from mentoring_matching.engine.pricing import Progress
from mentoring_matching.offline.people import People
from mentoring_matching.offline.sheets import UnreadableFile, read_sheets
from mentoring_matching.offline.words import counted
from mentoring_matching.policies import Terms

_RESULT = ("mentee email", "mentor email")


@dataclass(frozen=True)
class Asks:
    """What the user asks of a run beside the policy.

    `pins` and `bars` are written `MENTOR=MENTEE`; `most` is the most mentees of a mentor, `even` as few of the busiest
    as can be; `mentors_each` how many mentors a mentee may have (None: as the policy says).
    """

    places: int | None = None
    pins: Sequence[str] = ()
    bars: Sequence[str] = ()
    most: int | None = None
    even: bool = False
    mentors_each: int | None = None
    seed: int = 0


@dataclass(frozen=True)
class Solved:
    """The run, lines about it, and what it was solved with."""

    run: Run
    notes: Sequence[str]
    embedder: Embedder
    pins: Sequence[PairIds] = field(default=())
    bars: Sequence[PairIds] = field(default=())


def with_earlier(people: People, paths: Iterable[Path]) -> None:
    """Count the pairs of earlier results as matched before, and let go first who had nobody in the last one."""
    before: dict[str, set[str]] = {}
    waited: set[str] = set()
    for path in paths:
        pairs = _results(path)
        for mentee, mentor in pairs:
            if mentor:
                before.setdefault(mentee, set()).add(mentor)
        waited = {mentee for mentee, mentor in pairs if not mentor}
    people.mentees[:] = [_after(mentee, before.get(mentee.id, set()), mentee.id in waited) for mentee in people.mentees]


def _after(mentee: Mentee, before: set[str], waited: bool) -> Mentee:
    known = mentee.attributes.get("matched_before", frozenset())
    attributes = {
        **mentee.attributes,
        "matched_before": frozenset(known if isinstance(known, frozenset) else ()) | before,
    }
    return replace(mentee, attributes=attributes if before else mentee.attributes, tier=2 * mentee.tier + waited)


def _results(path: Path) -> list[tuple[str, str]]:
    """Mentee and mentor ("": nobody) of each line of a file that we wrote."""
    (sheet, *_) = read_sheets(path)
    head = [plain(cell) for cell in sheet.lines[0]]
    if not set(_RESULT) <= set(head):
        raise UnreadableFile(f"{path}: is no result of ours: it needs the columns {' and '.join(_RESULT)}")
    places = [head.index(name) for name in _RESULT]
    lines = [[*line, *[""] * len(head)] for line in sheet.lines[1:] if any(line)]
    return [(plain(line[places[0]]), plain(line[places[1]])) for line in lines]


def matched(people: People, terms: Terms, asks: Asks, progress: Progress | None) -> Solved:
    """The run that was asked for. Raises `InputError` and `PolicyError`."""
    pins = list(dict.fromkeys([*people.pins, *_pairs("--pin", asks.pins, people)]))
    bars = _pairs("--bar", asks.bars, people)
    mentors = people.mentors if asks.most is None else capped(people.mentors, asks.most, pins)
    embedder, each = Remembering(default_embedder()), asks.mentors_each or terms.mentors_each
    mentees = [replace(mentee, capacity=each) for mentee in people.mentees]

    def run_of(able: Sequence[Mentor]) -> Run:
        return solve(able, mentees, terms.engine, places=asks.places, pins=pins, bars=bars, seed=asks.seed,
                     embedder=embedder, progress=progress)  # fmt: skip

    run = run_of(mentors)
    notes = list(_against_rules(pins, run, people.names))
    if asks.even:
        run, cost = _made_even(mentors, run, run_of)
        notes.append(cost)
    held = Counter(Counter(pair.mentee_id for pair in run.pairs).values())
    if each > 1:
        counts = [f"{counted(held[n], 'mentee')} with {counted(n, 'mentor')}" for n in range(each, 0, -1) if held[n]]
        notes.append(f"Mentees and their mentors: {', '.join(counts)}." if counts else "Nobody has a mentor.")
    return Solved(run, notes, embedder, pins, bars)


def _made_even(mentors: Sequence[Mentor], run: Run, run_of: Callable[[Sequence[Mentor]], Run]) -> tuple[Run, str]:
    other, most = made_even(mentors, run, run_of)
    cost = run.totals.score - other.totals.score
    people = counted(most, "mentee")
    return other, f"Even load: no mentor has more than {people}; it costs {cost:.2f} of total score and no match."


def _against_rules(pins: Iterable[PairIds], run: Run, names: Mapping[str, str]) -> Iterator[str]:
    """A line for each pinned pair that a rule would keep apart: the pin holds all the same."""
    situation = run.situation
    for mentor_id, mentee_id in pins:
        mentor, mentee = (situation.mentors[situation.column[mentor_id]], situation.mentees[situation.row[mentee_id]])
        if broken := rules_broken(mentor, mentee, situation.policy):
            pair = f"{names[mentor_id]} and {names[mentee_id]}"
            yield f"Pinned all the same: {pair}, whom {' and '.join(broken)} would keep apart."


def _pairs(option: str, given: Iterable[str], people: People) -> list[PairIds]:
    mentors, mentees = (_called(side, people.names) for side in (people.mentors, people.mentees))
    found = []
    for item in given:
        mentor, equals, mentee = item.partition("=")
        ids = mentors.get(plain(mentor)), mentees.get(plain(mentee))
        if not equals or None in ids:
            missing = (
                "MENTOR=MENTEE is wanted" if not equals else f"there is no {'mentor' if ids[0] is None else 'mentee'}"
            )
            name = "" if not equals else f" '{mentor if ids[0] is None else mentee}'"
            raise InputError(f"{option} {item}: {missing}{name}")
        found.append((str(ids[0]), str(ids[1])))
    return found


def _called(side: Sequence[Mentor] | Sequence[Mentee], names: Mapping[str, str]) -> dict[str, str]:
    """Ids by id and by name, of names that one person alone has."""
    count = Counter(plain(names[person.id]) for person in side)
    by_name = {plain(names[person.id]): person.id for person in side if count[plain(names[person.id])] == 1}
    return by_name | {person.id: person.id for person in side}
