"""What is decided once the engine has paired people: rules on pairs, the same for any pairing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from mentoring_allinone.demo.people import Person
from mentoring_allinone.demo.scenario import Interviews, Scenario, ScenarioError


@dataclass(frozen=True, slots=True, order=True)
class Pair:
    """The keys of a matched mentee and mentor; pairs sort by the mentee's number."""

    mentee: str
    mentor: str


@dataclass(frozen=True, slots=True)
class Meeting:
    date: date
    minutes: int


def permitted(mentee: Person, mentor: Person) -> bool:
    """The hard rules of the blueprint that speak of two people who were not matched before."""
    return (
        mentee.employer != mentor.employer
        and mentor.email not in mentee.declared_conflicts
        and mentee.email not in mentor.declared_conflicts
        and mentee.line_manager_email != mentor.email
        and mentor.line_manager_email != mentee.email
    )


def pairs_to_rotate(scenario: Scenario, pairs: Iterable[Pair], people: Mapping[str, Person]) -> tuple[Pair, ...]:
    """The first pairs of a cohort, by mentee number, of which every mentor may be given to every mentee.

    Ended together, they can be rematched among themselves: nobody may have the old partner again, every other is
    permitted. Raises ScenarioError if there are too few.
    """
    chosen: list[Pair] = []
    for pair in sorted(pairs):
        if all(_interchangeable(pair, other, people) for other in chosen):
            chosen.append(pair)
        if len(chosen) == scenario.rematching.pairs:
            return tuple(chosen)
    raise ScenarioError(f"cohort {scenario.rematching.cohort} has no {scenario.rematching.pairs} pairs that can rotate")


def _interchangeable(one: Pair, two: Pair, people: Mapping[str, Person]) -> bool:
    return one.mentor != two.mentor and all(
        permitted(people[mentee], people[mentor])
        for mentee, mentor in ((one.mentee, two.mentor), (two.mentee, one.mentor))
    )


def interviewed_pairs(interviews: Interviews, standing: Iterable[Pair]) -> tuple[Pair, ...]:
    """The first standing pairs of a cohort by mentee number, no mentor twice: each is asked for two interviews."""
    first: dict[str, Pair] = {}
    for pair in sorted(standing):
        first.setdefault(pair.mentor, pair)
    return tuple(first.values())[: interviews.pairs]


def transcript_pages(interviews: Interviews, seed: int = 2022) -> tuple[int, ...]:
    """Pages of every interview of a cohort, mentor then mentee of each pair in turn, with the published extremes."""
    rng = Random(f"{seed} pages {interviews.cohort}")
    number = 2 * interviews.pairs - 2
    base, extra = divmod(interviews.pages - interviews.pages_min - interviews.pages_max, number)
    pages = [base + 1] * extra + [base] * (number - extra)
    for i in range(0, number - 1, 2):
        shift = rng.randint(0, min(interviews.pages_max - pages[i], pages[i + 1] - interviews.pages_min))
        pages[i], pages[i + 1] = pages[i] + shift, pages[i + 1] - shift
    pages += [interviews.pages_min, interviews.pages_max]
    rng.shuffle(pages)
    return tuple(pages)


def meetings(scenario: Scenario, pair: Pair, confirmed_on: date, ends_on: date, seed: int = 2022) -> Sequence[Meeting]:
    """The mentoring sessions that a pair holds until its end, within the hours budget of the programme."""
    rng = Random(f"{seed} meetings {pair.mentee} {pair.mentor}")
    number = rng.randint(scenario.meetings_least, scenario.meetings_most)
    days = (
        confirmed_on + timedelta(weeks=scenario.meeting_weeks_apart * i, days=14 + rng.randint(0, 13))
        for i in range(number)
    )
    return tuple(Meeting(day, scenario.meeting_minutes) for day in days if day < ends_on)
