"""A play: the course of one programme over its cohorts' calendars, with the acts that are its own."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from mentoring_allinone.hands import ask, pages, together
from mentoring_allinone.plays import acts
from mentoring_allinone.plays.troupe import Player, Troupe, at
from mentoring_contracts.words import SIDES

Act = Callable[[Troupe], Awaitable[None]]
_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Size:
    """How many apply to a cohort."""

    mentors: int
    mentees: int


@dataclass(frozen=True)
class Own:
    """An act of one programme: on the day of a milestone of a cohort, or so many days after it."""

    milestone: str
    act: Callable[[Troupe, int], Awaitable[Any]]
    days: int = 0
    hour: int = 14


@dataclass(frozen=True)
class Play:
    """A programme with what happens in it.

    `meetings` are held by each pair, of `minutes`; `answered` is the share of those asked who answer a survey; `claims`
    looks at the end whether what is particular to the programme is there; `make` makes the programme.
    """

    name: str
    particular: str
    sizes: Mapping[int, Size]
    claims: Callable[[Troupe], Awaitable[None]]
    meetings: int = 3
    minutes: int = 60
    answered: float = 0.6
    attributes: Mapping[str, list[str]] = field(default_factory=dict)
    own: Sequence[Own] = ()
    make: Callable[[Troupe, str], Awaitable[str]] = acts.own_programme


@dataclass(frozen=True)
class Step:
    """One act at one moment."""

    moment: datetime
    title: str
    act: Act


def players_of(play: Play) -> list[Player]:
    """Everybody who will apply."""
    return [
        Player(f"{side.capitalize()} {cohort}-{number}", f"{side}.{cohort}.{number}@people.example.org", side, cohort)
        for cohort, size in play.sizes.items()
        for side in SIDES
        for number in range(1, getattr(size, f"{side}s") + 1)
    ]


async def agenda(troupe: Troupe, play: Play) -> list[Step]:
    """Every step that can be told before the first is taken: the surveys are asked once their waves are there."""
    steps: list[Step] = []
    for number, cohort_id in troupe.cohort_ids.items():
        if number in play.sizes:
            cohort = await ask(troupe.office(), "GET", f"/applications/cohorts/{cohort_id}")
            steps += _cohort(play, number, {m["kind"]: m for m in cohort["milestones"]})
    for wave in await pages(troupe.office(), f"/evaluation/programmes/{troupe.programme_id}/waves"):
        if wave["cohort_id"] in [troupe.cohort_ids[number] for number in play.sizes]:
            answer = partial(acts.answer_wave, wave=wave, share=play.answered)
            steps.append(Step(at(wave["opens_at"]) + _DAY, f"Survey {wave['instrument']}", answer))
            steps.append(Step(at(wave["closes_at"]), f"Survey {wave['instrument']} is over", _nothing))
    return sorted(steps, key=lambda step: step.moment)


def _cohort(play: Play, number: int, calendar: Mapping[str, Any]) -> list[Step]:
    window = calendar["expression_of_interest"]
    matched, last = at(calendar["match_confirmed"]["starts_at"]), at(calendar["relationships_close"]["starts_at"], 7)
    name = f"of cohort {number}"
    steps = [
        Step(at(window["starts_at"], 12), f"Applications {name}", partial(acts.apply_all, cohort=number)),
        Step(at(window["ends_at"], 9), f"Decisions {name}", partial(acts.accept_all, cohort=number)),
        Step(matched - 3 * _DAY, f"Matching {name}", _told(acts.match, number)),
        Step(matched, f"Offers {name}", _told(acts.answer_offers, number)),
        Step(last, f"Closing {name}", partial(acts.close, cohort=number)),
    ]
    if "orientation" in calendar:
        steps.append(Step(at(calendar["orientation"]["starts_at"], 10), f"Orientation {name}", _orientation(number)))
    for place in range(play.meetings):
        day = matched + (last - matched) * (place + 1) / (play.meetings + 1)
        steps.append(Step(day, f"Meetings {name}", partial(_meet_all, cohort=number, minutes=play.minutes)))
    for own in play.own:
        if own.milestone in calendar:
            day = at(calendar[own.milestone]["starts_at"], own.hour) + own.days * _DAY
            steps.append(Step(day, own.milestone.replace("_", " "), _told(own.act, number, own.milestone)))
    return steps


async def _nothing(troupe: Troupe) -> None:
    """The clock does it."""
    await troupe.settle()


def _told(act: Callable[[Troupe, int], Awaitable[Any]], number: int, milestone: str = "") -> Act:
    """The act of a cohort; what it finds is a fact of the milestone."""

    async def call(troupe: Troupe) -> None:
        if (found := await act(troupe, number)) is not None:
            troupe.facts[milestone, number] = found

    return call


def _orientation(number: int) -> Act:
    async def hold(troupe: Troupe) -> None:
        here = [player for player in troupe.players if player.cohort == number and player.accepted]
        await acts.hold(troupe, "orientation", f"Orientation {number}", here)

    return hold


async def _meet_all(troupe: Troupe, cohort: int, minutes: int) -> None:
    await together(acts.meet(troupe, pair, minutes) for pair in troupe.pairs if pair.cohort == cohort)


async def perform(troupe: Troupe, play: Play, told: Callable[[Step, int, int], None]) -> None:
    """The whole play, with its claims at the end."""
    await acts.found(troupe, play.name, play.make)
    troupe.players = players_of(play)
    await acts.import_players(troupe, troupe.players, dict(play.attributes))
    steps = await agenda(troupe, play)
    for done, step in enumerate(steps, start=1):
        told(step, done, len(steps))
        await troupe.move_to(step.moment)
        await step.act(troupe)
    await troupe.settle()
    await play.claims(troupe)
