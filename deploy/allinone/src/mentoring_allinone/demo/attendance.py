"""Who comes to the orientation and the CPD sessions, and who answers the surveys: drawn among the matched people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import cycle
from random import Random

from mentoring_allinone.demo.scenario import Scenario, WaveName
from mentoring_contracts.words import SIDES, Side

Matched = Mapping[tuple[int, Side], tuple[str, ...]]  # keys of people by cohort and role


@dataclass(frozen=True, slots=True)
class CpdSession:
    """One CPD session; `place` None is online. `attended_by` holds keys of people, in order."""

    topic: str
    date: date
    place: str | None
    attended_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Attendance:
    """Who attends what: the orientation of each cohort (all its matched people) and every CPD session, by date."""

    orientation: Mapping[int, tuple[str, ...]]
    cpd: tuple[CpdSession, ...]


def plan_attendance(rng: Random, scenario: Scenario, matched: Matched) -> Attendance:
    """Online and in-person sessions with exactly the published numbers of different participants."""
    orientation: dict[int, tuple[str, ...]] = {}
    for (cohort, _), keys in matched.items():
        orientation[cohort] = orientation.get(cohort, ()) + keys
    active = {
        key: (scenario.milestone(cohort, "match_confirmed"), scenario.milestone(cohort, "relationships_close"))
        for cohort, keys in orientation.items()
        for key in keys
    }
    online = _dates(scenario, scenario.cpd_sessions - len(scenario.in_person_events))
    events = [event.date for event in scenario.in_person_events]
    at_online = _attend(rng, online, active, scenario.online_participants)
    at_events = _attend(rng, events, active, scenario.in_person_participants)
    places = [event.place for event in scenario.in_person_events]
    sessions = [
        CpdSession(topic, day, None, keys)
        for topic, day, keys in zip(_topics(scenario, len(online)), online, at_online, strict=True)
    ]
    sessions += [
        CpdSession("Beginning and effectively maintaining the mentoring relationship", day, place, keys)
        for day, place, keys in zip(events, places, at_events, strict=True)
    ]
    return Attendance(orientation, tuple(sorted(sessions, key=lambda session: session.date)))


def plan_respondents(
    rng: Random, scenario: Scenario, matched: Matched
) -> dict[tuple[WaveName, int, Side], tuple[str, ...]]:
    """Keys of those who answer each survey, as many as published."""
    return {
        (wave.survey, wave.cohort, role): tuple(rng.sample(matched[wave.cohort, role], wave.responses[role]))
        for wave in scenario.waves
        for role in SIDES
    }


def _dates(scenario: Scenario, number: int) -> list[date]:
    """Working days spread evenly from the first CPD milestone to the end of the last relationships."""
    first, last = scenario.milestone(1, "cpd"), scenario.milestone(3, "relationships_close")
    days = (first + timedelta(days=(last - first).days * i // (number - 1)) for i in range(number))
    return [day - timedelta(days=max(0, day.weekday() - 4)) for day in days]


def _topics(scenario: Scenario, number: int) -> list[str]:
    """The topics in turn, the popular ones twice a round."""
    topics = cycle((*scenario.cpd_topics, *scenario.popular_topics))
    return [next(topics) for _ in range(number)]


def _attend(
    rng: Random, days: Sequence[date], active: Mapping[str, tuple[date, date]], number: int
) -> list[tuple[str, ...]]:
    """Keys by session: `number` different people, each at one to four sessions of their own time, no session empty."""
    people = rng.sample(sorted(active), number)
    sessions: list[set[str]] = [set() for _ in days]
    for person in people:
        open_to = [i for i, day in enumerate(days) if active[person][0] <= day <= active[person][1]]
        for index in rng.sample(open_to, min(len(open_to), rng.randint(1, 4))):
            sessions[index].add(person)
    for day, attended_by in zip(days, sessions, strict=True):
        if not attended_by:
            attended_by.add(rng.choice([p for p in people if active[p][0] <= day <= active[p][1]]))
    return [tuple(sorted(attended_by)) for attended_by in sessions]
